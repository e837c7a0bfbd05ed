"""An institution's calendar: what it sets for its days, held against what is taken already."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from booking.actions.places import overrides, workdays
from booking.domain.calendar import PERIODS, Override, capacities, days
from booking.domain.errors import CapacityBelowTaken
from booking.models import CalendarDay, Slot
from chassis.clock import business_date
from chassis.errors import invalid
from chassis.workdays import Workdays

MAX_DAYS = 366


def set_days(db: Session, institution_id: UUID, now: datetime, body: Mapping[str, Any]) -> list[date]:
    """Set capacity or closure of days; returns which. In a span of several days a capacity counts for the working
    days; a single day that is named is opened even where it is a day off.
    Raises: Invalid, CapacityBelowTaken."""
    first, last, mode = body["since"], body["until"], body["mode"]
    _check_span(first, last, business_date(now))
    closed, given = body.get("closed") or False, body.get("capacity")
    if given is None and "closed" not in body:
        raise invalid("capacity", "required", "请填写容量，或标明停止接收。", "Give a capacity, or closed.")
    before = overrides(db, institution_id, mode, first, last)
    calendar = workdays(db)
    chosen = [day for day in days(first, last) if closed or first == last or calendar.works(day) or day in before]
    for day in chosen:
        capacity = given or _capacity_before(mode, day, before.get(day), calendar)
        _set_day(db, institution_id, mode, day, Override(capacity["am"], capacity["pm"], closed), calendar)
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


def _set_day(db: Session, institution_id: UUID, mode: str, day: date, override: Override, calendar: Workdays) -> None:
    key = {"institution_id": institution_id, "mode": mode, "date": day}
    values = {"capacity_am": override.capacity_am, "capacity_pm": override.capacity_pm, "closed": override.closed}
    db.execute(
        insert(CalendarDay).values(**key, **values)
        .on_conflict_do_update(index_elements=["institution_id", "mode", "date"], set_=values)
    )  # fmt: skip
    wanted = capacities(mode, day, override, calendar)
    # the rows are made here too, so that a booking at the same moment cannot make one with the old capacity
    rows = [{**key, "period": p, "capacity": wanted.get(p, 0), "taken": 0} for p in PERIODS]
    db.execute(insert(Slot).values(rows).on_conflict_do_nothing())
    statement = select(Slot).where(
        Slot.institution_id == institution_id, Slot.mode == mode, Slot.date == day
    ).order_by(Slot.period).with_for_update().execution_options(populate_existing=True)  # fmt: skip
    for slot in db.scalars(statement):
        capacity = wanted.get(slot.period, 0)
        if capacity < slot.taken:
            raise CapacityBelowTaken(date=day, period=slot.period, taken=slot.taken)
        slot.capacity = capacity
    db.flush()
