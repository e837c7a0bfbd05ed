"""绑定账号 in the official account: by one tap, or by user name and password on a page in WeChat's browser."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chassis import clock
from chassis.calls import ServiceClient
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import cloud_event, deliver, recorded
from chassis.testing.outside import Outside
from notification.actions.official import BIND_KEY
from notification.api.binding import LIFETIME
from notification.background import send_due

PASSWORD = "correct horse battery"


class Identity:
    """A fake of identity: it knows one password, and records the requests (tests/journeys has the real one)."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: tuple[int, dict[str, Any]] | None = None
        self.language: str | None = None
        self.bound: dict[str, str] = {}  # bound on the website: unionid -> name

    def verify(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(body)
        if "username" not in body:
            return 200, {"name": self.bound.get(body["unionid"])}
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
            known.language = self.headers["Accept-Language"]
            status, body = known.verify(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def do_GET(self) -> None:
            body = {"captcha_id": "01920000-0000-7000-8000-0000000000aa", "image": "data:image/png;base64,AAAA"}
            self.send_response(200 if self.path == "/api/identity/captcha" else 404)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    parts = runtime.parts["notification"]
    before = {name: getattr(parts, name) for name in ("identity", "identity_now")}
    for name in before:
        client = ServiceClient("identity", f"http://127.0.0.1:{server.server_port}", runtime.tokens)
        object.__setattr__(parts, name, client)
    yield known
    for name, client in before.items():
        object.__setattr__(parts, name, client)
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def way_back(browser: FlaskClient, world: Outside, openid: str) -> str:
    """Goes from our start page to WeChat's page, where this person agrees. Returns the address to which WeChat then redirects."""
    world.person(openid, phone=f"137{abs(hash(openid)) % 10**8:08d}", nickname=f"微信昵称{openid[-1]}")
    begun = browser.get("/wechat/bind/start")
    assert begun.status_code == 302
    back = world.scan(begun.headers["Location"], openid)
    assert back.startswith("http://127.0.0.1:8080/wechat/bind?")
    return "/wechat/bind?" + urlsplit(back).query


def page(browser: FlaskClient, world: Outside, openid: str) -> str:
    return str(browser.get(way_back(browser, world, openid)).get_data(as_text=True))


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


def test_whoever_was_wrong_too_often_is_shown_a_picture_and_goes_on(
    browser: FlaskClient, world: Outside, identity: Identity, runtime: Runtime
) -> None:
    ticket = ticket_of(page(browser, world, "o-bind-d"))
    identity.answer = (422, {"code": "captcha_required", "detail": "…"})
    shown = send(browser, ticket)
    assert 'src="data:image/png;base64,AAAA"' in shown
    identity.answer = None
    body = {"ticket": ticket_of(shown), "username": "applicant", "password": PASSWORD, "captcha_answer": " 2345 ",
            "captcha_id": "01920000-0000-7000-8000-0000000000aa"}  # fmt: skip
    assert "已绑定账号" in browser.post("/wechat/bind", data=body).get_data(as_text=True)
    assert identity.asked[-1]["captcha_answer"] == "2345"
    browser.post("/wechat/bind", data=body | {"captcha_id": "nonsense"})
    assert "captcha_id" not in identity.asked[-1]
    with runtime.database.transaction() as db:
        lines = db.execute(
            text("SELECT coalesce(detail ->> 'outcome', 'done'), detail ->> 'code' FROM audit ORDER BY id")
        )
        assert lines.all()[:2] == [("refused", "captcha_required"), ("done", None)]


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
    for path in ("/wechat/bind", "/wechat/bind?code=never-given", "/wechat/bind?code=never-given&state=bind"):
        assert "<form" not in browser.get(path).get_data(as_text=True)


def test_the_page_says_which_wechat_it_binds(browser: FlaskClient, world: Outside, identity: Identity) -> None:
    text = page(browser, world, "o-bind-7")
    assert "微信昵称7" in text
    assert "微信昵称7" in send(browser, ticket_of(text), "wrong wrong")


def test_a_stranger_whose_name_wechat_does_not_tell_is_shown_by_the_end_of_the_openid(
    browser: FlaskClient, world: Outside
) -> None:
    world.fault(path="/sns/userinfo", errcode=48001, times=1)
    assert "尾号 nd-8" in page(browser, world, "o-bind-8")


def test_a_link_with_a_strangers_code_shows_no_form(app: Flask, world: Outside, identity: Identity) -> None:
    """The stranger signs in to WeChat and keeps the returned link; the victim opens it."""
    stranger, victim = app.test_client(), app.test_client()
    link = way_back(stranger, world, "o-bind-9")
    assert "<form" not in victim.get(link).get_data(as_text=True)
    victim.get("/wechat/bind/start")  # a cookie of the victim does not help either
    assert "<form" not in victim.get(link).get_data(as_text=True)
    code = world.tap("o-bind-9", "official")
    assert "<form" not in victim.get(f"/wechat/bind?code={code}&state=bind").get_data(as_text=True)


def test_the_state_is_good_once(browser: FlaskClient, world: Outside) -> None:
    link = way_back(browser, world, "o-bind-0")
    assert "<form" in browser.get(link).get_data(as_text=True)
    again = parse_qs(urlsplit(link).query)
    code = world.tap("o-bind-0", "official")
    assert "<form" not in browser.get(f"/wechat/bind?code={code}&state={again['state'][0]}").get_data(as_text=True)


def test_a_strangers_ticket_is_not_taken_from_another_browser(app: Flask, world: Outside, identity: Identity) -> None:
    stranger, victim = app.test_client(), app.test_client()
    ticket = ticket_of(page(stranger, world, "o-bind-a"))
    victim.get("/wechat/bind/start")
    assert "重新打开" in send(victim, ticket)
    assert identity.asked == []


def test_the_tickets_key_is_not_that_of_the_cipher(
    browser: FlaskClient, world: Outside, identity: Identity, runtime: Runtime
) -> None:
    ticket = ticket_of(page(browser, world, "o-bind-b"))
    settings: Any = runtime.settings
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(ticket, settings.wechat_callback_aes_key, algorithms=["HS256"], audience="wechat-bind")


def test_identity_is_asked_in_the_language_of_the_page(
    browser: FlaskClient, world: Outside, identity: Identity
) -> None:
    ticket = ticket_of(page(browser, world, "o-bind-c"))
    browser.post("/wechat/bind", headers={"Accept-Language": "en"},
                 data={"ticket": ticket, "username": "applicant", "password": "wrong wrong"})  # fmt: skip
    assert identity.language == "zh"


@pytest.mark.parametrize("username", ["<script>alert(1)</script>", '"><img src=x>', "a\x00b", "𠮷" * 200])
def test_what_is_typed_is_shown_as_text(
    browser: FlaskClient, world: Outside, identity: Identity, username: str
) -> None:
    shown = send(browser, ticket_of(page(browser, world, "o-bind-5")), "wrong wrong", username)
    assert "<script>" not in shown
    assert "<img" not in shown


# -- the button ------------------------------------------------------------------------------------------------


TAPPED = {"FromUserName": "o-menu", "MsgType": "event", "Event": "CLICK", "EventKey": BIND_KEY}
TYPED = {"FromUserName": "o-menu", "MsgType": "text", "Content": " 绑定账号 "}


@pytest.mark.parametrize("asked", [TAPPED, TYPED], ids=["tapped", "typed"])
def test_who_is_bound_on_the_website_is_bound_by_one_tap(
    pushed: Callable[..., str], world: Outside, identity: Identity, asked: dict[str, str]
) -> None:
    world.person("o-menu", phone="13711110099")
    identity.bound["u-o-menu"] = "陈志强"
    assert pushed(**asked) == "已绑定平台账号：陈志强。"


def test_who_is_not_bound_gets_the_link(pushed: Callable[..., str], world: Outside, identity: Identity) -> None:
    world.person("o-menu", phone="13711110099")
    answer = pushed(**TAPPED)
    assert "尚未绑定" in answer
    assert '<a href="http://127.0.0.1:8080/wechat/bind/start">' in answer


@pytest.mark.parametrize("away", [{"errcode": -1}, {"delay_seconds": 6}], ids=["refuses", "slow"])
def test_wechat_that_is_slow_is_asked_afterwards(
    pushed: Callable[..., str], world: Outside, identity: Identity, runtime: Runtime, away: dict[str, Any], at: Any
) -> None:
    """After five seconds without an answer, WeChat shows the account as out of order."""
    world.person("o-menu", phone="13711110099")
    world.fault(path="/cgi-bin/user/info", times=1, **away)
    started = time.monotonic()
    assert "稍后再点一次" in pushed(**TAPPED)
    assert time.monotonic() - started < 4
    at(clock.now() + timedelta(seconds=1))
    send_due(runtime)
    [told] = recorded(runtime, "wechat.followed")
    assert told["data"] == {"appid": "wx-official", "openid": "o-menu", "unionid": "u-o-menu"}


def test_a_token_that_wechat_ended_binds_all_the_same(
    pushed: Callable[..., str], world: Outside, identity: Identity, runtime: Runtime
) -> None:
    world.person("o-menu", phone="13711110099")
    identity.bound["u-o-menu"] = "陈志强"
    runtime.parts["notification"].official.token()
    world.expire_tokens()
    assert "陈志强" in pushed(**TAPPED)


def test_who_is_bound_is_told_so(runtime: Runtime, pushed: Callable[..., str]) -> None:
    account = new_id()
    data = {"account_id": account, "org_id": new_id(), "kind": "applicant", "username": "a", "name": "陈志强", "phone": None,
            "roles": ["owner"], "status": "approved", "tier": None, "division_code": "440106"}  # fmt: skip
    deliver(runtime, cloud_event("account.changed", "identity", data, subject=account, sequence=1))
    bound = {"account_id": account, "org_id": data["org_id"], "unionid": "u-menu",
             "openids": [{"appid": "wx-official", "openid": "o-menu"}]}  # fmt: skip
    deliver(runtime, cloud_event("account.wechat_bound", "identity", bound, subject=account, sequence=2))
    assert "已绑定平台账号：陈志强" in pushed(**TAPPED)


def test_the_link_leads_to_our_start_page(app: Flask) -> None:
    from notification.api.binding import bind_link

    with app.test_request_context():
        assert bind_link() == "http://127.0.0.1:8080/wechat/bind/start"


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
