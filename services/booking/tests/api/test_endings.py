"""What the institution ends, and what ends by itself; a calendar that changes under bookings."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import factories
import pytest
from factories import approved, order
from walk import URL, Call, book, free, move, received

from booking.background import end_lapsed
from chassis import clock
from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import recorded

At = Callable[[Any], None]


def span(first: date, last: date | None = None, **body: Any) -> dict[str, Any]:
    return {"mode": "deliver", "from": first.isoformat(), "to": (last or first).isoformat()} | body


def test_the_institution_ends_a_confirmed_booking_and_leaves_its_filing(
    call: Call, runtime: Runtime, owner: Actor, day: date
) -> None:
    ids = approved(runtime, owner, 2)
    booking = book(call, ids, day)
    move(call, "clerk", booking, "confirm")
    assert move(call, "clerk", booking, "reject", {}).status_code == 422
    ended = move(call, "clerk", booking, "reject", {"reason": "停电不能检"}).json
    assert (ended["state"], ended["reason"], free(call, day)) == ("rejected", "停电不能检", 60)
    assert recorded(runtime, "booking.returned") == []
    assert recorded(runtime, "booking.rejected")[-1]["data"]["reason"] == "停电不能检"
    assert book(call, ids, day)["state"] == "pending"
    assert move(call, "clerk", received(call, approved(runtime, owner), day), "reject", {"reason": "x"}).json["code"] == "illegal_move"  # fmt: skip


def test_a_pending_booking_ends_when_its_day_has_passed(
    call: Call, runtime: Runtime, owner: Actor, day: date, at: At
) -> None:
    later = factories.working_days()[3]
    over, moved, confirmed = (book(call, approved(runtime, owner), day) for _ in range(3))
    move(call, "clerk", moved, "reschedule", {"date": later.isoformat(), "period": "am"})
    move(call, "clerk", confirmed, "confirm")
    at(clock.now() + (day - clock.today()))
    end_lapsed(runtime, clock.now())
    assert recorded(runtime, "booking.cancelled") == [], "its day is today"
    at(clock.now() + timedelta(days=1))
    refused = move(call, "clerk", over, "confirm").json
    assert refused["code"] == "day_passed"
    end_lapsed(runtime, clock.now())
    states = [call("owner").get(f"{URL}/bookings/{b['id']}").json["state"] for b in (over, moved, confirmed)]
    assert states == ["cancelled", "pending", "confirmed"], "another day is proposed for the second"
    (told,) = recorded(runtime, "booking.cancelled")
    assert (told["data"]["reason_code"], told["data"]["actor"]["kind"]) == ("day_passed", "system")
    assert "预约日期已过" in told["data"]["reason"]


def test_no_confirmation_while_the_applicant_waits_for_another_day(
    call: Call, runtime: Runtime, owner: Actor, day: date
) -> None:
    other = {"date": factories.working_days()[1].isoformat(), "period": "pm"}
    theirs, ours = (book(call, approved(runtime, owner), day) for _ in range(2))
    move(call, "owner", theirs, "reschedule", other)
    assert move(call, "clerk", theirs, "confirm").json["code"] == "proposal_open"
    move(call, "clerk", theirs, "reschedule/decline")
    assert move(call, "clerk", theirs, "confirm").json["state"] == "confirmed"
    move(call, "clerk", ours, "reschedule", other)
    confirmed = move(call, "clerk", ours, "confirm").json
    assert (confirmed["state"], confirmed["proposed_date"]) == ("confirmed", None)


def test_closing_days_names_every_booking_that_is_hit(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    second = factories.working_days()[1]
    first, other = (
        book(call, approved(runtime, owner, 3), day),
        book(call, approved(runtime, owner), second, period="pm"),
    )
    refused = call("clerk").put(f"{URL}/calendar", span(day, second, closed=True))
    assert (refused.status_code, refused.json["code"]) == (409, "capacity_below_taken")
    assert [e["field"] for e in refused.json["errors"]] == [f"bookings.{first['id']}", f"bookings.{other['id']}"]
    said = refused.json["errors"][0]["message"]
    assert all(word in said for word in (first["number"], "上午", "3 台", "预约中", day.isoformat())), said
    assert "am" not in refused.json["detail"] + said
    assert free(call, day) == 57, "nothing was changed"
    stopped = call("clerk").put(f"{URL}/calendar", span(day, second, closed=True, keep_booked=True))
    assert stopped.status_code == 200
    assert (free(call, day), free(call, second, "pm")) == (None, None)
    late = call("owner").post(f"{URL}/bookings", order(approved(runtime, owner), day))
    assert late.json["errors"][0]["code"] == "not_open"
    ids = {"selection": {"ids": [first["id"], other["id"]]}}
    target = {"date": factories.working_days()[3].isoformat(), "period": "am"}
    moved = call("clerk").post(f"{URL}/bookings/actions/reschedule", ids | target).json
    assert (moved["done"], moved["failed"]) == (2, [])
    assert move(call, "owner", first, "reschedule/accept").json["date"] == target["date"]
    ended = call("clerk").post(f"{URL}/bookings/actions/reject", ids | {"reason": "停电"}).json
    assert ended["done"] == 2


def test_seats_that_are_freed_beyond_a_reduced_capacity_are_not_taken_again(
    call: Call, runtime: Runtime, owner: Actor, day: date
) -> None:
    first, _second = (book(call, approved(runtime, owner, n), day) for n in (3, 5))
    reduced = span(day, capacity={"am": 6, "pm": 6}, keep_booked=True)
    assert call("clerk").put(f"{URL}/calendar", reduced).status_code == 200
    assert move(call, "owner", first, "cancel").status_code == 200
    full = call("owner").post(f"{URL}/bookings", order(approved(runtime, owner, 2), day))
    assert (full.status_code, full.json["code"]) == (409, "slot_full"), full.json
    assert call("owner").post(f"{URL}/bookings", order(approved(runtime, owner), day)).status_code == 201
    assert free(call, day) == 0


def test_what_was_set_for_days_can_be_removed(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    second = factories.working_days()[1]
    put = call("clerk").put(f"{URL}/calendar", span(day, second, capacity={"am": 70, "pm": 9}))
    assert put.status_code == 200
    book(call, approved(runtime, owner, 65), day)
    refused = call("clerk").delete(f"{URL}/calendar", span(day, second))
    assert (refused.status_code, len(refused.json["errors"])) == (409, 1)
    assert call("verifier").delete(f"{URL}/calendar", span(second)).status_code == 403
    assert call("clerk").delete(f"{URL}/calendar", span(second)).json["items"][0]["changed"] is False
    assert (free(call, second), free(call, second, "pm"), free(call, day)) == (60, 60, 5)


def test_a_year_is_set_by_a_few_statements(call: Call, runtime: Runtime) -> None:
    from sqlalchemy import event

    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(runtime.database.engine, "before_cursor_execute", note)
    try:
        today = clock.today()
        body = span(today, today + timedelta(days=365), capacity={"am": 5, "pm": 5})
        assert call("clerk").put(f"{URL}/calendar", body).status_code == 200
    finally:
        event.remove(runtime.database.engine, "before_cursor_execute", note)
    assert len(seen) < 30, len(seen)


@pytest.mark.parametrize(("when", "said"), [
    (date(2026, 12, 5), "周六"), (date(2027, 1, 1), "元旦"), (date(2026, 11, 30), "提前一天"), (date(2027, 2, 10), "60 天"),
])  # fmt: skip
def test_a_refused_day_says_why(call: Call, runtime: Runtime, owner: Actor, at: At, when: date, said: str) -> None:
    at(clock.now() + (date(2026, 11, 30) - clock.today()))
    answer = call("owner").post(f"{URL}/bookings", order(approved(runtime, owner), when))
    assert answer.json["errors"][0]["code"] == "not_open"
    assert said in answer.json["errors"][0]["message"], answer.json


def test_a_closed_day_and_a_closed_period_say_so(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    call("clerk").put(f"{URL}/calendar", span(day, closed=True))
    second = factories.working_days()[1]
    call("clerk").put(f"{URL}/calendar", span(second, capacity={"am": 5, "pm": 0}))
    ids = approved(runtime, owner)
    for when, period, said in ((day, "am", "停止接收"), (second, "pm", "下午不接收")):
        answer = call("owner").post(f"{URL}/bookings", order(ids, when, period=period))
        assert said in answer.json["errors"][0]["message"], answer.json


@pytest.mark.parametrize(("change", "field"), [
    ({"address": None}, "address"), ({"address": " "}, "address"), ({"contact": None}, "contact"),
    ({"contact": {"name": "", "phone": "abc"}}, "contact"), ({"contact": {"name": "陈", "phone": "138"}}, "contact"),
    ({"contact": "陈志强"}, "contact"), ({}, None), ({"contact": {"name": "陈", "phone": "020-87654321"}}, None),
    ({"contact": "陈志强 13800138000"}, None),
])  # fmt: skip
def test_on_site_needs_a_place_and_somebody_to_ask(
    call: Call, runtime: Runtime, owner: Actor, day: date, change: Any, field: str | None
) -> None:
    right = {"mode": "onsite", "address": "天河路 1 号", "contact": {"name": "陈", "phone": "13800138000"}}
    answer = call("owner").post(f"{URL}/bookings", order(approved(runtime, owner), day) | right | change)
    assert [e["field"] for e in answer.json.get("errors", [])] == ([field] if field else []), answer.json


def test_a_list_takes_several_states(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    first, second, _ = (book(call, approved(runtime, owner), day) for _ in range(3))
    move(call, "clerk", first, "confirm")
    move(call, "clerk", second, "reject", {"reason": "x"})
    assert call("owner").get(f"{URL}/bookings?state=confirmed,rejected").json["total"] == 2
    assert call("owner").get(f"{URL}/bookings?state=confirmed,nonsense").status_code == 422


def test_the_pending_list_says_which_it_does_not_know(call: Call, runtime: Runtime, owner: Actor) -> None:
    ids = [str(i) for i in approved(runtime, owner, 2)]
    ids.insert(1, "01920000-0000-7000-8000-0000000000ff")
    refused = call("owner").post(f"{URL}/pending-list", {"instrument_ids": ids})
    assert (refused.status_code, [e["field"] for e in refused.json["errors"]]) == (404, ["instrument_ids.1"])


def test_four_digits_are_not_guessed(call: Call, runtime: Runtime, owner: Actor, day: date, at: At) -> None:
    number = book(call, approved(runtime, owner), day)["number"]
    path = f"{URL}/public/bookings/{number}"
    tries = [call("stranger").get(f"{path}?phone_last4={n:04d}").status_code for n in range(7)]
    assert tries == [404] * 5 + [429] * 2
    assert call("stranger").get(f"{path}?phone_last4=8000").status_code == 429, "nor the right ones now"
    assert call("stranger").get(path).json["state"] == "pending"
    at(clock.now() + timedelta(minutes=10))
    assert call("stranger").get(f"{path}?phone_last4=8000").json["date"] == day.isoformat()
    assert call("stranger").get(f"{path}?phone_last4=0000").status_code == 404, "forgotten after the right ones"
