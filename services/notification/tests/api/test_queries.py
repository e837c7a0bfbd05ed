"""备案查询, 检定查询 and a booking number in the official account, through its callback."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from chassis import clock
from chassis.auth import ServiceTokens
from chassis.calls import ServiceClient
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import cloud_event, deliver
from chassis.testing.outside import Outside
from notification.actions import tries
from notification.actions.official import BOOKINGS, FILINGS, HELP, MENU
from notification.api.official import AWAY
from notification.app import publish_menu
from notification.background import keep_menu
from notification.domain import answers
from notification.parts import WHILE_WECHAT_WAITS
from notification.settings import Settings

GIVEN = "YY23456789AB"
BOOKED = {"number": GIVEN, "state": "confirmed", "date": "2026-12-01", "period": "am", "institution_name": "广州计量院"}


class Others:
    """Fakes of filing and booking: an answer per path. Records whose token came with each request (tests/journeys has the
    real ones)."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {f"/api/booking/public/bookings/{GIVEN}": (200, BOOKED)}
        self.asked: list[str] = []
        self.silent = threading.Event()


@pytest.fixture
def others(runtime: Runtime, key_folder: Any) -> Iterator[Others]:
    known, parts = Others(), runtime.parts["notification"]
    before = {name: getattr(parts, name) for name in ("filing", "booking")}
    ended = threading.Event()

    def server_of(name: str) -> ThreadingHTTPServer:
        tokens = ServiceTokens(name, key_folder / f"{name}.key", key_folder)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tokens.caller(self.headers["Authorization"].removeprefix("Bearer "), frozenset({"notification"}))
                known.asked.append(self.path)
                if known.silent.is_set():
                    ended.wait(10)
                status, body = known.answers.get(self.path, (404, {"code": "not_found", "detail": "未找到该记录。"}))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: Any) -> None:
                pass

        return ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    servers = {name: server_of(name) for name in before}
    for name, server in servers.items():
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        object.__setattr__(parts, name, ServiceClient(name, url, runtime.tokens, (0.5, 0.5), attempts=1))
    yield known
    ended.set()
    for name, server in servers.items():
        object.__setattr__(parts, name, before[name])
        server.shutdown()
        server.server_close()


Send = Callable[..., str]
Seal = Callable[..., tuple[dict[str, str], bytes]]


@pytest.fixture
def send(pushed: Callable[..., str], others: Others) -> Send:
    """`send("备案查询")`, `send(key="filings")`: returns the reply that the follower reads."""

    def push(content: str = "", key: str = "", openid: str = "o-asks", msg_id: str = "") -> str:
        if content:
            return pushed(FromUserName=openid, MsgId=msg_id or str(new_id()), MsgType="text", Content=content)
        return pushed(FromUserName=openid, MsgType="event", Event="CLICK", EventKey=key)

    return push


def test_a_plain_body_is_refused_where_pushes_are_encrypted(app: Flask, sealed: Seal) -> None:
    """The signature of a plain push does not cover its body: anybody who has seen one could ask in another's name."""
    query, _ = sealed("<xml></xml>")
    forged = b"<xml><FromUserName>o-asks</FromUserName><MsgType>event</MsgType><Event>CLICK</Event><EventKey>filings</EventKey></xml>"
    for plain in ({name: query[name] for name in ("timestamp", "nonce", "signature")}, query | {"encrypt_type": "raw"}):
        assert app.test_client().post("/wechat/callback", data=forged, query_string=plain).status_code == 403


@pytest.mark.parametrize("mode", ["aes", "plain"])
def test_a_nonce_is_good_for_the_body_that_came_with_it(
    app: Flask, settings: Settings, sealed: Seal, mode: str
) -> None:
    def send(content: str) -> int:
        xml = f"<xml><FromUserName>o-nonce</FromUserName><MsgType>text</MsgType><MsgId>1</MsgId><Content>{content}</Content></xml>"
        query, body = sealed(xml, nonce="only-once")
        if mode == "plain":
            query = {name: query[name] for name in ("timestamp", "nonce", "signature")}
            body = xml.encode()
        return app.test_client().post("/wechat/callback", data=body, query_string=query).status_code

    before = settings.wechat_callback_mode
    object.__setattr__(settings, "wechat_callback_mode", mode)
    try:
        assert [send("你好"), send("你好"), send("备案查询")] == [200, 200, 403]
    finally:
        object.__setattr__(settings, "wechat_callback_mode", before)


@pytest.mark.parametrize("content", ["<!DOCTYPE html>", "<!ENTITY x>", "a ]] > b", "&lt;b&gt;"])
def test_who_writes_about_markup_is_answered(send: Send, content: str) -> None:
    assert send(f"<![CDATA[{content}]]>") == HELP


@pytest.mark.parametrize(
    "xml", ['<!DOCTYPE x [<!ENTITY a "b">]><xml><FromUserName>&a;</FromUserName></xml>', "<!-- <![CDATA[ --><!DOCTYPE x><xml/>",
            "<a>" * 9000, "nonsense", "", "<xml><FromUserName>\x00</FromUserName></xml>"],
)  # fmt: skip
def test_a_document_type_or_no_xml_at_all_is_refused(app: Flask, sealed: Seal, xml: str) -> None:
    query, body = sealed(xml)
    assert app.test_client().post("/wechat/callback", data=body, query_string=query).status_code == 400


@pytest.fixture
def org_id(runtime: Runtime) -> UUID:
    """The organisation of the account to which the follower is bound."""
    return bind(runtime)


def bind(runtime: Runtime, openid: str = "o-asks", **changes: Any) -> UUID:
    account, home = new_id(), new_id()
    data = {"account_id": account, "org_id": home, "kind": "applicant", "username": "a", "name": "陈志强", "phone": None,
            "roles": ["owner"], "status": "approved", "tier": None, "division_code": "440106"} | changes  # fmt: skip
    deliver(runtime, cloud_event("account.changed", "identity", data, subject=account, sequence=1))
    bound = {"account_id": account, "org_id": home, "unionid": f"u-{openid}",
             "openids": [{"appid": "wx-official", "openid": openid}]}  # fmt: skip
    deliver(runtime, cloud_event("account.wechat_bound", "identity", bound, subject=account, sequence=2))
    return home


@pytest.mark.parametrize("asked", [{"key": FILINGS}, {"content": " 备案查询 "}], ids=["tapped", "typed"])
def test_filings_are_counted_by_state(send: Send, others: Others, org_id: UUID, asked: dict[str, str]) -> None:
    others.answers[f"/internal/organizations/{org_id}/filings"] = (
        200,
        {"total": 9, "approved": 7, "returned": 1, "lapsed": 1},
    )
    assert send(**asked).split("\n") == [
        "备案共 9 台", "已提交：0", "待处理：0", "待确认：0", "已审核：7", "被退回：1", "被撤销：0", "已失效：1",
    ]  # fmt: skip


@pytest.mark.parametrize("asked", [{"key": BOOKINGS}, {"content": "检定查询"}], ids=["tapped", "typed"])
def test_the_latest_bookings_have_a_line_each(send: Send, others: Others, org_id: UUID, asked: dict[str, str]) -> None:
    path = f"/internal/organizations/{org_id}/bookings"
    others.answers[path] = (200, {"items": [BOOKED, BOOKED | {"number": "YY1", "period": "pm", "state": "completed"}]})
    assert send(**asked).split("\n") == [
        "最新的 2 张预约单", f"{GIVEN} 广州计量院 2026-12-01 上午 已确认", "YY1 广州计量院 2026-12-01 下午 完检",
    ]  # fmt: skip
    others.answers[path] = (200, {"items": []})
    assert send(**asked) == "还没有预约单。"


def test_ten_long_lines_fit_a_reply() -> None:
    assert len(answers.bookings([BOOKED | {"institution_name": "院" * 100}] * 10).encode()) <= 2048


@pytest.mark.parametrize("key", [FILINGS, BOOKINGS])
def test_who_is_not_bound_is_given_the_link(send: Send, others: Others, key: str) -> None:
    assert '<a href="' in send(key=key)
    assert others.asked == []


@pytest.mark.parametrize(
    ("account", "words"),
    [({"status": "disabled"}, "停用"), ({"status": "pending"}, "尚未通过审核"), ({"kind": "institution"}, "申请方")],
    ids=["disabled", "pending", "an institution's"],
)
def test_only_an_approved_applicants_account_may_ask(
    send: Send, runtime: Runtime, others: Others, account: dict[str, str], words: str
) -> None:
    bind(runtime, **account)
    assert words in send(key=FILINGS)
    assert others.asked == []


@pytest.mark.parametrize("typed", [GIVEN, " yy2345-6789 ab "])
def test_anyone_reads_the_state_of_a_number_and_nothing_else(send: Send, typed: str) -> None:
    assert send(typed) == f"预约单 {GIVEN}：已确认。"


def test_an_unknown_number_is_told_so_and_other_words_get_help(send: Send) -> None:
    assert send("YY2222222222") == "没有找到预约单 YY2222222222，请核对单号。"
    assert send("你好") == HELP


def test_many_wrong_numbers_slow_their_follower_down(
    send: Send, others: Others, at: Callable[[datetime], None]
) -> None:
    now = clock.now()
    at(now)
    for _ in range(tries.FREE):
        assert "没有找到" in send("YY2222222222")
    assert "稍后再试" in send(GIVEN)
    assert len(others.asked) == tries.FREE
    assert "已确认" in send(GIVEN, openid="o-another")
    at(now + tries.THEN_ONE_IN)
    assert "没有找到" in send("YY2222222222")
    assert "稍后再试" in send(GIVEN)
    at(now + tries.THEN_ONE_IN + tries.FORGOTTEN_AFTER + timedelta(seconds=1))
    for _ in range(2):
        assert "已确认" in send(GIVEN)


def test_right_numbers_slow_nobody_down(send: Send) -> None:
    for _ in range(2 * tries.FREE):
        assert "已确认" in send(GIVEN)


def test_a_message_that_is_sent_again_is_answered_again_and_counted_once(send: Send) -> None:
    for _ in range(2 * tries.FREE):
        assert "没有找到" in send("YY2222222222", msg_id="1001")
    assert "已确认" in send(GIVEN)


@pytest.mark.parametrize("asked", [{"key": FILINGS}, {"key": BOOKINGS}, {"content": GIVEN}])
@pytest.mark.parametrize("fault", ["silent", "broken"])
def test_a_service_that_does_not_answer_in_time_is_told_so(
    send: Send, others: Others, org_id: UUID, asked: dict[str, str], fault: str
) -> None:
    if fault == "silent":
        others.silent.set()
    for path in (f"internal/organizations/{org_id}/filings", f"internal/organizations/{org_id}/bookings",
                 f"api/booking/public/bookings/{GIVEN}"):  # fmt: skip
        others.answers[f"/{path}"] = (500, {})
    assert send(**asked) == AWAY
    assert len(others.asked) == 1, "asked once: WeChat waits five seconds"


def test_wechat_waits_longer_than_we_do() -> None:
    assert sum(WHILE_WECHAT_WAITS) < 5


def test_the_menu_is_one_that_wechat_takes(settings: Settings, world: Outside) -> None:
    publish_menu(settings)
    below = [(one["name"], one["key"]) for one in MENU[0]["sub_button"]]
    assert (MENU[0]["name"], below) == ("查询", [("备案查询", FILINGS), ("检定查询", BOOKINGS)])


def test_the_worker_gives_the_official_account_its_menu(runtime: Runtime, world: Outside) -> None:
    official = runtime.parts["notification"].official
    official.get("/cgi-bin/menu/delete")
    keep_menu(runtime, clock.now())
    assert official.get("/cgi-bin/menu/get")["menu"]["button"] == MENU
    official.call("/cgi-bin/menu/create", {"button": [{"type": "click", "name": "别的", "key": "x"}]})
    world.fault(path="/cgi-bin/menu/get", errcode=45009, times=1)
    keep_menu(runtime, clock.now())
    assert len(official.get("/cgi-bin/menu/get")["menu"]["button"]) == 1, "the next minute"
    keep_menu(runtime, clock.now())
    assert official.get("/cgi-bin/menu/get")["menu"]["button"] == MENU
    world.fault(path="/cgi-bin/menu/create", errcode=48001, times=1)
    keep_menu(runtime, clock.now())
    world.no_faults()
