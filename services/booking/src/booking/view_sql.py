"""The views as SQL: one table of predicates, from which both the list's filter and the row's `view` are made."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_

from booking.domain.views import BOOKABLE, DUE_DAYS, ROTATION_DAYS, WINDOW_DAYS
from booking.models import Instrument as I


def predicates(today: date) -> dict[str, ColumnElement[bool]]:
    """view -> condition, for live instruments; exactly one holds for each."""

    def day(offset: int) -> date:
        return today + timedelta(days=offset)

    ended = and_(I.result == "pass", I.valid_until.is_not(None), I.approved_on > I.valid_until)
    unverified = or_(I.result.is_(None), ended)
    verified = and_(I.result == "pass", I.valid_until.is_not(None), I.approved_on <= I.valid_until)
    waits_from = func.greatest(I.approved_on, I.unverified_since)
    endless = and_(I.result == "pass", I.valid_until.is_(None))
    return {
        "failed": I.result == "fail",
        "no_expiry": and_(endless, I.rotate_on.is_(None)),
        "rotation": and_(endless, I.rotate_on <= day(ROTATION_DAYS)),
        "normal": or_(
            and_(endless, I.rotate_on > day(ROTATION_DAYS)), and_(verified, I.valid_until > day(WINDOW_DAYS))
        ),
        "due": or_(
            and_(unverified, waits_from >= day(-DUE_DAYS)),
            and_(verified, I.valid_until.between(today, day(WINDOW_DAYS))),
        ),
        "overdue": or_(
            and_(unverified, waits_from >= day(-WINDOW_DAYS), waits_from < day(-DUE_DAYS)),
            and_(verified, I.valid_until >= day(-WINDOW_DAYS), I.valid_until < today),
        ),
        "invalid": or_(
            and_(unverified, waits_from < day(-WINDOW_DAYS)), and_(verified, I.valid_until < day(-WINDOW_DAYS))
        ),
    }


def enabled() -> ColumnElement[bool]:
    return and_(I.filing_state == "approved", I.version >= I.approved_version)


def live() -> ColumnElement[bool]:
    return and_(I.status == "in_use", enabled(), I.approved_on.is_not(None))


def bookable(today: date, view: str | None = None) -> ColumnElement[bool]:
    """In one of the views that offer booking, or in the one named."""
    table = predicates(today)
    return and_(live(), or_(*(table[name] for name in BOOKABLE if view in (None, name))))


def view_column(today: date) -> ColumnElement[Any]:
    """The row's own view."""
    whens = [(and_(live(), condition), literal(name)) for name, condition in predicates(today).items()]
    return case(*whens, else_=literal("none"))
