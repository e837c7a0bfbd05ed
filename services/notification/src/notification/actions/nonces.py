"""Nonces of pushes: each belongs to the body that came with it first."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from notification.models import WechatPush


def is_of(db: Session, key: str, digest: bytes, now: datetime) -> bool:
    """Whether the nonce came with this body, now for the first time or again."""
    db.execute(insert(WechatPush).values(key=key, at=now, digest=digest).on_conflict_do_nothing())
    return db.scalar(select(WechatPush.digest).where(WechatPush.key == key)) == digest
