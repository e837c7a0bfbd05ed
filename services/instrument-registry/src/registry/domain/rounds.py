"""Rounds of verification: when one was due, and whether a verification is the first of its round.

Supervision's figures are defined by these: 受检率 = verified in time / due in the period; 一次检定合格率 = first
verifications of a round that passed / all first ones.
"""

from datetime import date, timedelta

from registry.domain.views import DUE_DAYS, Facts


def due_on(facts: Facts) -> date | None:
    """The last day on which a verification is in time: from the next one on the instrument is 超期未检 (or worse).
    facts: as they were before the verification. None: nothing was due, as of one that failed or has no end."""
    if facts.filing_state != "approved" or facts.approved_on is None or facts.result == "fail":
        return None
    if facts.result == "pass" and facts.valid_until is None:
        return None
    if facts.result == "pass" and facts.valid_until is not None and facts.approved_on <= facts.valid_until:
        return facts.valid_until
    return max(facts.approved_on, facts.unverified_since or facts.approved_on) + timedelta(days=DUE_DAYS)


def rate(part: int, whole: int) -> float | None:
    """None where there is nothing to take a part of."""
    return round(part / whole, 4) if whole else None
