"""预约确认 of many at once, by the clerk of an institution."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from factories import approved, order

from chassis import bulk
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, recorded, run_jobs

Call = Callable[[str], Caller]
Booked = Callable[[int], list[str]]
URL = "/api/booking/bookings"
CONFIRM = f"{URL}/actions/confirm"


@pytest.fixture
def booked(call: Call, runtime: Runtime, owner: Actor, day: date) -> Booked:
    """`booked(3)`: the ids of three pending bookings of one instrument each."""

    def make(count: int) -> list[str]:
        made = [call("owner").post(URL, order([i], day)) for i in approved(runtime, owner, count)]
        assert {answer.status_code for answer in made} == {201}
        return [answer.json["id"] for answer in made]

    return make


def states(call: Call) -> list[str]:
    return [row["state"] for row in call("clerk").get(f"{URL}?sort=created_at").json["items"]]


def confirm(call: Call, selection: Any, who: str = "clerk") -> Any:
    return call(who).post(CONFIRM, {"selection": selection})


def test_each_is_confirmed_or_refused_by_itself(call: Call, booked: Booked, runtime: Runtime) -> None:
    first, second, cancelled = booked(3)
    call("owner").post(f"{URL}/{cancelled}/cancel")
    missing = str(new_id())
    outcome = confirm(call, {"ids": [cancelled, second, missing, first]}).json
    assert outcome["done"] == 2
    assert {one["id"]: one["code"] for one in outcome["failed"]} == {cancelled: "illegal_move", missing: "not_found"}
    assert states(call) == ["confirmed", "confirmed", "cancelled"]
    told = recorded(runtime, "booking.confirmed")
    assert {event["data"]["booking_id"] for event in told} == {first, second}
    assert all(len(event["data"]["items"]) == 1 for event in told)
    steps = call("owner").get(f"{URL}/{first}").json["steps"]
    assert [step["move"] for step in steps] == ["submit", "confirm"]


def test_what_a_filter_shows_and_all_that_wait(call: Call, booked: Booked, day: date) -> None:
    booked(2)
    changed = confirm(call, {"filter": {"state": "pending", "date_from": str(day)}, "expect": 3})
    assert (changed.status_code, changed.json["code"]) == (409, "selection_changed")
    assert confirm(call, {"filter": {"state": "pending", "mode": "deliver"}, "expect": 2}).json["done"] == 2
    booked(1)
    assert confirm(call, {"all": True, "expect": 1}).json == {"done": 1, "failed": []}, "of the rest nothing is pending"


def test_nobody_confirms_for_another_institution(call: Call, booked: Booked) -> None:
    (waiting,) = booked(1)
    refused = confirm(call, {"ids": [waiting]}, "elsewhere")
    assert [one["code"] for one in refused.json["failed"]] == ["not_found"]
    assert confirm(call, {"all": True}, "elsewhere").json["done"] == 0
    for who in ("owner", "verifier", "checker"):
        assert confirm(call, {"ids": [waiting]}, who).status_code == 403, who
    assert confirm(call, {"ids": [waiting]}, "stranger").status_code == 401
    assert states(call) == ["pending"]


def test_beyond_what_one_request_does_a_job_confirms(
    call: Call, booked: Booked, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = booked(3)
    call("owner").post(f"{URL}/{ids[0]}/cancel")
    monkeypatch.setattr(bulk, "SYNC_LIMIT", 1)
    accepted = confirm(call, {"ids": ids})
    assert accepted.status_code == 202
    run_jobs(runtime)
    job = call("clerk").get(accepted.headers["Location"]).json
    assert (job["state"], job["done"], job["failed"]) == ("done", 2, 1)
    assert states(call) == ["cancelled", "confirmed", "confirmed"]


@pytest.mark.parametrize(
    "body", [{}, {"selection": {}}, {"selection": {"ids": ["x"]}}, {"selection": {"ids": []}}, {"selection": {"filter": {"colour": "red"}}},
             {"selection": {"all": True, "ids": []}}, {"selection": 7}]
)  # fmt: skip
def test_a_selection_that_makes_no_sense_is_told_so(call: Call, body: Any) -> None:
    assert call("clerk").post(CONFIRM, body).status_code == 422
