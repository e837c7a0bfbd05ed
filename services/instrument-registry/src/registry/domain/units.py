"""Measuring units: an instrument is verified only when each of its present units is.

A unit that was changed is another one from that moment: what was certified before does not count for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from registry.domain.nozzles import KEPT, Nozzles


@dataclass(frozen=True)
class UnitResult:
    """The last result of one unit, as its certificate says."""

    passed: bool
    valid_until: date | None
    rotate_on: date | None
    verified_on: date
    issued_at: datetime


@dataclass(frozen=True)
class Standing:
    """The result of the whole instrument, from those of its units. result: pass, fail, or None while a unit has none."""

    result: str | None
    valid_until: date | None = None
    rotate_on: date | None = None


def changed_units(before: Nozzles, after: Nozzles) -> list[str]:
    """The units that are new, or were changed; to fill in what was empty is no change, but a date of replacement is."""
    old = {str(nozzle["nozzle_no"]): nozzle for nozzle in before}
    found = []
    for nozzle in after:
        was = old.get(str(nozzle["nozzle_no"]))
        replaced = was is not None and nozzle.get("replaced_on") and nozzle["replaced_on"] != was.get("replaced_on")
        if was is None or replaced or any(was.get(k) and was.get(k) != nozzle.get(k) for k in KEPT):
            found.append(str(nozzle["nozzle_no"]))
    return found


def counts(result: UnitResult, changed_at: datetime | None, changed_on: date | None) -> bool:
    """Whether a result is of the unit as it is now."""
    return is_of_present_unit(result.verified_on, result.issued_at, changed_at, changed_on)


def is_of_present_unit(
    verified_on: date, issued_at: datetime, changed_at: datetime | None, changed_on: date | None
) -> bool:
    if changed_at is None or changed_on is None:
        return True
    return verified_on > changed_on or (verified_on == changed_on and issued_at > changed_at)


def standing(units: Sequence[str], results: Mapping[str, UnitResult]) -> Standing:
    """One failed unit makes the instrument fail; a missing one leaves it unverified; else the earliest date counts."""
    found = [results[unit] for unit in units if unit in results]
    if any(not one.passed for one in found):
        return Standing("fail")
    if len(found) < len(units):
        return Standing(None)
    return Standing(
        "pass",
        min((one.valid_until for one in found if one.valid_until), default=None),
        min((one.rotate_on for one in found if one.rotate_on), default=None),
    )


def unverified_since(
    before: str | None, valid_until: date | None, since: date | None, result: str | None, today: date
) -> date | None:
    """From which day an instrument without a result waits for one, where that is not its approval: the day on which it
    lost what it had, or the one after its validity had ended. before, valid_until, since: as they were."""
    if result is not None:
        return None
    if before is None:
        return since
    return min(today, valid_until + timedelta(days=1)) if valid_until else today


def as_json(units: Sequence[str], results: Mapping[str, UnitResult]) -> dict[str, Any]:
    """unit that passed -> its last valid day, null without end."""
    passed = {unit: results[unit].valid_until for unit in units if unit in results and results[unit].passed}
    return {unit: end.isoformat() if end else None for unit, end in passed.items()}
