"""What filing does with the events of others: every example is taken; twice and in any order end the same."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, Caller, applicant, cloud_event, deliver, recorded, staff

SignIn = Callable[[Actor | None], Caller]
Submit = Callable[..., list[dict[str, Any]]]
CONSUMED = (
    "organization.approved", "organization.changed", "institution.changed", "holiday.changed", "instrument.deleted",
    "instrument.resumed", "instrument.scrapped", "booking.returned",
)  # fmt: skip


@pytest.mark.parametrize("event_type", CONSUMED)
def test_every_example_is_taken(runtime: Runtime, event_type: str) -> None:
    path = runtime.contracts.folder / f"{event_type}.v1.example.json"
    deliver(runtime, json.loads(path.read_text("utf-8")))


def approved(submit: Submit, signed_in: SignIn, owner: Actor) -> dict[str, Any]:
    (filing,) = submit(owner)
    body = {"selection": {"ids": [filing["id"]]}}
    assert signed_in(staff()).post("/api/filing/filings/actions/approve", body).json["done"] == 1
    return filing


def booking_returned(owner: Actor, instrument_id: str) -> dict[str, Any]:
    data = {
        "booking_id": "01920000-0000-7000-8000-000000000005", "number": "YY2K7M4Q9P3X", "org_id": owner.org_id,
        "institution_id": GUANGZHOU, "mode": "deliver", "date": "2026-11-25", "period": "am", "state": "returned",
        "actor": {"account_id": str(owner.account_id), "kind": "institution", "name": "前台"},
        "at": "2026-11-25T02:00:00Z", "reason": "铭牌不符", "items": [{"instrument_id": instrument_id, "state": "returned"}],
    }  # fmt: skip
    return cloud_event("booking.returned", "booking", data, subject=data["booking_id"], sequence=4)


def test_a_front_desk_return_sends_the_filing_back_once(submit: Submit, signed_in: SignIn, runtime: Runtime) -> None:
    filing = approved(submit, signed_in, owner := applicant())
    event = booking_returned(owner, filing["instrument_id"])
    deliver(runtime, event)
    deliver(runtime, event)
    shown = signed_in(owner).get(f"/api/filing/filings/{filing['id']}").json
    assert (shown["state"], shown["reason_code"], shown["reason"]) == ("returned", "front_desk", "铭牌不符")
    assert len(recorded(runtime, "filing.returned")) == 1
    assert (shown["steps"][-1]["actor"]["name"], shown["steps"][-1]["actor"]["kind"]) == ("前台", "institution")


def instrument_event(event_type: str, owner: Actor, instrument_id: str, version: int, **more: Any) -> dict[str, Any]:
    item = {"instrument_id": instrument_id, "version": version, **more}
    data: dict[str, Any] = {"org_id": owner.org_id, "items": [item]}
    if event_type == "instrument.scrapped":
        data["reason"] = None
    return cloud_event(event_type, "registry", data)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_any_order_the_newest_event_of_an_instrument_counts(
    submit: Submit, signed_in: SignIn, runtime: Runtime, order: tuple[int, ...]
) -> None:
    filing = approved(submit, signed_in, owner := applicant())
    i = filing["instrument_id"]
    events = [
        instrument_event("instrument.resumed", owner, i, 3, lapsed=False),
        instrument_event("instrument.resumed", owner, i, 5, lapsed=False),
        instrument_event("instrument.scrapped", owner, i, 7),
    ]
    for index in order:
        deliver(runtime, events[index])
        deliver(runtime, events[index])
    assert signed_in(owner).get(f"/api/filing/filings/{filing['id']}").json["state"] == "closed"


def test_a_lapsed_instrument_is_unfiled_and_can_be_filed_again(
    submit: Submit, signed_in: SignIn, runtime: Runtime
) -> None:
    filing = approved(submit, signed_in, owner := applicant())
    deliver(runtime, instrument_event("instrument.resumed", owner, filing["instrument_id"], 4, lapsed=True))
    assert signed_in(owner).get(f"/api/filing/filings/{filing['id']}").json["state"] == "lapsed"
    body = {
        "selection": {"ids": [filing["instrument_id"]]}, "institution_id": str(GUANGZHOU), "accept_responsibility": True,
    }  # fmt: skip
    assert signed_in(owner).post("/api/filing/filings", body).json["done"] == 1


@pytest.mark.parametrize("move", ["return", "withdraw"])
def test_the_filing_of_a_deleted_instrument_leaves_lists_and_counts(
    submit: Submit, signed_in: SignIn, runtime: Runtime, move: str
) -> None:
    filing, stays = submit(owner := applicant(), 2)
    caller, reason = (staff(), {"reason": "不属于强检目录"}) if move == "return" else (owner, {})
    body = {"selection": {"ids": [filing["id"], stays["id"]]}, **reason}
    assert signed_in(caller).post(f"/api/filing/filings/actions/{move}", body).json["done"] == 2
    deleted = instrument_event("instrument.deleted", owner, filing["instrument_id"], 2)
    deliver(runtime, deleted)
    deliver(runtime, deleted)
    for actor in (owner, staff()):
        left = signed_in(actor).get("/api/filing/filings").json
        assert [one["id"] for one in left["items"]] == [stays["id"]]
        counts = signed_in(actor).get("/api/filing/statistics/overview").json
        assert counts == {"returned" if move == "return" else "withdrawn": 1, "total": 1}
    shown = signed_in(owner).get(f"/api/filing/filings/{filing['id']}").json
    assert (shown["state"], shown["reason"]) == ("closed", "仪器已删除")


def holiday(day: str, kind: str | None, sequence: int) -> dict[str, Any]:
    data = {"date": day, "kind": kind, "name": "停业"}
    return cloud_event("holiday.changed", "identity", data, subject=day, sequence=sequence)


def test_a_day_off_that_is_added_moves_the_deadline_of_what_waits(
    submit: Submit, signed_in: SignIn, runtime: Runtime
) -> None:
    with clock.use(lambda: datetime(2026, 11, 23, 2, tzinfo=UTC)):  # a Monday
        waiting, decided = submit(owner := applicant(), 2)
        body = {"selection": {"ids": [decided["id"]]}}
        assert signed_in(staff()).post("/api/filing/filings/actions/approve", body).json["done"] == 1
    due = lambda one: signed_in(owner).get(f"/api/filing/filings/{one['id']}").json["due_on"]  # noqa: E731
    assert due(waiting) == "2026-11-30"
    deliver(runtime, holiday("2026-11-26", "off", 1))
    assert (due(waiting), due(decided)) == ("2026-12-01", "2026-11-30")
    deliver(runtime, holiday("2026-11-28", "working", 1))
    assert due(waiting) == "2026-11-30"
    deliver(runtime, holiday("2026-11-26", None, 2))
    deliver(runtime, holiday("2026-11-26", "off", 1))  # late
    assert due(waiting) == "2026-11-28"
