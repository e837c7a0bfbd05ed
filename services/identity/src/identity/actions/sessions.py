"""Sessions: opened by a sign-in, kept alive by refresh tokens that rotate, ended by their owner or by a theft."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Integer, column, select, text, true
from sqlalchemy.orm import Session

from chassis import audit, outbox, revocations
from chassis.actor import Actor
from chassis.direct import Direct
from chassis.errors import NotFound, Unauthorized
from chassis.ids import new_id
from chassis.reads import Statement
from identity import events, queries
from identity.actions import guard
from identity.domain.errors import AccountDisabled
from identity.models import Holder, UsedRefresh
from identity.models import Session as SignedInSession
from identity.tokens import digest, new_refresh_token

_holder = queries.HOLDER.cte("holder")
_forgotten = guard.FORGET.cte("forgotten")
_new_session = text(
    "INSERT INTO session (id, account_id, refresh_hash, client, address, created_at, used_at, expires_at)"
    " SELECT :id, holder.id, :hash, :client, :address, :now, :now, :expires FROM holder"
)
_known = text("SELECT count(*) AS known FROM known_device WHERE account_id = :account_id")
_device = text(
    "INSERT INTO known_device AS d (account_id, device_hash, name, first_at, last_at)"
    " SELECT holder.id, :device_hash, :client, :now, :now FROM holder"
    " ON CONFLICT (account_id, device_hash) DO UPDATE SET last_at = excluded.last_at RETURNING (d.xmax = 0) AS new_device"
)
_before = _known.columns(column("known", Integer)).cte("devices_before")
_this = _device.columns(column("new_device", Boolean)).cte("device")
# One statement for what a sign-in reads and writes: each more costs as much around it as in it. Who may not sign in is
# found out from its row, and then everything is rolled back.
_OPEN = Statement(
    select(*_holder.c, *_forgotten.c, _before.c.known, _this.c.new_device)
    .select_from(_holder.outerjoin(_forgotten, true()).join(_before, true()).join(_this, true()))
    .add_cte(
        _holder, _forgotten, _before, _this, guard.KEEP_SUCCESS.columns().cte("kept"), _new_session.columns().cte("opened"),
        audit.INSERT.columns().cte("told"),
    )
)  # fmt: skip
_TELL = Statement(outbox.INSERT)
GRACE = timedelta(seconds=10)  # in which a used refresh token is taken once more
_SET_HASH = Statement(text("UPDATE account SET password_hash = :hash WHERE id = :id"))


@dataclass(frozen=True)
class Device:
    """From where somebody signs in. key: what tells it from others, a browser's cookie or a client's name."""

    key: str
    name: str


@dataclass(frozen=True)
class Identified:
    """A person who signs in, and the values that are written with the session."""

    account_id: UUID
    kind: str
    login: str  # what was typed, casefolded
    way: str
    new_hash: str | None = None  # where the cost of password hashes has changed
    name: str = ""

    def actor(self) -> Actor:
        return Actor(self.account_id, self.kind, None, name=self.name)


def open_session(
    direct: Direct,
    who: Identified,
    told: dict[str, Any],
    device: Device,
    address: str,
    lifetime: timedelta,
    now: datetime,
) -> tuple[Holder, UUID, str]:
    """Whose it is, the id of the new session and its refresh token. told: the values of its audit line. A device that the
    account was never signed in from is told to its owner, unless it is the first of all. Raises: AccountDisabled,
    SlowDown, Unauthorized for an account that is gone meanwhile."""
    session_id, refresh_token = new_id(), new_refresh_token()
    [rows] = direct.run(
        (_OPEN, told | {"account_id": who.account_id, "key": guard.key_of(who.account_id, who.login), "login": who.login,
                        "way": who.way, "address": address, "now": now, "id": session_id, "hash": digest(refresh_token),
                        "client": device.name[:200], "device_hash": digest(device.key), "expires": now + lifetime})
    )  # fmt: skip
    if not rows:
        raise Unauthorized
    [row] = rows
    guard.check_overtaken(row.pop("failures"), row.pop("last_at"), who.way, now)
    known, fresh = row.pop("known"), row.pop("new_device")
    holder = Holder(**row)
    if holder.standing == "disabled":
        raise AccountDisabled
    if who.new_hash is not None:
        direct.later(_SET_HASH, {"id": holder.id, "hash": who.new_hash})
    if fresh and known:
        for values in outbox.rows(events.account_security(holder, "new_device", now, device.name)):
            direct.later(_TELL, values)
    return holder, session_id, refresh_token


def refresh(db: Session, token: str, lifetime: timedelta, now: datetime) -> tuple[SignedInSession, str] | None:
    """Rotate a refresh token. A token that was used less than GRACE ago is taken once more: the page that sent it was
    reloaded, or lost its network, before the answer came. None: the token was used before that, so its session has now been
    ended; the caller commits that and refuses. Raises: Unauthorized for a token that is unknown or expired."""
    hashed = digest(token)
    is_current = SignedInSession.refresh_hash == hashed
    session = db.scalars(select(SignedInSession).where(is_current).with_for_update()).first()
    if session is None:
        used = db.get(UsedRefresh, hashed)
        session = db.get(SignedInSession, used.session_id, with_for_update=True) if used else None
        if used is None or session is None:
            raise Unauthorized
        if used.used_at < now - GRACE:
            _end(db, session, now)
            return None
    account = queries.account_to_sign_in(db, session.account_id)
    if session.expires_at < now or account is None or account.status == "disabled":
        raise Unauthorized
    db.add(UsedRefresh(refresh_hash=session.refresh_hash, session_id=session.id, used_at=now))
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
