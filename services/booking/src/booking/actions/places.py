"""Places in slots: made on demand, taken by one guarded statement, freed at once.

Slots are locked last and in one order, so that two transactions never wait for each other.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date as Day
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from booking.domain.calendar import Override, capacities, horizon, why_not_open
from booking.domain.errors import SlotFull
from booking.models import CalendarDay, DayChange, Slot
from chassis.clock import business_date
from chassis.errors import invalid
from chassis.workdays import Change, Workdays


class Place(NamedTuple):
    """Names a slot. It sorts in the order of locking."""

    institution_id: UUID
    mode: str
    date: Day
    period: str


def overrides(db: Session, institution_id: UUID, mode: str, first: Day, last: Day) -> dict[Day, Override]:
    rows = db.scalars(
        select(CalendarDay).where(
            CalendarDay.institution_id == institution_id, CalendarDay.mode == mode,
            CalendarDay.date.between(first, last),
        )
    )  # fmt: skip
    return {row.date: Override(row.capacity_am, row.capacity_pm, row.closed) for row in rows}


def workdays(db: Session) -> Workdays:
    """The calendar with the days that the administrator set."""
    return Workdays({row.date: Change(row.kind, row.name) for row in db.scalars(select(DayChange))})


def slots(db: Session, institution_id: UUID, mode: str, first: Day, last: Day) -> dict[tuple[Day, str], Slot]:
    """The slots that exist, by date and period."""
    rows = db.scalars(
        select(Slot).where(Slot.institution_id == institution_id, Slot.mode == mode, Slot.date.between(first, last))
    )
    return {(row.date, row.period): row for row in rows}


def check_free(db: Session, place: Place, count: int, now: datetime) -> int:
    """The capacity of the slot, where `count` places look free: a refusal costs two reads and no lock.
    Raises: Invalid on a day or period without service, SlotFull."""
    today = business_date(now)
    first, last = horizon(today)
    override = overrides(db, place.institution_id, place.mode, place.date, place.date).get(place.date)
    calendar = workdays(db)
    capacity = capacities(place.mode, place.date, override, calendar).get(place.period)
    if capacity is None or not first <= place.date <= last:
        raise invalid("date", "not_open", *why_not_open(place.date, place.period, override, today, calendar))
    free = _free(db, place, capacity)
    if count > (capacity if free is None else free):
        raise SlotFull(free=capacity if free is None else free)
    return capacity


def take(db: Session, place: Place, count: int, capacity: int) -> None:
    """Take `count` seats. capacity: of the calendar now. A slot that kept its bookings when its capacity was reduced
    holds more than that; its freed seats are not taken again. Raises: SlotFull."""
    values = {**place._asdict(), "capacity": capacity, "taken": 0}
    db.execute(insert(Slot).values(values).on_conflict_do_nothing())
    taken = db.execute(
        update(Slot)
        .where(_at(place), Slot.taken + count <= func.least(Slot.capacity, capacity))
        .values(taken=Slot.taken + count)
        .returning(Slot.taken)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        raise SlotFull(free=_free(db, place, capacity) or 0)


def free_places(db: Session, places: Iterable[Place]) -> None:
    """Free one place for each element."""
    for place, count in sorted(Counter(places).items()):
        db.execute(
            update(Slot).where(_at(place)).values(taken=Slot.taken - count).execution_options(synchronize_session=False)
        )


def _free(db: Session, place: Place, capacity: int) -> int | None:
    free = func.greatest(func.least(Slot.capacity, capacity) - Slot.taken, 0)
    return db.execute(select(free).where(_at(place))).scalar_one_or_none()


def _at(place: Place) -> ColumnElement[bool]:
    return and_(
        Slot.institution_id == place.institution_id,
        Slot.mode == place.mode,
        Slot.date == place.date,
        Slot.period == place.period,
    )
