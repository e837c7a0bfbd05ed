"""Who is registered cannot be found out, and passwords and codes cannot be guessed."""

import re
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from callers import DEMO, PASSWORD, bearer, form, sign_in, sms_code, upload
from flask import Flask
from sqlalchemy import text

from chassis import clock
from chassis.runtime import Runtime
from chassis.testing import Caller
from chassis.testing.outside import Outside
from identity import queries
from identity.actions.guard import MAX_DELAY
from identity.domain.passwords import Hasher
from identity.parts import Parts

pytestmark = pytest.mark.usefixtures("seeded")
SESSIONS, RESETS = "/api/identity/sessions", "/api/identity/password-resets"
KNOWN, UNKNOWN = "13800000001", "13511112222"


def shape(answer: Any) -> tuple[int, str, str]:
    """What a guesser can read: status, body without the id of the request, and the names of the headers."""
    body = re.sub(r'"request_id":"[^"]*"', "", answer.get_data(as_text=True))
    return answer.status_code, body, " ".join(sorted(answer.headers.keys()))


def forget_failures(runtime: Runtime) -> None:
    with runtime.database.transaction() as db:
        db.execute(text("TRUNCATE login_guard, sign_in, captcha"))


# -- enumeration -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ({"username": "applicant", "password": "wrong wrong"}, {"username": "nobody-here", "password": "wrong wrong"}),
        ({"username": KNOWN, "password": "wrong wrong"}, {"username": UNKNOWN, "password": "wrong wrong"}),
        ({"phone": KNOWN, "sms_code": "000000"}, {"phone": UNKNOWN, "sms_code": "000000"}),
    ],
    ids=["user name", "phone", "SMS code"],
)
def test_a_failed_sign_in_reads_alike_up_to_the_delay(stranger: Caller, known: Any, unknown: Any) -> None:
    """The captcha after three and the delay after five come for names that nobody has, too."""
    for _ in range(7):
        assert shape(stranger.post(SESSIONS, known)) == shape(stranger.post(SESSIONS, unknown))


@pytest.mark.parametrize("purpose", ["registration", "sign_in", "password_reset", "phone_change"])
def test_asking_for_a_code_tells_nothing(stranger: Caller, world: Outside, purpose: str) -> None:
    answers = [
        shape(stranger.post("/api/identity/sms-codes", {"phone": phone, "purpose": purpose}))
        for phone in (KNOWN, UNKNOWN)
    ]
    assert answers[0] == answers[1]
    assert world.sms(KNOWN)[0]["code"] != world.sms(UNKNOWN)[0]["code"]


@pytest.mark.parametrize("password", ["good enough words", "password1", "short"])
def test_a_reset_without_the_right_code_tells_nothing(stranger: Caller, world: Outside, password: str) -> None:
    for phone in (KNOWN, UNKNOWN):
        sms_code(stranger, world, phone, "password_reset")
    answers = [
        shape(stranger.post(RESETS, {"phone": p, "sms_code": "000000", "password": password})) for p in (KNOWN, UNKNOWN)
    ]
    assert answers[0] == answers[1]


def test_whose_phone_it_is_is_told_to_who_holds_it(stranger: Caller, world: Outside) -> None:
    """A registration or a change of phone with somebody else's number, without the code that went there."""
    body = form(stranger, phone=KNOWN, sms_code="000000")
    blind = stranger.post("/api/identity/registrations", body)
    assert blind.json["code"] == "sms_code_wrong"
    holder = stranger.post("/api/identity/registrations", body | {"sms_code": sms_code(stranger, world, KNOWN)})
    assert holder.json["code"] == "phone_taken"
    headers = bearer(sign_in(stranger, "applicant2"))
    version = stranger.get("/api/identity/me", headers=headers).json["version"]
    changed = stranger.patch(
        "/api/identity/me", {"phone": KNOWN, "sms_code": "000000"}, version=version, headers=headers
    )
    assert changed.json["code"] == "sms_code_wrong"


@pytest.fixture
def slow_hashes(session_runtime: Runtime) -> Iterator[None]:
    """Hashes that take long enough to be measured."""
    parts: Parts = session_runtime.parts["identity"]
    before = parts.hasher
    object.__setattr__(parts, "hasher", Hasher(2, 19456))
    yield
    object.__setattr__(parts, "hasher", before)


@pytest.mark.usefixtures("slow_hashes")
def test_an_unknown_name_takes_as_long_as_a_known_one(stranger: Caller, runtime: Runtime) -> None:
    """In turn, so that both meet the same machine. An answer without a hash would take a tenth of the time."""
    with runtime.database.transaction() as db:
        hashed = runtime.parts["identity"].hasher.hash(DEMO)
        db.execute(text("UPDATE account SET password_hash = :hash WHERE username = 'applicant'"), {"hash": hashed})
    took: dict[str, list[float]] = {"applicant": [], "nobody-here": []}
    for _ in range(9):
        for name, times in took.items():
            began = time.perf_counter()
            assert sign_in(stranger, name, "wrong wrong").status_code == 401
            times.append(time.perf_counter() - began)
        forget_failures(runtime)
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.5 < known / unknown < 2


# -- brute force -----------------------------------------------------------------------------------------------


def test_the_names_of_one_account_share_one_count(stranger: Caller) -> None:
    for name in ("applicant", KNOWN, "APPLICANT"):
        assert sign_in(stranger, name, "wrong wrong").status_code == 401
    assert sign_in(stranger, KNOWN, "wrong wrong").json["code"] == "captcha_required"


def test_delays_grow_to_a_minute_and_no_further(stranger: Caller, runtime: Runtime) -> None:
    for failures, most in ((5, 2), (7, 8), (11, MAX_DELAY), (1000, MAX_DELAY)):
        with runtime.database.transaction() as db:
            db.execute(
                text("INSERT INTO login_guard VALUES ('?ghost', :n, now()) ON CONFLICT (key) DO UPDATE SET failures = :n"),
                {"n": failures},
            )  # fmt: skip
        refused = sign_in(stranger, "ghost", "x")
        assert refused.status_code == 429
        assert most - 1 <= int(refused.headers["Retry-After"]) <= most


def test_failures_are_forgotten_after_an_hour_and_by_a_success(stranger: Caller, runtime: Runtime) -> None:
    for _ in range(2):
        sign_in(stranger, "applicant", "wrong wrong")
    assert sign_in(stranger).status_code == 201
    for _ in range(2):
        assert sign_in(stranger, "applicant", "wrong wrong").status_code == 401, "counted from nought again"
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE login_guard SET failures = 50, last_at = now() - interval '61 minutes'"))
    assert sign_in(stranger, "applicant", "wrong wrong").status_code == 401


def test_a_hundred_guesses_at_once_win_nothing(app: Flask, runtime: Runtime) -> None:
    """The right password among them is not let in once the wrong ones are too many, though all were begun together."""
    words = ["wrong wrong"] * 24 + [DEMO]

    def guess(word: str) -> int:
        return sign_in(Caller(app, None), "applicant", word).status_code

    with runtime.database.transaction() as db:  # five failures a moment ago, seen by all of them or by none
        db.execute(text("INSERT INTO login_guard SELECT id::text, 4, now() FROM account WHERE username = 'applicant'"))
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, words))
    assert 201 not in statuses
    with runtime.database.transaction() as db:
        wrong = db.execute(text("SELECT count(*) FROM sign_in WHERE NOT success")).scalar_one()
    assert wrong <= 8


def test_a_right_password_that_was_overtaken_by_wrong_ones_waits(stranger: Caller, runtime: Runtime) -> None:
    """Between the look at the count and the session, others fail: as where many guesses run at once."""
    parts: Parts = runtime.parts["identity"]
    verify = parts.hasher.verify

    def overtaken(stored: str | None, password: str) -> bool:
        with runtime.database.transaction() as db:
            db.execute(
                text("INSERT INTO login_guard SELECT id::text, 9, now() FROM account WHERE username = 'applicant'")
            )
        return verify(stored, password)

    parts.hasher.verify = overtaken  # type: ignore[method-assign]
    try:
        refused = sign_in(stranger)
    finally:
        del parts.hasher.verify
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT failures FROM login_guard")).scalar_one() == 9, "and they are not forgotten"
        assert db.execute(text("SELECT count(*) FROM session")).scalar_one() == 0


def test_one_address_is_slowed_down_whatever_names_it_tries(stranger: Caller) -> None:
    for number in range(30):
        assert sign_in(stranger, f"name-{number}", "x").status_code == 401
    refused = sign_in(stranger, "another-name", "x")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")


def test_failures_of_an_address_are_counted_without_reading_the_history(runtime: Runtime) -> None:
    """Every sign-in asks for them, and most of the history are successes."""
    given = {"login": "applicant", "address": "127.0.0.1", "since": clock.now(), "name_key": "?applicant"}
    with runtime.database.transaction() as db:
        db.execute(text("SET LOCAL enable_seqscan = off"))  # few rows are read faster than any index
        plan = (
            db.connection().exec_driver_sql(f"EXPLAIN {queries.LOGIN.sql}", queries.LOGIN.values(given)).scalars().all()
        )
    assert any("using sign_in_address_idx" in line for line in plan), plan


def test_wrong_old_passwords_count_too(stranger: Caller) -> None:
    headers = bearer(sign_in(stranger))
    body = {"old_password": "wrong wrong", "new_password": PASSWORD}
    for _ in range(5):
        assert stranger.post("/api/identity/me/password", body, headers=headers).status_code == 401
    right = body | {"old_password": DEMO}
    assert stranger.post("/api/identity/me/password", right, headers=headers).status_code == 429
    assert sign_in(stranger).status_code == 429
    seen = stranger.get("/api/identity/me/sign-ins", headers=headers).json["items"]
    assert [item["way"] for item in seen].count("password_change") == 5, "and the user sees them"


def test_a_captcha_is_good_for_one_try(stranger: Caller, runtime: Runtime) -> None:
    for _ in range(3):
        sign_in(stranger, "applicant", "wrong wrong")
    captcha = stranger.get("/api/identity/captcha").json["captcha_id"]
    with runtime.database.transaction() as db:
        answer = db.execute(text("SELECT answer FROM captcha")).scalar_one()
    solved = {"username": "applicant", "password": "wrong wrong", "captcha_id": captcha}
    for given, status in (("0000", 422), (answer, 422)):  # the wrong answer used it up
        assert stranger.post(SESSIONS, solved | {"captcha_answer": given}).status_code == status
    captcha = stranger.get("/api/identity/captcha").json["captcha_id"]
    with runtime.database.transaction() as db:
        answer = db.execute(text("SELECT answer FROM captcha")).scalar_one()
    assert stranger.post(SESSIONS, solved | {"captcha_id": captcha, "captcha_answer": answer}).status_code == 401


def test_codes_cost_a_captcha_after_ten_from_one_address(stranger: Caller, runtime: Runtime) -> None:
    def ask(number: int, **more: Any) -> Any:
        return stranger.post("/api/identity/sms-codes", {"phone": f"135{number:08d}", "purpose": "sign_in", **more})

    assert [ask(n).status_code for n in range(10)] == [202] * 10
    assert ask(11).json["code"] == "captcha_required"
    captcha = stranger.get("/api/identity/captcha").json["captcha_id"]
    with runtime.database.transaction() as db:
        answer = db.execute(text("SELECT answer FROM captcha")).scalar_one()
    assert ask(12, captcha_id=captcha, captcha_answer="0000").json["code"] == "captcha_required"
    assert ask(13, captcha_id=captcha, captcha_answer=answer).json["code"] == "captcha_required", "used up"


def test_two_requests_at_once_send_one_code(app: Flask, world: Outside) -> None:
    phone = "13566667777"
    before = len(world.sms(phone))
    with ThreadPoolExecutor(6) as pool:
        asked = list(pool.map(
            lambda _: Caller(app, None).post("/api/identity/sms-codes", {"phone": phone, "purpose": "sign_in"}).status_code,
            range(6),
        ))  # fmt: skip
    assert sorted(asked) == [202, 429, 429, 429, 429, 429]
    assert len(world.sms(phone)) == before + 1


def test_a_code_that_could_not_be_sent_costs_no_waiting(stranger: Caller, world: Outside) -> None:
    body = {"phone": "13566667778", "purpose": "sign_in"}
    world.fault(path="/messages", status=503)
    assert stranger.post("/api/identity/sms-codes", body).status_code == 503
    assert stranger.post("/api/identity/sms-codes", body).status_code == 202


# -- the password itself ---------------------------------------------------------------------------------------


def test_a_reset_by_sms_ends_every_session(stranger: Caller, world: Outside, runtime: Runtime) -> None:
    session = sign_in(stranger)
    code = sms_code(stranger, world, KNOWN, "password_reset")
    body = {"phone": KNOWN, "sms_code": code, "password": PASSWORD}
    weak = stranger.post(RESETS, body | {"password": "applicant"})
    assert weak.json["errors"][0]["code"] == "password_like_username", "told once the code is right; it stays good"
    assert stranger.post(RESETS, body).status_code == 204
    assert stranger.post(RESETS, body).json["code"] == "sms_code_wrong", "a code is good once"
    runtime.revoked.forget()
    assert stranger.get("/api/identity/me", headers=bearer(session)).status_code == 401
    assert sign_in(stranger).status_code == 401
    assert sign_in(stranger, password=PASSWORD).status_code == 201


def test_a_hash_of_another_cost_is_made_anew_at_the_next_sign_in(stranger: Caller, runtime: Runtime) -> None:
    def kept() -> str:
        with runtime.database.transaction() as db:
            return str(db.execute(text("SELECT password_hash FROM account WHERE username = 'applicant'")).scalar_one())

    with runtime.database.transaction() as db:
        db.execute(
            text("UPDATE account SET password_hash = :hash WHERE username = 'applicant'"),
            {"hash": Hasher(3, 128).hash(DEMO)},
        )
    assert "m=128,t=3" in kept()
    assert sign_in(stranger, password="wrong wrong").status_code == 401
    assert "m=128,t=3" in kept()
    assert sign_in(stranger).status_code == 201
    assert "m=64,t=1" in kept()
    assert sign_in(stranger).status_code == 201


def test_registrations_of_one_credit_code_at_once_make_one(app: Flask, stranger: Caller, world: Outside) -> None:
    """Whoever comes second is told whom to ask, also when both came in the same moment."""
    bodies = [
        form(stranger, username=f"market-{n}", phone=f"1355555000{n}", sms_code=sms_code(stranger, world, f"1355555000{n}"))
        for n in range(4)
    ]  # fmt: skip
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda body: Caller(app, None).post("/api/identity/registrations", body), bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert all("天河区" in answer.json["detail"] for answer in answers if answer.status_code == 409)


def test_a_paper_that_another_registration_took_meanwhile_is_not_taken_twice(
    stranger: Caller, world: Outside, runtime: Runtime
) -> None:
    """Between the look at the upload and the claim, another registration claims it."""
    parts: Parts = runtime.parts["identity"]
    body = form(stranger, sms_code=sms_code(stranger, world))
    plain = parts.hasher.hash

    def overtaken(password: str) -> str:
        with runtime.database.transaction() as db:
            db.execute(text("UPDATE file SET org_id = gen_random_uuid() WHERE purpose = 'license'"))
        return plain(password)

    parts.hasher.hash = overtaken  # type: ignore[method-assign]
    try:
        refused = stranger.post("/api/identity/registrations", body)
    finally:
        del parts.hasher.hash
    assert [(e["field"], e["code"]) for e in refused.json["errors"]] == [("license_file_id", "file_missing")]
    again = upload(stranger, "license").json["file_id"]
    assert stranger.post("/api/identity/registrations", body | {"license_file_id": again}).status_code == 201
