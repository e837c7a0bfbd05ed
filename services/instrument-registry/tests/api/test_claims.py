"""Claims for filing: what may be filed, and that a claim locks."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from chassis.actor import Actor
from chassis.auth import ServiceTokens
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]


@pytest.fixture
def filing(signed_in: SignIn, key_folder: Any) -> Callable[..., Any]:
    """Calls an internal route as the service filing (or as another)."""

    def call(method: str, path: str, body: Any = None, service: str = "filing", audience: str = "registry") -> Any:
        token = ServiceTokens(service, key_folder / f"{service}.key", key_folder).make(audience)
        return signed_in(None)._send(method, path, body, headers={"Authorization": f"Bearer {token}"})

    return call


def add(clerk: Caller, **changes: Any) -> str:
    body = {
        "name": "电子计价秤", "model": "ACS-30", "serial_no": "A1", "manufacturer": "示例衡器", "kind_code": "020100",
        "purpose": "trade", "division_code": "440106", "install_address": "天河路 1 号", "type_approval_no": "PA1",
    } | changes  # fmt: skip
    answer = clerk.post("/api/registry/instruments", body)
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def claim(owner: Actor, ids: list[str]) -> dict[str, Any]:
    return {
        "submission_id": str(new_id()), "org_id": str(owner.org_id), "actor": owner.to_json(), "selection": {"ids": ids},
    }  # fmt: skip


def test_a_claim_locks_and_serves_snapshots_and_is_idempotent(filing: Any, signed_in: SignIn) -> None:
    owner = applicant()
    clerk = signed_in(owner)
    ids = [add(clerk, serial_no=f"S{n}") for n in range(3)]
    body = claim(owner, ids)
    assert filing("POST", "/internal/claims", body).json == {"claimed": 3, "failed": []}
    assert filing("POST", "/internal/claims", body).json["claimed"] == 3
    page = filing("GET", f"/internal/claims/{body['submission_id']}/items?page_size=2").json
    rest = filing("GET", f"/internal/claims/{body['submission_id']}/items?cursor={page['next_cursor']}").json
    assert [item["instrument_id"] for item in page["items"] + rest["items"]] == sorted(ids)
    assert clerk.patch(f"/api/registry/instruments/{ids[0]}", {"model": "X"}, version=1).json["code"] == "filing_open"
    second = filing("POST", "/internal/claims", claim(owner, ids)).json
    assert [f["code"] for f in second["failed"]] == ["already_filed"] * 3


def test_what_cannot_be_filed_is_refused_one_by_one_and_the_rest_goes_on(filing: Any, signed_in: SignIn) -> None:
    owner = applicant()
    clerk = signed_in(owner)
    good = add(clerk)
    no_approval = add(clerk, serial_no="N", type_approval_no="")
    not_verified = add(clerk, serial_no="P", kind_code="040100")
    foreign = add(signed_in(applicant()))
    answer = filing("POST", "/internal/claims", claim(owner, [good, no_approval, not_verified, foreign])).json
    assert answer["claimed"] == 1
    assert {f["id"]: f["code"] for f in answer["failed"]} == {
        no_approval: "incomplete", not_verified: "not_in_catalog", foreign: "not_found",
    }  # fmt: skip


def test_a_claim_that_is_asked_again_is_answered_the_same(filing: Any, signed_in: SignIn) -> None:
    """Filing did not hear the answer: what was refused is told once more, and the number is the expected one still."""
    clerk = signed_in(owner := applicant())
    add(clerk), add(clerk, serial_no="N", type_approval_no="")
    body = claim(owner, []) | {"selection": {"filter": {"kind_code": "020100"}, "expect": 2}}
    first = filing("POST", "/internal/claims", body).json
    assert (first["claimed"], [f["code"] for f in first["failed"]]) == (1, ["incomplete"])
    assert filing("POST", "/internal/claims", body).json == first


def test_a_claim_that_was_refused_as_a_whole_is_judged_anew(filing: Any, signed_in: SignIn) -> None:
    clerk = signed_in(owner := applicant())
    add(clerk)
    body = claim(owner, []) | {"selection": {"all": True, "expect": 2}}
    assert filing("POST", "/internal/claims", body).json["code"] == "selection_changed"
    add(clerk, serial_no="S2")
    assert filing("POST", "/internal/claims", body).json["claimed"] == 2


def test_what_lies_outside_the_institutions_area_is_refused_and_stays_free(filing: Any, signed_in: SignIn) -> None:
    clerk = signed_in(owner := applicant())
    far = add(clerk, division_code="440305")
    refused = filing("POST", "/internal/claims", claim(owner, [far]) | {"area": "4401"}).json
    assert (refused["claimed"], refused["failed"][0]["code"]) == (0, "out_of_area")
    assert clerk.patch(f"/api/registry/instruments/{far}", {"model": "X"}, version=1).status_code == 200
    assert filing("POST", "/internal/claims", claim(owner, [far]) | {"area": "4403"}).json["claimed"] == 1


def test_what_a_submission_will_not_file_is_free_at_once(filing: Any, signed_in: SignIn) -> None:
    clerk = signed_in(owner := applicant())
    ids = sorted(add(clerk, serial_no=f"S{n}") for n in range(4))
    body = claim(owner, ids)
    filing("POST", "/internal/claims", body)
    path = f"/internal/claims/{body['submission_id']}"
    assert filing("POST", f"{path}/release", {"instrument_ids": [ids[0]]}).status_code == 204
    assert filing("POST", f"{path}/release", {"after": ids[1]}).status_code == 204
    assert [item["instrument_id"] for item in filing("GET", f"{path}/items").json["items"]] == [ids[1]]
    answers = [clerk.delete(f"/api/registry/instruments/{one}").status_code for one in ids]
    assert answers == [204, 409, 204, 204]
    assert filing("POST", f"{path}/release", {}, service="booking").status_code == 403


def test_a_revoked_one_is_refused_with_the_way_on(filing: Any, signed_in: SignIn, runtime: Runtime) -> None:
    clerk = signed_in(owner := applicant())
    revoked = add(clerk)
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE instrument SET filing_state = 'revoked' WHERE id = :id"), {"id": revoked})
    failed = filing("POST", "/internal/claims", claim(owner, [revoked])).json["failed"]
    assert [(one["code"], "停用" in one["detail"]) for one in failed] == [("filing_revoked", True)]


def test_a_snapshot_holds_every_field_that_was_filled_in(filing: Any, signed_in: SignIn, runtime: Runtime) -> None:
    clerk = signed_in(owner := applicant())
    filled = {
        "department": "生鲜部", "keeper": "李四", "phone": "13800138000", "remark": "备用", "last_verified_on": "2025-01-02",
        "last_cert_no": "C1", "accuracy_class": "III",
    }  # fmt: skip
    one = add(clerk, **filled)
    filing("POST", "/internal/claims", body := claim(owner, [one]))
    (item,) = filing("GET", f"/internal/claims/{body['submission_id']}/items").json["items"]
    filled["declared_verified_on"] = filled.pop("last_verified_on")
    assert {key: item["snapshot"][key] for key in filled} == filled
    example = json.loads((runtime.contracts.folder / "filing.approved.v1.example.json").read_text("utf-8"))
    assert {*example["data"]["items"][0]["snapshot"]} == {*item["snapshot"]}, "the portal's test reads the example"


def test_only_filing_may_claim(filing: Any, signed_in: SignIn, runtime: Runtime) -> None:
    body = claim(applicant(), [str(new_id())])
    assert filing("POST", "/internal/claims", body, service="booking").status_code == 403
    assert filing("POST", "/internal/claims", body, audience="identity").status_code == 401
    assert signed_in(None).post("/internal/claims", body).status_code == 401
    assert signed_in(applicant()).post("/internal/claims", body).status_code == 403


def test_a_dispenser_without_nozzles_is_not_filed(filing: Any, signed_in: SignIn) -> None:
    owner = applicant()
    clerk = signed_in(owner)
    nozzles = {"nozzles": [{"nozzle_no": "1"}]}
    bare, whole = (
        add(clerk, serial_no=serial, kind_code="070100", name="燃油加油机", **more)
        for serial, more in (("D1", {}), ("D2", {"details": nozzles}))
    )
    answer = filing("POST", "/internal/claims", claim(owner, [bare, whole])).json
    assert (answer["claimed"], [one["code"] for one in answer["failed"]]) == (1, ["incomplete"])
    assert "加油枪" in answer["failed"][0]["detail"]
