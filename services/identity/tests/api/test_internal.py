"""绑定账号 by password: what notification asks identity."""

from collections.abc import Callable
from typing import Any

import pytest
from callers import DEMO, bearer, sign_in
from sqlalchemy import text

from chassis.auth import ServiceTokens
from chassis.runtime import Runtime
from chassis.testing import Caller, recorded

pytestmark = pytest.mark.usefixtures("seeded")
VERIFY = "/internal/accounts/verify"
ASKED = {"username": "applicant", "password": DEMO, "address": "203.0.113.7", "openid": "o-f", "unionid": "u-f"}


@pytest.fixture
def notification(stranger: Caller, key_folder: Any) -> Callable[..., Any]:
    def call(body: dict[str, Any], service: str = "notification") -> Any:
        token = ServiceTokens(service, key_folder / f"{service}.key", key_folder).make("identity")
        return stranger.post(VERIFY, body, headers={"Authorization": f"Bearer {token}"})

    return call


def test_the_right_password_binds_the_follower(
    notification: Callable[..., Any], stranger: Caller, runtime: Runtime
) -> None:
    answer = notification(ASKED)
    assert (answer.status_code, answer.json["name"]) == (200, "陈志强")
    headers = bearer(sign_in(stranger))
    assert stranger.get("/api/identity/me/wechat", headers=headers).json == {
        "bound": True,
        "apps": ["official"],
        "following": False,
    }
    assert recorded(runtime, "account.wechat_bound")[-1]["data"]["unionid"] == "u-f"
    seen = stranger.get("/api/identity/me/sign-ins", headers=headers).json["items"]
    assert ("wechat_binding", "203.0.113.7", True) in {(s["way"], s["address"], s["success"]) for s in seen}
    with runtime.database.transaction() as db:
        assert (
            db.execute(text("SELECT count(*) FROM audit WHERE action = 'wechat_bound_by_password'")).scalar_one() == 1
        )
        assert db.execute(text("SELECT count(*) FROM session")).scalar_one() == 1, "it opens no session"


def test_wrong_passwords_count_with_those_of_the_website(notification: Callable[..., Any], stranger: Caller) -> None:
    for _ in range(3):
        assert notification(ASKED | {"password": "wrong wrong"}).json["code"] == "wrong_credentials"
    assert notification(ASKED).json["code"] == "captcha_required"
    assert sign_in(stranger).json["code"] == "captcha_required"


def test_a_disabled_account_is_not_bound(notification: Callable[..., Any], runtime: Runtime) -> None:
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE account SET status = 'disabled' WHERE username = 'applicant'"))
    assert notification(ASKED).json["code"] == "account_disabled"


def test_nobody_else_may_ask(notification: Callable[..., Any], stranger: Caller) -> None:
    assert notification(ASKED, service="filing").status_code == 403
    assert stranger.post(VERIFY, ASKED).status_code == 401
    assert stranger.post(VERIFY, ASKED, headers=bearer(sign_in(stranger))).status_code in (401, 403)
