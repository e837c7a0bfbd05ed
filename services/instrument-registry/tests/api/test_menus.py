"""The menus of 仪器管理 and the table below them, as the manual's chapter 三 describes them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from booked import booking_completed, filing_event, instrument

from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, deliver, recorded, tell_organization

pytestmark = pytest.mark.usefixtures("seeded")
BASE = "/api/registry/instruments"
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.fixture
def owner(runtime: Runtime, seeded: Runtime) -> Actor:
    actor = applicant()
    tell_organization(runtime, actor)
    return actor


@pytest.fixture
def clerk(owner: Actor, signed_in: Callable[[Any], Caller], at: Callable[[datetime], None]) -> Caller:
    at(NOW)
    return signed_in(owner)


def serials(clerk: Caller, view: str) -> set[str]:
    return {row["serial_no"] for row in clerk.get(f"{BASE}?view={view}&page_size=100").json["items"]}


def test_each_menu_shows_what_the_manual_says_of_it(clerk: Caller, owner: Actor, runtime: Runtime) -> None:
    approved = {"A0": "2026-11-24", "A10": "2026-11-14", "A11": "2026-11-13", "A30": "2026-10-25", "A31": "2026-10-24"}
    ended = {"E30": "2026-12-24", "E31": "2026-12-25", "E0": "2026-11-24", "E-1": "2026-11-23", "E-30": "2026-10-25", "E-31": "2026-10-24"}  # fmt: skip
    for serial, day in approved.items():
        thing = instrument(clerk, serial)
        deliver(runtime, filing_event(owner, [thing], "approved", f"{day}T02:00:00Z", approved_on=day))
    for serial, day in ended.items():
        thing = instrument(clerk, serial, declared_valid_until=day, last_verified_on="2026-01-01", last_cert_no="旧-1")
        deliver(runtime, filing_event(owner, [thing], "approved", "2025-01-01T02:00:00Z", approved_on="2025-01-01"))
    failed, scrapped, _new = (instrument(clerk, serial) for serial in ("F", "S", "N"))
    deliver(runtime, filing_event(owner, [failed], "approved", "2025-01-01T02:00:00Z", approved_on="2025-01-01"))
    deliver(runtime, booking_completed(owner, {failed: "fail"}))
    clerk.post(f"{BASE}/actions/scrap", {"selection": {"ids": [scrapped]}})
    assert serials(clerk, "due") == {"A0", "A10", "E30", "E0"}
    assert serials(clerk, "overdue") == {"A11", "A30", "E-1", "E-30"}
    assert serials(clerk, "invalid") == {"A31", "E-31"}
    assert serials(clerk, "failed") == {"F"}
    assert serials(clerk, "scrapped") == {"S"}
    assert serials(clerk, "all") == {*approved, *ended, "F", "N"}, "everything but what is scrapped"


def test_all_instruments_are_narrowed_to_one_view_and_ordered_by_it(
    clerk: Caller, owner: Actor, runtime: Runtime
) -> None:
    due, scrapped, _new = (instrument(clerk, serial) for serial in ("D", "S", "N"))
    deliver(runtime, filing_event(owner, [due], "approved", "2026-11-24T02:00:00Z", approved_on="2026-11-24"))
    clerk.post(f"{BASE}/actions/scrap", {"selection": {"ids": [scrapped]}})
    assert serials(clerk, "none") == {"N"}, "what has no view yet; the scrapped have a menu of their own"
    assert clerk.get(f"{BASE}?view=none").json["total"] == 1
    for sort, expected in (("view", ["due", "none"]), ("-view", ["none", "due"])):
        assert [row["view"] for row in clerk.get(f"{BASE}?sort={sort}").json["items"]] == expected
    suspended = clerk.post(f"{BASE}/actions/suspend", {"selection": {"filter": {"view": "none"}, "expect": 1}})
    assert suspended.json["done"] == 1


def test_a_scrapped_one_can_only_be_looked_at(clerk: Caller) -> None:
    thing = instrument(clerk, "S")
    assert clerk.post(f"{BASE}/actions/scrap", {"selection": {"ids": [thing]}}).json["done"] == 1
    for action in ("suspend", "resume", "scrap"):
        refused = clerk.post(f"{BASE}/actions/{action}", {"selection": {"ids": [thing]}}).json
        assert [one["code"] for one in refused["failed"]] == ["wrong_status"], action
    shown = clerk.get(f"{BASE}/{thing}").json
    assert shown["status"] == "scrapped"
    assert clerk.patch(f"{BASE}/{thing}", {"remark": "x"}, version=shown["version"]).json["code"] == "wrong_status"
    assert clerk.get(f"{BASE}/{thing}/history").json["items"][0]["kind"] == "scrapped"


def test_fifteen_a_page_or_thirty_fifty_and_a_hundred(clerk: Caller) -> None:
    for n in range(17):
        instrument(clerk, f"P{n:02d}")
    first = clerk.get(f"{BASE}?sort=serial_no").json
    assert (len(first["items"]), first["page_size"], first["total"]) == (15, 15, 17)
    second = clerk.get(f"{BASE}?sort=serial_no&page=2").json
    assert [row["serial_no"] for row in second["items"]] == ["P15", "P16"]
    assert [len(clerk.get(f"{BASE}?page_size={size}").json["items"]) for size in (30, 50, 100)] == [17] * 3


@pytest.mark.parametrize(("area", "found"), [("440106", 1), ("440100", 1), ("440000", 1), ("440300", 0), ("440105", 0)])
def test_a_city_holds_what_stands_in_its_counties(clerk: Caller, area: str, found: int) -> None:
    instrument(clerk, "A")
    assert clerk.get(f"{BASE}?division_code={area}").json["total"] == found


def test_only_the_chosen_columns_are_sent(clerk: Caller) -> None:
    instrument(clerk, "C")
    (row,) = clerk.get(f"{BASE}?fields=name,view").json["items"]
    assert set(row) == {"id", "name", "view"}


def test_what_is_ticked_what_was_found_or_all_of_them_and_an_answer_for_each(clerk: Caller) -> None:
    things = [instrument(clerk, f"B{n}", department="一部" if n % 2 else "二部") for n in range(4)]

    def suspend(selection: Any) -> Any:
        return clerk.post(f"{BASE}/actions/suspend", {"selection": selection}).json

    assert suspend({"ids": things[:1]})["done"] == 1
    again = suspend({"ids": [things[0], str(new_id())]})
    assert (again["done"], [one["code"] for one in again["failed"]]) == (0, ["wrong_status", "not_found"])
    assert suspend({"filter": {"department": "一部"}, "expect": 2})["done"] == 2
    assert suspend({"all": True, "expect": 7})["code"] == "selection_changed"
    assert suspend({"all": True, "expect": 1})["done"] == 1
    assert clerk.get(f"{BASE}?view=suspended").json["total"] == 4
    assert clerk.post(f"{BASE}/actions/resume", {"selection": {"all": True}}).json["done"] == 4
    assert clerk.get(f"{BASE}?view=unfiled").json["total"] == 4


def test_a_filed_one_is_not_deleted(clerk: Caller, owner: Actor, runtime: Runtime) -> None:
    filed, other = instrument(clerk, "A"), instrument(clerk, "B")
    deliver(runtime, filing_event(owner, [filed], "approved", "2026-11-20T02:00:00Z", approved_on="2026-11-20"))
    answer = clerk.post(f"{BASE}/actions/delete", {"selection": {"ids": [filed, other]}}).json
    assert (answer["done"], [one["code"] for one in answer["failed"]]) == (1, ["not_deletable"])


@pytest.mark.parametrize("one_by_one", [True, False])
def test_a_deletion_is_told_of_what_was_filed_before(
    clerk: Caller, owner: Actor, runtime: Runtime, one_by_one: bool
) -> None:
    returned, never = instrument(clerk, "A"), instrument(clerk, "B")
    deliver(runtime, filing_event(owner, [returned], "returned", "2026-11-20T02:00:00Z"))
    if one_by_one:
        assert [clerk.delete(f"{BASE}/{one}").status_code for one in (returned, never)] == [204, 204]
    else:
        clerk.post(f"{BASE}/actions/delete", {"selection": {"all": True}})
    (event,) = recorded(runtime, "instrument.deleted")
    assert [item["instrument_id"] for item in event["data"]["items"]] == [returned]


def test_a_copy_differs_in_one_of_the_four(clerk: Caller) -> None:
    thing = clerk.get(f"{BASE}/{instrument(clerk, 'A')}").json
    keys = (
        "name",
        "model",
        "serial_no",
        "own_no",
        "manufacturer",
        "kind_code",
        "purpose",
        "division_code",
        "install_address",
    )
    copy = {key: thing[key] for key in keys}
    refused = clerk.post(BASE, copy)
    assert (refused.status_code, refused.json["code"]) == (409, "same_instrument")
    made = clerk.post(BASE, copy | {"own_no": "2"})
    assert made.status_code == 201
    assert made.json["code"] != thing["code"]


def test_purposes_are_the_manuals_four(clerk: Caller) -> None:
    for purpose in ("safety", "medical", "trade", "environment"):
        instrument(clerk, purpose, purpose=purpose)
    body = {"name": "n", "model": "m", "serial_no": "s", "manufacturer": "f", "kind_code": "020100",
            "purpose": "fun", "division_code": "440106", "install_address": "x"}  # fmt: skip
    assert [e["field"] for e in clerk.post(BASE, body).json["errors"]] == ["purpose"]
