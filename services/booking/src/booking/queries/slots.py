"""The bookings that hold places of a calendar."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from booking.domain.states import Item
from booking.models import Booking, BookingItem, Org

B = Booking


def booked_on(db: Session, institution_id: UUID, mode: str, places: set[tuple[date, str]]) -> Sequence[Any]:
    """The bookings that hold places in these periods, with how many each."""
    held = BookingItem.state == Item.BOOKED
    statement = (
        select(B.id, B.number, B.date, B.period, B.state, Org.name.label("org_name"), func.count().label("count"))
        .join(BookingItem, (BookingItem.booking_id == B.id) & held)
        .outerjoin(Org, Org.id == B.org_id)
        .where(B.institution_id == institution_id, B.mode == mode, tuple_(B.date, B.period).in_(places))
        .group_by(B.id, Org.name)
        .order_by(B.date, B.period, B.id)
    )
    return db.execute(statement).all()
