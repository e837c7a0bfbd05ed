"""Which view an instrument is in on a day, and so whether it can be booked. Computed, never stored.

a = days since the filing was approved, or since the instrument lost its verification; e = days from today to the last valid day (0 on that day).
The registry holds the same rule; `booking.view_sql` says it in SQL.
"""

from dataclasses import dataclass
from datetime import date, timedelta

DUE_DAYS = 10  # a newly approved one is due for so long
WINDOW_DAYS = 30
ROTATION_DAYS = 90
VIEWS = ("due", "overdue", "invalid", "failed", "normal", "no_expiry", "rotation", "none")
BOOKABLE = ("due", "overdue", "failed")


@dataclass(frozen=True)
class Facts:
    status: str
    filing_state: str
    approved_on: date | None
    result: str | None
    valid_until: date | None
    rotate_on: date | None
    unverified_since: date | None = None  # it lost its verification on that day


def view(facts: Facts, today: date) -> str:
    """One of VIEWS."""
    if facts.status != "in_use" or facts.filing_state != "approved" or facts.approved_on is None:
        return "none"
    if facts.result == "fail":
        return "failed"
    if facts.result == "pass" and facts.valid_until is None:
        if facts.rotate_on is None:
            return "no_expiry"
        return "rotation" if facts.rotate_on <= today + timedelta(days=ROTATION_DAYS) else "normal"
    verified = facts.result == "pass" and facts.valid_until is not None and facts.approved_on <= facts.valid_until
    if verified and facts.valid_until is not None:
        e = (facts.valid_until - today).days
        return "normal" if e > WINDOW_DAYS else "due" if e >= 0 else "overdue" if e >= -WINDOW_DAYS else "invalid"
    a = (today - max(facts.approved_on, facts.unverified_since or facts.approved_on)).days
    return "due" if a <= DUE_DAYS else "overdue" if a <= WINDOW_DAYS else "invalid"
