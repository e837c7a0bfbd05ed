"""The lists of booking by their columns: filtered and sorted."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from factories import approved, order

from booking.queries.bookable import BOOKABLES, PENDING
from booking.queries.bookings import BOOKINGS
from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, Caller

Call = Callable[[str], Caller]
URL = "/api/booking"


def found(caller: Caller, path: str, query: str) -> list[Any]:
    answer = caller.get(f"{URL}/{path}?{quote(query, safe='=&-')}")
    assert answer.status_code == 200, answer.json
    items: list[Any] = answer.json["items"]
    return items


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ("name_contains=压力", {"B"}), ("model_contains=acs", {"A"}), ("install_address_contains=_", set()),
        ("serial_no_contains=a", {"A"}), ("kind_code=020100", {"A", "B"}), ("venue=onsite", {"B"}), ("division_code=440100", {"A", "B"}),
        ("division_code=440300", set()), ("approved_on_from=2020-01-01", {"A", "B"}), ("approved_on_to=0001-01-01", set()),
        ("valid_until_from=2020-01-01", set()), (f"institution_id={GUANGZHOU}", {"A", "B"}),
    ],
)  # fmt: skip
def test_each_column_of_what_can_be_booked_filters(
    call: Call, runtime: Runtime, owner: Actor, query: str, serials: set[str]
) -> None:
    approved(runtime, owner, serial_no="A")
    approved(runtime, owner, serial_no="B", name="压力表", model="Y-100", venue="onsite")
    assert {row["serial_no"] for row in found(call("owner"), "bookable", query)} == serials


def test_each_column_of_what_can_be_booked_sorts(call: Call, runtime: Runtime, owner: Actor) -> None:
    approved(runtime, owner, serial_no="A", model="Z")
    (listed,) = approved(runtime, owner, serial_no="B", model="Y")
    for name in BOOKABLES.sortable:
        assert len(found(call("owner"), "bookable", f"sort={name}")) == 2, name
    assert [row["model"] for row in found(call("owner"), "bookable", "sort=model")] == ["Y", "Z"]
    call("owner").post(f"{URL}/pending-list", {"instrument_ids": [str(listed)]})
    for name in PENDING.sortable:
        assert len(found(call("owner"), "pending-list", f"sort={name}")) == 1, name


def test_each_column_of_the_bookings_filters_and_sorts(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    two = [*approved(runtime, owner, serial_no="K-1"), *approved(runtime, owner, name="压力表", model="Y-100")]
    call("owner").post(f"{URL}/bookings", order(two, day))
    refused = call("owner").post(f"{URL}/bookings", order(approved(runtime, owner), day, period="pm")).json
    call("clerk").post(f"{URL}/bookings/{refused['id']}/reject", {"reason": "设备检修 50%"})
    clerk = call("clerk")
    for name in BOOKINGS.sortable:
        assert len(found(clerk, "bookings", f"sort={name}")) == 2, name
    periods = {
        "reason_contains=50%": ["pm"], "org_name_contains=没有": [], "org_name_contains=_": [], "created_from=2020-01-01&sort=period": ["am", "pm"],
        "created_to=0001-01-01": [], f"date_from={day}&date_to={day}&sort=-period": ["pm", "am"], "state=rejected": ["pm"],
        "count_from=2": ["am"], "count_to=1": ["pm"], "count_from=1&count_to=2&sort=-count": ["am", "pm"], "count_from=3": [],
        "sort=count": ["pm", "am"], "instruments_contains=压力": ["am"], "instruments_contains=y-100": ["am"],
        "instruments_contains=k-1": ["am"], "instruments_contains=电子计价秤&sort=count": ["pm", "am"], "instruments_contains=%": [],
    }  # fmt: skip
    for query, expected in periods.items():
        assert [row["period"] for row in found(clerk, "bookings", query)] == expected, query
    selection = {"filter": {"state": "pending", "count_from": 2, "instruments_contains": "压力"}, "expect": 1}
    assert clerk.post(f"{URL}/bookings/actions/confirm", {"selection": selection}).json["done"] == 1


@pytest.mark.parametrize(
    "query", ["bookings?created_from=soon", "bookable?venue=moon", "bookable?name_contains=", "bookings?sort=secret",
              "bookings?count_from=-1", "bookings?count_to=many", "bookings?count_to=99999999999999999999", "bookings?instruments_contains="]
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_told_so(call: Call, query: str) -> None:
    assert call("owner").get(f"{URL}/{query}").status_code == 422
