"""预约确认, 拒绝 and 取消 of many at once: the first two by the clerk of an institution, the last by the applicant."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from factories import GUANGZHOU, approved, order

from chassis import bulk
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, recorded, run_jobs

Call = Callable[[str], Caller]
Booked = Callable[[int], list[str]]
URL = "/api/booking/bookings"
REASON = {"reason": "该日设备检修"}
# move -> who makes it, what goes with it, the state it leads to
MOVES = {"confirm": ("clerk", {}, "confirmed"), "reject": ("clerk", REASON, "rejected"), "cancel": ("owner", REASON, "cancelled")}  # fmt: skip
every_move = pytest.mark.parametrize("move", MOVES)


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


def ask(call: Call, move: str, selection: Any, who: str = "", **more: Any) -> Any:
    usual, with_it, _ = MOVES[move]
    return call(who or usual).post(f"{URL}/actions/{move}", {"selection": selection} | with_it | more)


def free(call: Call, day: date) -> int:
    slots = call("owner").get(f"/api/booking/slots?institution_id={GUANGZHOU}&mode=deliver&from={day}&to={day}").json
    return next(int(slot["free"]) for slot in slots["items"] if slot["period"] == "am")


@every_move
def test_each_is_moved_or_refused_by_itself(call: Call, booked: Booked, runtime: Runtime, move: str) -> None:
    first, second, over = booked(3)
    call("owner").post(f"{URL}/{over}/cancel")
    missing, (_, _, state) = str(new_id()), MOVES[move]
    before = len(recorded(runtime, f"booking.{state}"))
    outcome = ask(call, move, {"ids": [over, second, missing, first]}).json
    assert outcome["done"] == 2
    assert {one["id"]: one["code"] for one in outcome["failed"]} == {over: "illegal_move", missing: "not_found"}
    assert states(call) == [state, state, "cancelled"]
    told = recorded(runtime, f"booking.{state}")[before:]
    assert {event["data"]["booking_id"] for event in told} == {first, second}
    assert all(len(event["data"]["items"]) == 1 for event in told)
    steps = call("owner").get(f"{URL}/{first}").json["steps"]
    assert [step["move"] for step in steps] == ["submit", move]


@pytest.mark.parametrize("move", ["reject", "cancel"])
def test_the_reason_is_kept_of_each_and_their_places_are_free(
    call: Call, booked: Booked, runtime: Runtime, day: date, move: str
) -> None:
    (kept,) = booked(1)
    left = free(call, day)
    ids = booked(2)
    ask(call, move, {"ids": ids})
    assert free(call, day) == left
    for booking_id in ids:
        found = call("owner").get(f"{URL}/{booking_id}").json
        assert (found["reason"], found["items"][0]["state"]) == (REASON["reason"], "cancelled")
    told = recorded(runtime, f"booking.{MOVES[move][2]}")
    assert {event["data"]["reason"] for event in told} == {REASON["reason"]}
    ask(call, "confirm", {"ids": [kept]})
    assert free(call, day) == left, "a confirmed booking keeps its place"


def test_a_rejection_wants_its_reason_a_cancellation_may_have_one(call: Call, booked: Booked) -> None:
    ids = booked(2)
    for reason in ({}, {"reason": ""}, {"reason": None}, {"reason": "x" * 501}):
        assert call("clerk").post(f"{URL}/actions/reject", {"selection": {"ids": ids}} | reason).status_code == 422
    assert ask(call, "cancel", {"ids": ids}, reason="x" * 501).status_code == 422
    assert ask(call, "cancel", {"ids": ids[:1]}, reason=None).json["done"] == 1
    assert call("owner").post(f"{URL}/actions/cancel", {"selection": {"ids": ids[1:]}}).json["done"] == 1


@every_move
def test_what_a_filter_shows_and_all_that_wait(call: Call, booked: Booked, day: date, move: str) -> None:
    booked(2)
    changed = ask(call, move, {"filter": {"state": "pending", "date_from": str(day)}, "expect": 3})
    assert (changed.status_code, changed.json["code"]) == (409, "selection_changed")
    assert ask(call, move, {"filter": {"state": "pending", "mode": "deliver"}, "expect": 2}).json["done"] == 2
    booked(1)
    assert ask(call, move, {"all": True, "expect": 1}).json == {"done": 1, "failed": []}, "the rest is moved already"


def test_all_that_an_applicant_cancels_are_those_before_receipt(call: Call, booked: Booked) -> None:
    ids = booked(3)
    ask(call, "confirm", {"ids": ids[:2]})
    call("clerk").post(f"{URL}/{ids[0]}/receive")
    assert ask(call, "cancel", {"all": True, "expect": 2}).json == {"done": 2, "failed": []}
    assert states(call) == ["received", "cancelled", "cancelled"]


@pytest.mark.parametrize(
    ("move", "foreign", "forbidden"),
    [
        ("confirm", "elsewhere", ("owner", "verifier", "checker")),
        ("reject", "elsewhere", ("owner", "verifier", "checker")),
        ("cancel", "other", ("clerk", "verifier", "checker")),
    ],
)
def test_nobody_moves_what_is_not_theirs(
    call: Call, booked: Booked, move: str, foreign: str, forbidden: tuple[str, ...]
) -> None:
    (waiting,) = booked(1)
    refused = ask(call, move, {"ids": [waiting]}, foreign)
    assert [one["code"] for one in refused.json["failed"]] == ["not_found"]
    assert ask(call, move, {"all": True}, foreign).json["done"] == 0
    for who in forbidden:
        assert ask(call, move, {"ids": [waiting]}, who).status_code == 403, who
    assert ask(call, move, {"ids": [waiting]}, "stranger").status_code == 401
    assert states(call) == ["pending"]


@every_move
def test_beyond_what_one_request_does_a_job_moves_them(
    call: Call, booked: Booked, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, day: date, move: str
) -> None:
    who, _, state = MOVES[move]
    ids = booked(3)
    call("owner").post(f"{URL}/{ids[0]}/cancel")
    monkeypatch.setattr(bulk, "SYNC_LIMIT", 1)
    accepted = ask(call, move, {"ids": ids})
    assert accepted.status_code == 202
    run_jobs(runtime)
    job = call(who).get(accepted.headers["Location"]).json
    assert (job["kind"], job["state"], job["done"], job["failed"]) == (move, "done", 2, 1)
    assert states(call) == ["cancelled", state, state]
    if move != "confirm":
        assert {call("owner").get(f"{URL}/{one}").json["reason"] for one in ids[1:]} == {REASON["reason"]}


@every_move
@pytest.mark.parametrize(
    "body", [{}, {"selection": {}}, {"selection": {"ids": ["x"]}}, {"selection": {"ids": []}}, {"selection": {"filter": {"colour": "red"}}},
             {"selection": {"all": True, "ids": []}}, {"selection": 7}]
)  # fmt: skip
def test_a_selection_that_makes_no_sense_is_told_so(call: Call, body: Any, move: str) -> None:
    who, with_it, _ = MOVES[move]
    assert call(who).post(f"{URL}/actions/{move}", body | with_it).status_code == 422
