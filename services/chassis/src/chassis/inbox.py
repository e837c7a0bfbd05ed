"""The inbox: an event's id is recorded in the transaction of its effect, so that a second delivery has none.

What fails waits here for its next try (state `retry`), and after the last one stays as a dead letter (state `dead`)
until somebody replays it. Order is never relied on: `newer` lets only newer versions of an aggregate through.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
import psycopg
from sqlalchemy import column, select, table, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from chassis import clock, context, log, telemetry
from chassis.actor import SYSTEM
from chassis.bus import Bus
from chassis.db import ALL, Database
from chassis.events import Contracts
from chassis.metrics import EVENT_LAG, EVENTS_CONSUMED, QUEUE_WAITING
from chassis.reads import Read, alone

Body = dict[str, Any]
# SQLSTATEs of a server that goes or is not there: none at all, shutdown, starting up, too many connections
_AWAY = (None, "57P01", "57P03", "53300")
# Classes of those that may be gone at the next try: two crossed (40P01), no disk or memory (53100), waited too long (55P03)
_PASSING = ("40", "53", "55", "57")
Effect = Callable[[Session, Body, datetime], None]

LONGEST_WAIT = 300  # before another try [seconds]
ATTEMPTS = 8  # then a dead letter: 8 tries over about 16 minutes
_CLAIM = text(
    "INSERT INTO inbox (event_id, type, source, state, received_at) VALUES (:id, :type, :source, 'done', :at)"
    " ON CONFLICT DO NOTHING RETURNING event_id"
)
_KEEP = text(
    "INSERT INTO inbox (event_id, type, source, state, body, attempts, error, next_at, received_at)"
    " VALUES (:id, :type, :source, 'retry', :body, 1, :error, :next_at, :at) ON CONFLICT DO NOTHING"
)
# Further away than any wait: the clock was set back.
_DUE = "state = 'retry' AND (next_at <= :now OR next_at > :longest)"
_ONE_DUE = Read(select(column("event_id")).select_from(table("inbox")).where(text(_DUE)).limit(1))
_TAKE_DUE = text(
    f"SELECT event_id, type, body, attempts FROM inbox WHERE {_DUE}"  # noqa: S608 (the condition is ours)
    " ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED"
)
_NEWER = text(
    "INSERT INTO seen_version (kind, id, version) SELECT :kind, i, v FROM"
    " unnest(CAST(:ids AS uuid[]), CAST(:versions AS bigint[])) AS t(i, v)"
    " ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version WHERE seen_version.version < excluded.version"
    " RETURNING id"
)


def newer(db: Session, kind: str, versions: Iterable[tuple[UUID | str, int]]) -> set[UUID]:
    """Of these (id, version), the ids whose version is newer than the last one taken over; remembers them."""
    latest: dict[str, int] = {}
    for key, version in versions:
        latest[str(key)] = max(version, latest.get(str(key), 0))
    if not latest:
        return set()
    ids = sorted(latest)  # one order for all, so that two handlers never wait for each other
    rows = db.execute(_NEWER, {"kind": kind, "ids": ids, "versions": [latest[i] for i in ids]})
    return set(rows.scalars())


class Inbox:
    """Gives events to their effects, once each. `effects`: event type -> function(db, body, now)."""

    def __init__(self, database: Database, contracts: Contracts, effects: dict[str, Effect]) -> None:
        self.database = database
        self.contracts = contracts
        self.effects = effects

    def receive(self, body: Body) -> None:
        """Take one delivery. Returns normally when it may be acknowledged: done, done before, or kept for a retry.
        Raises when the database is away: then it must not be acknowledged."""
        now = clock.now()
        body = _identified(body)
        with _work_on(body) as span:
            try:
                with self.database.transaction(ALL) as db:
                    if db.execute(_CLAIM, _key(body) | {"at": now}).first() is None:
                        EVENTS_CONSUMED.labels(body.get("type", "?"), "duplicate").inc()
                        return
                    self._apply(db, body, now)
            except Exception as error:
                if database_is_away(error):
                    raise
                self._keep(body, error, now)
                span.fail(error)
                EVENTS_CONSUMED.labels(body.get("type", "?"), "failed").inc()
            else:
                EVENTS_CONSUMED.labels(body["type"], "done").inc()
                EVENT_LAG.labels(body["type"]).observe(_age(body))

    def _apply(self, db: Session, body: Body, now: datetime) -> None:
        self.contracts.check(body)
        effect = self.effects.get(body["type"])
        if effect is None:  # bound once, by an older or a newer version of this service
            log.get().warning("event_ignored", type=body["type"])
            return
        effect(db, body, now)

    def _keep(self, body: Body, error: Exception, now: datetime) -> None:
        log.get().error(
            "event_failed", event_id=body.get("id"), type=body.get("type"), error=repr(error), exc_info=error
        )
        values = _key(body) | {
            "body": orjson.dumps(body).decode(),
            "error": repr(error)[:2000],
            "next_at": now + backoff(1),
            "at": now,
        }
        with self.database.transaction(ALL) as db:
            db.execute(_KEEP, values)

    def retry_due(self) -> bool:
        """Try the next event whose time has come; False when there is none."""
        now = clock.now()
        times = {"now": now, "longest": now + timedelta(seconds=2 * LONGEST_WAIT)}
        if not alone(self.database, _ONE_DUE, times):  # nearly always, and one round trip instead of a transaction
            return False
        failure: tuple[Body, Exception, int] | None = None
        with self.database.transaction(ALL) as db:
            row = db.execute(_TAKE_DUE, times).mappings().first()
            if row is None:
                return False
            body = row["body"]
            with _work_on(body) as span:
                try:
                    with db.begin_nested():
                        self._apply(db, body, now)
                except Exception as error:
                    if database_is_away(error):
                        raise
                    failure = (body, error, row["attempts"] + 1)
                    span.fail(error)
            if failure is None:
                db.execute(text("UPDATE inbox SET state = 'done', body = NULL, error = NULL WHERE event_id = :id"),
                           {"id": row["event_id"]})  # fmt: skip
            else:
                attempts = failure[2]
                dead = attempts >= ATTEMPTS
                db.execute(
                    text(
                        "UPDATE inbox SET state = :state, attempts = :n, error = :error, next_at = :next WHERE event_id = :id"
                    ),
                    {
                        "state": "dead" if dead else "retry",
                        "n": attempts,
                        "error": repr(failure[1])[:2000],
                        "next": now + backoff(attempts),
                        "id": row["event_id"],
                    },
                )
                log.get().error("event_dead" if dead else "event_failed_again", event_id=str(row["event_id"]),
                                type=row["type"], attempts=attempts, exc_info=failure[1])  # fmt: skip
        return True


def replay(db: Session, event_id: UUID | None = None) -> int:
    """Give dead letters (one, or all) another round of tries; returns how many."""
    statement = "UPDATE inbox SET state = 'retry', attempts = 0, next_at = now() WHERE state = 'dead'"
    if event_id is not None:
        statement += " AND event_id = :id"
    rows = db.execute(text(statement + " RETURNING event_id"), {"id": event_id} if event_id else {})
    return len(rows.all())


def dead_letters(db: Session) -> list[dict[str, Any]]:
    """Returns the dead letters, oldest first."""
    rows = db.execute(text("SELECT event_id, type, source, attempts, error, received_at, body FROM inbox"
                           " WHERE state = 'dead' ORDER BY received_at"))  # fmt: skip
    return [dict(row) for row in rows.mappings()]


def backoff(attempts: int) -> timedelta:
    """Wait before the next try: 1 s, 4 s, 16 s, 64 s, then 5 minutes each."""
    return timedelta(seconds=min(4 ** (attempts - 1), LONGEST_WAIT))


def database_is_away(error: Exception) -> bool:
    """The connection broke (or never was), as opposed to a statement that the server refused."""
    if isinstance(error, psycopg.OperationalError):
        return error.sqlstate in _AWAY
    return isinstance(error, OperationalError | InterfaceError) and (
        error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _AWAY
    )


def will_pass(error: Exception) -> bool:
    """Says whether the error of the server is transient (SQLSTATE class 40, 53, 55 or 57), so that a retry may succeed."""
    return (getattr(getattr(error, "orig", error), "sqlstate", None) or "").startswith(_PASSING)


def run_consumer(inbox: Inbox, bus: Bus, service: str, stop: threading.Event, beat: Callable[[], None]) -> None:
    """Consume until `stop`. While the database is away it stops consuming rather than burn redeliveries."""
    while not stop.is_set():
        try:
            with inbox.database.transaction(ALL) as db:  # consume only when there is a database to write to
                db.execute(text("SELECT 1"))
            bus.declare()
            with bus.consuming(service, inbox.receive) as drain:
                counted = looked = float("-inf")
                while not stop.is_set():
                    beat()
                    if time.monotonic() - counted > 5:
                        QUEUE_WAITING.set(bus.waiting(service))
                        counted = time.monotonic()
                    drain(0.5)
                    if time.monotonic() - looked > 0.5:  # not after each event of many
                        while inbox.retry_due():
                            beat()
                        looked = time.monotonic()
        except Exception as error:
            log.get().warning("consumer_interrupted", error=repr(error))
            bus.reset()
            stop.wait(1.0)
    bus.close()


def _identified(body: Any) -> Body:
    """`body`, or something with an id that carries it as text: what is no event at all, or holds what no table can
    (U+0000), must become a dead letter too."""
    try:
        UUID(body["id"])
        if not _holds_nul(body):
            return dict(body)
    except (TypeError, KeyError, ValueError, AttributeError):
        pass
    return {
        "id": str(uuid5(NAMESPACE_URL, repr(body))),
        "type": "malformed",
        "source": "?",
        "data": {"raw": orjson.dumps(body).decode()},
    }


def _holds_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(item) for key, item in value.items())
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\x00" in value


def _key(body: Body) -> dict[str, Any]:
    return {"id": body["id"], "type": str(body.get("type")), "source": str(body.get("source"))}


@contextmanager
def _work_on(body: Body) -> Iterator[telemetry.Span]:
    """Context and span of taking one event; well-formed whatever the body says, because the log reads it also where
    the body is refused."""
    with telemetry.span(f"take {body.get('type')}", str(body.get("traceparent", "")), "consumer") as span:
        taking = context.Context(request_id=str(body.get("requestid", "")), traceparent=span.traceparent, actor=SYSTEM)
        with context.work(taking):
            yield span


def _age(body: Body) -> float:
    """From the event's time, which is that of its change, to now. [seconds]"""
    return max(0.0, (clock.now() - datetime.fromisoformat(body["time"])).total_seconds())
