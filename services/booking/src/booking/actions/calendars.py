"""An institution's calendar: what it sets for its days, held against what is taken already."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from booking import queries
from booking.actions.places import overrides, workdays
from booking.domain.calendar import PERIOD_LABELS, PERIODS, Override, capacities, days
from booking.domain.errors import CapacityBelowTaken
from booking.domain.states import LABELS, State
from booking.models import CalendarDay, Slot
from chassis.clock import business_date
from chassis.errors import FieldError, invalid
from chassis.workdays import Workdays

MAX_DAYS = 366


def set_days(db: Session, institution_id: UUID, now: datetime, body: Mapping[str, Any]) -> list[date]:
    """Set capacity or closure of days; returns which. In a span of several days a capacity counts for the working
    days; a single day that is named is opened even where it is a day off. With `keep_booked` what is booked already
    stays, and nothing new is taken. Raises: Invalid, CapacityBelowTaken with every booking that is hit."""
    first, last, mode = body["since"], body["until"], body["mode"]
    _check_span(first, last, business_date(now))
    closed, given = body.get("closed") or False, body.get("capacity")
    if given is None and "closed" not in body:
        raise invalid("capacity", "required", "请填写容量，或标明停止接收。", "Give a capacity, or closed.")
    before, calendar = overrides(db, institution_id, mode, first, last), workdays(db)
    chosen = [day for day in days(first, last) if closed or first == last or calendar.works(day) or day in before]
    wanted = {}
    for day in chosen:
        capacity = given or _capacity_before(mode, day, before.get(day), calendar)
        wanted[day] = Override(capacity["am"], capacity["pm"], closed)
    if wanted:
        _write(db, institution_id, mode, wanted)
        open_ = {day: capacities(mode, day, override, calendar) for day, override in wanted.items()}
        _fit_slots(db, institution_id, mode, open_, body.get("keep_booked") or False)
    return chosen


def forget_days(db: Session, institution_id: UUID, now: datetime, body: Mapping[str, Any]) -> list[date]:
    """Back to the default calendar; returns which days. Raises: Invalid, CapacityBelowTaken."""
    first, last, mode = body["since"], body["until"], body["mode"]
    _check_span(first, last, business_date(now))
    forgotten = delete(CalendarDay).where(
        CalendarDay.institution_id == institution_id, CalendarDay.mode == mode, CalendarDay.date.between(first, last)
    )
    chosen = sorted(db.scalars(forgotten.returning(CalendarDay.date)))
    if chosen:
        calendar = workdays(db)
        open_ = {day: capacities(mode, day, None, calendar) for day in chosen}
        _fit_slots(db, institution_id, mode, open_, body.get("keep_booked") or False)
    return chosen


def _check_span(first: date, last: date, today: date) -> None:
    if last < first:
        raise invalid("to", "before_from", "结束日期不能早于开始日期。", "The end lies before the start.")
    if first < today:
        raise invalid("from", "in_the_past", "不能修改过去的日期。", "The past cannot be changed.")
    if (last - first).days >= MAX_DAYS:
        raise invalid("to", "span_too_long", "一次最多设置 366 天。", "At most 366 days at once.")


def _capacity_before(mode: str, day: date, before: Override | None, calendar: Workdays) -> dict[str, int]:
    if before is not None:
        return {"am": before.capacity_am, "pm": before.capacity_pm}
    return {period: capacities(mode, day, None, calendar).get(period, 0) for period in PERIODS}


def _write(db: Session, institution_id: UUID, mode: str, wanted: Mapping[date, Override]) -> None:
    rows = [
        {"institution_id": institution_id, "mode": mode, "date": day, "capacity_am": one.capacity_am,
         "capacity_pm": one.capacity_pm, "closed": one.closed}
        for day, one in wanted.items()
    ]  # fmt: skip
    statement = insert(CalendarDay).values(rows)
    changes = {key: statement.excluded[key] for key in ("capacity_am", "capacity_pm", "closed")}
    db.execute(statement.on_conflict_do_update(index_elements=["institution_id", "mode", "date"], set_=changes))


def _fit_slots(
    db: Session, institution_id: UUID, mode: str, open_: Mapping[date, Mapping[str, int]], keep_booked: bool
) -> None:
    """open_: day -> period -> capacity. Raises: CapacityBelowTaken."""
    key = {"institution_id": institution_id, "mode": mode}
    # the rows are made here too, so that a booking at the same moment cannot make one with the old capacity
    rows = [
        {**key, "date": day, "period": p, "capacity": by_period.get(p, 0), "taken": 0}
        for day, by_period in open_.items()
        for p in PERIODS
    ]
    db.execute(insert(Slot).values(rows).on_conflict_do_nothing())
    statement = select(Slot).where(
        Slot.institution_id == institution_id, Slot.mode == mode, Slot.date.in_(open_)
    ).order_by(Slot.date, Slot.period).with_for_update().execution_options(populate_existing=True)  # fmt: skip
    too_small: list[Slot] = []
    for slot in db.scalars(statement).all():
        capacity = open_[slot.date].get(slot.period, 0)
        if capacity < slot.taken and not keep_booked:
            too_small.append(slot)
        slot.capacity = max(capacity, slot.taken)
    if too_small:
        raise _hit(db, institution_id, mode, {(slot.date, slot.period) for slot in too_small})
    db.flush()


def _hit(db: Session, institution_id: UUID, mode: str, places: set[tuple[date, str]]) -> CapacityBelowTaken:
    with db.no_autoflush:
        found = queries.booked_on(db, institution_id, mode, places)
    errors = [FieldError(f"bookings.{one.id}", "booked", _says(one, "zh"), _says(one, "en")) for one in found]
    return CapacityBelowTaken(errors=errors, bookings=len(found), taken=sum(one.count for one in found))


def _says(one: Any, language: str) -> str:
    if language == "en":
        return f"{one.date} {one.period}: {one.number}, {one.org_name}, {one.count} items, {one.state}"
    period = PERIOD_LABELS[one.period]
    return f"{one.date} {period}：预约单 {one.number}，{one.org_name}，{one.count} 台，{LABELS[State(one.state)]}"
