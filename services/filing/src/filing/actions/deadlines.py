"""When an institution has to decide, where the calendar changes."""

from datetime import date
from typing import Any

from sqlalchemy import Date, cast, func, select, update
from sqlalchemy.orm import Session

from filing import queries
from filing.domain.states import OPEN, due_on
from filing.models import Filing


def _submitted_on() -> Any:
    return cast(func.timezone("Asia/Shanghai", Filing.submitted_at), Date)


def move_deadlines(db: Session, day: date) -> None:
    """Count anew for what is open and waited for a decision on a day that was set to be off, or worked, by hand."""
    calendar = queries.workdays(db)
    submitted_on = _submitted_on()
    waiting = Filing.state.in_(OPEN), Filing.due_on >= day, submitted_on < day
    for begun in db.scalars(select(submitted_on).where(*waiting).distinct()):
        db.execute(
            update(Filing)
            .where(*waiting, submitted_on == begun)
            .values(due_on=due_on(begun, calendar))
            .execution_options(synchronize_session=False)
        )
