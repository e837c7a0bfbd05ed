"""加入待处理: instruments that an account collects for a booking."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from booking import queries
from booking.models import PendingItem
from chassis.actor import Actor
from chassis.errors import FieldError, NotFound


def add(db: Session, by: Actor, ids: Sequence[UUID], now: datetime) -> None:
    """Twice is once. Raises: NotFound naming those of somebody else, or that were never filed."""
    own = queries.own_instruments(db, by, ids)
    zh, en = "没有这台仪器，或尚未备案，不能预约。", "There is no such instrument, or it was never filed."
    unknown = [FieldError(f"instrument_ids.{n}", "not_found", zh, en) for n, i in enumerate(ids) if i not in own]
    if unknown:
        raise NotFound(errors=unknown)
    rows = [{"account_id": by.account_id, "instrument_id": i, "added_at": now} for i in dict.fromkeys(ids)]
    db.execute(insert(PendingItem).values(rows).on_conflict_do_nothing())


def remove(db: Session, by: Actor, ids: Sequence[UUID]) -> None:
    db.execute(delete(PendingItem).where(PendingItem.account_id == by.account_id, PendingItem.instrument_id.in_(ids)))
