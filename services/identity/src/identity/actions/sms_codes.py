"""SMS codes: six digits, five minutes, five tries; used up only by what succeeds."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from identity.domain.errors import CodeWrong, SlowDown
from identity.models import SmsCode
from identity.tokens import digest

LIFETIME = timedelta(minutes=5)
TRIES = 5
BETWEEN = timedelta(seconds=60)  # two codes to one phone
A_DAY = 20  # codes to one phone


def new_code(db: Session, phone: str, purpose: str, address: str, now: datetime) -> tuple[SmsCode, str]:
    """A new code, to be sent once this is committed; older ones of this phone and purpose stop working. One phone's
    requests wait for each other, so that the limits hold. Raises: SlowDown."""
    db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('sms ' || :phone, 0))"), {"phone": phone})
    recent = db.scalars(
        select(SmsCode.sent_at).where(SmsCode.phone == phone, SmsCode.sent_at > now - timedelta(days=1))
        .order_by(SmsCode.sent_at.desc())
    ).all()  # fmt: skip
    if len(recent) >= A_DAY:
        raise SlowDown(retry_after=3600)
    if recent and now - recent[0] < BETWEEN:
        raise SlowDown(retry_after=max(1, int((recent[0] + BETWEEN - now).total_seconds())))
    code = f"{secrets.randbelow(1_000_000):06d}"
    made = SmsCode(
        phone=phone, purpose=purpose, code_hash=digest(phone + code), address=address, sent_at=now,
        expires_at=now + LIFETIME,
    )  # fmt: skip
    db.add(made)
    db.flush()
    return made, code


def forget_code(db: Session, code_id: UUID) -> None:
    """A code that could not be sent counts for nothing: the next try need not wait."""
    db.execute(delete(SmsCode).where(SmsCode.id == code_id))


def sent_from(db: Session, address: str, now: datetime) -> int:
    """How many codes this address asked for within the hour."""
    since = now - timedelta(hours=1)
    return db.scalar(
        select(func.count()).where(SmsCode.address == address, SmsCode.sent_at > since)
    ) or 0  # fmt: skip


def check_code(db: Session, phone: str, purpose: str, code: str, now: datetime) -> SmsCode:
    """The newest code of this phone, if this is it; not used up yet. A wrong one counts; the caller must commit that
    count even when it refuses. Raises: CodeWrong."""
    newest = db.scalars(
        select(SmsCode).where(SmsCode.phone == phone, SmsCode.purpose == purpose, SmsCode.used_at.is_(None))
        .order_by(SmsCode.sent_at.desc()).limit(1).with_for_update()
    ).first()  # fmt: skip
    if newest is None or newest.expires_at < now or newest.attempts >= TRIES:
        raise CodeWrong
    if not secrets.compare_digest(newest.code_hash, digest(phone + code)):
        newest.attempts += 1
        raise CodeWrong
    return newest


def use_code(db: Session, phone: str, purpose: str, code: str, now: datetime) -> None:
    """Check and use up. Raises: CodeWrong."""
    check_code(db, phone, purpose, code, now).used_at = now
