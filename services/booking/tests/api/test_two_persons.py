"""Two persons stand for each result: the verifier who signs it, and the checker who completes what he read."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import factories
import pytest
from factories import approved, result
from sqlalchemy import event
from walk import URL, Call, book, move, put_results, received

from booking.api.schemas import BookingDetail
from chassis import clock
from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import Caller, assert_satisfies, recorded, staff


@pytest.fixture
def booking(call: Call, runtime: Runtime, owner: Actor, day: date) -> Any:
    return received(call, approved(runtime, owner, 2), day)


def ids_of(booking: Any) -> list[UUID]:
    return [UUID(item["instrument_id"]) for item in booking["items"]]


def listed(call: Call, who: str, work: str) -> int:
    return int(call(who).get(f"{URL}/bookings?{work}=true").json["total"])


def test_one_account_with_every_role_cannot_certify_alone(
    runtime: Runtime, owner: Actor, day: date, signed_in: Callable[[Actor], Caller], call: Call
) -> None:
    loner = staff(roles=("front_desk", "booking_clerk", "verifier", "checker"), username="loner", name="独行侠")
    factories.tell_staff(runtime, loner)
    me = signed_in(loner)
    made = book(call, approved(runtime, owner), day)
    path = f"{URL}/bookings/{made['id']}"
    assert me.post(f"{path}/confirm").status_code == 200
    assert me.post(f"{path}/receive").status_code == 200
    refused = me.put(f"{path}/results", [result(i, checker="loner") for i in ids_of(made)])
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "same_person")
    entered = me.put(f"{path}/results", [result(i) for i in ids_of(made)])
    assert entered.json["items"][0]["results"][0]["signed_at"] is None
    tag = {"If-Match": entered.headers["ETag"]}
    assert me.post(f"{path}/complete", headers=tag).json["code"] == "not_the_checker"
    assert me.post(f"{path}/sign", headers=tag).json["code"] == "nothing_to_sign"


def test_what_a_clerk_entered_waits_for_the_verifier(call: Call, booking: Any) -> None:
    entered = put_results(call, "clerk", booking, [result(i) for i in ids_of(booking)]).json
    assert_satisfies(BookingDetail, entered)
    one = entered["items"][0]["results"][0]
    assert (one["entered_by_name"], one["signed_at"], entered["ready_to_check"]) == ("经办员", None, False)
    assert (listed(call, "verifier", "to_sign"), listed(call, "checker", "to_check")) == (1, 0)
    refused = move(call, "checker", booking, "complete")
    assert (refused.status_code, refused.json["code"]) == (409, "not_signed")
    assert move(call, "clerk", booking, "sign").status_code == 403
    assert move(call, "both", booking, "sign").json["code"] == "nothing_to_sign", "another verifier"
    signed = move(call, "verifier", booking, "sign").json
    assert signed["items"][0]["results"][0]["signed_at"] is not None
    assert signed["steps"][-1]["move"] == "sign"
    assert (listed(call, "verifier", "to_sign"), listed(call, "checker", "to_check")) == (0, 1)
    assert move(call, "checker", booking, "complete").json["state"] == "completed"
    assert listed(call, "checker", "to_check") == 0


def test_what_is_written_over_has_to_be_signed_again(call: Call, booking: Any) -> None:
    ids = ids_of(booking)
    assert put_results(call, "verifier", booking, [result(i) for i in ids]).json["ready_to_check"] is True
    over = put_results(call, "clerk", booking, [result(ids[0], conclusion="fail", fail_items="示值误差")]).json
    assert over["ready_to_check"] is False
    assert move(call, "checker", booking, "complete").json["code"] == "not_signed"


@pytest.mark.parametrize("act", ["complete", "sign", "send_back"])
def test_nobody_signs_what_he_did_not_read(call: Call, booking: Any, act: str) -> None:
    ids, body = ids_of(booking), {"reason": "请复核"} if act == "send_back" else None
    read = put_results(call, "clerk" if act == "sign" else "verifier", booking, [result(i) for i in ids])
    put_results(call, "clerk" if act == "sign" else "verifier", booking, [result(ids[0], remarks="复检")])
    path, who = f"{URL}/bookings/{booking['id']}/{act}", "verifier" if act == "sign" else "checker"
    assert call(who).post(path, body).status_code == 428
    stale = call(who).post(path, body, headers={"If-Match": read.headers["ETag"]})
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert move(call, who, booking, act, body).status_code == 200


def test_the_checker_sends_results_back_with_a_reason(call: Call, runtime: Runtime, booking: Any) -> None:
    ids = ids_of(booking)
    put_results(call, "verifier", booking, [result(i) for i in ids])
    body = {"instrument_ids": [str(ids[0])], "reason": "原始记录缺第三点"}
    assert move(call, "both", booking, "send_back", body).json["code"] == "not_the_checker"
    assert move(call, "checker", booking, "send_back", {}).status_code == 422
    back = move(call, "checker", booking, "send_back", body).json
    assert [item["results"][0]["sent_back"] for item in back["items"]] == ["原始记录缺第三点", None]
    assert (back["state"], back["reason"], back["ready_to_check"]) == ("in_progress", None, False)
    assert (back["steps"][-1]["move"], back["steps"][-1]["reason"]) == ("send_back", "原始记录缺第三点")
    told = recorded(runtime, "booking.sent_back")[-1]["data"]
    assert (told["reason"], [i["instrument_id"] for i in told["items"]]) == ("原始记录缺第三点", [str(ids[0])])
    assert (listed(call, "verifier", "to_sign"), listed(call, "checker", "to_check")) == (1, 0)
    assert move(call, "checker", booking, "complete").json["code"] == "not_signed"
    again = put_results(call, "verifier", booking, [result(ids[0], remarks="已补")]).json
    assert (again["items"][0]["results"][0]["sent_back"], again["ready_to_check"]) == (None, True)
    assert move(call, "checker", booking, "complete").status_code == 200
    assert recorded(runtime, "booking.completed")[-1]["data"]["reason"] is None


def test_a_booking_has_one_checker_who_verified_and_entered_nothing(call: Call, runtime: Runtime, booking: Any) -> None:
    second = staff(roles=("checker",), username="checker2", name="钱核验")
    factories.tell_staff(runtime, second)
    ids = ids_of(booking)
    two = put_results(call, "verifier", booking, [result(ids[0]), result(ids[1], checker="checker2")])
    assert ("1.checker", "one_checker") in {(e["field"], e["code"]) for e in two.json["errors"]}
    put_results(call, "verifier", booking, [result(ids[0])])
    other = put_results(call, "verifier", booking, [result(ids[1], checker="checker2")]).json
    assert {item["results"][0]["checker"] for item in other["items"]} == {"checker2"}, "the one named last"
    assert move(call, "checker", booking, "complete").json["code"] == "not_the_checker"
    put_results(call, "both", booking, [result(ids[1], verifier="both")])
    refused = put_results(call, "verifier", booking, [result(ids[0], checker="both")])
    assert ("0.checker", "same_person") in {(e["field"], e["code"]) for e in refused.json["errors"]}


def test_a_unit_stands_once_in_a_request(call: Call, booking: Any) -> None:
    ids = ids_of(booking)
    twice = [result(ids[0]), result(ids[0], conclusion="fail", fail_items="示值误差")]
    refused = put_results(call, "verifier", booking, twice)
    assert ("1.unit", "twice") in {(e["field"], e["code"]) for e in refused.json["errors"]}


def test_a_shorter_validity_has_its_reason(call: Call, booking: Any) -> None:
    soon = (clock.today() + timedelta(days=90)).isoformat()
    entered = put_results(call, "verifier", booking, [result(ids_of(booking)[0], valid_until=soon, remarks="磨损")])
    assert entered.json["items"][0]["results"][0]["valid_until"] == soon


def test_results_of_many_cost_no_statement_each(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    costs = []
    for count in (2, 20):
        booking = received(call, approved(runtime, owner, count), day)
        seen.clear()
        event.listen(runtime.database.engine, "before_cursor_execute", note)
        try:
            assert put_results(call, "verifier", booking, [result(i) for i in ids_of(booking)]).status_code == 200
        finally:
            event.remove(runtime.database.engine, "before_cursor_execute", note)
        costs.append(len(seen))
    assert costs[1] - costs[0] <= 2, costs
