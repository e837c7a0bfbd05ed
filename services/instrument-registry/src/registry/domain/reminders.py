"""The reminders of an applicant, before and after a date of an instrument."""

from datetime import date, timedelta

from registry.domain.views import DUE_DAYS, WINDOW_DAYS

# reason -> the days, counted from today, on which the last day in time may lie. Windows and not single days: where a
# run was missed the next one makes up for it.
WINDOWS = {
    "expires_today": (0, 0),
    "expires_in_10": (1, 10),
    "expires_in_30": (11, WINDOW_DAYS),
    "not_verified": (DUE_DAYS - WINDOW_DAYS, 3),  # before the days run out, and as long as 超期未检 lasts
}
FIRST_HOUR = 8  # nobody is woken


def window(reason: str, today: date) -> tuple[date, date]:
    """First and last day on which what is due now may be due."""
    first, last = WINDOWS[reason]
    return today + timedelta(days=first), today + timedelta(days=last)
