"""The internal route for filing: an instrument changes under its open filing, by the rules of an edit and of a submission."""

from collections.abc import Callable
from typing import Any

import pytest

from chassis.actor import Actor
from chassis.auth import ServiceTokens
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, cloud_event, deliver, recorded

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
BASE = "/api/registry/instruments"
INSTRUMENT = {
    "name": "电子计价秤", "model": "ACS-30", "serial_no": "A1", "manufacturer": "示例衡器", "kind_code": "020100",
    "purpose": "trade", "division_code": "440106", "install_address": "天河路 1 号", "type_approval_no": "PA1",
}  # fmt: skip


@pytest.fixture
def filing(signed_in: SignIn, key_folder: Any) -> Callable[..., Any]:
    """Calls an internal route as the service filing (or as another)."""

    def call(path: str, body: Any, service: str = "filing") -> Any:
        token = ServiceTokens(service, key_folder / f"{service}.key", key_folder).make("registry")
        return signed_in(None)._send("POST", path, body, headers={"Authorization": f"Bearer {token}"})

    return call


@pytest.fixture
def owner() -> Actor:
    return applicant()


@pytest.fixture
def me(signed_in: SignIn, owner: Actor) -> Caller:
    return signed_in(owner)


@pytest.fixture
def asked(me: Caller, owner: Actor, filing: Any) -> dict[str, Any]:
    """An instrument that a submission claimed, and what filing asks for it."""
    made = me.post(BASE, INSTRUMENT).json
    submission_id = str(new_id())
    claimed = {
        "submission_id": submission_id, "org_id": str(owner.org_id), "actor": owner.to_json(),
        "selection": {"ids": [made["id"]]},
    }  # fmt: skip
    assert filing("/internal/claims", claimed).json["claimed"] == 1
    return {
        "amendment_id": str(new_id()), "filing_id": str(new_id()), "submission_id": submission_id,
        "instrument_id": made["id"], "area": "4401", "actor": owner.to_json(), "version": 1,
        "changes": {"model": "ACS-30C"}, "reason": "型号写错",
    }  # fmt: skip


def submitted(runtime: Runtime, owner: Actor, asked: dict[str, Any]) -> None:
    """The filing's event arrives: the claim becomes a lock."""
    item = {"filing_id": asked["filing_id"], "instrument_id": asked["instrument_id"], "version": 1,
            "instrument_version": 1, "state": "submitted"}  # fmt: skip
    data = {
        "org_id": str(owner.org_id), "submission_id": asked["submission_id"], "institution_id": str(new_id()),
        "holder_id": None, "actor": {"account_id": str(owner.account_id), "kind": "applicant", "name": "李"},
        "at": "2026-11-28T03:00:00Z", "reason_code": None, "reason": None, "number": "BA1", "items": [item],
    }  # fmt: skip
    deliver(runtime, cloud_event("filing.submitted", "filing", data))


@pytest.mark.parametrize("told", [False, True], ids=["claimed", "submitted"])
def test_it_changes_under_the_claim_and_under_the_filing(
    me: Caller, owner: Actor, filing: Any, asked: dict[str, Any], runtime: Runtime, told: bool
) -> None:
    if told:
        submitted(runtime, owner, asked)
    answer = filing("/internal/amendments", asked)
    assert answer.status_code == 200, answer.json
    assert (answer.json["version"], answer.json["snapshot"]["model"]) == (2, "ACS-30C")
    assert answer.json["changes"] == [{"field": "model", "before": "ACS-30", "after": "ACS-30C"}]
    seen = me.get(f"{BASE}/{asked['instrument_id']}").json
    assert (seen["model"], seen["version"]) == ("ACS-30C", 2)
    line = me.get(f"{BASE}/{asked['instrument_id']}/history").json["items"][0]
    assert (line["kind"], line["reason"], line["changes"]) == ("changed", "型号写错", answer.json["changes"])
    assert line["actor"] == {"account_id": str(owner.account_id), "kind": "applicant", "name": owner.name}
    assert not recorded(runtime, "instrument.changed")
    assert me.patch(f"{BASE}/{asked['instrument_id']}", {"model": "X"}, version=2).json["code"] == "filing_open"


def test_asked_again_it_is_answered_the_same_and_changes_nothing(
    me: Caller, filing: Any, asked: dict[str, Any]
) -> None:
    first = filing("/internal/amendments", asked).json
    assert filing("/internal/amendments", asked).json == first
    me.patch(f"{BASE}/{asked['instrument_id']}", {"keeper": "王"}, version=2)
    again = filing("/internal/amendments", asked).json
    assert (again["version"], again["changes"], again["snapshot"]["keeper"]) == (3, first["changes"], "王")


def test_what_changes_nothing_is_answered_so(filing: Any, asked: dict[str, Any]) -> None:
    answer = filing("/internal/amendments", asked | {"changes": {"model": "ACS-30"}}).json
    assert (answer["version"], answer["changes"]) == (1, [])


@pytest.mark.parametrize(
    ("change", "status", "code", "fields"),
    [
        ({"changes": {"model": ""}}, 422, "invalid", ["changes.model"]),
        ({"changes": {"kind_code": "999999"}}, 422, "invalid", ["changes.kind_code"]),
        ({"changes": {"made_on": "2999-01-01", "model": "B"}}, 422, "invalid", ["changes.made_on"]),
        ({"changes": {"colour": "red"}}, 422, "invalid", ["changes.colour"]),
        ({"changes": {"division_code": "440305"}}, 409, "out_of_area", []),
        ({"changes": {"kind_code": "040100"}}, 409, "not_in_catalog", []),
        ({"changes": {"type_approval_no": ""}}, 409, "incomplete", []),
        ({"version": 7}, 412, "stale", []),
        ({"submission_id": str(new_id())}, 409, "filing_open", []),
        ({"instrument_id": str(new_id())}, 404, "not_found", []),
    ],
)
def test_it_is_judged_like_an_edit_and_like_a_submission(
    me: Caller, filing: Any, asked: dict[str, Any], change: dict[str, Any], status: int, code: str, fields: list[str]
) -> None:
    refused = filing("/internal/amendments", asked | change)
    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert [error["field"] for error in refused.json.get("errors", [])] == fields
    seen = me.get(f"{BASE}/{asked['instrument_id']}").json
    assert (seen["model"], seen["version"]) == ("ACS-30", 1)


def test_one_like_another_is_refused_and_named(me: Caller, filing: Any, asked: dict[str, Any]) -> None:
    me.post(BASE, INSTRUMENT | {"serial_no": "A2"})
    refused = filing("/internal/amendments", asked | {"changes": {"serial_no": "A2"}})
    assert (refused.status_code, refused.json["code"]) == (409, "same_instrument")


def test_it_is_for_filing_alone_and_for_the_owners_instrument(filing: Any, asked: dict[str, Any]) -> None:
    assert filing("/internal/amendments", asked, service="booking").status_code == 403
    other = asked | {"actor": applicant().to_json()}
    assert filing("/internal/amendments", other).status_code == 404
