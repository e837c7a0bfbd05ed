"""Verification: start, results, and the checker's act that completes a booking."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from booking import queries
from booking.domain.errors import NothingReceived, NotTheChecker, ResultsMissing
from booking.domain.states import Item, State, after
from booking.events import completed
from booking.models import Booking, BookingItem, Kind, Result, Staff, names
from chassis import outbox
from chassis.actor import Actor
from chassis.clock import business_date
from chassis.errors import FieldError, Invalid

Body = Mapping[str, Any]
NO_END = ("first_only", "first_only_rotation")


def start(db: Session, by: Actor, booking_id: UUID, now: datetime) -> None:
    booking = queries.for_move(db, by, booking_id)
    db.add(booking.start(by, now))
    db.flush()


def enter_results(db: Session, by: Actor, booking_id: UUID, now: datetime, results: Sequence[Body]) -> None:
    """Results of some or all units; sent again they replace. The first ones of a received booking start it.
    Raises: Invalid naming every wrong field as `<index>.<field>`."""
    booking = queries.for_move(db, by, booking_id)
    if booking.state == State.RECEIVED:
        db.add(booking.start(by, now))
    after(booking.state, "enter_results")
    items = {item.instrument_id: item for item in booking.items}
    named = {name for body in results for name in (body["verifier"], body["checker"])}
    people = queries.staff_by_username(db, booking.institution_id, named)
    kinds = queries.kinds(db, {item.instrument["kind_code"] for item in items.values()})
    units = queries.units_of(db, booking.items)
    errors: list[FieldError] = []
    rows: dict[tuple[UUID, str], Result] = {}
    for index, body in enumerate(results):
        item = items.get(body["instrument_id"])
        wrong = _errors(body, item, units, people, kinds, business_date(now))
        errors += [FieldError(f"{index}.{field}", code, zh, en) for field, code, zh, en in wrong]
        if item is not None and not wrong:
            row = _result(booking, body, _unit(body, units[item.instrument_id]), people, by, now)
            rows[(row.instrument_id, row.unit)] = row
    if errors:
        raise Invalid(errors=errors)
    for row in rows.values():
        db.merge(row)
    db.flush()
    touched = [item for item in booking.items if item.instrument_id in {key[0] for key in rows}]
    _conclude(touched, queries.results_of(db, booking.id), units)
    db.add(booking.enter_results(by, now, touched))
    db.flush()


def complete(db: Session, by: Actor, booking_id: UUID, now: datetime) -> None:
    """Raises: NotTheChecker unless the caller is the checker whom every result names and verified none of them;
    NothingReceived, ResultsMissing."""
    booking = queries.for_move(db, by, booking_id)
    after(booking.state, "complete")
    received = booking.items_in(Item.RECEIVED)
    found = queries.results_of(db, booking.id)
    results = {item.instrument_id: found.get(item.instrument_id, []) for item in received}
    for result in (r for rows in results.values() for r in rows):
        if result.checker_id != by.account_id or result.verifier_id == by.account_id:
            raise NotTheChecker
    if not received:
        raise NothingReceived
    units = queries.units_of(db, received)
    results = {i: [r for r in rows if r.unit in units[i]] for i, rows in results.items()}  # a unit may be gone since
    missing = [i for i in received if {r.unit for r in results[i.instrument_id]} < set(units[i.instrument_id])]
    if missing:
        raise ResultsMissing(name=names(missing))
    _conclude(received, results, units)
    db.add(booking.complete(by, now))
    db.flush()
    kinds = queries.kinds(db, {item.instrument["kind_code"] for item in booking.items})
    outbox.record(db, completed(booking, by, now, results, {code: kind.name for code, kind in kinds.items()}))


def _conclude(
    items: Sequence[BookingItem], results: Mapping[UUID, Sequence[Result]], units: Mapping[UUID, list[str]]
) -> None:
    """One failed unit makes an item fail; it passes once every unit did."""
    for item in items:
        rows = results.get(item.instrument_id, ())
        if any(row.conclusion == "fail" for row in rows):
            item.conclusion = "fail"
        else:
            item.conclusion = "pass" if {row.unit for row in rows} >= set(units[item.instrument_id]) else None


Wrong = tuple[str, str, str, str]  # field, code, Chinese, English


def _errors(
    body: Body, item: BookingItem | None, units: Mapping[UUID, list[str]], people: Mapping[str, Staff],
    kinds: Mapping[str, Kind], today: date,
) -> list[Wrong]:  # fmt: skip
    if item is None:
        return [("instrument_id", "not_in_booking", "该仪器不在本预约中。", "Not in this booking.")]
    wrong: list[Wrong] = []
    if item.state != Item.RECEIVED:
        wrong.append(("instrument_id", "not_received", "该仪器尚未接收。", "This item was not received."))
    if _unit(body, units[item.instrument_id]) not in units[item.instrument_id]:
        wrong.append(("unit", "unknown_unit", "该仪器没有此计量单元。", "The instrument has no such unit."))
    for role in ("verifier", "checker"):
        person = people.get(body[role])
        if person is None or role not in person.roles:
            wrong.append(
                (role, f"not_a_{role}", "不是本机构具有相应岗位的人员。", f"Not a {role} of this institution.")
            )
    if body["verifier"] == body["checker"]:
        wrong.append(("checker", "same_person", "检定员与核验员不能是同一人。", "Verifier and checker must differ."))
    if body["verified_on"] > today:
        wrong.append(("verified_on", "in_the_future", "检定日期不能晚于今天。", "Must not be after today."))
    return wrong + _validity_errors(body, kinds.get(item.instrument["kind_code"]))


def _validity_errors(body: Body, kind: Kind | None) -> list[Wrong]:
    given = body.get("valid_until")
    if given is not None and given < body["verified_on"]:
        return [("valid_until", "before_verified_on", "有效期不能早于检定日期。", "Must not be before verified_on.")]
    by_rule = kind is not None and (kind.mode in NO_END or kind.period_months is not None)
    if body["conclusion"] == "pass" and given is None and not by_rule:
        return [
            (
                "valid_until",
                "required",
                "该种别没有检定周期，须填写有效期至。",
                "This kind has no period: give the date.",
            )
        ]
    return []


def _unit(body: Body, units: Sequence[str]) -> str:
    given = body.get("unit")
    return str(given) if given else units[0] if len(units) == 1 else ""


def _result(booking: Booking, body: Body, unit: str, people: Mapping[str, Staff], by: Actor, now: datetime) -> Result:
    verifier, checker = people[body["verifier"]], people[body["checker"]]
    return Result(
        booking_id=booking.id, instrument_id=body["instrument_id"], unit=unit, conclusion=body["conclusion"],
        verified_on=body["verified_on"], procedure=body["procedure"], verifier=verifier.username,
        verifier_id=verifier.account_id, verifier_name=verifier.name, checker=checker.username,
        checker_id=checker.account_id, checker_name=checker.name, standard=body.get("standard"),
        fail_items=body.get("fail_items"), valid_until=body.get("valid_until"), remarks=body.get("remarks"),
        entered_by=by.account_id, entered_at=now,
    )  # fmt: skip
