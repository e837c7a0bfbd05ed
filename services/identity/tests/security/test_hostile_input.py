"""Files that are not what they say, fields that nobody offered, and objects of others."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from callers import bearer, form, register, sign_in, sms_code, upload

from chassis.actor import Actor
from chassis.testing import SHENZHEN, Caller, admin, staff
from chassis.testing.outside import Outside

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]


def package() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x", "y")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"", "空.pdf", 415),
        (b"MZ\x90\x00 a program", "执照.pdf", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "执照.png", 415),
        (b"<html><script>alert(1)</script>", "执照.jpg", 415),
        (b"GIF89a" + b"x" * 100, "执照.gif", 415),
        (package(), "执照.pdf", 415),
        (b" %PDF-1.4\n", "执照.pdf", 415),
        (b"%PDF-1.4\n" + b"x" * (10 << 20), "大.pdf", 413),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "执照.png", 201),
        (b"\xff\xd8\xff" + b"x" * 100, "名.php", 201),
    ],
    ids=["empty", "program", "svg", "html", "gif", "zip", "pdf not at the start", "too large", "png", "jpeg by content"],
)  # fmt: skip
def test_files_are_known_by_their_content(stranger: Caller, content: bytes, name: str, status: int) -> None:
    answer = upload(stranger, "license", content, name)
    assert answer.status_code == status, answer.json


def test_a_file_comes_back_as_a_download_that_no_browser_runs(
    stranger: Caller, world: Outside, signed_in: SignIn
) -> None:
    name = '..\\..\\"a"\r\nSet-Cookie: x=y/\u202e执照.pdf'
    licence = upload(stranger, "license", b"%PDF-1.4\n", name).json["file_id"]
    made = register(stranger, world, license_file_id=licence)
    assert made.status_code == 201
    answer = signed_in(staff()).get(f"/api/identity/files/{licence}")
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("extra", "where"),
    [
        ({"status": "approved"}, "status"), ({"kind": "admin"}, "kind"), ({"roles": ["admin"]}, "roles"),
        ({"org_id": "00000000-0000-7000-8000-000000440100"}, "org_id"), ({"version": 9}, "version"),
    ],
    ids=str,
)  # fmt: skip
def test_a_registration_takes_only_what_it_offers(stranger: Caller, world: Outside, extra: Any, where: str) -> None:
    body = form(stranger, sms_code=sms_code(stranger, world))
    for refused in (
        stranger.post("/api/identity/registrations", body | extra),
        stranger.post("/api/identity/registrations", body | {"org": body["org"] | extra}),
    ):
        assert refused.status_code == 422
        assert [(e["field"].rpartition(".")[2], e["code"]) for e in refused.json["errors"]] == [
            (where, "unknown_field")
        ]


@pytest.mark.parametrize("field", ["roles", "kind", "status", "org_id", "username", "password_hash"])
def test_a_profile_takes_only_name_and_phone(stranger: Caller, field: str) -> None:
    headers = bearer(sign_in(stranger))
    version = stranger.get("/api/identity/me", headers=headers).json["version"]
    refused = stranger.patch("/api/identity/me", {field: "admin"}, version=version, headers=headers)
    assert [(e["field"], e["code"]) for e in refused.json["errors"]] == [(field, "unknown_field")]


def test_a_member_of_staff_is_moved_into_no_other_institution(signed_in: SignIn, stranger: Caller) -> None:
    account = sign_in(stranger, "city-clerk").json["account"]
    chief = signed_in(admin())
    for extra in ({"institution_id": str(SHENZHEN)}, {"kind": "admin"}, {"roles": ["admin"]}):
        refused = chief.patch(f"/api/identity/staff/{account['id']}", extra, version=account["version"])
        assert refused.status_code == 422, extra


def test_foreign_registrations_files_and_sub_users_do_not_exist(
    stranger: Caller, world: Outside, signed_in: SignIn
) -> None:
    made = register(stranger, world)
    org_id = made.json["org_id"]
    reviewer = signed_in(staff())
    files = reviewer.get("/api/identity/registrations?status=pending").json["items"][0]["files"]
    other = bearer(sign_in(stranger, "applicant2"))
    for file in files:
        assert stranger.get(f"/api/identity/files/{file['file_id']}", headers=other).status_code == 404
    foreign = signed_in(staff(SHENZHEN))
    assert foreign.post(f"/api/identity/registrations/{org_id}/approve").status_code == 404
    rejection = {"reason_code": "letter_unsealed", "reason": "未盖章"}
    assert foreign.post(f"/api/identity/registrations/{org_id}/reject", rejection).status_code == 404
    sub_user = stranger.post(
        "/api/identity/sub-users", {"phone": "13577778888", "name": "x"}, headers=bearer(sign_in(stranger))
    ).json
    path = f"/api/identity/sub-users/{sub_user['id']}"
    assert stranger.patch(path, {"name": "y"}, version=1, headers=other).status_code == 404
    assert stranger.delete(path, headers=other).status_code == 404
