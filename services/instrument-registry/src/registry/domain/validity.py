"""How long a passed verification is good."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Validity:
    """valid_until: last valid day. rotate_on: the day of replacement of a kind that is verified only once.
    Neither: no end (first-only kinds without a term)."""

    valid_until: date | None = None
    rotate_on: date | None = None


class PeriodUnknown(ValueError):
    """A periodic kind without a period: the result must carry the date."""


def add_months(day: date, months: int) -> tuple[date, bool]:
    """The same day of the month, `months` later, and whether the month's end cut it (31 Aug + 6 -> 28 Feb)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)), day.day > last


def last_valid_day(verified_on: date, period_months: int) -> date:
    """verified_on + period - 1 day; no day is taken off where the month's end cut the date already.
    Source: practice noted in the field's notes; no rule was found, so the rule stands in this one place."""
    day, cut = add_months(verified_on, period_months)
    return day if cut else day - timedelta(days=1)


def validity(
    mode: str | None, period_months: int | None, term_months: int | None, verified_on: date, given: date | None
) -> Validity:
    """The validity of a pass. `given`: what the result says, which may be shorter than the period but not longer.
    Raises: PeriodUnknown."""
    if mode == "first_only":
        return Validity()
    if mode == "first_only_rotation":
        return Validity(rotate_on=add_months(verified_on, term_months)[0] if term_months else given)
    if period_months is None:
        if given is None:
            raise PeriodUnknown
        return Validity(valid_until=given)
    by_rule = last_valid_day(verified_on, period_months)
    return Validity(valid_until=min(by_rule, given) if given else by_rule)
