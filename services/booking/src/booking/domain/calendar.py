"""When an institution receives instruments: working days, periods, capacities, how far ahead. [Asia/Shanghai]"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from chassis.workdays import Workdays

MODES = ("deliver", "onsite")
PERIODS = ("am", "pm")
DEFAULT_CAPACITY = {"deliver": 60, "onsite": 20}  # instruments a period
OPEN_DAYS = 60  # from tomorrow on


@dataclass(frozen=True)
class Override:
    """What an institution set for a day."""

    capacity_am: int
    capacity_pm: int
    closed: bool


def capacities(mode: str, day: date, override: Override | None, calendar: Workdays) -> dict[str, int]:
    """period -> capacity in instruments; nothing on a day without service."""
    if override is not None:
        if override.closed:
            return {}
        given = {"am": override.capacity_am, "pm": override.capacity_pm}
        return {period: capacity for period, capacity in given.items() if capacity > 0}
    return dict.fromkeys(PERIODS, DEFAULT_CAPACITY[mode]) if calendar.works(day) else {}


def horizon(today: date) -> tuple[date, date]:
    """The first and the last day that can be booked."""
    return today + timedelta(days=1), today + timedelta(days=OPEN_DAYS)


def days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
