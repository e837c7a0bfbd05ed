"""The views as SQL: one table of predicates, from which both the list's filter and the row's `view` are made. Which days
of which phase a view holds says contracts/reference/views.json."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, or_

from booking.domain.views import BOOKABLE, RANGES
from booking.models import Instrument as I

Day = date | ColumnElement[Any]  # a value, or the parameter that holds it


def predicates(today: Day) -> dict[str, ColumnElement[bool]]:
    """view -> condition, for live instruments; exactly one holds for each."""
    phases = _phases()
    return {
        view: or_(*(_in_range(*phases[phase], today, first, last) for phase, first, last in held))
        for view, held in RANGES.held.items()
    }


def _phases() -> dict[str, tuple[ColumnElement[bool], Any]]:
    """phase -> which live instruments are in it, and the day that it counts from."""
    passed = I.result == "pass"
    endless = and_(passed, I.valid_until.is_(None))
    ended = and_(passed, I.approved_on > I.valid_until)
    return {
        "failed": (I.result == "fail", None),
        "no_expiry": (and_(endless, I.rotate_on.is_(None)), None),
        "rotation": (and_(endless, I.rotate_on.is_not(None)), I.rotate_on),
        "verified": (and_(passed, I.approved_on <= I.valid_until), I.valid_until),
        "unverified": (or_(I.result.is_(None), ended), func.greatest(I.approved_on, I.unverified_since)),
    }


def _in_range(
    phase: ColumnElement[bool], day: Any, today: Day, first: int | None, last: int | None
) -> ColumnElement[bool]:
    conditions = [phase]
    if first is not None:
        conditions.append(day >= _after(today, first))
    if last is not None:
        conditions.append(day <= _after(today, last))
    return and_(*conditions)


def _after(today: Day, days: int) -> Any:
    return today + timedelta(days=days) if isinstance(today, date) else today + days


def enabled() -> ColumnElement[bool]:
    return and_(I.filing_state == literal_column("'approved'"), I.version >= I.approved_version)


def live() -> ColumnElement[bool]:
    return and_(I.status == "in_use", enabled(), I.approved_on.is_not(None))


def bookable(today: Day, view: str | None = None) -> ColumnElement[bool]:
    """In one of the views that offer booking, or in the one named."""
    table = predicates(today)
    return and_(live(), or_(*(table[name] for name in BOOKABLE if view in (None, name))))


def view_column(today: Day) -> ColumnElement[Any]:
    """The row's own view."""
    whens = [(and_(live(), condition), literal(name)) for name, condition in predicates(today).items()]
    return case(*whens, else_=literal("none"))
