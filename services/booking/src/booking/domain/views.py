"""The views of 仪器管理: which one an instrument is in on a day. Computed, never stored.

contracts/reference/views.json says which days of which phase a view holds; here is which phase an instrument is in.
The registry and `booking.view_sql` say the same; tests hold the three together.
"""

from dataclasses import dataclass
from datetime import date

from chassis.rules import Ranges, Table

_TABLE = Table("views")
RANGES = Ranges(_TABLE, "views", "view")
BOOKABLE = tuple(view for view, row in _TABLE.by("views", "view").items() if row["bookable"])
WINDOW_DAYS = RANGES.last("due", "verified")


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
    return RANGES.of(*phase(facts), today) or "none"


def phase(facts: Facts) -> tuple[str, date | None]:
    """The phase and the day that it counts from: no day that passes changes them."""
    if facts.status != "in_use" or facts.filing_state != "approved" or facts.approved_on is None:
        return "none", None
    if facts.result == "fail":
        return "failed", None
    if facts.result == "pass" and facts.valid_until is None:
        return ("rotation", facts.rotate_on) if facts.rotate_on else ("no_expiry", None)
    if facts.result == "pass" and facts.valid_until is not None and facts.approved_on <= facts.valid_until:
        return "verified", facts.valid_until
    return "unverified", max(facts.approved_on, facts.unverified_since or facts.approved_on)
