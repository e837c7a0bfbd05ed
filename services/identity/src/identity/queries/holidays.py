"""Reads of the calendar of working days."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.workdays import Change, Workdays
from identity.models import DayChange


def workdays(db: Session) -> Workdays:
    """The calendar with the days that the administrator set."""
    rows = db.scalars(select(DayChange).where(DayChange.kind.is_not(None)))
    return Workdays({row.date: Change(str(row.kind), row.name) for row in rows})
