"""WeChat: the website's QR code, the mini-program in its three ways, binding and unbinding."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from callers import PASSWORD, bearer, register, sign_in
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from chassis.runtime import Runtime
from chassis.testing import Caller, cloud_event, deliver, recorded
from chassis.testing.outside import Outside

pytestmark = pytest.mark.usefixtures("seeded")
SESSIONS, WECHAT = "/api/identity/sessions", "/api/identity/me/wechat"
PORTAL = {"X-Client": "portal"}
PHONE = "13800000001"  # of `applicant`


@pytest.fixture(autouse=True)
def _nothing_is_broken(world: Outside) -> Iterator[None]:
    yield
    requests.delete(f"{world.url}/faults", timeout=5)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A browser with the portal in it: it keeps cookies."""
    return app.test_client()


def begin(browser: FlaskClient) -> Any:
    return browser.post("/api/identity/wechat-logins", headers=PORTAL).json


def came_back(world: Outside, url: str, openid: str) -> dict[str, str]:
    """What stands in the address to which WeChat sends the browser."""
    query = parse_qs(urlsplit(world.scan(url, openid)).query)
    return {"wechat_code": query["code"][0], "state": query["state"][0]}


def bind(stranger: Caller, world: Outside, openid: str, username: str = "applicant") -> dict[str, str]:
    world.person(openid, phone=f"139{abs(hash(openid)) % 10**8:08d}")
    headers = bearer(sign_in(stranger, username))
    bound = stranger.post(WECHAT, {"wechat_code": world.tap(openid)}, headers=headers)
    assert bound.status_code == 200, bound.json
    return headers


def test_who_waits_for_the_review_may_bind_wechat_already(stranger: Caller, world: Outside) -> None:
    """The manual's 注册完成后，会出现微信登录绑定的二维码."""
    assert register(stranger, world).status_code == 201
    headers = bearer(sign_in(stranger, "bianmin", PASSWORD))
    world.person("o-waiting", phone="13900000077")
    assert stranger.get(WECHAT, headers=headers).json["bound"] is False
    assert stranger.post(WECHAT, {"wechat_code": world.tap("o-waiting")}, headers=headers).json["bound"] is True
    assert stranger.delete(WECHAT, headers=headers).status_code == 204


# -- the website -----------------------------------------------------------------------------------------------


def test_a_browser_goes_to_wechat_and_comes_back_signed_in(
    browser: FlaskClient, stranger: Caller, world: Outside
) -> None:
    bind(stranger, world, "o-site-1")
    begun = begin(browser)
    assert begun["redirect_uri"] == "http://127.0.0.1:8080/wechat-login"
    assert begun["url"].startswith(f"{world.url}/connect/qrconnect?")
    answer = browser.post(SESSIONS, json=came_back(world, begun["url"], "o-site-1"), headers=PORTAL)
    assert answer.status_code == 201, answer.json
    assert answer.json["account"]["username"] == "applicant"


def test_a_code_that_another_browser_fetched_signs_nobody_in(
    app: Flask, browser: FlaskClient, stranger: Caller, world: Outside
) -> None:
    """The stranger's own code and state, in a link that a victim opens."""
    bind(stranger, world, "o-site-2")
    attack = came_back(world, begin(app.test_client())["url"], "o-site-2")
    for body in (attack, attack | {"state": ""}, {"wechat_code": attack["wechat_code"]}):
        refused = browser.post(SESSIONS, json=body, headers=PORTAL)
        assert (refused.status_code, refused.json["code"]) == (422, "wechat_state_invalid")
    begin(browser)  # even where the victim is about to sign in as well
    assert browser.post(SESSIONS, json=attack, headers=PORTAL).json["code"] == "wechat_state_invalid"


def test_nor_does_it_bind_the_strangers_wechat_to_a_victims_account(
    app: Flask, browser: FlaskClient, stranger: Caller, world: Outside
) -> None:
    world.person("o-site-3", phone="13911110003")
    attack = came_back(world, begin(app.test_client())["url"], "o-site-3")
    victim = bearer(sign_in(stranger))
    refused = browser.post(WECHAT, json=attack, headers=victim | PORTAL)
    assert refused.json["code"] == "wechat_state_invalid"
    assert not stranger.get(WECHAT, headers=victim).json["bound"]


@pytest.mark.parametrize("why", ["used", "too old"])
def test_a_state_is_good_once_and_for_ten_minutes(
    browser: FlaskClient, stranger: Caller, world: Outside, runtime: Runtime, why: str
) -> None:
    bind(stranger, world, "o-site-4")
    begun = begin(browser)
    first = came_back(world, begun["url"], "o-site-4")
    if why == "used":
        assert browser.post(SESSIONS, json=first, headers=PORTAL).status_code == 201
    else:
        with runtime.database.transaction() as db:
            db.execute(text("UPDATE wechat_state SET expires_at = now() - interval '1 second'"))
    second = first | {"wechat_code": world.tap("o-site-4")}
    assert browser.post(SESSIONS, json=second, headers=PORTAL).json["code"] == "wechat_state_invalid"


# -- the mini-program ------------------------------------------------------------------------------------------


def test_the_mini_program_knows_its_person_by_unionid(stranger: Caller, world: Outside) -> None:
    bind(stranger, world, "o-mini-1")
    answer = stranger.post(SESSIONS, {"miniprogram_code": world.tap("o-mini-1", "miniprogram")})
    assert (answer.status_code, answer.json["account"]["username"]) == (201, "applicant")


def test_the_mini_program_signs_in_by_the_phone_that_wechat_vouches_for(stranger: Caller, world: Outside) -> None:
    world.person("o-mini-2", phone=PHONE)
    body = {"miniprogram_code": world.tap("o-mini-2", "miniprogram"), "phone_code": world.phone_code("o-mini-2")}
    answer = stranger.post(SESSIONS, body)
    assert (answer.status_code, answer.json["account"]["username"]) == (201, "applicant")
    world.person("o-mini-2", phone="13500000000")
    unknown = stranger.post(SESSIONS, body | {"phone_code": world.phone_code("o-mini-2")})
    assert (unknown.status_code, unknown.json["code"]) == (401, "wechat_not_bound")


def test_the_mini_program_serves_applicants_only_in_every_way(
    stranger: Caller, world: Outside, runtime: Runtime
) -> None:
    bind(stranger, world, "o-mini-3", "city-clerk")
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE account SET phone = '13911110004' WHERE username = 'city-clerk'"))
    world.person("o-mini-4", phone="13911110004")
    for body, headers in (
        ({"miniprogram_code": world.tap("o-mini-3", "miniprogram")}, {}),
        ({"miniprogram_code": world.tap("o-mini-4", "miniprogram"), "phone_code": world.phone_code("o-mini-4")}, {}),
        ({"username": "city-clerk", "password": "Demo-2026!"}, {"X-Client": "miniprogram"}),
    ):
        refused = stranger.post(SESSIONS, body, headers=headers)
        assert (refused.status_code, refused.json["code"]) == (403, "applicants_only")
        assert "申请方" in refused.json["detail"]


# -- WeChat's own refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errcode", "status", "code"),
    [(40029, 422, "wechat_code_invalid"), (40163, 422, "wechat_code_invalid"), (45011, 429, "too_many_attempts"),
     (-1, 503, "service_unavailable"), (40164, 503, "service_unavailable"), (40125, 503, "service_unavailable")],
)  # fmt: skip
def test_what_wechat_refuses_is_told_in_our_words(
    stranger: Caller, world: Outside, errcode: int, status: int, code: str
) -> None:
    world.person("o-err", phone="13911110005")
    world.fault(path="/sns/jscode2session", errcode=errcode)
    refused = stranger.post(SESSIONS, {"miniprogram_code": world.tap("o-err", "miniprogram")})
    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert "Retry-After" in refused.headers or status == 422


def test_a_refused_code_stands_in_nobodys_history(stranger: Caller, world: Outside, runtime: Runtime) -> None:
    """Not even in that of somebody who is called like the way of signing in."""
    with runtime.database.transaction() as db:
        db.execute(
            text("UPDATE account SET username = 'wechat', username_key = 'wechat' WHERE username = 'applicant2'")
        )
    assert stranger.post(SESSIONS, {"wechat_code": "never-given"}).status_code == 422
    headers = bearer(sign_in(stranger, "wechat"))
    assert [s["success"] for s in stranger.get("/api/identity/me/sign-ins", headers=headers).json["items"]] == [True]


def test_a_person_whom_wechat_distrusts_is_told_to_use_the_password(stranger: Caller, world: Outside) -> None:
    world.person("o-risky", phone="13911110006", risky=True)
    refused = stranger.post(SESSIONS, {"miniprogram_code": world.tap("o-risky", "miniprogram")})
    assert (refused.status_code, refused.json["code"]) == (403, "wechat_blocked")


def test_a_code_is_good_once_and_only_for_its_app(stranger: Caller, world: Outside) -> None:
    headers = bind(stranger, world, "o-once")
    code = world.tap("o-once")
    assert stranger.post(SESSIONS, {"wechat_code": code}).status_code == 201
    assert stranger.post(SESSIONS, {"wechat_code": code}).json["code"] == "wechat_code_invalid"
    assert stranger.post(SESSIONS, {"wechat_code": world.tap("o-once", "miniprogram")}).status_code == 422
    assert stranger.delete(WECHAT, headers=headers).status_code == 204


def test_a_server_token_that_wechat_ended_is_fetched_anew(stranger: Caller, world: Outside) -> None:
    world.person("o-token", phone=PHONE)
    for _ in range(2):
        body = {"miniprogram_code": world.tap("o-token", "miniprogram"), "phone_code": world.phone_code("o-token")}
        assert stranger.post(SESSIONS, body).status_code == 201
        world.expire_tokens()


# -- binding ---------------------------------------------------------------------------------------------------


def test_a_follower_who_is_bound_by_unionid_is_bound_by_itself(
    stranger: Caller, world: Outside, runtime: Runtime
) -> None:
    headers = bind(stranger, world, "o-follow")
    data = {"appid": "wx-official", "openid": "o-follow", "unionid": "u-o-follow"}
    deliver(runtime, cloud_event("wechat.followed", "notification", data))
    assert stranger.get(WECHAT, headers=headers).json == {
        "bound": True,
        "apps": ["official", "website"],
        "following": True,
    }
    told = recorded(runtime, "account.wechat_bound")[-1]["data"]
    assert {"appid": "wx-official", "openid": "o-follow"} in told["openids"]


def test_one_wechat_belongs_to_one_account_and_both_ends_are_kept(
    stranger: Caller, world: Outside, runtime: Runtime
) -> None:
    headers = bind(stranger, world, "o-one")
    other = bearer(sign_in(stranger, "applicant2"))
    taken = stranger.post(WECHAT, {"wechat_code": world.tap("o-one")}, headers=other)
    assert (taken.status_code, taken.json["code"]) == (409, "wechat_taken")
    assert stranger.delete(WECHAT, headers=headers).status_code == 204
    assert not stranger.get(WECHAT, headers=headers).json["bound"]
    assert stranger.post(SESSIONS, {"wechat_code": world.tap("o-one")}).json["code"] == "wechat_not_bound"
    assert stranger.post(WECHAT, {"wechat_code": world.tap("o-one")}, headers=other).status_code == 200
    with runtime.database.transaction() as db:
        kept = db.execute(text("SELECT action, actor_name FROM audit WHERE action LIKE 'wechat\\_%' ORDER BY id")).all()
    assert [tuple(line) for line in kept] == [
        ("wechat_bound", "陈志强"), ("wechat_unbound", "陈志强"), ("wechat_bound", "黄丽华"),
    ]  # fmt: skip
    assert [e["type"] for e in recorded(runtime) if "wechat" in e["type"]] == [
        "account.wechat_bound", "account.wechat_unbound", "account.wechat_bound",
    ]  # fmt: skip
