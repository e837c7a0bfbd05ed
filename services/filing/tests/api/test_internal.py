"""备案查询 of the official account: what notification asks filing."""

from collections.abc import Callable
from typing import Any

from chassis.actor import Actor
from chassis.auth import ServiceTokens
from chassis.ids import new_id
from chassis.testing import Caller, applicant, staff

SignIn = Callable[[Actor | None], Caller]
Submit = Callable[..., list[dict[str, Any]]]


def headers(key_folder: Any, service: str = "notification") -> dict[str, str]:
    token = ServiceTokens(service, key_folder / f"{service}.key", key_folder).make("filing")
    return {"Authorization": f"Bearer {token}"}


def test_an_organisations_own_filings_are_counted(submit: Submit, signed_in: SignIn, key_folder: Any) -> None:
    owner, other = applicant(), applicant()
    submit(other, 2)
    (first, *_) = submit(owner, 3)
    body = {"selection": {"ids": [first["id"]]}, "reason": "缺照片", "reason_code": "incomplete"}
    assert signed_in(staff()).post("/api/filing/filings/actions/return", body).json["done"] == 1

    def counts(org_id: Any) -> Any:
        url = f"/internal/organizations/{org_id}/filings"
        return signed_in(None).get(url, headers=headers(key_folder)).json

    assert counts(owner.org_id) == {"submitted": 2, "returned": 1, "total": 3}
    assert counts(other.org_id) == {"submitted": 2, "total": 2}
    assert counts(new_id()) == {"total": 0}


def test_nobody_else_may_ask(signed_in: SignIn, key_folder: Any) -> None:
    owner = applicant()
    url = f"/internal/organizations/{owner.org_id}/filings"
    assert signed_in(None).get(url, headers=headers(key_folder, "registry")).status_code == 403
    assert signed_in(None).get(url).status_code == 401
    assert signed_in(owner).get(url).status_code == 403
