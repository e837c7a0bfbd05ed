"""The administrator's days: what the calendar of working days does not know yet."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.errors import NotFound, invalid
from identity import events
from identity.models import DayChange

MAX_DAYS = 31  # of one festival


def set_days(db: Session, first: date, last: date, kind: str, name: str) -> None:
    """Make every day of a span one off, or one that is worked. Raises: Invalid."""
    if last < first:
        raise invalid("to", "before_from", "结束日期不能早于开始日期。", "The end lies before the start.")
    if (last - first).days >= MAX_DAYS:
        raise invalid("to", "span_too_long", f"一次最多设置 {MAX_DAYS} 天。", f"At most {MAX_DAYS} days at once.")
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        change = db.get(DayChange, day, with_for_update=True)
        if change is None:
            change = DayChange(date=day, kind=None, name="", version=0)
            db.add(change)
        _set(db, change, kind, name)
    db.flush()


def leave(db: Session, day: date) -> None:
    """A day that was set is what the calendar says again. Raises: NotFound."""
    change = db.get(DayChange, day, with_for_update=True)
    if change is None or change.kind is None:
        raise NotFound
    _set(db, change, None, "")


def _set(db: Session, change: DayChange, kind: str | None, name: str) -> None:
    if (change.kind, change.name) != (kind, name):
        change.kind, change.name = kind, name
        change.version += 1
        outbox.record(db, events.holiday_changed(change))
