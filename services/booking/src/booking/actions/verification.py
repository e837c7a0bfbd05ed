"""Verification: start, results, the verifier's signature, and the checker's act that completes a booking.

Two persons stand for each result. The verifier enters it by his own account, or signs what somebody else entered; the
checker neither verified nor entered, and completes the version that he read or sends results back.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from booking import queries
from booking.domain.errors import NothingReceived, NothingToSign, NotSigned, NotTheChecker, ResultsMissing
from booking.domain.results import Wrong, faults
from booking.domain.states import Item, State, after
from booking.domain.validity import Terms
from booking.events import booking_event, completed
from booking.models import Booking, BookingItem, Kind, Result, Staff, names
from chassis import outbox
from chassis.actor import Actor
from chassis.clock import business_date
from chassis.errors import FieldError, Invalid

Body = Mapping[str, Any]
Key = tuple[UUID, str]  # of a result: instrument, unit
KEY = ["booking_id", "instrument_id", "unit"]


def start(db: Session, by: Actor, booking_id: UUID, now: datetime) -> None:
    booking = queries.for_move(db, by, booking_id)
    db.add(booking.start(by, now))
    db.flush()


def enter_results(db: Session, by: Actor, booking_id: UUID, now: datetime, results: Sequence[Body]) -> None:
    """Results of some or all units; sent again they replace. The first ones of a received booking start it. What the
    verifier enters himself he has signed. Raises: Invalid naming every wrong field as `<index>.<field>`."""
    booking = queries.for_move(db, by, booking_id)
    if booking.state == State.RECEIVED:
        db.add(booking.start(by, now))
    after(booking.state, "enter_results")
    named = {name for body in results for name in (body["verifier"], body["checker"])}
    people = queries.staff_by_username(db, booking.institution_id, named)
    units = queries.units_of(db, booking.items)
    rows = _rows(db, booking, by, now, results, people, units)
    upsert = insert(Result).values(rows)
    changes = {column.key: upsert.excluded[column.key] for column in Result.__table__.columns if column.key not in KEY}
    db.execute(upsert.on_conflict_do_update(index_elements=KEY, set_=changes))
    _name_checker(db, booking, people[results[0]["checker"]])
    touched = [item for item in booking.items if item.instrument_id in {row["instrument_id"] for row in rows}]
    _conclude(touched, queries.results_of(db, booking.id), queries.owed_units(db, touched, business_date(now)))
    db.add(booking.enter_results(by, now, touched))
    note_progress(db, booking, now)


def sign(db: Session, by: Actor, booking_id: UUID, now: datetime, version: int) -> None:
    """The verifier's own act: he answers for all results that name him. Raises: Stale, NothingToSign."""
    booking = queries.for_move(db, by, booking_id)
    booking.check_version(version)
    after(booking.state, "sign")
    mine = (Result.booking_id == booking.id) & (Result.verifier_id == by.account_id) & Result.signed_at.is_(None)
    statement = update(Result).where(mine).values(signed_at=now, sent_back=None).returning(Result.instrument_id)
    signed = set(db.scalars(statement.execution_options(synchronize_session=False)))
    if not signed:
        raise NothingToSign
    db.add(booking.sign(by, now, [item for item in booking.items if item.instrument_id in signed]))
    note_progress(db, booking, now)


def send_back(
    db: Session, by: Actor, booking_id: UUID, now: datetime, version: int, ids: Collection[UUID] | None, reason: str
) -> None:
    """The checker gives results back to their verifiers, those of `ids` or all: they count as unsigned until they are
    entered or signed anew. Raises: Stale, NotTheChecker, ResultsMissing."""
    booking = queries.for_move(db, by, booking_id)
    booking.check_version(version)
    after(booking.state, "send_back")
    received = booking.items_in(Item.RECEIVED)
    items = received if ids is None else booking.items_of(ids, Item.RECEIVED)
    found = queries.results_of(db, booking.id)
    results = [result for item in items for result in found.get(item.instrument_id, ())]
    _check_checker(by, results)
    if not results:
        raise ResultsMissing(name=names(items or received))
    for result in results:
        result.signed_at, result.sent_back = None, reason
    items = [item for item in items if item.instrument_id in found]
    db.add(booking.send_back(by, now, items, reason))
    note_progress(db, booking, now)
    outbox.record(db, booking_event("sent_back", booking, by, now, items, reason=reason))


def complete(db: Session, by: Actor, booking_id: UUID, now: datetime, version: int) -> None:
    """Raises: Stale unless the caller read the results as they are now; NotTheChecker unless he is the checker whom
    every result names, and verified and entered none of them; NothingReceived, ResultsMissing, NotSigned."""
    booking = queries.for_move(db, by, booking_id)
    booking.check_version(version)
    after(booking.state, "complete")
    received = booking.items_in(Item.RECEIVED)
    found = queries.results_of(db, booking.id)
    results = {item.instrument_id: found.get(item.instrument_id, []) for item in received}
    _check_checker(by, [r for rows in results.values() for r in rows])
    if not received:
        raise NothingReceived
    units = queries.units_of(db, received)
    results = {i: [r for r in rows if r.unit in units[i]] for i, rows in results.items()}  # a unit may be gone since
    owed = queries.owed_units(db, received, business_date(now))
    missing = [i for i in received if not _is_whole(results[i.instrument_id], owed[i.instrument_id])]
    if missing:
        raise ResultsMissing(name=names(missing))
    unsigned = [i for i in received if not _is_signed(results[i.instrument_id])]
    if unsigned:
        raise NotSigned(name=names(unsigned))
    _conclude(received, results, owed)
    db.add(booking.complete(by, now))
    db.flush()
    outbox.record(db, completed(booking, by, now, results))


def note_progress(db: Session, booking: Booking, now: datetime) -> None:
    """Whether the checker's turn has come: each received item has all its results, and all are signed."""
    db.flush()
    received = booking.items_in(Item.RECEIVED)
    ready = booking.state == State.IN_PROGRESS and bool(received)
    if ready:
        found, owed = queries.results_of(db, booking.id), queries.owed_units(db, received, business_date(now))
        ready = all(
            _is_whole(found.get(i.instrument_id, ()), owed[i.instrument_id])
            and _is_signed(found.get(i.instrument_id, ()))
            for i in received
        )
    booking.ready_to_check = ready
    db.flush()


def _is_whole(results: Sequence[Result], owed: Sequence[str]) -> bool:
    return bool(results) and {result.unit for result in results} >= set(owed)


def _is_signed(results: Sequence[Result]) -> bool:
    return all(result.signed_at is not None for result in results)


def _check_checker(by: Actor, results: Sequence[Result]) -> None:
    for result in results:
        if result.checker_id != by.account_id or by.account_id in (result.verifier_id, result.entered_by):
            raise NotTheChecker


def _conclude(
    items: Sequence[BookingItem], results: Mapping[UUID, Sequence[Result]], owed: Mapping[UUID, list[str]]
) -> None:
    """One failed unit makes an item fail; it passes once every unit that is owed did."""
    for item in items:
        rows = results.get(item.instrument_id, ())
        if any(row.conclusion == "fail" for row in rows):
            item.conclusion = "fail"
        else:
            item.conclusion = "pass" if _is_whole(rows, owed[item.instrument_id]) else None


def _rows(
    db: Session, booking: Booking, by: Actor, now: datetime, results: Sequence[Body], people: Mapping[str, Staff],
    units: Mapping[UUID, list[str]],
) -> list[dict[str, Any]]:  # fmt: skip
    """The results as they are kept. Raises: Invalid."""
    items = {item.instrument_id: item for item in booking.items}
    kinds = queries.kinds(db, {item.instrument["kind_code"] for item in items.values()})
    errors: list[FieldError] = []
    rows: dict[Key, dict[str, Any]] = {}
    for index, body in enumerate(results):
        item = items.get(body["instrument_id"])
        wrong = _faults(body, item, units, kinds, business_date(now))
        wrong += _faults_of_people(body, by, people, results[0]["checker"])
        if item is not None:
            key = (item.instrument_id, _unit(body, units[item.instrument_id]))
            if key in rows:
                wrong.append(Wrong("unit", "twice", "同一计量单元填写了两次。", "This unit stands here twice."))
            rows[key] = {} if wrong else _row(booking, body, key, people, by, now)
        errors += [FieldError(f"{index}.{one.field}", one.code, one.zh, one.en) for one in wrong]
    if not errors:
        errors = _faults_of_checker(db, booking, people[results[0]["checker"]], rows)
    if errors:
        raise Invalid(errors=errors)
    return list(rows.values())


def _faults(
    body: Body, item: BookingItem | None, units: Mapping[UUID, list[str]], kinds: Mapping[str, Kind], today: Any
) -> list[Wrong]:
    if item is None:
        return [Wrong("instrument_id", "not_in_booking", "该仪器不在本预约中。", "Not in this booking.")]
    wrong: list[Wrong] = []
    if item.state != Item.RECEIVED:
        wrong.append(Wrong("instrument_id", "not_received", "该仪器尚未接收。", "This item was not received."))
    if _unit(body, units[item.instrument_id]) not in units[item.instrument_id]:
        wrong.append(Wrong("unit", "unknown_unit", "该仪器没有此计量单元。", "The instrument has no such unit."))
    kind = kinds.get(item.instrument["kind_code"])
    terms = Terms(kind.mode, kind.period_months, kind.term_months) if kind else Terms()
    return wrong + faults(body, item.received_on, terms, today)


def _faults_of_people(body: Body, by: Actor, people: Mapping[str, Staff], first_checker: str) -> list[Wrong]:
    wrong: list[Wrong] = []
    for role in ("verifier", "checker"):
        person = people.get(body[role])
        if person is None or role not in person.roles:
            zh, en = "不是本机构具有相应岗位的人员。", f"Not a {role} of this institution."
            wrong.append(Wrong(role, f"not_a_{role}", zh, en))
    checker = people.get(body["checker"])
    if body["verifier"] == body["checker"]:
        wrong.append(
            Wrong("checker", "same_person", "检定员与核验员不能是同一人。", "Verifier and checker must differ.")
        )
    elif checker is not None and checker.account_id == by.account_id:
        zh, en = "录入结果的人不能同时是核验员。", "Another person than the one who enters must check."
        wrong.append(Wrong("checker", "same_person", zh, en))
    if body["checker"] != first_checker:
        wrong.append(Wrong("checker", "one_checker", "一张预约单只能有一名核验员。", "A booking has one checker."))
    return wrong


def _faults_of_checker(db: Session, booking: Booking, checker: Staff, rows: Collection[Key]) -> list[FieldError]:
    """The results that stay name this checker, too: he may have verified or entered none of them."""
    found = queries.results_of(db, booking.id)
    stay = [r for results in found.values() for r in results if (r.instrument_id, r.unit) not in rows]
    received = {item.instrument_id for item in booking.items_in(Item.RECEIVED)}
    if any(r.instrument_id in received and checker.account_id in (r.verifier_id, r.entered_by) for r in stay):
        zh, en = (
            "此人是本预约单其他结果的检定员或录入人，不能核验。",
            "This person verified or entered other results of the booking.",
        )
        return [FieldError("0.checker", "same_person", zh, en)]
    return []


def _name_checker(db: Session, booking: Booking, checker: Staff) -> None:
    """A booking has one checker: the one named last, so that somebody can take the place of one who is away."""
    values = {"checker": checker.username, "checker_id": checker.account_id, "checker_name": checker.name}
    received = [item.instrument_id for item in booking.items_in(Item.RECEIVED)]
    db.execute(
        update(Result)
        .where(Result.booking_id == booking.id, Result.instrument_id.in_(received), Result.checker_id != checker.account_id)
        .values(values)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _unit(body: Body, units: Sequence[str]) -> str:
    given = body.get("unit")
    return str(given) if given else units[0] if len(units) == 1 else ""


def _row(
    booking: Booking, body: Body, key: Key, people: Mapping[str, Staff], by: Actor, now: datetime
) -> dict[str, Any]:
    verifier, checker = people[body["verifier"]], people[body["checker"]]
    return {
        "booking_id": booking.id, "instrument_id": key[0], "unit": key[1], "conclusion": body["conclusion"],
        "verified_on": body["verified_on"], "procedure": body["procedure"], "verifier": verifier.username,
        "verifier_id": verifier.account_id, "verifier_name": verifier.name, "checker": checker.username,
        "checker_id": checker.account_id, "checker_name": checker.name, "standard": body.get("standard"),
        "fail_items": body.get("fail_items") if body["conclusion"] == "fail" else None,
        "valid_until": body.get("valid_until"), "remarks": body.get("remarks"), "entered_by": by.account_id,
        "entered_name": by.name, "entered_at": now, "sent_back": None,
        "signed_at": now if verifier.account_id == by.account_id else None,
    }  # fmt: skip
