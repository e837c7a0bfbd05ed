"""What happens to an account is told to it; another device is signed out without this one."""

from collections.abc import Callable
from typing import Any

import pytest
from callers import DEMO, PASSWORD, bearer, sign_in, sms_code, version_of
from flask import Flask
from flask.testing import FlaskClient

from chassis.auth import ServiceTokens
from chassis.runtime import Runtime
from chassis.testing import Caller, recorded
from chassis.testing.outside import Outside

pytestmark = pytest.mark.usefixtures("seeded")
PHONE = "13800000001"  # of `applicant`
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
EDGE = CHROME + " Edg/126.0.0.0"


@pytest.fixture
def news(runtime: Runtime) -> Callable[[], list[tuple[str, list[str]]]]:
    """(what, phones that are told) of every piece of news of an account."""
    return lambda: [(event["data"]["what"], event["data"]["phones"]) for event in recorded(runtime, "account.security")]


def portal(browser: FlaskClient, agent: str = CHROME) -> Any:
    body = {"username": "applicant", "password": DEMO}
    headers = {"X-Client": "portal", "User-Agent": agent, "Origin": "http://127.0.0.1:8080"}
    return browser.post("/api/identity/sessions", json=body, headers=headers)


def test_a_changed_password_is_told(stranger: Caller, news: Any) -> None:
    headers = bearer(sign_in(stranger))
    body = {"old_password": DEMO, "new_password": PASSWORD}
    assert stranger.post("/api/identity/me/password", body, headers=headers).status_code == 204
    assert news() == [("password_changed", [PHONE])]


def test_a_password_that_was_reset_is_told(stranger: Caller, world: Outside, news: Any) -> None:
    code = sms_code(stranger, world, PHONE, "password_reset")
    body = {"phone": PHONE, "sms_code": code, "password": PASSWORD}
    assert stranger.post("/api/identity/password-resets", body).status_code == 204
    assert news() == [("password_reset", [PHONE])]


def test_a_changed_phone_is_told_to_the_old_one_too(stranger: Caller, world: Outside, news: Any) -> None:
    headers = bearer(sign_in(stranger))
    new = "13912340099"
    body = {"phone": new, "sms_code": sms_code(stranger, world, new, "phone_change")}
    etag = {"If-Match": f'"{version_of(stranger, "/api/identity/me", headers=headers)}"'}
    assert stranger.patch("/api/identity/me", body, headers=headers | etag).status_code == 200
    assert news() == [("phone_changed", [PHONE, new])]


def test_binding_and_unbinding_are_told(stranger: Caller, world: Outside, news: Any) -> None:
    world.person("o-news", phone="13900000076")
    headers = bearer(sign_in(stranger))
    assert (
        stranger.post("/api/identity/me/wechat", {"wechat_code": world.tap("o-news")}, headers=headers).status_code
        == 200
    )
    for _ in range(2):  # with nothing bound there is nothing to tell
        assert stranger.delete("/api/identity/me/wechat", headers=headers).status_code == 204
    assert news() == [("wechat_bound", [PHONE]), ("wechat_unbound", [PHONE])]


def test_a_binding_in_the_official_account_is_told(stranger: Caller, key_folder: Any, news: Any) -> None:
    token = ServiceTokens("notification", key_folder / "notification.key", key_folder).make("identity")
    body = {"username": "applicant", "password": DEMO, "address": "203.0.113.7", "openid": "o-f", "unionid": "u-f"}
    answer = stranger.post("/internal/accounts/verify", body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert news() == [("wechat_bound", [PHONE])]
    who = stranger.post("/internal/wechat/followers", {"openid": "o-f", "unionid": "u-f"},
                        headers={"Authorization": f"Bearer {token}"})  # fmt: skip
    assert who.json == {"name": "陈志强"}
    assert len(news()) == 1, "to follow is no binding"
    nobody = stranger.post("/internal/wechat/followers", {"openid": "o-x", "unionid": None},
                           headers={"Authorization": f"Bearer {token}"})  # fmt: skip
    assert nobody.json == {"name": None}
    assert stranger.post("/internal/wechat/followers", {"openid": "o-f"}).status_code == 401


def test_a_new_browser_is_told_and_a_known_one_is_not(app: Flask, news: Any, runtime: Runtime) -> None:
    office, home = app.test_client(), app.test_client()
    assert portal(office).status_code == 201
    assert news() == [], "the first of all"
    assert portal(office).status_code == 201
    assert news() == [], "its cookie says that it is the same"
    assert portal(home, EDGE).status_code == 201
    assert news() == [("new_device", [PHONE])]
    assert recorded(runtime, "account.security")[0]["data"]["device"] == "Edge · Windows"
    portal(home, EDGE), portal(office)
    assert len(news()) == 1


def test_a_new_client_without_cookies_is_told_by_its_name(stranger: Caller, news: Any) -> None:
    for agent in ("curl/8.5.0", "curl/8.5.0", "python-requests/2.32", "curl/8.5.0"):
        assert sign_in(stranger, headers={"User-Agent": agent}).status_code == 201
    assert news() == [("new_device", [PHONE])]


def test_a_refused_sign_in_makes_no_device_known(stranger: Caller, news: Any) -> None:
    sign_in(stranger, headers={"User-Agent": "curl/8.5.0"})
    sign_in(stranger, password="wrong wrong", headers={"User-Agent": "evil/1.0"})
    assert sign_in(stranger, headers={"User-Agent": "evil/1.0"}).status_code == 201
    assert news() == [("new_device", [PHONE])]


def test_devices_are_called_by_browser_and_system(app: Flask, stranger: Caller) -> None:
    answer = portal(app.test_client())
    [session] = stranger.get("/api/identity/sessions", headers=bearer(answer)).json["items"]
    assert session["client"] == "Chrome · Windows"


def test_who_signs_another_device_out_stays_signed_in(app: Flask, stranger: Caller) -> None:
    office, home = app.test_client(), app.test_client()
    here, there = portal(office), portal(home)
    sessions = stranger.get("/api/identity/sessions", headers=bearer(here)).json["items"]
    other = next(one["id"] for one in sessions if not one["current"])
    gone = office.delete(f"/api/identity/sessions/{other}", headers=bearer(here) | {"X-Client": "portal"})
    assert (gone.status_code, "Set-Cookie" in gone.headers) == (204, False)
    refresh = {"X-Client": "portal", "Origin": "http://127.0.0.1:8080"}
    assert office.post("/api/identity/sessions/refresh", json={}, headers=refresh).status_code == 200
    assert home.post("/api/identity/sessions/refresh", json={}, headers=refresh).status_code == 401
    mine = next(one["id"] for one in sessions if one["current"])
    out = office.delete(f"/api/identity/sessions/{mine}", headers=bearer(here) | {"X-Client": "portal"})
    assert "qj_refresh=;" in out.headers["Set-Cookie"]
    assert there.status_code == 201
