"""Registration from upload to decision, through the HTTP door."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from callers import PASSWORD, PHONE, bearer, form, register, sign_in, sms_code, upload
from pypdf import PdfReader
from sqlalchemy import text

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import SHENZHEN, TIANHE, Caller, admin, applicant, recorded, staff
from chassis.testing.outside import Outside
from identity.app import drop_unclaimed_files

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
LETTER = "/api/identity/registrations/authorization-letter.pdf"


def test_a_registration_is_pending_and_its_owner_may_only_look_after_it(stranger: Caller, world: Outside) -> None:
    answer = register(stranger, world)
    assert (answer.status_code, answer.json["status"]) == (201, "pending")
    session = stranger.post("/api/identity/sessions", {"username": "BIANMIN", "password": "correct horse battery"})
    bearer = {"Authorization": f"Bearer {session.json['access_token']}"}
    assert stranger.get("/api/identity/registrations/mine", headers=bearer).json["status"] == "pending"
    refused = stranger.get("/api/identity/sub-users", headers=bearer)
    assert (refused.status_code, refused.json["code"]) == (403, "not_approved")
    assert stranger.delete("/api/identity/registrations/mine", headers=bearer).status_code == 204
    assert stranger.post("/api/identity/sessions", {"username": "bianmin", "password": "x"}).status_code == 401


def test_the_county_decides_the_city_may_and_others_do_not_see_it(
    stranger: Caller, world: Outside, signed_in: SignIn, runtime: Runtime
) -> None:
    org_id = register(stranger, world).json["org_id"]
    county, city, foreign = (signed_in(staff(i)) for i in (TIANHE, staff().org_id, SHENZHEN))
    for caller, total in ((county, 1), (city, 1), (foreign, 0)):
        assert caller.get("/api/identity/registrations?status=pending").json["total"] == total
    assert foreign.post(f"/api/identity/registrations/{org_id}/approve").status_code == 404
    for name in ("name", "credit_code", "contact_name", "phone", "division_code", "status", "submitted_at"):
        assert len(county.get(f"/api/identity/registrations?status=pending&sort={name}").json["items"]) == 1, name
    for query, total in {"division_code=440100": 1, "division_code=440300": 0, "submitted_from=2020-01-01": 1,
                         "submitted_to=0001-01-01": 0, "phone_contains=1": 1, "name_contains=_": 0}.items():  # fmt: skip
        assert county.get(f"/api/identity/registrations?status=pending&{query}").json["total"] == total, query
    files = county.get("/api/identity/registrations?status=pending").json["items"][0]["files"]
    assert county.get(f"/api/identity/files/{files[0]['file_id']}").data.startswith(b"%PDF")
    assert foreign.get(f"/api/identity/files/{files[0]['file_id']}").status_code == 404
    assert county.post(f"/api/identity/registrations/{org_id}/approve").json["status"] == "approved"
    assert city.post(f"/api/identity/registrations/{org_id}/reject", {"reason": "x"}).json["code"] == "already_decided"
    assert recorded(runtime, "organization.approved")[-1]["data"]["org_id"] == org_id


def test_a_rejected_one_sees_the_reason_corrects_and_comes_back(
    stranger: Caller, world: Outside, signed_in: SignIn, runtime: Runtime
) -> None:
    made = register(stranger, world).json
    county = signed_in(staff(TIANHE))
    assert county.post(f"/api/identity/registrations/{made['org_id']}/reject", {}).status_code == 422
    reject = f"/api/identity/registrations/{made['org_id']}/reject"
    assert county.post(reject, {"reason_code": "bad mood", "reason": "x"}).json["errors"][0]["code"] == "not_an_option"
    county.post(reject, {"reason_code": "letter_unsealed", "reason": "授权书未盖公章"})
    assert recorded(runtime, "organization.rejected")[-1]["data"]["reason_code"] == "letter_unsealed"
    session = stranger.post("/api/identity/sessions", {"username": PHONE, "password": "correct horse battery"}).json
    assert (session["account"]["status"], session["account"]["reason"]) == ("rejected", "授权书未盖公章")
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    letter = upload(stranger, "authorization").json["file_id"]
    mine = "/api/identity/registrations/mine"
    assert stranger.patch(mine, {"authorization_file_id": letter}, headers=bearer).status_code == 428
    assert stranger.get(mine, headers=bearer).json["reason_code"] == "letter_unsealed"
    version = int(stranger.get(mine, headers=bearer).headers["ETag"].strip('"'))
    assert (
        stranger.patch(mine, {"authorization_file_id": letter}, version=version - 1, headers=bearer).status_code == 412
    )
    mended = stranger.patch(mine, {"authorization_file_id": letter}, version=version, headers=bearer)
    assert (mended.status_code, mended.json["status"]) == (200, "pending")


def test_all_wrong_fields_come_together_and_the_code_is_not_used_up(stranger: Caller, world: Outside) -> None:
    code = sms_code(stranger, world)
    wrong = form(stranger, sms_code=code, password="12345678")
    wrong["org"] |= {"credit_code": "911111111111111111", "division_code": "440100"}
    refused = stranger.post("/api/identity/registrations", wrong)
    fields = {e["field"] for e in refused.json["errors"]}
    assert {"org.credit_code", "org.division_code", "password"} <= fields
    assert stranger.post("/api/identity/registrations", form(stranger, sms_code=code)).status_code == 201


def test_a_credit_code_registers_once_and_the_second_is_told_whom_to_ask(stranger: Caller, world: Outside) -> None:
    assert register(stranger, world).status_code == 201
    second = stranger.post("/api/identity/registrations", form(stranger, username="other", phone="13911112222"))
    assert (second.status_code, second.json["code"]) == (409, "credit_code_taken")
    assert "天河区" in second.json["detail"]


@pytest.mark.parametrize(
    ("changes", "code", "words", "english"),
    [
        ({"identity": "individual"}, "not_enterprise", "以个人身份注册的不会被通过", "Individuals are not accepted"),
        ({"user_type": "institution"}, "not_applicant", "以其它账号类型注册的不会被通过", "Only applicants register"),
    ],
)
def test_individuals_and_other_types_are_refused_in_the_manuals_words(
    stranger: Caller, changes: dict[str, str], code: str, words: str, english: str
) -> None:
    refused = stranger.post("/api/identity/registrations", form(stranger, **changes))
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert words in refused.json["detail"]
    again = stranger.post("/api/identity/registrations", form(stranger, **changes), headers={"Accept-Language": "en"})
    assert english in again.json["detail"]


def test_five_wrong_codes_end_a_code(stranger: Caller, world: Outside) -> None:
    code = sms_code(stranger, world)
    body = form(stranger)
    for _ in range(5):
        wrong = "111111" if code != "111111" else "222222"
        assert stranger.post("/api/identity/registrations", body | {"sms_code": wrong}).status_code == 422
    assert stranger.post("/api/identity/registrations", body | {"sms_code": code}).json["code"] == "sms_code_wrong"


def test_a_second_code_within_a_minute_has_to_wait(stranger: Caller, world: Outside) -> None:
    sms_code(stranger, world)
    again = stranger.post("/api/identity/sms-codes", {"phone": PHONE, "purpose": "registration"})
    assert again.status_code == 429
    assert 1 <= int(again.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"MZ\x90 a program", 415), (b"<svg onload=alert(1)>", 415), (b"%PDF-" + b"x" * (10 << 20), 413)],
)
def test_disguised_and_oversized_files_are_refused(stranger: Caller, content: bytes, status: int) -> None:
    assert upload(stranger, "license", content, "执照.pdf").status_code == status


def test_nothing_but_the_declared_fields_is_assigned(stranger: Caller, world: Outside) -> None:
    body = form(stranger, sms_code=sms_code(stranger, world)) | {"status": "approved", "kind": "admin"}
    refused = stranger.post("/api/identity/registrations", body)
    assert {e["code"] for e in refused.json["errors"]} == {"unknown_field"}


def test_wechat_is_bound_once_and_signs_in(stranger: Caller, world: Outside, runtime: Runtime) -> None:
    session = stranger.post("/api/identity/sessions", {"username": "applicant", "password": "Demo-2026!"}).json
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    world.person("o-1")
    unbound = stranger.post("/api/identity/sessions", {"wechat_code": world.tap("o-1")})
    assert (unbound.status_code, unbound.json["code"]) == (401, "wechat_not_bound")
    code = world.tap("o-1")
    assert stranger.post("/api/identity/me/wechat", {"wechat_code": code}, headers=bearer).json["bound"]
    used = stranger.post("/api/identity/me/wechat", {"wechat_code": code}, headers=bearer)
    assert (used.status_code, used.json["code"]) == (422, "wechat_code_invalid")
    by_wechat = stranger.post("/api/identity/sessions", {"wechat_code": world.tap("o-1")})
    assert by_wechat.json["account"]["username"] == "applicant"
    mini = stranger.post("/api/identity/sessions", {"miniprogram_code": world.tap("o-1", "miniprogram")})
    assert mini.status_code == 201, "the same person by unionid"
    other = stranger.post("/api/identity/sessions", {"username": "applicant2", "password": "Demo-2026!"}).json
    taken = stranger.post(
        "/api/identity/me/wechat", {"wechat_code": world.tap("o-1")},
        headers={"Authorization": f"Bearer {other['access_token']}"},
    )  # fmt: skip
    assert taken.json["code"] == "wechat_taken"


@pytest.mark.parametrize("actor", [applicant(), staff(roles=("verifier",))], ids=["applicant", "verifier"])
def test_only_reviewers_see_registrations(signed_in: SignIn, actor: Actor) -> None:
    assert signed_in(actor).get("/api/identity/registrations").status_code == 403


def text_of(answer: Any) -> str:
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.data[:500]
    return (
        "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
        .replace("\n", "")
        .replace(" ", "")
    )


def test_the_letter_comes_filled_and_addressed(stranger: Caller) -> None:
    typed = {
        "name": "燊记𠮷祥〇一便民市场", "credit_code": "91440106MA5ABCDE1X", "address": "天河路 1 号", "contact_name": "陈志强",
        "phone": PHONE, "username": "bianmin", "division_code": "440106",
    }  # fmt: skip
    shown = text_of(stranger.post(LETTER, typed))
    for value in ("法人授权书", "燊记𠮷祥〇一便民市场", "91440106MA5ABCDE1X", "陈志强", PHONE, "加盖公章"):
        assert value in shown
    assert "天河区" in shown, "addressed to the institution that reviews it"


def test_the_letter_comes_blank_too(stranger: Caller) -> None:
    assert "法定代表人（签字）" in text_of(stranger.get(LETTER))


def test_a_character_that_cannot_be_printed_is_named(stranger: Caller) -> None:
    answer = stranger.post(LETTER, {"name": "🦄市场"})
    assert (answer.status_code, answer.json["code"]) == (422, "character_missing")
    assert "🦄" in answer.json["detail"]


def test_names_on_certificates_are_refused_where_no_font_can_print_them(stranger: Caller, signed_in: SignIn) -> None:
    org = form(stranger)["org"] | {"name": "燊🦄"}
    chief = signed_in(staff(roles=("institution_admin",)))
    invitation = {"name": "李🦄", "phone": PHONE, "roles": ["verifier"]}
    institution = {"name": "所🦄", "tier": "county", "division_code": "440106"}
    for answer, field in (
        (stranger.post("/api/identity/registrations", form(stranger, org=org)), "org.name"),
        (chief.post("/api/identity/invitations", invitation), "name"),
        (chief.patch("/api/identity/me", {"name": "李🦄"}, version=1), "name"),
        (signed_in(admin()).post("/api/identity/institutions", institution), "name"),
    ):
        assert answer.status_code == 422, answer.json
        [error] = answer.json["errors"]
        assert (error["field"], error["code"]) == (field, "unprintable")
        assert error["message"] == "这些字无法打印在证书等文件上：🦄(U+1F984)"


def test_who_withdraws_leaves_no_papers(stranger: Caller, world: Outside, runtime: Runtime) -> None:
    register(stranger, world)
    session = stranger.post("/api/identity/sessions", {"username": "bianmin", "password": "correct horse battery"})
    bearer = {"Authorization": f"Bearer {session.json['access_token']}"}
    assert stranger.delete("/api/identity/registrations/mine", headers=bearer).status_code == 204
    runtime.revoked.forget()
    assert stranger.get("/api/identity/me", headers=bearer).status_code == 401, "at once, not only by the event"
    drop_unclaimed_files(runtime, clock.now() + timedelta(hours=25))
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT count(*) FROM file")).scalar_one() == 0
    assert list(runtime.settings.files_dir.rglob("*.pdf")) == []


@pytest.mark.parametrize("sign", ["_", "%25", "%5C"])
def test_a_search_takes_signs_as_they_are(stranger: Caller, world: Outside, sign: str) -> None:
    assert register(stranger, world).status_code == 201
    headers = bearer(sign_in(stranger, "city-clerk"))
    assert stranger.get("/api/identity/registrations", headers=headers).json["total"] >= 1
    assert stranger.get(f"/api/identity/registrations?q={sign}", headers=headers).json["total"] == 0


def test_who_waits_sees_which_institution_decides_and_since_when(
    stranger: Caller, world: Outside, runtime: Runtime
) -> None:
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE institution SET contact = '020-12345678' WHERE division_code IN ('440106', '440100')"))
    assert register(stranger, world).status_code == 201
    mine = stranger.get("/api/identity/registrations/mine", headers=bearer(sign_in(stranger, "bianmin", PASSWORD))).json
    assert mine["reviewer"]["contact"] == "020-12345678"
    assert "天河" in mine["reviewer"]["name"]
    assert mine["submitted_at"].startswith(str(clock.now().date()))
    assert mine["decided_at"] is None
