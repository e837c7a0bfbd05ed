"""Nonces of pushes. A nonce belongs to the first body that came with it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from notification.models import WechatPush


def is_of(db: Session, key: str, digest: bytes, now: datetime) -> bool:
    """Says whether the nonce belongs to this body. Stores a new nonce."""
    db.execute(insert(WechatPush).values(key=key, at=now, digest=digest).on_conflict_do_nothing())
    return db.scalar(select(WechatPush.digest).where(WechatPush.key == key)) == digest
