"""What ends elsewhere ends here: items whose filing is over, or whose instrument is suspended or scrapped."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.actions.bookings import places_of
from booking.actions.places import Place, free_places
from booking.domain.states import Item
from booking.events import booking_event
from booking.models import Booking, BookingItem
from chassis import outbox
from chassis.actor import SYSTEM

REASON = "备案已失效或仪器已停用，预约自动取消"


def end_items(db: Session, instrument_ids: Collection[UUID], now: datetime) -> None:
    """Cancel what is booked but not yet received, free its places, and cancel a booking that holds nothing more.
    What was received goes on and is certified."""
    if not instrument_ids:
        return
    held: list[Place] = []
    holding = select(BookingItem.booking_id).where(
        BookingItem.instrument_id.in_(instrument_ids), BookingItem.state == Item.BOOKED
    )
    for booking in db.scalars(select(Booking).where(Booking.id.in_(holding)).order_by(Booking.id).with_for_update()):
        items = [item for item in booking.items_in(Item.BOOKED) if item.instrument_id in instrument_ids]
        if not items:  # received in the meantime
            continue
        held += places_of(booking, items)
        db.add(booking.end_items(SYSTEM, now, items, REASON))
        db.flush()
        outbox.record(
            db, booking_event("cancelled", booking, SYSTEM, now, items, reason=REASON, reason_code="filing_ended")
        )
    free_places(db, held)
