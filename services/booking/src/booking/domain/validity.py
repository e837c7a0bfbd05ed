"""How long a pass is good by the period of its kind. The registry holds the same rule; it certifies by it."""

import calendar
from datetime import date, timedelta


def last_valid_day(verified_on: date, period_months: int) -> date:
    """verified_on + period - 1 day; no day is taken off where the end of the month cut the date already."""
    index = verified_on.year * 12 + verified_on.month - 1 + period_months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    day = date(year, month + 1, min(verified_on.day, last))
    return day if verified_on.day > last else day - timedelta(days=1)
