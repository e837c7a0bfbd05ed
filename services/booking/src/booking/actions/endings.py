"""What ends by itself: items whose filing is over, or whose instrument is suspended or scrapped; bookings whose day passed
unanswered."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.actions.bookings import places_of
from booking.actions.places import Place, free_places
from booking.domain.states import Item, State
from booking.events import booking_event
from booking.models import Booking, BookingItem
from chassis import outbox
from chassis.actor import SYSTEM
from chassis.clock import business_date

REASON = "备案已失效或仪器已停用，预约自动取消"
LAPSED = "预约日期已过，技术机构未确认，预约自动结束，请重新预约"
CHUNK = 500


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


def lapse(db: Session, now: datetime) -> int:
    """End pending bookings whose day has passed, also the proposed one, so that their instruments can be booked again;
    returns how many, at most CHUNK."""
    today = business_date(now)
    over = (Booking.date < today) & ((Booking.proposed_date < today) | Booking.proposed_date.is_(None))
    statement = select(Booking).where(Booking.state == State.PENDING, over).order_by(Booking.id).limit(CHUNK)
    held: list[Place] = []
    ended = list(db.scalars(statement.with_for_update(skip_locked=True)))
    for booking in ended:
        held += places_of(booking)
        db.add(booking.lapse(SYSTEM, now, LAPSED))
        db.flush()
        outbox.record(db, booking_event("cancelled", booking, SYSTEM, now, reason=LAPSED, reason_code="day_passed"))
    free_places(db, held)
    return len(ended)
