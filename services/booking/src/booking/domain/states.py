"""The states of a booking and of its items; contracts/reference/booking-states.json has the moves between them, and who
may make them."""

from enum import StrEnum

from chassis.rules import States, Table


class State(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    RETURNED = "returned"
    NO_SHOW = "no_show"


class Item(StrEnum):
    BOOKED = "booked"
    RECEIVED = "received"
    RETURNED = "returned"
    VERIFIED = "verified"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


_TABLE = Table("booking-states")
BOOKING = States(_TABLE, State)
MOVES, MOVE_LABELS, LABELS, after = BOOKING.moves, BOOKING.move_labels, BOOKING.labels, BOOKING.after
OPEN = BOOKING.marked("open")
ITEMS = _TABLE.by("items", "state")
if set(ITEMS) != {item.value for item in Item}:
    raise _TABLE.wrong("its items are not those of booking.domain.states")
OPEN_ITEM = tuple(Item(state) for state, row in ITEMS.items() if row["holds"])  # they keep their instrument
