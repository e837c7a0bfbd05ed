"""What the tests of identity ask for again and again."""

import io
from typing import Any

from chassis.testing import Caller
from chassis.testing.outside import Outside
from identity.domain.credit_code import check_character

PASSWORD = "correct horse battery"
DEMO = "Demo-2026!"
PHONE = "13912345678"


def upload(stranger: Caller, purpose: str, content: bytes = b"%PDF-1.4\n", name: str = "扫描件.pdf") -> Any:
    return stranger.post("/api/identity/files", data={"file": (io.BytesIO(content), name), "purpose": purpose})


def sms_code(stranger: Caller, world: Outside, phone: str = PHONE, purpose: str = "registration") -> str:
    assert stranger.post("/api/identity/sms-codes", {"phone": phone, "purpose": purpose}).status_code == 202
    return str(world.sms(phone)[0]["code"])


def form(stranger: Caller, **changes: Any) -> dict[str, Any]:
    first = "91440106MA5ABCDE1"
    return {
        "username": "bianmin", "password": PASSWORD, "phone": PHONE, "sms_code": "000000",
        "org": {
            "name": "便民市场", "credit_code": first + check_character(first), "address": "天河路 1 号",
            "division_code": "440106", "contact_name": "陈志强",
        },
        "license_file_id": upload(stranger, "license").json["file_id"],
        "authorization_file_id": upload(stranger, "authorization").json["file_id"],
    } | changes  # fmt: skip


def register(stranger: Caller, world: Outside, **changes: Any) -> Any:
    return stranger.post("/api/identity/registrations", form(stranger, sms_code=sms_code(stranger, world), **changes))


def sign_in(stranger: Caller, username: str = "applicant", password: str = DEMO, **more: Any) -> Any:
    return stranger.post("/api/identity/sessions", {"username": username, "password": password}, **more)


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def version_of(caller: Caller, path: str, **kwargs: Any) -> int:
    return int(caller.get(path, **kwargs).headers["ETag"].strip('"'))
