"""How long a pass is good by the period of its kind. The registry holds the same rule; it certifies by it."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Terms:
    """The rules of the catalog for a kind. All are None for an unknown kind."""

    mode: str | None = None
    period_months: int | None = None
    term_months: int | None = None


def last_valid_day(verified_on: date, period_months: int) -> date:
    """verified_on + period - 1 day; no day is taken off where the end of the month cut the date already."""
    day, cut = add_months(verified_on, period_months)
    return day if cut else day - timedelta(days=1)


def add_months(day: date, months: int) -> tuple[date, bool]:
    """The same day of the month, `months` later, and whether the end of the month cut it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)), day.day > last
