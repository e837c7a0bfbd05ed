"""`instrument.changed` alone says what an approved instrument is: after whatever changes it, and anew by `resync`."""

from collections.abc import Callable
from typing import Any

import pytest
from booked import booking_completed, changed, filing_event, instrument

from chassis.actor import Actor
from chassis.db import ALL
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, Caller, applicant, deliver, recorded, run_jobs, staff, tell_organization
from registry.app import SERVICE

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
BASE = "/api/registry/instruments"
TOLD = ("version", "status", "approved_on", "result", "valid_until", "rotate_on", "model")


@pytest.fixture
def owner(runtime: Runtime, seeded: Runtime) -> Actor:
    actor = applicant()
    tell_organization(runtime, actor)
    return actor


@pytest.fixture
def clerk(owner: Actor, signed_in: SignIn) -> Caller:
    return signed_in(owner)


@pytest.fixture
def one(clerk: Caller, owner: Actor, runtime: Runtime) -> str:
    made = instrument(clerk, "SN-1")
    deliver(runtime, filing_event(owner, [made], "approved", "2026-11-01T00:00:00Z", "2026-11-01"))
    return made


def last(runtime: Runtime) -> dict[str, Any]:
    item: dict[str, Any] = recorded(runtime, "instrument.changed")[-1]["data"]["items"][0]
    return item


def test_whatever_changes_it_is_told_with_the_version_that_it_has_then(
    runtime: Runtime, clerk: Caller, owner: Actor, one: str, signed_in: SignIn
) -> None:
    """Approved, edited, suspended, resumed, verified, corrected, voided, scrapped."""
    checker = signed_in(staff(GUANGZHOU, ("checker",), name="赵核验"))
    selection = {"selection": {"ids": [one]}}

    def told() -> dict[str, Any]:
        seen = clerk.get(f"{BASE}/{one}").json
        item = last(runtime)
        assert {key: item[key] for key in TOLD} == {key: seen[key] for key in TOLD}
        return item

    assert told()["result"] is None
    clerk.patch(f"{BASE}/{one}", {"install_address": "天河路 2 号"}, version=told()["version"])
    assert told()["install_address"] == "天河路 2 号"
    for action, status in (("suspend", "suspended"), ("resume", "in_use")):
        assert clerk.post(f"{BASE}/actions/{action}", selection).json["done"] == 1
        assert told()["status"] == status
    deliver(runtime, booking_completed(owner, {one: "pass"}))
    assert (told()["result"], told()["valid_until"]) == ("pass", "2027-11-19")
    run_jobs(runtime)
    [first] = clerk.get("/api/registry/certificates").json["items"]
    change = {"valid_until": "2027-06-30", "reason": "录入错误"}
    new = changed(checker, first["number"], "corrections", change)
    assert new.status_code == 200, new.json
    assert told()["valid_until"] == "2027-06-30"
    [second] = clerk.get("/api/registry/certificates?status=in_force").json["items"]
    assert changed(checker, second["number"], "void", {"reason": "误出"}).status_code == 200
    assert told()["result"] is None
    assert clerk.post(f"{BASE}/actions/scrap", selection).json["done"] == 1
    assert told()["status"] == "scrapped"


def test_a_booking_that_is_verified_is_told_before_its_certificates_are_printed(
    runtime: Runtime, owner: Actor, one: str
) -> None:
    deliver(runtime, booking_completed(owner, {one: "fail"}))
    assert last(runtime)["result"] == "fail"
    assert not recorded(runtime, "certificate.issued")


def test_resync_tells_of_all_that_are_approved_and_of_no_other(runtime: Runtime, clerk: Caller, one: str) -> None:
    instrument(clerk, "SN-2")
    before = len(recorded(runtime, "instrument.changed"))
    with runtime.database.transaction(ALL) as db:
        assert SERVICE.resync["instruments"](db) == 1
    assert len(recorded(runtime, "instrument.changed")) == before + 1
    assert last(runtime)["instrument_id"] == one
