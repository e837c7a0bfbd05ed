"""Lists as an account likes to see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.ids import new_id
from registry.domain.errors import TooManySavedViews, ViewNameTaken
from registry.models import SavedView

MOST = 50  # of an account


def of(db: Session, by: Actor) -> list[SavedView]:
    """The account's own, in the order of their making."""
    return list(db.scalars(select(SavedView).where(SavedView.account_id == by.account_id).order_by(SavedView.id)))


def save(db: Session, by: Actor, values: Mapping[str, Any], now: datetime) -> SavedView:
    """Raises: ViewNameTaken, TooManySavedViews."""
    own = select(func.count()).where(SavedView.account_id == by.account_id)
    if (db.scalar(own) or 0) >= MOST:
        raise TooManySavedViews(most=MOST)
    statement = insert(SavedView).values(id=new_id(), account_id=by.account_id, created_at=now, **values)
    made = db.scalars(statement.on_conflict_do_nothing().returning(SavedView)).first()
    if made is None:
        raise ViewNameTaken(name=values["name"])
    return made


def remove(db: Session, by: Actor, view_id: UUID) -> None:
    """Raises: NotFound."""
    statement = delete(SavedView).where(SavedView.id == view_id, SavedView.account_id == by.account_id)
    if db.scalar(statement.returning(SavedView.id)) is None:
        raise NotFound
