"""When an institution receives instruments: working days, periods, capacities, how far ahead. [Asia/Shanghai]"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

MODES = ("deliver", "onsite")
PERIODS = ("am", "pm")
DEFAULT_CAPACITY = {"deliver": 60, "onsite": 20}  # instruments a period
OPEN_DAYS = 60  # from tomorrow on


@dataclass(frozen=True)
class Holidays:
    """Days off by their name, and the weekend days that are worked instead 调休."""

    days_off: dict[date, str]
    working_days: frozenset[date]


@dataclass(frozen=True)
class Override:
    """What an institution set for a day."""

    capacity_am: int
    capacity_pm: int
    closed: bool


@cache
def holidays() -> Holidays:
    """The public holidays that are shipped, data/holidays.json."""
    data = json.loads((resources.files("booking") / "data/holidays.json").read_text(encoding="utf-8"))
    off: dict[date, str] = {}
    working: set[date] = set()
    for year in data["years"]:
        for span in year["days_off"]:
            for day in days(date.fromisoformat(span["from"]), date.fromisoformat(span["to"])):
                off[day] = span["name"]
        working |= {date.fromisoformat(day) for day in year["working_days"]}
    return Holidays(off, frozenset(working))


def is_working_day(day: date) -> bool:
    """A weekday that is no public holiday, or a make-up day."""
    known = holidays()
    return day in known.working_days or (day.weekday() < 5 and day not in known.days_off)


def capacities(mode: str, day: date, override: Override | None) -> dict[str, int]:
    """period -> capacity in instruments; nothing on a day without service."""
    if override is not None:
        if override.closed:
            return {}
        given = {"am": override.capacity_am, "pm": override.capacity_pm}
        return {period: capacity for period, capacity in given.items() if capacity > 0}
    return dict.fromkeys(PERIODS, DEFAULT_CAPACITY[mode]) if is_working_day(day) else {}


def horizon(today: date) -> tuple[date, date]:
    """The first and the last day that can be booked."""
    return today + timedelta(days=1), today + timedelta(days=OPEN_DAYS)


def days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
