"""The bookings that each caller may see."""

from sqlalchemy import ColumnElement, true

from booking.models import Booking
from chassis.actor import Actor


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The bookings that an actor may see."""
    if actor.kind == "applicant":
        return Booking.org_id == actor.org_id
    if actor.kind == "institution":
        return Booking.institution_id == actor.org_id
    if actor.kind == "supervisor":
        return Booking.areas.contains([actor.area or "none"])
    return true()
