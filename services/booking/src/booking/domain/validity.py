"""How long a pass is good by the period of its kind. The registry holds the same rule; it certifies by it."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Terms:
    """What the catalog says of a kind; all None of one that it does not know."""

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


def declared_validity(
    until: date | None, verified_on: date | None, certificate: str | None, terms: Terms | None
) -> date | None:
    """What counts of a validity that the owner declared: it rests on a certificate, and ends with its period."""
    if until is None or verified_on is None or not certificate or terms is None:
        return None
    end = until
    if terms.mode == "periodic" and terms.period_months:
        end = last_valid_day(verified_on, terms.period_months)
    elif terms.mode == "first_only_rotation" and terms.term_months:
        end = add_months(verified_on, terms.term_months)[0]
    return min(until, end) if min(until, end) >= verified_on else None
