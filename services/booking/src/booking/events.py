"""The events of booking. Each carries the booking's version as its sequence.

A move of the whole booking lists all its items as they are then, so that the newest event alone tells the state of
each; a move of some items (received, returned, ended) lists those.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from booking.models import Booking, BookingItem, Result
from chassis.actor import Actor, actor_json
from chassis.events import Event

RESULT = ("unit", "conclusion", "verified_on", "procedure", "verifier", "verifier_name", "checker", "checker_name",
          "standard", "fail_items", "valid_until", "remarks")  # fmt: skip


def booking_event(
    verb: str, booking: Booking, by: Actor, at: datetime, items: Sequence[BookingItem] | None = None, *,
    reason: str | None = None, **more: Any,
) -> Event:  # fmt: skip
    """verb: submitted, confirmed, … reason: of this move alone. `more` goes into the event's data."""
    chosen = booking.items if items is None else items
    rows = [{"instrument_id": i.instrument_id, "state": i.state, "reason": i.reason} for i in chosen]
    return _event(verb, booking, by, at, rows, {"reason": reason, **more})


def completed(booking: Booking, by: Actor, at: datetime, results: Mapping[UUID, Sequence[Result]]) -> Event:
    """With the results of each instrument."""
    rows = [
        {
            "instrument_id": item.instrument_id, "state": item.state,
            "results": [{key: getattr(r, key) for key in RESULT} for r in results.get(item.instrument_id, ())],
        }
        for item in booking.items
    ]  # fmt: skip
    return _event("completed", booking, by, at, rows, {"reason": None})


def _event(
    verb: str, booking: Booking, by: Actor, at: datetime, items: list[dict[str, Any]], more: Mapping[str, Any]
) -> Event:
    data = {
        "booking_id": booking.id, "number": booking.number, "org_id": booking.org_id,
        "institution_id": booking.institution_id, "mode": booking.mode, "date": booking.date,
        "period": booking.period, "state": booking.state, "actor": actor_json(by), "at": at,
        "items": items, **more,
    }  # fmt: skip
    return Event(f"booking.{verb}", booking.id, data, booking.version)
