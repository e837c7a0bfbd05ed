"""Bookings that are about to be moved: locked, in the order of ids."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from booking.domain.states import MOVES
from booking.models import Booking
from booking.queries.bookings import BOOKINGS, as_asked
from booking.queries.scope import visible_to
from chassis.actor import Actor
from chassis.errors import NotFound

B = Booking


def ids_by_filter(actor: Actor, args: Mapping[str, Any]) -> Select[UUID]:
    return BOOKINGS.ids(actor, as_asked(args))


def ids_for_move(actor: Actor, move: str) -> Select[UUID]:
    """Every booking on which the caller may make `move` now."""
    return select(B.id).where(visible_to(actor), B.state.in_(MOVES[move][0])).order_by(B.id)


def for_move(db: Session, actor: Actor, booking_id: UUID) -> Booking:
    """The booking, locked. Raises: NotFound."""
    found = db.scalars(select(B).where(B.id == booking_id, visible_to(actor)).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def many_for_move(db: Session, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Booking]:
    """The visible ones of `ids` with their items, locked in the order of ids so that two batches never wait for each
    other."""
    statement = select(B).where(B.id.in_(ids), visible_to(actor)).order_by(B.id).with_for_update()
    return {booking.id: booking for booking in db.scalars(statement.options(selectinload(B.items)))}
