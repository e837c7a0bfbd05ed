"""The results of a booking, and the measuring units of which it must have some."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.results import is_owed
from booking.models import BookingItem, Instrument, Result


def results_of(db: Session, booking_id: UUID) -> dict[UUID, list[Result]]:
    """Instrument -> its results, in the order of units."""
    found: dict[UUID, list[Result]] = {}
    statement = select(Result).where(Result.booking_id == booking_id).order_by(Result.unit)
    for result in db.scalars(statement.execution_options(populate_existing=True)):
        found.setdefault(result.instrument_id, []).append(result)
    return found


def units_of(db: Session, items: Sequence[BookingItem]) -> dict[UUID, list[str]]:
    """The measuring units of each item's instrument: as they are now, or as booked where the copy is out of sight.
    An instrument without named units is one unit, ''."""
    ids = [item.instrument_id for item in items]
    rows = db.execute(select(Instrument.instrument_id, Instrument.units).where(Instrument.instrument_id.in_(ids)))
    now = {instrument_id: units for instrument_id, units in rows}
    return {i.instrument_id: list(now.get(i.instrument_id) or i.instrument["units"] or [""]) for i in items}


def owed_units(db: Session, items: Sequence[BookingItem], today: date) -> dict[UUID, list[str]]:
    """The units that a booking must have results of: all but those that passed before and are not due themselves, as
    after the repair of another one."""
    ids = [item.instrument_id for item in items]
    rows = db.execute(
        select(Instrument.instrument_id, Instrument.unit_validity).where(Instrument.instrument_id.in_(ids))
    )
    passed = {instrument_id: validity for instrument_id, validity in rows}
    return {
        instrument_id: [unit for unit in units if is_owed(passed.get(instrument_id) or {}, unit, today)]
        for instrument_id, units in units_of(db, items).items()
    }
