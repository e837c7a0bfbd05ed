"""绑定账号 in the official account: by itself, or by user name and password on a page of WeChat's browser."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis import clock
from chassis.calls import ServiceClient
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import cloud_event, deliver, recorded
from chassis.testing.outside import Outside
from notification.actions.official import BIND_KEY, take_push
from notification.api.binding import LIFETIME

PASSWORD = "correct horse battery"


class Identity:
    """Stands for identity: it knows one password, and keeps what it was asked (the real one: tests/journeys)."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: tuple[int, dict[str, Any]] | None = None

    def verify(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(body)
        if self.answer is not None:
            return self.answer
        if body["password"] != PASSWORD:
            return 401, {"code": "wrong_credentials", "detail": "用户名或密码不正确。"}
        return 200, {"account_id": str(new_id()), "username": body["username"], "name": "陈志强"}


@pytest.fixture
def identity(runtime: Runtime) -> Iterator[Identity]:
    known = Identity()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = known.verify(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    parts = runtime.parts["notification"]
    before = parts.identity
    client = ServiceClient("identity", f"http://127.0.0.1:{server.server_port}", runtime.tokens)
    object.__setattr__(parts, "identity", client)
    yield known
    object.__setattr__(parts, "identity", before)
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def page(browser: FlaskClient, world: Outside, openid: str) -> str:
    world.person(openid, phone=f"137{abs(hash(openid)) % 10**8:08d}")
    return str(browser.get(f"/wechat/bind?code={world.tap(openid, 'official')}&state=bind").get_data(as_text=True))


def ticket_of(text: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', text)
    assert found, text
    return found[1]


def send(browser: FlaskClient, ticket: str, password: str = PASSWORD, username: str = "applicant") -> str:
    body = {"ticket": ticket, "username": username, "password": password}
    answer = browser.post("/wechat/bind", data=body)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.get_data(as_text=True))


def test_the_follower_who_opened_the_page_is_bound(browser: FlaskClient, world: Outside, identity: Identity) -> None:
    shown = send(browser, ticket_of(page(browser, world, "o-bind-1")))
    assert "已绑定账号 陈志强" in shown
    [asked] = identity.asked
    assert (asked["openid"], asked["unionid"], asked["username"]) == ("o-bind-1", "u-o-bind-1", "applicant")
    assert asked["address"]


def test_a_wrong_password_is_told_and_can_be_tried_again(
    browser: FlaskClient, world: Outside, identity: Identity
) -> None:
    ticket = ticket_of(page(browser, world, "o-bind-2"))
    shown = send(browser, ticket, "wrong wrong")
    assert "用户名或密码不正确" in shown
    assert "wrong wrong" not in shown
    assert "已绑定账号" in send(browser, ticket_of(shown))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((422, {"code": "captcha_required", "detail": "…"}), "失败次数过多"),
        ((429, {"code": "too_many_attempts", "detail": "尝试次数过多，请稍后再试。"}), "尝试次数过多"),
        ((409, {"code": "wechat_taken", "detail": "该微信已绑定其他账号。"}), "已绑定其他账号"),
        ((503, {}), "请稍后"),
    ],
    ids=["captcha", "slow down", "taken", "away"],
)
def test_what_identity_refuses_is_told(
    browser: FlaskClient, world: Outside, identity: Identity, answer: tuple[int, dict[str, Any]], words: str
) -> None:
    identity.answer = answer
    assert words in send(browser, ticket_of(page(browser, world, "o-bind-3")))


@pytest.mark.parametrize(
    "ticket", ["", "x.y.z", "eyJhbGciOiJub25lIn0.eyJvcGVuaWQiOiJvIn0."], ids=["none", "nonsense", "unsigned"]
)
def test_a_ticket_that_is_not_ours_binds_nobody(browser: FlaskClient, identity: Identity, ticket: str) -> None:
    assert "重新打开" in send(browser, ticket)
    assert identity.asked == []


def test_a_ticket_ends_after_ten_minutes(browser: FlaskClient, world: Outside, identity: Identity) -> None:
    ticket = ticket_of(page(browser, world, "o-bind-4"))
    late = clock.now() + LIFETIME * 1.01
    with clock.use(lambda: late):
        assert "重新打开" in send(browser, ticket)
    assert identity.asked == []


def test_without_wechats_code_there_is_no_form(browser: FlaskClient) -> None:
    for path in ("/wechat/bind", "/wechat/bind?code=never-given"):
        assert "<form" not in browser.get(path).get_data(as_text=True)


@pytest.mark.parametrize("username", ["<script>alert(1)</script>", '"><img src=x>', "a\x00b", "𠮷" * 200])
def test_what_is_typed_is_shown_as_text(
    browser: FlaskClient, world: Outside, identity: Identity, username: str
) -> None:
    shown = send(browser, ticket_of(page(browser, world, "o-bind-5")), "wrong wrong", username)
    assert "<script>" not in shown
    assert "<img" not in shown


# -- the button ------------------------------------------------------------------------------------------------


def push(runtime: Runtime, **fields: str) -> str:
    with runtime.database.transaction() as db:
        said = take_push(
            db,
            "wx-official",
            {"FromUserName": "o-menu", "CreateTime": "1", **fields},
            "u-menu",
            "https://x/y",
            clock.now(),
        )
    assert said is not None
    return said


@pytest.mark.parametrize(
    "asked",
    [{"MsgType": "event", "Event": "CLICK", "EventKey": BIND_KEY}, {"MsgType": "text", "Content": " 绑定账号 "}],
)
def test_the_button_gives_the_link_and_looks_for_who_is_bound_on_the_website(
    runtime: Runtime, asked: dict[str, str]
) -> None:
    assert '<a href="https://x/y">' in push(runtime, **asked)
    [told] = recorded(runtime, "wechat.followed")
    assert told["data"] == {"appid": "wx-official", "openid": "o-menu", "unionid": "u-menu"}


def test_who_is_bound_is_told_so(runtime: Runtime) -> None:
    account = new_id()
    data = {"account_id": account, "org_id": new_id(), "kind": "applicant", "username": "a", "name": "陈志强", "phone": None,
            "roles": ["owner"], "status": "approved", "tier": None, "division_code": "440106"}  # fmt: skip
    deliver(runtime, cloud_event("account.changed", "identity", data, subject=account, sequence=1))
    bound = {"account_id": account, "org_id": data["org_id"], "unionid": "u-menu",
             "openids": [{"appid": "wx-official", "openid": "o-menu"}]}  # fmt: skip
    deliver(runtime, cloud_event("account.wechat_bound", "identity", bound, subject=account, sequence=2))
    assert "已绑定平台账号：陈志强" in push(runtime, MsgType="event", Event="CLICK", EventKey=BIND_KEY)


def test_the_link_leads_to_wechat_and_back_to_our_page(browser: FlaskClient, app: Flask, world: Outside) -> None:
    from notification.api.binding import bind_link

    with app.test_request_context():
        url = bind_link()
    world.person("o-bind-6", phone="13711110006")
    back = world.scan(url, "o-bind-6")
    assert back.startswith("http://127.0.0.1:8080/wechat/bind?")
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert "<form" in browser.get(f"/wechat/bind?code={code}").get_data(as_text=True)


def test_a_disabled_account_heard_of_late_does_not_end_one_that_was_enabled(runtime: Runtime) -> None:
    account, home = new_id(), new_id()
    data = {"account_id": account, "org_id": home, "kind": "applicant", "username": "a", "name": "陈志强", "phone": None,
            "roles": ["owner"], "status": "approved", "tier": None, "division_code": "440106"}  # fmt: skip
    deliver(runtime, cloud_event("account.changed", "identity", data, subject=account, sequence=5))
    gone = {"account_id": account, "org_id": home, "reason": "disabled"}
    deliver(runtime, cloud_event("account.disabled", "identity", gone, subject=account, sequence=4))
    with runtime.database.transaction() as db:
        from notification.models import Contact

        contact = db.get(Contact, account)
        assert contact is not None
        assert contact.status == "approved"
