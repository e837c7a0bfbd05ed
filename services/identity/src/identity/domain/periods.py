"""Periods of validity: both ends belong to it, an end that is missing is open."""

from datetime import date

Period = tuple[date | None, date | None]


def backwards(period: Period) -> bool:
    first, last = period
    return first is not None and last is not None and last < first


def overlap(one: Period, other: Period) -> bool:
    """Whether some day belongs to both."""
    starts = [day for day in (one[0], other[0]) if day is not None]
    ends = [day for day in (one[1], other[1]) if day is not None]
    return not starts or not ends or max(starts) <= min(ends)
