"""Reads of booking, by question. Scope and question are one WHERE: what the caller may not see does not exist.

| file | what it answers |
| --- | --- |
| `bookings`, `bookable` | the lists, each declared once (chassis.lists) |
| `shown` | bookings with their items, results and steps |
| `counts` | how many bookings are in which state |
| `moves` | which bookings a command is about, locked |
| `results` | what was entered, and what is owed |
| `slots` | who holds places of a calendar |
| `reference` | institutions, staff, kinds |
"""

from booking.queries.bookable import bookable_instruments, booked_among, own_instruments, pending_list
from booking.queries.counts import overview
from booking.queries.moves import for_move, ids_by_filter, ids_for_move, many_for_move
from booking.queries.reference import institution, kinds, named_in_results, staff_by_username
from booking.queries.results import owed_units, results_of, units_of
from booking.queries.shown import booking, bookings, by_number, latest_of
from booking.queries.slots import booked_on

__all__ = [
    "bookable_instruments", "booked_among", "booked_on", "booking", "bookings", "by_number", "for_move", "ids_by_filter",
    "ids_for_move", "institution", "kinds", "latest_of", "many_for_move", "named_in_results", "overview", "owed_units",
    "own_instruments", "pending_list", "results_of", "staff_by_username", "units_of",
]  # fmt: skip
