"""The way to WeChat's QR page and back: a state that is good once, for ten minutes, in the browser that asked for it.

Without it a stranger could sign a visitor in to the stranger's account, or bind the own WeChat to the visitor's, by a
link with a code of their own (RFC 6749, section 10.12).
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from identity.domain.errors import WechatStateWrong
from identity.models import WechatState
from identity.tokens import digest

LIFETIME = timedelta(minutes=10)


def new_state(db: Session, now: datetime) -> tuple[str, str]:
    """(state for the address, nonce for the browser's cookie); both are kept as hashes."""
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    db.add(WechatState(state_hash=digest(state), nonce_hash=digest(nonce), expires_at=now + LIFETIME))
    return state, nonce


def use_state(db: Session, state: str, nonce: str, now: datetime) -> None:
    """Raises: WechatStateWrong."""
    mine = delete(WechatState).where(WechatState.state_hash == digest(state), WechatState.nonce_hash == digest(nonce))
    used = db.execute(mine.returning(WechatState.expires_at)).first()
    if used is None or used.expires_at <= now:
        raise WechatStateWrong


def forget_old(db: Session, now: datetime) -> None:
    db.execute(delete(WechatState).where(WechatState.expires_at <= now))
