"""The front desk: items are received, or go back 退单."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from booking import queries
from booking.actions.bookings import places_of
from booking.actions.places import free_places
from booking.actions.verification import note_progress
from booking.domain.states import OPEN_ITEM, Item, after
from booking.events import booking_event
from chassis import outbox
from chassis.actor import Actor


def receive(db: Session, by: Actor, booking_id: UUID, now: datetime, ids: Sequence[UUID] | None) -> None:
    """Take items in (all that are expected, where none is named), on whichever day they come."""
    booking = queries.for_move(db, by, booking_id)
    after(booking.state, "receive_late" if booking.state == "in_progress" else "receive")
    wanted = [i.instrument_id for i in booking.items_in(Item.BOOKED)] if ids is None else ids
    items = booking.items_of(wanted, Item.BOOKED)
    db.add(booking.receive(by, now, items))
    note_progress(db, booking, now)
    if items:
        outbox.record(db, booking_event("received", booking, by, now, items))


def return_items(db: Session, by: Actor, booking_id: UUID, now: datetime, ids: Sequence[UUID], reason: str) -> None:
    """Send items back; filing learns it from the event and returns their filings. Places of those that were never
    received are free again."""
    booking = queries.for_move(db, by, booking_id)
    after(booking.state, "return_items")
    items = booking.items_of(ids, *OPEN_ITEM)
    held = places_of(booking, items)
    db.add(booking.return_(by, now, items, reason))
    note_progress(db, booking, now)
    # only these: an item that was returned before may have been filed anew since
    outbox.record(db, booking_event("returned", booking, by, now, items, reason=reason))
    free_places(db, held)
