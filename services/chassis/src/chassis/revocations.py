"""Sessions and accounts that are no longer good, learned from identity's events; obeyed within a second."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.db import ALL, Database
from chassis.errors import Unauthorized

CACHE_SECONDS = 1.0
LIFETIME = timedelta(minutes=20)  # longer than any access token lives


class Revocations:
    """The revoked ids, read from the service's own database at most once a second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: frozenset[UUID] = frozenset()
        self._read_at = float("-inf")
        self._lock = threading.Lock()

    def check(self, actor: Actor) -> None:
        """Raises: Unauthorized."""
        if time.monotonic() - self._read_at > CACHE_SECONDS:
            self._refresh()
        if actor.session_id in self._ids or actor.account_id in self._ids:
            raise Unauthorized

    def forget(self) -> None:
        """Read anew at the next check."""
        self._read_at = float("-inf")

    def _refresh(self) -> None:
        with self._lock:
            if time.monotonic() - self._read_at <= CACHE_SECONDS:
                return
            with self._database.transaction(ALL) as db:
                rows = db.execute(text("SELECT session_id FROM revoked_session WHERE until > now()"))
                self._ids = frozenset(rows.scalars())
            self._read_at = time.monotonic()


def revoke(db: Session, session_or_account: UUID | str, now: datetime) -> None:
    """Refuse the access tokens of a session, or all of an account, until the last of them has expired."""
    db.execute(
        text(
            "INSERT INTO revoked_session (session_id, until) VALUES (:id, :until)"
            " ON CONFLICT (session_id) DO UPDATE SET until = excluded.until"
        ),
        {"id": session_or_account, "until": now + LIFETIME},
    )


def on_session_revoked(db: Session, body: dict[str, Any], now: datetime) -> None:
    revoke(db, body["data"]["session_id"], now)


def on_account_disabled(db: Session, body: dict[str, Any], now: datetime) -> None:
    revoke(db, body["data"]["account_id"], now)
