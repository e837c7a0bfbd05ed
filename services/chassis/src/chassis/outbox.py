"""The outbox: an event is written in the transaction of the change it tells, and published afterwards.

One relay a service at a time (an advisory lock decides) reads what is not yet published in id order, publishes with
confirms, then marks it. It is woken by NOTIFY and looks again every second anyway, so that nothing which failed once
is forgotten. Do not read by "id greater than the last": late commits would be lost.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock, log, telemetry
from chassis.bus import Bus
from chassis.events import Contracts, Event, envelope
from chassis.metrics import EVENTS_PUBLISHED

BATCH = 100
_RELAY_LOCK = 4_471_002
INSERT = text("INSERT INTO outbox (event_id, type, body, created_at) VALUES (:event_id, :type, :body, :at)")


class Recorder:
    """Writes the events of one service; made once a process."""

    def __init__(self, service: str, contracts: Contracts) -> None:
        self.service = service
        self.contracts = contracts

    def record(self, db: Session, *events: Event) -> None:
        if made := self.rows(*events):
            db.execute(INSERT, made)

    def rows(self, *events: Event) -> list[dict[str, Any]]:
        at, made = clock.now(), []
        for event in events:
            body = envelope(event, self.service, at)
            self.contracts.check(body)
            made.append({"event_id": event.id, "type": event.type, "body": _dumps(body), "at": at})
        return made


_recorder: Recorder | None = None


def use(recorder: Recorder) -> None:
    global _recorder
    _recorder = recorder


def record(db: Session, *events: Event) -> None:
    """Record events in the caller's transaction. Raises: ContractError where one does not satisfy its schema."""
    if _recorder is None:
        raise RuntimeError("the outbox has no recorder; a Runtime sets it")
    _recorder.record(db, *events)


def rows(*events: Event) -> list[dict[str, Any]]:
    """The values for `INSERT`, where a transaction is no session's. Raises: ContractError."""
    if _recorder is None:
        raise RuntimeError("the outbox has no recorder; Runtime.start sets it")
    return _recorder.rows(*events)


def _dumps(body: dict[str, Any]) -> str:
    return orjson.dumps(body).decode()


def run_relay(database_url: str, bus: Bus, stop: threading.Event, beat: Callable[[], None]) -> None:
    """Publish until `stop`. Any failure waits a little and starts anew: nothing is lost, at worst sent twice."""
    while not stop.is_set():
        try:
            with psycopg.connect(database_url, autocommit=True, row_factory=dict_row, connect_timeout=5) as connection:
                if not _become_relay(connection, stop, beat):
                    return
                bus.declare()
                connection.execute("LISTEN outbox")
                while not stop.is_set():
                    beat()
                    if relay_once(connection, bus) == 0:
                        bus.keep_alive()
                        _wait(connection, stop, seconds=1.0)
        except Exception as error:
            log.get().warning("relay_interrupted", error=repr(error))
            bus.reset()
            stop.wait(1.0)


def relay_once(connection: psycopg.Connection[dict[str, Any]], bus: Bus) -> int:
    """Publish one batch of what waits; returns how many."""
    rows = connection.execute(
        "SELECT id, type, body FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT %s", (BATCH,)
    ).fetchall()
    published: list[int] = []
    try:
        for row in rows:
            with telemetry.span(f"publish {row['type']}", row["body"]["traceparent"], "producer"):
                bus.publish(row["type"], row["body"])
            published.append(row["id"])
    finally:
        if published:
            connection.execute("UPDATE outbox SET published_at = now() WHERE id = ANY(%s)", (published,))
            EVENTS_PUBLISHED.inc(len(published))
    return len(rows)


def _become_relay(
    connection: psycopg.Connection[dict[str, Any]], stop: threading.Event, beat: Callable[[], None]
) -> bool:
    while not stop.is_set():
        row = connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (_RELAY_LOCK,)).fetchone()
        if row and row["mine"]:
            return True
        beat()
        stop.wait(1.0)
    return False


def _wait(connection: psycopg.Connection[dict[str, Any]], stop: threading.Event, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not stop.is_set() and (left := deadline - time.monotonic()) > 0:
        for _ in connection.notifies(timeout=min(left, 0.5), stop_after=1):
            return
