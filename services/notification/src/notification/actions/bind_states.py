"""The OAuth state of 绑定账号. It works once, for ten minutes, in the browser that started.

Without it, a stranger could send a person a link with the stranger's code. That person's password would then bind the
stranger's WeChat (RFC 6749, section 10.12).
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from notification.models import BindState

LIFETIME = timedelta(minutes=10)


def begin(db: Session, now: datetime) -> tuple[str, str]:
    """Returns (state for the address, nonce for the browser's cookie). The table keeps only their hashes."""
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    db.add(BindState(state_hash=digest(state), nonce_hash=digest(nonce), expires_at=now + LIFETIME))
    return state, nonce


def use(db: Session, state: str, nonce: str, now: datetime) -> bool:
    """Says whether this browser started with this state within its lifetime. Deletes the state."""
    mine = delete(BindState).where(BindState.state_hash == digest(state), BindState.nonce_hash == digest(nonce))
    used = db.execute(mine.returning(BindState.expires_at)).first()
    return used is not None and used.expires_at > now


def forget_old(db: Session, now: datetime) -> None:
    db.execute(delete(BindState).where(BindState.expires_at <= now))


def digest(value: str) -> bytes:
    return hashlib.sha256(value.encode()).digest()
