"""What booking learns from others: once, in any order, and only what is newer."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from factories import World, approval, approved, certificate, changed, filing_ended, order, result
from sqlalchemy import text

from booking.consumers import EFFECTS
from chassis import clock
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, deliver, recorded

Call = Callable[[str], Caller]
URL = "/api/booking"
CHASSIS = {"session.revoked", "account.disabled"}


def test_the_effects_are_exactly_what_the_topology_sends(runtime: Runtime) -> None:
    assert set(EFFECTS) == set(runtime.contracts.topology["booking"]) - CHASSIS


@pytest.mark.parametrize("event_type", sorted(EFFECTS))
def test_every_example_is_taken_twice(runtime: Runtime, event_type: str) -> None:
    body = json.loads((runtime.contracts.folder / f"{event_type}.v1.example.json").read_text("utf-8"))
    deliver(runtime, body)
    deliver(runtime, body)
    deliver(runtime, body | {"id": str(new_id())})


def copies(runtime: Runtime) -> list[dict[str, Any]]:
    with runtime.database.transaction() as db:
        rows = db.execute(text("SELECT * FROM instrument ORDER BY instrument_id")).mappings()
        return [dict(row) for row in rows]


def empty(runtime: Runtime) -> None:
    with runtime.database.transaction() as db:
        db.execute(text("TRUNCATE instrument, seen_version, inbox, item_certificate CASCADE"))


def test_any_order_and_repetition_ends_in_the_same_copy(runtime: Runtime, owner: Actor) -> None:
    """Approved, edited, suspended, resumed as invalid (its filing lapses), filed anew, approved, verified."""
    one, until = new_id(), clock.today() + timedelta(days=364)
    events = [
        approval(owner, [one], version=1, instrument_version=2),
        changed(owner, [one], 3, own_no="旧"),
        changed(owner, [one], 4, own_no="新", result="pass", valid_until=clock.today()),
        changed(owner, [one], 5, status="suspended"),
        filing_ended(owner, [one], version=2, verb="closed"),
        approval(owner, [one], version=4, instrument_version=7),
        changed(owner, [one], 9, own_no="新", result="pass", valid_until=until),
    ]
    for body in events:
        deliver(runtime, body)
    expected = copies(runtime)
    got = {key: expected[0][key] for key in ("own_no", "status", "filing_state", "valid_until", "version")}
    assert got == {"own_no": "新", "status": "in_use", "filing_state": "approved", "valid_until": until, "version": 9}
    for shuffled in [list(reversed(events)), *list(permutations(events))[::499]]:
        empty(runtime)
        for body in (*shuffled, *shuffled):
            deliver(runtime, {**body, "id": str(new_id())})
        assert copies(runtime) == expected


def bookable(call: Call) -> int:
    return int(call("owner").get(f"{URL}/bookable").json["total"])


def test_it_can_be_booked_when_both_have_told(
    call: Call, runtime: Runtime, owner: Actor, world: World, day: date
) -> None:
    """Filing that it is approved, and registry what it is since then: in either order, and anew after each approval."""
    one, two = new_id(), new_id()
    deliver(runtime, approval(owner, [one]))
    deliver(runtime, changed(owner, [two], 2))
    assert bookable(call) == 0
    assert call("owner").post(f"{URL}/bookings", order([one], day)).json["code"] == "not_bookable"
    deliver(runtime, changed(owner, [one], 2))
    deliver(runtime, approval(owner, [two]))
    assert bookable(call) == 2
    deliver(runtime, filing_ended(owner, [one], 2, "returned"))
    deliver(runtime, approval(owner, [one], version=4, instrument_version=5))
    assert bookable(call) == 1, "what registry told of it is older than its new approval"
    deliver(runtime, changed(owner, [one], 6))
    assert bookable(call) == 2


def test_the_newest_that_registry_tells_decides(runtime: Runtime, owner: Actor) -> None:
    one = approved(runtime, owner)[0]
    deliver(runtime, changed(owner, [one], 9, status="scrapped"))
    deliver(runtime, changed(owner, [one], 8, model="X"))
    [copy] = copies(runtime)
    assert (copy["status"], copy["model"], copy["version"]) == ("scrapped", "ACS-30", 9)


def test_a_certificate_tells_its_number_and_no_validity(runtime: Runtime, owner: Actor) -> None:
    one = approved(runtime, owner)[0]
    deliver(runtime, certificate(owner, one, 5, new_id()))
    assert (copies(runtime)[0]["result"], copies(runtime)[0]["version"]) == (None, 2)


def test_a_revoked_filing_cancels_what_is_booked_but_not_what_was_received(
    call: Call, runtime: Runtime, owner: Actor, world: World, day: date
) -> None:
    here, coming = approved(runtime, owner, 2)
    booking = call("owner").post(f"{URL}/bookings", order([here, coming], day)).json
    path = f"{URL}/bookings/{booking['id']}"
    call("clerk").post(f"{path}/confirm")
    call("clerk").post(f"{path}/receive", {"instrument_ids": [str(here)]})
    body = filing_ended(owner, [here, coming])
    deliver(runtime, body)
    deliver(runtime, body)
    now = call("owner").get(path).json
    assert now["state"] == "received"
    assert [item["state"] for item in now["items"]] == ["received", "cancelled"]
    told = recorded(runtime, "booking.cancelled")
    assert len(told) == 1
    assert [i["instrument_id"] for i in told[0]["data"]["items"]] == [str(coming)]
    slots = call("owner").get(f"{URL}/slots?institution_id={booking['institution_id']}&mode=deliver").json["items"]
    assert slots[0]["free"] == 59
    tag = call("verifier").put(f"{path}/results", [result(here)]).headers["ETag"]
    assert call("checker").post(f"{path}/complete", headers={"If-Match": tag}).json["state"] == "completed"


@pytest.mark.parametrize("verb", ["suspended", "scrapped", "returned", "revoked", "closed"])
def test_a_booking_ends_with_its_last_item(call: Call, runtime: Runtime, owner: Actor, day: date, verb: str) -> None:
    one = approved(runtime, owner)[0]
    booking = call("owner").post(f"{URL}/bookings", order([one], day)).json
    about_instrument = verb in ("suspended", "scrapped")
    deliver(runtime, changed(owner, [one], 5, status=verb) if about_instrument else filing_ended(owner, [one], 2, verb))
    now = call("owner").get(f"{URL}/bookings/{booking['id']}").json
    assert now["state"] == "cancelled"
    assert call("owner").get(f"{URL}/bookable").json["total"] == 0


def test_certificates_of_several_units_are_joined_also_over_two_events(
    call: Call, runtime: Runtime, owner: Actor, day: date
) -> None:
    one = approved(runtime, owner, units=["1", "2"])[0]
    booking = call("owner").post(f"{URL}/bookings", order([one], day)).json
    for unit, number in (("2", "B"), ("1", "A")):
        deliver(runtime, certificate(owner, one, 6, booking["id"], units=(unit,), number=number))
    item = call("owner").get(f"{URL}/bookings/{booking['id']}").json["items"][0]
    assert item["certificate_number"] == "A、B"
    deliver(runtime, certificate(owner, one, 7, booking["id"], units=("1",), number="C"))
    deliver(runtime, certificate(owner, one, 7, booking["id"], units=("1",), verb="superseded", number="A"))
    item = call("owner").get(f"{URL}/bookings/{booking['id']}").json["items"][0]
    assert item["certificate_number"] == "C、B"


def test_the_views_in_sql_and_in_python_agree(runtime: Runtime, owner: Actor) -> None:
    from sqlalchemy import select

    from booking.domain.views import Facts, view
    from booking.models import Instrument
    from booking.view_sql import bookable, view_column

    today = clock.today()
    days = [None, *(today + timedelta(days=d) for d in (-31, -30, -11, -10, -1, 0, 30, 31, 90, 91))]
    with runtime.database.transaction() as db:
        for approved_on in days[:7]:
            for outcome in (None, "pass", "fail"):
                for valid_until in days:
                    for rotate_on, since in zip((None, days[-2], days[-1]), (None, days[3], days[5]), strict=True):
                        db.add(
                            Instrument(
                                instrument_id=new_id(), org_id=owner.org_id, filing_state="approved",
                                approved_on=approved_on, result=outcome, valid_until=valid_until, rotate_on=rotate_on,
                                unverified_since=since,
                            )
                        )  # fmt: skip
        db.flush()
        rows = db.execute(select(Instrument, view_column(today), bookable(today)))
        for row, in_sql, can in rows:
            if row.result is None and row.valid_until is not None:
                continue  # there is no validity without a result
            facts = Facts(
                row.status,
                row.filing_state,
                row.approved_on,
                row.result,
                row.valid_until,
                row.rotate_on,
                row.unverified_since,
            )
            assert in_sql == view(facts, today), facts
            assert bool(can) == (in_sql in ("due", "overdue", "failed"))
        db.rollback()
