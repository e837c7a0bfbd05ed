"""改期: one side proposes another date, the other accepts or declines."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from booking import queries
from booking.actions.bookings import places_of
from booking.actions.places import Place, check_free, free_places, take
from booking.domain.states import after
from booking.events import booking_event
from booking.models import Booking
from chassis import outbox
from chassis.actor import Actor
from chassis.bulk import Outcome, each


def propose(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, day: str, period: str) -> Outcome:
    """The same other date to each. Places are only looked for here, and taken when the other side accepts.
    day: as JSON, for a job keeps it so."""
    found = queries.many_for_move(db, by, ids)
    outcome, _ = each(ids, found, lambda booking: _propose(db, by, booking, now, date.fromisoformat(day), period))
    return outcome


def _propose(db: Session, by: Actor, booking: Booking, now: datetime, day: date, period: str) -> None:
    after(booking.state, "propose")
    target = Place(booking.institution_id, booking.mode, day, period)
    check_free(db, target, _needed(booking, target), now)
    db.add(booking.propose(by, now, day, period))
    db.flush()
    outbox.record(db, booking_event("rescheduled", booking, by, now, **_proposal("proposed", day, period, by)))


def accept(db: Session, by: Actor, booking_id: UUID, now: datetime) -> None:
    """The new places are taken and the old ones freed, both or neither. Raises: SlotFull."""
    booking = queries.for_move(db, by, booking_id)
    held = places_of(booking)
    step = booking.accept(by, now)
    target = Place(booking.institution_id, booking.mode, booking.date, booking.period)
    if held and held[0] != target:
        capacity = check_free(db, target, len(held), now)
        if held[0] < target:
            free_places(db, held)
        take(db, target, len(held), capacity)
        if held[0] > target:
            free_places(db, held)
    db.add(step)
    db.flush()
    more = _proposal("accepted", booking.date, booking.period, by)
    outbox.record(db, booking_event("rescheduled", booking, by, now, **more))


def decline(db: Session, by: Actor, booking_id: UUID, now: datetime) -> None:
    booking = queries.for_move(db, by, booking_id)
    step = booking.decline(by, now)
    db.add(step)
    db.flush()
    more = _proposal("declined", date.fromisoformat(step.detail["date"]), step.detail["period"], by)
    outbox.record(db, booking_event("rescheduled", booking, by, now, **more))


def _needed(booking: Booking, target: Place) -> int:
    held = places_of(booking)
    return 0 if held and held[0] == target else len(held)


def _proposal(outcome: str, day: date, period: str, by: Actor) -> dict[str, Any]:
    return {"proposal": {"outcome": outcome, "date": day, "period": period, "by": by.kind}}
