"""How an account likes its lists, on whatever machine it signs in."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import invalid
from identity.models import ListChoice

MOST = 100  # lists of an account; the portal has some thirty


def of(db: Session, by: Actor) -> list[ListChoice]:
    return list(db.scalars(select(ListChoice).where(ListChoice.account_id == by.account_id).order_by(ListChoice.list)))


def choose(db: Session, by: Actor, values: Mapping[str, Any]) -> None:
    """The last choice holds. Raises: Invalid for a list too many."""
    others = select(func.count()).where(ListChoice.account_id == by.account_id, ListChoice.list != values["list"])
    if (db.scalar(others) or 0) >= MOST:
        raise invalid("list", "too_many", f"最多记住 {MOST} 个列表。", f"At most {MOST} lists are remembered.")
    statement = insert(ListChoice).values(account_id=by.account_id, **values)
    now = {"columns": statement.excluded.columns, "page_size": statement.excluded.page_size}
    db.execute(statement.on_conflict_do_update(index_elements=["account_id", "list"], set_=now))
