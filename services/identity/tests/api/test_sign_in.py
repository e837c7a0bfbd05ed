"""Sign-in and sessions, through the HTTP door."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from callers import bearer, sign_in
from flask import Flask
from sqlalchemy import text

from chassis import audit, clock, direct
from chassis.errors import Unauthorized
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, recorded
from chassis.testing.outside import Outside
from identity import actions
from identity.actions.sessions import Device, Identified

pytestmark = pytest.mark.usefixtures("seeded")


def test_the_right_password_signs_in_and_the_token_works(stranger: Caller) -> None:
    answer = sign_in(stranger)
    assert answer.status_code == 201, answer.json
    assert answer.json["account"]["status"] == "approved"
    me = stranger.get("/api/identity/me", headers=bearer(answer))
    assert me.status_code == 200
    assert me.json["username"] == "applicant"


def test_a_sign_in_leaves_a_session_a_line_of_history_and_of_the_audit_trail_and_no_failure(
    stranger: Caller, runtime: Runtime
) -> None:
    sign_in(stranger, password="wrong")
    account_id = sign_in(stranger).json["account"]["id"]
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT way, success FROM sign_in WHERE account_id = :id ORDER BY id"), {"id": account_id}).all() == [
            ("password", False), ("password", True),
        ]  # fmt: skip
        assert db.execute(text("SELECT count(*) FROM session WHERE account_id = :id"), {"id": account_id}).scalar() == 1
        told = db.execute(text("SELECT subject, actor_kind, actor_name, detail, address <> '' FROM audit ORDER BY id"))
        refused, done = told.all()
        assert refused[:3] == ("applicant", "anonymous", "")
        assert (refused[3]["outcome"], refused[3]["code"]) == ("refused", "wrong_credentials")
        assert "wrong" not in str(refused[3]).replace("wrong_credentials", "").replace("Wrong user name", "")
        assert done == (account_id, "applicant", "陈志强", {"way": "password", "device": done[3]["device"]}, True)
        assert db.execute(text("SELECT count(*) FROM login_guard")).scalar() == 0


def test_a_sign_in_is_four_statements(stranger: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Around argon2id they are most of what it costs."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def noting(cursor: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        sent.append(str(query).lstrip().split(maxsplit=1)[0])
        return execute(cursor, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.Cursor, "execute", noting)
    assert sign_in(stranger).status_code == 201
    assert sent == ["SELECT", "BEGIN", "WITH", "COMMIT"]


def test_an_account_that_is_gone_meanwhile_gets_no_session(runtime: Runtime) -> None:
    gone = Identified(new_id(), "applicant", "applicant", "password")
    told = audit.line("sessions/create_session", gone.account_id)
    with pytest.raises(Unauthorized), direct.transaction(runtime.database) as opening:
        actions.open_session(opening, gone, told, Device("", ""), "", timedelta(days=1), clock.now())
    with runtime.database.transaction() as db:
        for table in ("sign_in", "audit"):
            assert db.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table


def test_a_disabled_account_gets_nothing_but_the_answer(stranger: Caller, runtime: Runtime) -> None:
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE account SET status = 'disabled' WHERE username = 'applicant'"))
    refused = sign_in(stranger)
    assert (refused.status_code, refused.json["code"]) == (403, "account_disabled")
    with runtime.database.transaction() as db:
        for table in ("session", "sign_in"):
            assert db.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table
        assert db.execute(text("SELECT detail ->> 'code' FROM audit")).scalars().all() == ["account_disabled"]


@pytest.mark.parametrize("username", ["applicant", "nobody-at-all"])
def test_a_wrong_password_and_an_unknown_name_answer_alike(stranger: Caller, username: str) -> None:
    answer = sign_in(stranger, username, "wrong-password")
    assert answer.status_code == 401
    assert answer.json["code"] == "wrong_credentials"


def test_the_fourth_try_after_three_failures_needs_a_captcha(stranger: Caller) -> None:
    for _ in range(3):
        assert sign_in(stranger, password="wrong").status_code == 401
    refused = sign_in(stranger)
    assert (refused.status_code, refused.json["code"]) == (422, "captcha_required")


def test_failures_slow_an_account_down_even_for_unknown_names(stranger: Caller, runtime: Runtime) -> None:
    with runtime.database.transaction() as db:
        db.execute(text("INSERT INTO login_guard (key, failures, last_at) VALUES ('?ghost', 5, now())"))
    refused = sign_in(stranger, "ghost", "x")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_a_page_that_was_reloaded_during_a_renewal_stays_signed_in(stranger: Caller) -> None:
    first = sign_in(stranger)
    lost = stranger.post("/api/identity/sessions/refresh", {"refresh_token": first.json["refresh_token"]})
    again = stranger.post("/api/identity/sessions/refresh", {"refresh_token": first.json["refresh_token"]})
    assert (lost.status_code, again.status_code) == (200, 200)
    later = stranger.post("/api/identity/sessions/refresh", {"refresh_token": again.json["refresh_token"]})
    assert later.status_code == 200


def test_a_refresh_token_rotates_and_reuse_of_the_old_one_ends_the_session(stranger: Caller, runtime: Runtime) -> None:
    first = sign_in(stranger)
    second = stranger.post("/api/identity/sessions/refresh", {"refresh_token": first.json["refresh_token"]})
    assert second.status_code == 200
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE used_refresh SET used_at = used_at - interval '11 seconds'"))
    stolen = stranger.post("/api/identity/sessions/refresh", {"refresh_token": first.json["refresh_token"]})
    assert stolen.status_code == 401
    assert recorded(runtime, "session.revoked")
    third = stranger.post("/api/identity/sessions/refresh", {"refresh_token": second.json["refresh_token"]})
    assert third.status_code == 401
    runtime.revoked.forget()
    assert stranger.get("/api/identity/me", headers=bearer(second)).status_code == 401


def test_the_portal_keeps_the_refresh_token_in_a_cookie_that_needs_its_header_and_origin(app: Flask) -> None:
    browser = app.test_client()
    body = {"username": "applicant", "password": "Demo-2026!"}
    answer = browser.post("/api/identity/sessions", json=body, headers={"X-Client": "portal"})
    assert "refresh_token" not in answer.json
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/api/identity/sessions" in cookie
    portal = {"X-Client": "portal"}
    evil = browser.post("/api/identity/sessions/refresh", json={}, headers=portal | {"Origin": "http://evil.example"})
    assert evil.status_code == 401
    ours = browser.post("/api/identity/sessions/refresh", json={}, headers=portal | {"Origin": "http://127.0.0.1:8080"})
    assert ours.status_code == 200


def test_signing_out_ends_the_token_too(stranger: Caller, runtime: Runtime) -> None:
    answer = sign_in(stranger)
    gone = stranger.delete("/api/identity/sessions/current", headers=bearer(answer))
    assert gone.status_code == 204
    runtime.revoked.forget()
    assert stranger.get("/api/identity/me", headers=bearer(answer)).status_code == 401


def test_the_user_sees_when_and_how_the_account_was_signed_in_to(stranger: Caller) -> None:
    sign_in(stranger, password="wrong")
    answer = sign_in(stranger)
    items = stranger.get("/api/identity/me/sign-ins", headers=bearer(answer)).json["items"]
    assert [item["success"] for item in items] == [True, False]


@pytest.mark.parametrize("password", ["\ud800", "nul \x00", "x" * 129])
def test_a_password_that_nobody_can_have_is_an_error_of_its_field(stranger: Caller, password: str) -> None:
    refused = stranger.post("/api/identity/sessions", {"username": "somebody", "password": password})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json["errors"]] == ["password"]


def test_a_wrong_code_for_a_new_phone_is_counted_and_five_end_it(stranger: Caller, world: Outside) -> None:
    headers = bearer(sign_in(stranger))
    phone = "13955556666"
    stranger.post("/api/identity/sms-codes", {"phone": phone, "purpose": "phone_change"})
    code = world.sms(phone)[0]["code"]
    wrong = "111111" if code != "111111" else "222222"

    def change(sms_code: str) -> Any:
        version = int(stranger.get("/api/identity/me", headers=headers).headers["ETag"].strip('"'))
        return stranger.patch(
            "/api/identity/me", {"phone": phone, "sms_code": sms_code}, version=version, headers=headers
        )

    for _ in range(5):
        assert change(wrong).json["code"] == "sms_code_wrong"
    assert change(code).json["code"] == "sms_code_wrong"


def test_tokens_are_never_kept_for_a_repeat(stranger: Caller, runtime: Runtime) -> None:
    body, key = {"username": "applicant", "password": "Demo-2026!"}, {"Idempotency-Key": "the-same"}
    first = stranger.post("/api/identity/sessions", body, headers=key)
    second = stranger.post("/api/identity/sessions", body, headers=key)
    assert first.json["refresh_token"] != second.json["refresh_token"]
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT count(*) FROM idempotency_key")).scalar_one() == 0
