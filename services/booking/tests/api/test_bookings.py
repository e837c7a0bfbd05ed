"""Bookings through the HTTP door: from the list of what can be booked to completed, and what is refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import factories
import pytest
from factories import World, approved, order, result
from flask import Flask
from sqlalchemy import text
from walk import URL, Call, book, free, move, put_results, received

from booking.api.schemas import BookableView, BookingDetail
from booking.domain.numbers import ALPHABET
from chassis import clock
from chassis.actor import Actor
from chassis.db import Scope
from chassis.paging import page_schema
from chassis.runtime import Runtime
from chassis.testing import (
    GUANGZHOU,
    SHENZHEN,
    Caller,
    applicant,
    assert_satisfies,
    cloud_event,
    deliver,
    recorded,
    routes_without_permission,
    supervisor,
)


def test_every_route_declares_who_may_call_it(app: Flask) -> None:
    assert not routes_without_permission(app)


def test_the_way_of_a_booking_to_completed(call: Call, runtime: Runtime, owner: Actor, world: World, day: date) -> None:
    ids = approved(runtime, owner, 2)
    page = call("owner").get(f"{URL}/bookable?view=due&institution_id={GUANGZHOU}&q=acs").json
    ids = [row["instrument_id"] for row in page["items"]]
    named = call("owner").get(f"{URL}/bookable?ids={ids[0]}&ids={uuid4()}").json
    assert [row["instrument_id"] for row in named["items"]] == ids[:1]
    assert call("owner").get(f"{URL}/bookable?ids=x").status_code == 422
    assert {item["instrument_id"] for item in page["items"]} == {str(i) for i in ids}
    assert_satisfies(page_schema(BookableView), page)
    collected = call("owner").post(f"{URL}/pending-list", {"instrument_ids": [str(ids[0])]})
    assert [i["instrument_id"] for i in collected.json["items"]] == [str(ids[0])]

    booking = book(call, ids, day, contact={"name": "陈志强", "phone": "13800138000"})
    assert booking["state"] == "pending"
    assert call("owner").get(f"{URL}/pending-list").json["total"] == 0
    assert call("owner").get(f"{URL}/bookable").json["total"] == 0
    assert free(call, day) == 58
    assert move(call, "clerk", booking, "confirm").json["state"] == "confirmed"
    assert move(call, "clerk", booking, "receive").json["items"][0]["received_on"] == clock.today().isoformat()
    assert move(call, "verifier", booking, "start").json["state"] == "in_progress"
    entered = put_results(call, "verifier", booking, [result(i) for i in ids])
    assert entered.status_code == 200, entered.json
    assert move(call, "owner", booking, "cancel").json["code"] == "illegal_move"
    hidden = call("owner").get(f"{URL}/bookings/{booking['id']}").json["items"][0]
    assert hidden["conclusion"] is None
    done = move(call, "checker", booking, "complete")
    assert done.status_code == 200, done.json
    assert done.json["state"] == "completed"
    assert_satisfies(BookingDetail, done.json)
    assert [step["move"] for step in done.json["steps"]] == [
        "submit",
        "confirm",
        "receive",
        "start",
        "enter_results",
        "complete",
    ]
    assert {item["state"] for item in done.json["items"]} == {"verified"}
    assert done.json["items"][0]["instrument"]["model"] == "ACS-30"

    event = recorded(runtime, "booking.completed")[0]
    assert event["sequence"] == done.json["version"]
    told = event["data"]["items"][0]["results"][0]
    assert (told["verifier_name"], told["checker_name"]) == ("李检定", "赵核验")
    assert call("owner").get(f"{URL}/statistics/overview").json["completed"] == 1


def test_who_has_not_the_role_or_the_kind_is_refused(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    booking = book(call, approved(runtime, owner), day)
    assert move(call, "verifier", booking, "confirm").status_code == 403
    assert move(call, "owner", booking, "confirm").status_code == 403
    assert move(call, "clerk", booking, "cancel").status_code == 403
    assert move(call, "checker", booking, "receive").status_code == 403
    assert move(call, "clerk", booking, "complete").status_code == 403
    assert move(call, "stranger", booking, "cancel").status_code == 401


def test_a_booking_of_somebody_else_does_not_exist(
    call: Call, signed_in: Callable[[Actor], Caller], runtime: Runtime, owner: Actor, day: date
) -> None:
    ids = approved(runtime, owner)
    booking = book(call, ids, day)
    path = f"{URL}/bookings/{booking['id']}"
    assert call("other").get(path).status_code == 404
    assert call("other").post(f"{path}/cancel").status_code == 404
    assert call("elsewhere").post(f"{path}/confirm").status_code == 404
    assert call("other").post(f"{URL}/bookings", order(ids, day)).status_code == 404
    assert call("other").post(f"{URL}/pending-list", {"instrument_ids": [str(ids[0])]}).status_code == 404
    assert call("other").get(f"{URL}/bookings").json["total"] == 0
    assert signed_in(supervisor()).get(path).status_code == 200
    assert signed_in(supervisor("440300")).get(path).status_code == 404


@pytest.mark.parametrize(
    ("snapshot", "body", "code"),
    [
        ({"holder_id": SHENZHEN}, {}, "other_institution"),
        ({"venue": "onsite"}, {}, "venue_mismatch"),
        ({"approved_on": clock.today() - timedelta(days=31)}, {}, "not_bookable"),
        ({"result": "pass", "valid_until": clock.today() + timedelta(days=31)}, {}, "not_bookable"),
        ({}, {"date": (clock.today() + timedelta(days=61)).isoformat()}, "not_open"),
        ({}, {"date": clock.today().isoformat()}, "not_open"),
        ({}, {"period": "night"}, "not_an_option"),
        ({}, {"institution_id": "00000000-0000-7000-8000-000000440999"}, "unknown_institution"),
        ({}, {"instrument_ids": []}, "wrong_length"),
    ],
)
def test_what_cannot_be_booked_is_refused_with_the_reason(
    call: Call, runtime: Runtime, owner: Actor, day: date, snapshot: Any, body: Any, code: str
) -> None:
    ids = approved(runtime, owner, **snapshot)
    answer = call("owner").post(f"{URL}/bookings", order(ids, day) | body)
    assert answer.status_code in (409, 422)
    assert code in {answer.json["code"], *(e["code"] for e in answer.json["errors"])}, answer.json


def test_an_instrument_is_in_one_open_booking_only(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    ids = approved(runtime, owner)
    first = book(call, ids, day)
    again = call("owner").post(f"{URL}/bookings", order(ids, day))
    assert (again.status_code, again.json["code"]) == (409, "already_booked")
    assert move(call, "clerk", first, "reject", {"reason": "设备检修"}).json["reason"] == "设备检修"
    assert book(call, ids, day)["state"] == "pending"


def test_a_slot_is_never_oversold(call: Call, runtime: Runtime, owner: Actor, day: date, db: Any) -> None:
    body = {"mode": "deliver", "from": day.isoformat(), "to": day.isoformat(), "capacity": {"am": 10, "pm": 0}}
    assert call("clerk").put(f"{URL}/calendar", body).status_code == 200
    ids = approved(runtime, owner, 20)

    def one(instrument_id: UUID) -> int:
        return int(call("owner").post(f"{URL}/bookings", order([instrument_id], day)).status_code)

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(one, ids))
    assert sorted(set(statuses)) == [201, 409]
    assert statuses.count(201) == 10
    assert db.execute(text("SELECT taken FROM slot WHERE period = 'am'")).scalar_one() == 10
    refused = call("owner").post(f"{URL}/bookings", order([ids[statuses.index(409)]], day))
    assert refused.json["code"] == "slot_full"
    assert "0" in refused.json["detail"]


def test_a_cancelled_place_is_free_at_once(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    ids = approved(runtime, owner, 3)
    booking = book(call, ids, day)
    assert free(call, day) == 57
    cancelled = move(call, "owner", booking, "cancel", {"reason": "改日再来"}).json
    assert cancelled["state"] == "cancelled"
    assert {item["state"] for item in cancelled["items"]} == {"cancelled"}
    assert free(call, day) == 60


def test_a_calendar_day_cannot_shrink_below_what_is_taken(
    call: Call, runtime: Runtime, owner: Actor, day: date
) -> None:
    book(call, approved(runtime, owner, 3), day)
    body = {"mode": "deliver", "from": day.isoformat(), "to": day.isoformat(), "capacity": {"am": 2, "pm": 9}}
    refused = call("clerk").put(f"{URL}/calendar", body)
    assert (refused.status_code, refused.json["code"]) == (409, "capacity_below_taken")
    assert call("clerk").put(f"{URL}/calendar", body | {"closed": True}).status_code == 409
    fitting = call("clerk").put(f"{URL}/calendar", body | {"capacity": {"am": 3, "pm": 9}})
    assert fitting.json["items"][0]["taken"] == {"am": 3, "pm": 0}
    assert (free(call, day), free(call, day, "pm")) == (0, 9)
    assert call("verifier").put(f"{URL}/calendar", body).status_code == 403
    assert call("clerk").get(f"{URL}/calendar?mode=deliver").json["items"][0]["date"] == clock.today().isoformat()


def test_a_closed_day_has_no_slots(call: Call, day: date) -> None:
    body = {"mode": "deliver", "from": day.isoformat(), "to": day.isoformat(), "closed": True}
    assert call("clerk").put(f"{URL}/calendar", body).status_code == 200
    assert free(call, day) is None


def test_items_are_received_and_returned_one_by_one(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    good, bad, late = ids = approved(runtime, owner, 3)
    booking = book(call, ids, day)
    move(call, "clerk", booking, "confirm")
    assert move(call, "clerk", booking, "receive", {"instrument_ids": [str(good)]}).json["state"] == "received"
    answer = move(call, "clerk", booking, "return", {"instrument_ids": [str(bad)], "reason": "铭牌不符"})
    assert answer.json["state"] == "received"
    assert [item["state"] for item in answer.json["items"]] == ["received", "returned", "booked"]
    assert free(call, day) == 58  # the place of the one that never came in
    event = recorded(runtime, "booking.returned")[-1]["data"]
    assert [(i["instrument_id"], i["state"]) for i in event["items"]] == [(str(bad), "returned")]
    assert event["reason"] == "铭牌不符"
    assert put_results(call, "verifier", booking, [result(good)]).json["state"] == "in_progress"
    done = move(call, "checker", booking, "complete").json
    assert [item["state"] for item in done["items"]] == ["verified", "returned", "no_show"]
    assert [item["reason"] for item in done["items"]] == [None, "铭牌不符", None]
    assert (done["reason"], recorded(runtime, "booking.completed")[-1]["data"]["reason"]) == (None, None)
    assert book(call, [late], day)["state"] == "pending"


def test_a_booking_is_returned_when_all_its_items_are(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    ids = approved(runtime, owner, 2)
    booking = received(call, ids, day)
    body = {"instrument_ids": [str(i) for i in ids], "reason": "与备案不符"}
    assert move(call, "clerk", booking, "return", body).json["state"] == "returned"
    assert move(call, "clerk", booking, "return", {"instrument_ids": [str(ids[0])]}).status_code == 422


def test_who_verified_cannot_check(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    ids = approved(runtime, owner, 2)
    booking = received(call, ids, day)
    same = put_results(call, "clerk", booking, [result(ids[0], verifier="both", checker="both")])
    assert (same.status_code, same.json["errors"][0]["code"]) == (422, "same_person")
    assert put_results(call, "both", booking, [result(i, verifier="both") for i in ids]).status_code == 200
    refused = move(call, "both", booking, "complete")
    assert (refused.status_code, refused.json["code"]) == (403, "not_the_checker")
    assert move(call, "checker", booking, "complete").status_code == 200


def test_results_name_people_of_the_own_institution(call: Call) -> None:
    found = call("clerk").get(f"{URL}/staff").json["items"]
    assert {one["username"]: set(one["roles"]) for one in found} == {
        "verifier": {"verifier"}, "checker": {"checker"}, "both": {"verifier", "checker"},
    }, "no clerk, and nobody from elsewhere"  # fmt: skip
    assert call("elsewhere").get(f"{URL}/staff").json["items"] == []
    assert call("owner").get(f"{URL}/staff").status_code == 403


def test_a_booking_is_complete_only_with_all_results(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    ids = approved(runtime, owner, units=["1", "2"])
    booking = received(call, ids, day)
    assert put_results(call, "clerk", booking, [result(ids[0])]).json["errors"][0]["code"] == "unknown_unit"
    first = put_results(call, "verifier", booking, [result(ids[0], unit="1")])
    assert first.json["items"][0]["conclusion"] is None
    assert move(call, "checker", booking, "complete").json["code"] == "results_missing"
    put_results(call, "verifier", booking, [result(ids[0], unit="2", conclusion="fail", fail_items="示值误差")])
    again = put_results(call, "verifier", booking, [result(ids[0], unit="1", remarks="复检")])
    assert again.json["items"][0]["conclusion"] == "fail"
    done = move(call, "checker", booking, "complete").json
    assert [r["remarks"] for r in done["items"][0]["results"]] == ["复检", None]


def test_a_repaired_unit_is_verified_alone(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    """The others passed and are not due; one that is due, or that nobody verified yet, is needed."""
    later, soon = ((clock.today() + timedelta(days=n)).isoformat() for n in (31, 30))
    for validity, code in (({"1": later, "3": None}, None), ({"1": soon, "3": later}, "results_missing"), ({"1": later}, "results_missing")):  # fmt: skip
        ids = approved(runtime, owner, units=["1", "2", "3"])
        told = factories.changed(
            owner, ids, 5, units=["1", "2", "3"], result="fail", unit_validity=validity,
        )  # fmt: skip
        deliver(runtime, told)
        booking = received(call, ids, day)
        entered = put_results(call, "verifier", booking, [result(ids[0], unit="2")]).json
        assert (entered["ready_to_check"], entered["items"][0]["conclusion"]) == ((True, "pass") if code is None else (False, None))  # fmt: skip
        assert move(call, "checker", booking, "complete").json.get("code") == code


def test_what_lost_its_verification_is_due_from_that_day(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    before = clock.today() - timedelta(days=200)
    ids = approved(runtime, owner, approved_on=before)
    assert call("owner").get(f"{URL}/bookable").json["total"] == 0
    told = factories.changed(owner, ids, 5, approved_on=before, unverified_since=clock.today())
    deliver(runtime, told)
    assert [one["view"] for one in call("owner").get(f"{URL}/bookable?view=due").json["items"]] == ["due"]
    assert book(call, ids, day)["state"] == "pending"


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"verifier": "nobody"}, "0.verifier", "not_a_verifier"),
        ({"verifier": "checker", "checker": "verifier"}, "0.checker", "not_a_checker"),
        ({"verified_on": (clock.today() + timedelta(days=1)).isoformat()}, "0.verified_on", "in_the_future"),
        ({"verified_on": (clock.today() - timedelta(days=1)).isoformat()}, "0.verified_on", "before_reception"),
        ({"verified_on": "2020-01-01"}, "0.verified_on", "before_reception"),
        ({"valid_until": "2020-01-01"}, "0.valid_until", "before_verified_on"),
        ({"valid_until": "2030-01-01"}, "0.valid_until", "too_late"),
        ({"valid_until": (clock.today() + timedelta(days=30)).isoformat()}, "0.remarks", "required"),
        ({"conclusion": "fail"}, "0.fail_items", "required"),
        ({"conclusion": "fail", "fail_items": " "}, "0.fail_items", "required"),
        (
            {"conclusion": "fail", "fail_items": "示值误差", "valid_until": "2027-01-01"},
            "0.valid_until",
            "not_for_a_fail",
        ),
        ({"unit": "9"}, "0.unit", "unknown_unit"),
        ({"instrument_id": "01920000-0000-7000-8000-0000000000ff"}, "0.instrument_id", "not_in_booking"),
        ({"conclusion": "maybe"}, "0.conclusion", "not_an_option"),
    ],
)
def test_wrong_results_are_refused_field_by_field(
    call: Call, runtime: Runtime, owner: Actor, day: date, change: Any, field: str, code: str
) -> None:
    ids = approved(runtime, owner)
    booking = received(call, ids, day)
    answer = put_results(call, "verifier", booking, [result(ids[0]) | change])
    assert answer.status_code == 422
    assert (field, code) in {(e["field"], e["code"]) for e in answer.json["errors"]}, answer.json
    assert call("clerk").get(f"{URL}/bookings/{booking['id']}").json["state"] == "received"


@pytest.mark.parametrize(("kind", "more", "status"), [
    ("990000", {}, 422), ("990000", {"valid_until": "2099-01-01"}, 200),
    ("990000", {"conclusion": "fail", "fail_items": "示值误差"}, 200),
    ("990001", {}, 200), ("020100", {}, 200),
])  # fmt: skip
def test_a_kind_without_a_period_needs_the_date(
    call: Call, runtime: Runtime, owner: Actor, day: date, kind: str, more: Any, status: int
) -> None:
    ids = approved(runtime, owner, kind_code=kind)
    booking = received(call, ids, day)
    assert put_results(call, "verifier", booking, [result(ids[0], **more)]).status_code == status


def test_rescheduling_needs_the_other_side_and_moves_the_places(
    call: Call, runtime: Runtime, owner: Actor, day: date
) -> None:
    other = factories.working_days()[1]
    booking = book(call, approved(runtime, owner, 2), day)
    proposed = move(call, "owner", booking, "reschedule", {"date": other.isoformat(), "period": "pm"}).json
    assert (proposed["date"], proposed["proposed_date"]) == (day.isoformat(), other.isoformat())
    assert move(call, "owner", booking, "reschedule/accept").json["code"] == "own_proposal"
    assert move(call, "clerk", booking, "reschedule/decline").json["proposed_date"] is None
    assert move(call, "clerk", booking, "reschedule/accept").json["code"] == "no_proposal"
    move(call, "clerk", booking, "reschedule", {"date": other.isoformat(), "period": "pm"})
    agreed = move(call, "owner", booking, "reschedule/accept").json
    assert (agreed["date"], agreed["period"], agreed["state"]) == (other.isoformat(), "pm", "pending")
    assert (free(call, day), free(call, other, "pm")) == (60, 58)
    assert len(recorded(runtime, "booking.rescheduled")) == 4


def test_a_no_show_is_closed_on_the_day_not_before(
    call: Call, runtime: Runtime, owner: Actor, day: date, at: Callable[[Any], None]
) -> None:
    booking = book(call, approved(runtime, owner), day)
    move(call, "clerk", booking, "confirm")
    assert move(call, "clerk", booking, "no_show").json["code"] == "too_early"
    at(clock.now() + (day - clock.today()))
    assert move(call, "clerk", booking, "no_show").json["items"][0]["state"] == "no_show"


def test_the_open_query_shows_the_state_and_more_for_the_phone(
    call: Call, runtime: Runtime, owner: Actor, day: date
) -> None:
    number = book(call, approved(runtime, owner), day)["number"]
    path = f"{URL}/public/bookings/"
    assert call("stranger").get(path + number.lower()).json == {"number": number, "state": "pending"}
    assert call("stranger").get(f"{path}{number}?phone_last4=8000").json["date"] == day.isoformat()
    assert call("stranger").get(f"{path}{number}?phone_last4=1234").status_code == 404
    wrong = number[:-1] + next(c for c in ALPHABET if c != number[-1])
    assert call("stranger").get(path + wrong).status_code == 404


def test_lists_filter_and_the_row_policy_hides(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    booking = book(call, approved(runtime, owner), day)
    assert call("owner").get(f"{URL}/bookings?state=pending").json["items"][0]["items"][0]["state"] == "booked"
    assert call("owner").get(f"{URL}/bookings?state=confirmed").json["total"] == 0
    assert call("clerk").get(f"{URL}/bookings?q={booking['number'][3:8]}").json["total"] == 1
    begun = f"{booking['number'][:4].lower()}-{booking['number'][4:7]}"
    assert call("clerk").get(f"{URL}/bookings?q={begun}").json["total"] == 1
    walked = call("clerk").get(f"{URL}/bookings?cursor=&page_size=1").json
    assert walked["next_cursor"] is None
    with runtime.database.transaction(Scope(org_id=str(SHENZHEN))) as session:
        assert session.execute(text("SELECT count(*) FROM booking")).scalar_one() == 0
        assert session.execute(text("SELECT count(*) FROM instrument")).scalar_one() == 0


def test_the_contract_is_published(app: Flask) -> None:
    document = app.test_client().get(f"{URL}/openapi.json").json
    assert f"{URL}/bookings/{{booking_id}}/results" in document["paths"]


def test_a_reserved_list_is_an_accounts_own(
    call: Call, signed_in: Callable[[Actor], Caller], runtime: Runtime, owner: Actor
) -> None:
    ids = [str(i) for i in approved(runtime, owner, 2)]
    for _ in range(2):
        assert call("owner").post(f"{URL}/pending-list", {"instrument_ids": ids}).json["total"] == 2
    colleague = applicant(owner.org_id, username="colleague")
    assert signed_in(colleague).get(f"{URL}/pending-list").json["total"] == 0
    left = call("owner").delete(f"{URL}/pending-list", {"instrument_ids": ids[:1]}).json
    assert [item["instrument_id"] for item in left["items"]] == ids[1:]
    walked = call("owner").get(f"{URL}/bookable?cursor=&page_size=1").json
    assert walked["next_cursor"] == walked["items"][0]["instrument_id"]


def test_a_day_off_that_the_administrator_adds_takes_no_bookings(call: Call, runtime: Runtime, day: date) -> None:
    def told(kind: str | None, sequence: int) -> None:
        data = {"date": day.isoformat(), "kind": kind, "name": "停业"}
        deliver(runtime, cloud_event("holiday.changed", "identity", data, subject=day.isoformat(), sequence=sequence))

    def shown() -> tuple[bool, str | None]:
        path = f"{URL}/calendar?mode=deliver&from={day}&to={day}"
        (one,) = call("clerk").get(path).json["items"]
        return one["working_day"], one["holiday"]

    told("off", 1)
    assert (free(call, day), shown()) == (None, (False, "停业"))
    told(None, 2)
    assert (free(call, day), shown()) == (60, (True, None))


def test_the_calendar_says_of_which_years_the_arrangement_is_not_published(call: Call) -> None:
    path = f"{URL}/calendar?mode=deliver&from=2026-12-30&to=2027-02-10"
    shown = call("clerk").get(path).json
    assert shown["not_published"] == [2027]
    assert [one["date"] for one in shown["items"] if one["holiday"] and one["date"] > "2027-02-08"] == [
        "2027-02-09", "2027-02-10",
    ]  # fmt: skip
    english = call("clerk").get(path, headers={"Accept-Language": "en"}).json["items"]
    assert english[2]["holiday"] == "New Year's Day"


def test_supervisors_see_bookings_by_the_area_of_use(
    call: Call, signed_in: Callable[[Actor], Caller], runtime: Runtime, owner: Actor, day: date
) -> None:
    """The organisation has its seat in 440106; one instrument is used in 440104, one in a town of Dongguan."""
    ids = [*approved(runtime, owner, division_code="440104"), *approved(runtime, owner, division_code="441900103")]
    booking = book(call, ids, day)
    seen = {
        area: signed_in(supervisor(area)).get(f"{URL}/bookings/{booking['id']}")
        for area in ("440104", "440100", "441900", "440000", "440106", "440300")
    }
    assert {area: answer.status_code for area, answer in seen.items()} == {
        "440104": 200, "440100": 200, "441900": 200, "440000": 200, "440106": 404, "440300": 404,
    }  # fmt: skip
    shown = {area: len(answer.json["items"]) for area, answer in seen.items() if answer.status_code == 200}
    assert shown == {"440104": 1, "440100": 1, "441900": 1, "440000": 2}
    for query in ("", "q=电子计价秤", f"q={booking['number']}", "state=pending"):
        listed = {area: signed_in(supervisor(area)).get(f"{URL}/bookings?{query}").json["total"] for area in seen}
        assert listed == {area: int(area in shown) for area in seen}, query
    assert signed_in(supervisor("440106")).get(f"{URL}/statistics/overview").json["total"] == 0
    for area, count in (("440104", 1), ("4419", 1), ("44", 1), ("440106", 0)):
        with runtime.database.transaction(Scope(area=area)) as session:
            assert session.execute(text("SELECT count(*) FROM booking")).scalar_one() == count, area


@pytest.mark.parametrize("q", ["计价", "ＡＣＳ", "编号Z", "自编A", "河路 39_", "示例衡器"])
def test_q_finds_what_is_said_of_an_instrument_as_in_every_list(
    call: Call, runtime: Runtime, owner: Actor, q: str
) -> None:
    approved(runtime, owner, serial_no="O")
    told = {
        "name": "电子计价秤", "model": "ACS-30", "serial_no": "编号z", "own_no": "自编a", "manufacturer": "示例衡器厂",
        "install_address": "天河路 39_号",
    }  # fmt: skip
    (one,) = approved(runtime, owner, **told)
    found = call("owner").get(f"{URL}/bookable", query_string={"q": q}).json["items"]
    assert str(one) in [item["instrument_id"] for item in found]
    for wrong in ("39%号", "秤ACS"):
        assert call("owner").get(f"{URL}/bookable", query_string={"q": wrong}).json["total"] == 0


def test_bookings_are_found_by_what_is_booked_and_by_whom(
    call: Call, runtime: Runtime, owner: Actor, day: date
) -> None:
    told = {
        "name": "电子汽车衡",
        "serial_no": "编号Z_9",
        "manufacturer": "示例衡器厂",
        "install_address": "天河路 39 号",
    }
    one = book(call, approved(runtime, owner, **told), day)
    book(call, approved(runtime, owner), day)
    for q in ("汽车衡", "编号ｚ_", "示例衡器厂", "河路 39", one["number"][2:8].lower()):
        for who in ("owner", "clerk"):
            found = call(who).get(f"{URL}/bookings", query_string={"q": q}).json["items"]
            assert [item["id"] for item in found] == [one["id"]], (q, who)
    by_name = {who: call(who).get(f"{URL}/bookings?q=企业").json["total"] for who in ("owner", "clerk")}
    assert by_name == {"owner": 0, "clerk": 2}
    for nothing in ("Z%9", "- -"):
        assert call("clerk").get(f"{URL}/bookings", query_string={"q": nothing}).json["total"] == 0
