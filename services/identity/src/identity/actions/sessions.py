"""Sessions: opened by a sign-in, kept alive by refresh tokens that rotate, ended by their owner or by a theft."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox, revocations
from chassis.actor import Actor
from chassis.errors import NotFound, Unauthorized
from identity import events, queries
from identity.actions import guard
from identity.domain.errors import AccountDisabled
from identity.models import Session as SignedInSession
from identity.models import UsedRefresh
from identity.tokens import digest, new_refresh_token


@dataclass(frozen=True)
class Identified:
    """Who signs in, and what has to be written with the session."""

    account_id: UUID
    kind: str
    login: str  # what was typed, casefolded
    way: str
    new_hash: str | None = None  # where the cost of password hashes has changed


def open_session(
    db: Session, who: Identified, client: str, address: str, lifetime: timedelta, now: datetime
) -> tuple[SignedInSession, str]:
    """A new session and its refresh token. Raises: AccountDisabled, SlowDown, Unauthorized for an account that is gone
    meanwhile."""
    account = queries.account_to_sign_in(db, who.account_id)
    if account is None:
        raise Unauthorized
    guard.succeeded(db, account.id, who.login, who.way, address, now)
    if account.status == "disabled":
        raise AccountDisabled
    if who.new_hash is not None:
        account.password_hash = who.new_hash
    refresh_token = new_refresh_token()
    session = SignedInSession(
        account=account, refresh_hash=digest(refresh_token), client=client[:200], address=address,
        created_at=now, used_at=now, expires_at=now + lifetime,
    )  # fmt: skip
    db.add(session)
    db.flush()
    return session, refresh_token


def refresh(db: Session, token: str, lifetime: timedelta, now: datetime) -> tuple[SignedInSession, str] | None:
    """Rotate a refresh token. None: the token was rotated away before, so its session has now been ended; the caller
    commits that and refuses. Raises: Unauthorized for a token that is unknown or expired."""
    hashed = digest(token)
    session = db.scalars(
        select(SignedInSession).where(SignedInSession.refresh_hash == hashed).with_for_update()
    ).first()
    if session is None:
        stolen = db.scalar(select(UsedRefresh.session_id).where(UsedRefresh.refresh_hash == hashed))
        if stolen is None:
            raise Unauthorized
        victim = db.get(SignedInSession, stolen)
        if victim is not None:
            _end(db, victim, now)
        return None
    account = queries.account_to_sign_in(db, session.account_id)
    if session.expires_at < now or account is None or account.status == "disabled":
        raise Unauthorized
    db.add(UsedRefresh(refresh_hash=hashed, session_id=session.id, used_at=now))
    fresh = new_refresh_token()
    session.refresh_hash, session.used_at, session.expires_at = digest(fresh), now, now + lifetime
    db.flush()
    return session, fresh


def end_session(db: Session, by: Actor, session_id: UUID, now: datetime) -> None:
    """End one's own session, everywhere. Raises: NotFound."""
    session = db.get(SignedInSession, session_id)
    if session is None or session.account_id != by.account_id:
        raise NotFound
    _end(db, session, now)


def end_all(db: Session, account_id: UUID, now: datetime, but: UUID | None = None) -> None:
    """End every session of an account, but one."""
    for session in db.scalars(select(SignedInSession).where(SignedInSession.account_id == account_id)):
        if session.id != but:
            _end(db, session, now)


def _end(db: Session, session: SignedInSession, now: datetime) -> None:
    revocations.revoke(db, session.id, now)
    outbox.record(db, events.session_revoked(session.id, session.account_id))
    db.delete(session)
