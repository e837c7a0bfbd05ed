"""A dispenser is verified only when each of its nozzles is, as they are now."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from booked import booking_completed, changed, filing_event, instrument

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, Caller, applicant, deliver, recorded, run_jobs, staff, tell_organization

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
URL = "/api/registry/instruments"
TODAY = clock.today()
DAYS_AGO = [(TODAY - timedelta(days=n)).isoformat() for n in range(300)]


@pytest.fixture
def owner(runtime: Runtime, seeded: Runtime) -> Actor:
    actor = applicant()
    tell_organization(runtime, actor)
    return actor


@pytest.fixture
def clerk(owner: Actor, signed_in: SignIn) -> Caller:
    return signed_in(owner)


def nozzles(*numbers: str, **changes: str) -> dict[str, Any]:
    return {"nozzles": [{"nozzle_no": n, "fuel_grade": "92", "board_no": f"B{n}"} | changes for n in numbers]}


def dispenser(runtime: Runtime, owner: Actor, clerk: Caller, details: dict[str, Any], **more: Any) -> str:
    """Approved long ago."""
    thing = instrument(clerk, "D", kind_code="070100", name="燃油加油机", details=details, **more)
    deliver(runtime, filing_event(owner, [thing], "approved", f"{DAYS_AGO[200]}T03:00:00Z", DAYS_AGO[200]))
    return thing


def verify(runtime: Runtime, owner: Actor, thing: str, results: dict[str, str], day: str) -> None:
    deliver(runtime, booking_completed(owner, {thing: results}, verified_on=day))
    run_jobs(runtime)


def view(clerk: Caller, thing: str) -> tuple[Any, ...]:
    found = clerk.get(f"{URL}/{thing}").json
    public = clerk.get(f"/api/registry/public/instruments/{found['code']}").json
    assert (public["view"], public["result"]) == (found["view"], found["result"])
    return found["view"], found["result"], found["valid_until"]


def change(clerk: Caller, thing: str, details: dict[str, Any]) -> None:
    found = clerk.get(f"{URL}/{thing}")
    answer = clerk.patch(f"{URL}/{thing}", {"details": details}, version=found.json["version"])
    assert answer.status_code == 200, answer.json


def test_new_nozzles_have_to_be_verified(runtime: Runtime, owner: Actor, clerk: Caller) -> None:
    thing = dispenser(runtime, owner, clerk, nozzles("1", "2"))
    verify(runtime, owner, thing, {"1": "pass", "2": "pass"}, DAYS_AGO[10])
    assert view(clerk, thing)[:2] == ("normal", "pass")
    change(clerk, thing, nozzles("1", "7", "8"))
    assert view(clerk, thing) == ("due", None, None), "and so it can be booked, long after its approval"
    told = recorded(runtime, "instrument.changed")[-1]["data"]["items"][0]
    assert (told["result"], told["unverified_since"], list(told["unit_validity"])) == (None, TODAY.isoformat(), ["1"])
    verify(runtime, owner, thing, {"7": "pass", "8": "pass"}, DAYS_AGO[0])
    assert view(clerk, thing)[:2] == ("normal", "pass")


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        (nozzles("1", "2", fuel_grade="95"), "due"),
        (nozzles("1", "2", board_no="B9"), "due"),
        (nozzles("1", "2", flow_range="5–50 L/min"), "normal"),  # it was empty: filled in, not changed
        (nozzles("2", "1"), "normal"),
        (nozzles("1"), "normal"),  # one was taken away
    ],
)
def test_a_nozzle_that_was_changed_is_another_one(
    runtime: Runtime, owner: Actor, clerk: Caller, details: dict[str, Any], expected: str
) -> None:
    thing = dispenser(runtime, owner, clerk, nozzles("1", "2"))
    verify(runtime, owner, thing, {"1": "pass", "2": "pass"}, DAYS_AGO[10])
    change(clerk, thing, details)
    assert view(clerk, thing)[0] == expected


def test_a_certificate_of_a_nozzle_that_is_no_more_says_so(runtime: Runtime, owner: Actor, clerk: Caller) -> None:
    """It stays what it is, and nobody reads it as in force for what is there now."""
    thing = dispenser(runtime, owner, clerk, nozzles("1", "2", "3"))
    verify(runtime, owner, thing, {"1": "pass", "2": "pass", "3": "pass"}, DAYS_AGO[10])
    run_jobs(runtime)

    def gone() -> dict[str, bool]:
        rows = clerk.get("/api/registry/certificates").json["items"]
        return {row["unit"]: row["unit_gone"] for row in rows if row["status"] == "in_force"}

    assert gone() == {"1": False, "2": False, "3": False}
    changed = nozzles("1", "2")
    changed["nozzles"][1]["board_no"] = "B9"
    change(clerk, thing, changed)
    assert gone() == {"1": False, "2": True, "3": True}
    [row] = [one for one in clerk.get("/api/registry/certificates").json["items"] if one["unit"] == "3"]
    assert "所检的枪已拆除或更换" in clerk.get(f"/c/{row['public_code']}").data.decode()
    assert clerk.get(f"/api/registry/public/certificates/{row['public_code']}").json["unit_gone"] is True
    verify(runtime, owner, thing, {"2": "pass"}, DAYS_AGO[0])
    run_jobs(runtime)
    assert gone() == {"1": False, "2": False, "3": True}


def test_a_failed_nozzle_that_was_taken_away_fails_no_more(runtime: Runtime, owner: Actor, clerk: Caller) -> None:
    thing = dispenser(runtime, owner, clerk, nozzles("1", "2"))
    verify(runtime, owner, thing, {"1": "pass", "2": "fail"}, DAYS_AGO[10])
    assert view(clerk, thing)[:2] == ("failed", "fail")
    change(clerk, thing, nozzles("1"))
    assert view(clerk, thing)[:2] == ("normal", "pass")


def test_a_voided_notice_leaves_its_nozzle_unverified(
    runtime: Runtime, owner: Actor, clerk: Caller, signed_in: SignIn
) -> None:
    thing = dispenser(runtime, owner, clerk, nozzles("1", "2", "3", "4"))
    verify(runtime, owner, thing, dict.fromkeys("123", "pass") | {"4": "fail"}, DAYS_AGO[10])
    (notice,) = clerk.get("/api/registry/certificates?kind=failure_notice").json["items"]
    checker = signed_in(staff(GUANGZHOU, ("checker",)))
    assert changed(checker, notice["number"], "void", {"reason": "x"}).status_code == 200
    assert view(clerk, thing) == ("due", None, None)
    told = recorded(runtime, "certificate.superseded")[-1]["data"]["items"][0]
    assert (told["unverified_since"], sorted(told["unit_validity"])) == (TODAY.isoformat(), ["1", "2", "3"])


def test_a_nozzle_that_was_repaired_is_verified_alone(runtime: Runtime, owner: Actor, clerk: Caller) -> None:
    thing = dispenser(runtime, owner, clerk, nozzles("1", "2"))
    verify(runtime, owner, thing, {"1": "pass", "2": "fail"}, DAYS_AGO[10])
    verify(runtime, owner, thing, {"2": "pass"}, DAYS_AGO[0])
    assert view(clerk, thing)[:2] == ("normal", "pass")


def test_a_nozzle_without_a_result_leaves_the_dispenser_unverified(
    runtime: Runtime, owner: Actor, clerk: Caller
) -> None:
    thing = dispenser(runtime, owner, clerk, nozzles("1", "2"))
    verify(runtime, owner, thing, {"1": "pass"}, DAYS_AGO[10])
    assert view(clerk, thing)[1:] == (None, None)


def test_what_was_declared_does_not_count_for_a_new_nozzle(runtime: Runtime, owner: Actor, clerk: Caller) -> None:
    declared = {"last_verified_on": DAYS_AGO[60], "last_cert_no": "旧-1"}
    declared["declared_valid_until"] = (TODAY + timedelta(days=90)).isoformat()
    thing = dispenser(runtime, owner, clerk, nozzles("1"), **declared)
    assert view(clerk, thing)[:2] == ("normal", "pass")
    change(clerk, thing, nozzles("1", "2"))
    assert view(clerk, thing)[:2] == ("due", None)


def test_who_was_invalid_does_not_become_due_by_a_nozzle(runtime: Runtime, owner: Actor, clerk: Caller) -> None:
    thing = dispenser(runtime, owner, clerk, nozzles("1"))
    verify(runtime, owner, thing, {"1": "pass"}, DAYS_AGO[299])
    assert view(clerk, thing)[0] == "invalid"
    change(clerk, thing, nozzles("1", "2"))
    assert view(clerk, thing)[0] == "invalid"


def test_a_voided_certificate_leaves_the_instrument_bookable(
    runtime: Runtime, owner: Actor, clerk: Caller, signed_in: SignIn
) -> None:
    thing = instrument(clerk, "A")
    deliver(runtime, filing_event(owner, [thing], "approved", f"{DAYS_AGO[200]}T03:00:00Z", DAYS_AGO[200]))
    deliver(runtime, booking_completed(owner, {thing: "pass"}, verified_on=DAYS_AGO[10]))
    run_jobs(runtime)
    (one,) = clerk.get("/api/registry/certificates").json["items"]
    checker = signed_in(staff(GUANGZHOU, ("checker",)))
    changed(checker, one["number"], "void", {"reason": "样品混淆"})
    assert view(clerk, thing) == ("due", None, None)


def test_an_approved_dispenser_keeps_a_nozzle(runtime: Runtime, owner: Actor, clerk: Caller) -> None:
    thing = dispenser(runtime, owner, clerk, nozzles("1"))
    version = clerk.get(f"{URL}/{thing}").json["version"]
    for details in ({"nozzles": []}, {}):
        refused = clerk.patch(f"{URL}/{thing}", {"details": details}, version=version)
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "details.nozzles"), refused.json
    many = clerk.post(f"{URL}/actions/edit", {"selection": {"ids": [thing]}, "changes": {"details": {}}})
    assert many.status_code == 422 or many.json["done"] == 0


def test_a_correction_does_not_certify_a_nozzle_that_was_changed_on_the_same_day(
    runtime: Runtime, owner: Actor, clerk: Caller, signed_in: SignIn
) -> None:
    thing = dispenser(runtime, owner, clerk, nozzles("1"))
    verify(runtime, owner, thing, {"1": "pass"}, DAYS_AGO[0])
    change(clerk, thing, {"nozzles": [{"nozzle_no": "1", "fuel_grade": "92", "board_no": "OTHER"}]})
    assert view(clerk, thing)[1] is None
    number = clerk.get("/api/registry/certificates").json["items"][0]["number"]
    checker = signed_in(staff(GUANGZHOU, ("checker",)))
    corrected = changed(checker, number, "corrections", {"reason": "规程写错", "procedure": "JJG 443-2015"})
    assert corrected.status_code == 200, corrected.json
    assert view(clerk, thing)[1] is None


def test_a_declared_date_does_not_stand_in_for_the_certificate_of_a_changed_nozzle(
    runtime: Runtime, owner: Actor, clerk: Caller
) -> None:
    declared = {"last_verified_on": DAYS_AGO[250], "last_cert_no": "粤-1", "declared_valid_until": DAYS_AGO[80]}
    thing = dispenser(runtime, owner, clerk, nozzles("1"), **declared)
    verify(runtime, owner, thing, {"1": "pass"}, DAYS_AGO[10])
    change(clerk, thing, {"nozzles": [{"nozzle_no": "1", "fuel_grade": "92", "board_no": "OTHER"}]})
    assert view(clerk, thing)[1] is None
    again = filing_event(owner, [thing], "approved", f"{TODAY}T23:00:00Z", (TODAY + timedelta(days=1)).isoformat())
    again["data"]["items"][0]["version"] = 9
    deliver(runtime, again)
    assert view(clerk, thing)[1] is None
