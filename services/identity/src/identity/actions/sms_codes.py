"""SMS codes: six digits, five minutes, five tries; used up only by what succeeds."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import log
from chassis.sms import SmsClient, SmsRefused
from identity.domain.errors import CodeWrong, SlowDown
from identity.models import SmsCode
from identity.tokens import digest

LIFETIME = timedelta(minutes=5)
TRIES = 5
BETWEEN = timedelta(seconds=60)  # two codes to one phone
A_DAY = 20  # codes to one phone


def send_code(db: Session, sms: SmsClient, phone: str, purpose: str, address: str, now: datetime) -> None:
    """Send a new code; the older ones of this phone and purpose stop working. Raises: SlowDown, Unavailable."""
    recent = db.scalars(
        select(SmsCode.sent_at).where(SmsCode.phone == phone, SmsCode.sent_at > now - timedelta(days=1))
        .order_by(SmsCode.sent_at.desc())
    ).all()  # fmt: skip
    if len(recent) >= A_DAY:
        raise SlowDown(retry_after=3600)
    if recent and now - recent[0] < BETWEEN:
        raise SlowDown(retry_after=max(1, int((recent[0] + BETWEEN - now).total_seconds())))
    code = f"{secrets.randbelow(1_000_000):06d}"
    db.add(
        SmsCode(phone=phone, purpose=purpose, code_hash=digest(phone + code), address=address, sent_at=now,
                expires_at=now + LIFETIME)
    )  # fmt: skip
    db.flush()
    try:
        sms.send(phone, f"code_{purpose}", {"code": code, "minutes": int(LIFETIME.total_seconds() // 60)})
    except SmsRefused as error:
        log.get().warning("sms_refused", code=error.code)


def sent_from(db: Session, address: str, now: datetime) -> int:
    """How many codes this address asked for within the hour."""
    since = now - timedelta(hours=1)
    return db.scalar(
        select(func.count()).where(SmsCode.address == address, SmsCode.sent_at > since)
    ) or 0  # fmt: skip


def use_code(db: Session, phone: str, purpose: str, code: str, now: datetime) -> None:
    """Check and use up the newest code of this phone. A wrong one counts; the caller must commit that count even
    when it refuses. Raises: CodeWrong."""
    newest = db.scalars(
        select(SmsCode).where(SmsCode.phone == phone, SmsCode.purpose == purpose, SmsCode.used_at.is_(None))
        .order_by(SmsCode.sent_at.desc()).limit(1).with_for_update()
    ).first()  # fmt: skip
    if newest is None or newest.expires_at < now or newest.attempts >= TRIES:
        raise CodeWrong
    if not secrets.compare_digest(newest.code_hash, digest(phone + code)):
        newest.attempts += 1
        raise CodeWrong
    newest.used_at = now
