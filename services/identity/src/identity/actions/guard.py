"""Failed sign-ins in a row: a captcha from the fourth try, then growing delays; a success forgets them.

They are counted by account, whatever name was typed for it, or by the name where no account has it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, text
from sqlalchemy.orm import Session

from identity.domain.errors import SlowDown
from identity.models import LoginGuard, SignIn

CAPTCHA_AFTER = 3  # failures in a row
DELAY_AFTER = 5
MAX_DELAY = 60  # [seconds]
FORGOTTEN_AFTER = timedelta(hours=1)

_FAILED = text(
    "INSERT INTO login_guard AS g (key, failures, last_at) VALUES (:key, 1, :now)"
    " ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at,"
    " failures = CASE WHEN g.last_at < :forgotten THEN 1 ELSE g.failures + 1 END"
)
FORGET = delete(LoginGuard).where(LoginGuard.key == bindparam("key")).returning(LoginGuard.failures, LoginGuard.last_at)
KEEP_SUCCESS = text(
    "INSERT INTO sign_in (login_key, account_id, at, address, way, success)"
    " VALUES (:login, :account_id, :now, :address, :way, true)"
)
_OLD = text("DELETE FROM login_guard WHERE last_at < :forgotten")


def key_of(account_id: UUID | None, login: str) -> str:
    return str(account_id) if account_id is not None else f"?{login}"


def check(failures: int | None, last_at: datetime | None, now: datetime) -> None:
    """Raises: SlowDown within the delay that these failures earn."""
    if failures is None or last_at is None or failures < DELAY_AFTER or last_at < now - FORGOTTEN_AFTER:
        return
    delay = min(2 ** min(failures - DELAY_AFTER + 1, 16), MAX_DELAY)
    left = (last_at + timedelta(seconds=delay) - now).total_seconds()
    if left > 0:
        raise SlowDown(retry_after=max(1, round(left)))


def needs_captcha(failures: int | None, last_at: datetime | None, now: datetime) -> bool:
    return bool(failures and last_at and failures >= CAPTCHA_AFTER and last_at >= now - FORGOTTEN_AFTER)


def failed(
    db: Session, key: str | None, account_id: UUID | None, login: str, way: str, address: str, now: datetime
) -> None:
    """Count and keep a failure. key: None for ways that nobody can guess at."""
    if key is not None:
        db.execute(_FAILED, {"key": key, "now": now, "forgotten": now - FORGOTTEN_AFTER})
    db.add(SignIn(login_key=login, account_id=account_id, at=now, address=address, way=way, success=False))


def succeeded(db: Session, account_id: UUID, login: str, way: str, address: str, now: datetime) -> None:
    """Keep a success and forget the failures before it. Raises: SlowDown where, while this one was being checked, so
    many others were wrong that it would not have been let in."""
    failures, last_at = db.execute(FORGET, {"key": str(account_id)}).first() or (None, None)
    check_overtaken(failures, last_at, way, now)
    db.add(SignIn(login_key=login, account_id=account_id, at=now, address=address, way=way, success=True))


def check_overtaken(failures: int | None, last_at: datetime | None, way: str, now: datetime) -> None:
    """failures, last_at: those before a success, as FORGET told them. Raises: SlowDown."""
    if way in ("password", "sms"):
        check(failures, last_at, now)


def forget_old(db: Session, now: datetime) -> None:
    db.execute(_OLD, {"forgotten": now - FORGOTTEN_AFTER})
