"""What the tests of filed and verified instruments begin with: an instrument, its filing, its completed booking."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.actor import Actor
from chassis.ids import new_id
from chassis.testing import GUANGZHOU, Caller, cloud_event, staff

Body = dict[str, Any]
FIELDS = {
    "name": "电子计价秤", "model": "ACS-30", "manufacturer": "示例衡器有限公司", "kind_code": "020100", "purpose": "trade",
    "division_code": "440106", "install_address": "天河路 1 号",
}  # fmt: skip
_VERSIONS = {"submitted": 1, "approved": 2, "revoked": 3, "returned": 2}


def instrument(caller: Caller, serial_no: str, **changes: Any) -> str:
    """The id of a new one."""
    answer = caller.post("/api/registry/instruments", FIELDS | {"serial_no": serial_no} | changes)
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def filing_event(owner: Actor, ids: Sequence[str], verb: str, at: str, approved_on: str | None = None) -> Body:
    """verb: submitted, approved, returned or revoked."""
    items = [
        {"filing_id": i, "instrument_id": i, "version": _VERSIONS[verb], "instrument_version": 1, "state": verb,
         "snapshot": FIELDS | {"serial_no": "x", "own_no": "", "venue": None}}
        for i in ids
    ]  # fmt: skip
    data: Body = {
        "org_id": owner.org_id, "submission_id": new_id(), "institution_id": GUANGZHOU, "holder_id": GUANGZHOU,
        "actor": {"account_id": str(owner.account_id), "kind": "institution", "name": "王经办"}, "at": at,
        "reason_code": None, "reason": None, "items": items,
    }  # fmt: skip
    data |= {"number": "BA20261123-000001"} if verb == "submitted" else {"approved_on": approved_on}
    return cloud_event(f"filing.{verb}", "filing", data)


def booking_completed(
    owner: Actor, results: Mapping[str, str | Mapping[str, str]], verified_on: str = "2026-11-20", **changes: Any
) -> Body:
    """results: instrument -> pass or fail, or its units with the conclusion of each."""
    booking_id = new_id()
    items = [
        {"instrument_id": i, "state": "verified",
         "results": [_result(unit, one, verified_on) | changes for unit, one in _units(conclusion).items()]}
        for i, conclusion in results.items()
    ]  # fmt: skip
    data = {
        "booking_id": booking_id, "number": "YY2K7M4Q9P3X", "org_id": owner.org_id, "institution_id": GUANGZHOU,
        "mode": "deliver", "date": verified_on, "period": "am", "state": "completed",
        "actor": {"account_id": str(new_id()), "kind": "institution", "name": "赵核验"}, "at": f"{verified_on}T08:00:00Z",
        "reason": None, "items": items,
    }  # fmt: skip
    return cloud_event("booking.completed", "booking", data, subject=booking_id, sequence=5)


def _units(conclusion: str | Mapping[str, str]) -> Mapping[str, str]:
    return {"": conclusion} if isinstance(conclusion, str) else conclusion


def _result(unit: str, conclusion: str, verified_on: str) -> Body:
    return {
        "unit": unit, "conclusion": conclusion, "verified_on": verified_on, "procedure": "JJG 539-2016", "verifier": "v",
        "verifier_name": "李检定", "checker": "c", "checker_name": "赵核验", "standard": None,
        "fail_items": "示值超差" if conclusion == "fail" else None, "valid_until": None, "remarks": None,
    }  # fmt: skip


def changed(checker: Caller, number: str, verb: str, body: Body) -> Any:
    """What a checker answers by who confirms a change of a certificate that he did not propose; or its refusal.
    verb: corrections or void."""
    proposed = Caller(checker.app, staff(GUANGZHOU, ("verifier",), name="李检定")).post(
        f"/api/registry/certificates/{number}/{verb}", body
    )
    if proposed.status_code != 201:
        return proposed
    return checker.post(f"/api/registry/certificate-changes/{proposed.json['id']}/confirm")
