"""Registry and booking both find the phase of an instrument. The two must agree."""

from datetime import date, timedelta
from itertools import product

import booking.domain.views as in_booking
import registry.domain.views as in_registry

# A phase depends on which dates there are and on their order, never on the day of today.
BEFORE, DAY, AFTER = (date(2028, 2, 29) + timedelta(days=n) for n in (-1, 0, 1))
CASES = {
    "status": ("in_use", "suspended", "scrapped"),
    "filing_state": ("approved", "submitted", "none"),
    "approved_on": (None, DAY),
    "result": (None, "pass", "fail"),
    "valid_until": (None, BEFORE, DAY, AFTER),
    "rotate_on": (None, DAY),
    "unverified_since": (None, BEFORE, DAY, AFTER),
}


def test_both_find_the_same_phase() -> None:
    found = set()
    for values in product(*CASES.values()):
        facts = dict(zip(CASES, values, strict=True))
        phase = in_registry.phase(in_registry.Facts(**facts))  # type: ignore[arg-type]
        assert phase == in_booking.phase(in_booking.Facts(**facts)), facts  # type: ignore[arg-type]
        found.add(phase[0])
    assert found == {"unverified", "verified", "rotation", "no_expiry", "failed", "none"}
