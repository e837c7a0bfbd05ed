"""Access tokens that are no longer good, learned from identity's events; obeyed within a second.

A session that was ended is gone for good. An account can be enabled again: of it, only the tokens are refused that were
made until it was disabled.
"""

import threading
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, column, func, select, table, text
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.db import TIMESTAMP, Database
from chassis.errors import Unauthorized
from chassis.reads import Read, alone

CACHE_SECONDS = 1.0
LIFETIME = timedelta(minutes=20)  # longer than any access token lives
_REVOKED = table("revoked_session", column("session_id", Uuid()), column("until", TIMESTAMP))
_STANDING = Read(select(*_REVOKED.c).where(_REVOKED.c.until > func.now()))


class Revocations:
    """Session or account -> until when its tokens were revoked, read from the service's own database at most once a
    second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._revoked: dict[UUID | None, float] = {}  # [Unix time]
        self._read_at = float("-inf")
        self._lock = threading.Lock()

    def check(self, actor: Actor) -> None:
        """Raises: Unauthorized."""
        if time.monotonic() - self._read_at > CACHE_SECONDS:
            self._refresh()
        if actor.session_id in self._revoked:
            raise Unauthorized
        if actor.issued_at <= self._revoked.get(actor.account_id, float("-inf")):
            raise Unauthorized

    def forget(self) -> None:
        """Read anew at the next check."""
        self._read_at = float("-inf")

    def _refresh(self) -> None:
        with self._lock:
            if time.monotonic() - self._read_at <= CACHE_SECONDS:
                return
            rows = alone(self._database, _STANDING, {})
            self._revoked = {row["session_id"]: (row["until"] - LIFETIME).timestamp() for row in rows}
            self._read_at = time.monotonic()


def revoke(db: Session, session_or_account: UUID | str, now: datetime) -> None:
    """Refuse the access tokens of a session, or those of an account that were made until `now`."""
    db.execute(
        text(
            "INSERT INTO revoked_session (session_id, until) VALUES (:id, :until)"
            " ON CONFLICT (session_id) DO UPDATE SET until = greatest(revoked_session.until, excluded.until)"
        ),
        {"id": session_or_account, "until": now + LIFETIME},
    )


def on_session_revoked(db: Session, body: dict[str, Any], _now: datetime) -> None:
    revoke(db, body["data"]["session_id"], _told_at(body))


def on_account_disabled(db: Session, body: dict[str, Any], _now: datetime) -> None:
    revoke(db, body["data"]["account_id"], _told_at(body))


def _told_at(body: dict[str, Any]) -> datetime:
    """Identity's time, by which it dates its tokens: heard late, the event must not refuse those made since."""
    return datetime.fromisoformat(body["time"])
