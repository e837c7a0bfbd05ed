"""The worker process: consumer, outbox relay, jobs and schedules, each in a thread; `--only` splits them."""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import column, select, table, text

from chassis import clock, copies, health, jobs, log, outbox, reads
from chassis.bus import Bus
from chassis.db import ALL, TIMESTAMP
from chassis.inbox import Effect, Inbox, run_consumer
from chassis.metrics import BEAT
from chassis.rawjson import dumps
from chassis.revocations import on_account_disabled, on_session_revoked
from chassis.runtime import Runtime, Schedule

PARTS = ("consume", "relay", "jobs", "schedule")


# Parts that must show life for the worker to be ready; a job or a schedule may take its time.
BEATING = ("consume", "relay")
ALIVE_SECONDS = 20.0
_beats: dict[str, float] = {}


def beating(only: str | None) -> dict[str, str]:
    """consume and relay -> ok, or silent when they have not come round lately (no bus, no database)."""
    now = time.monotonic()
    return {
        part: "ok" if now - _beats.get(part, float("-inf")) < ALIVE_SECONDS else "silent"
        for part in BEATING
        if only in (None, part)
    }


def effects_of(runtime: Runtime) -> dict[str, Effect]:
    """The service's effects, and the revocations that every service obeys."""
    return {
        "session.revoked": on_session_revoked,
        "account.disabled": on_account_disabled,
        **runtime.service.effects,
    }


def run(runtime: Runtime, only: str | None = None) -> None:
    """Work until SIGTERM or SIGINT; what is in hand is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = [
        threading.Thread(target=_guarded, args=(part, _part(runtime, part, stop), stop), name=part, daemon=True)
        for part in PARTS
        if only in (None, part)
    ]
    if only in (None, "schedule"):  # beside the schedules, which must not wait for them
        threads += [
            threading.Thread(target=_guarded, args=(name, partial(loop, runtime, stop), stop), name=name, daemon=True)
            for name, loop in runtime.service.loops.items()
        ]
    server = _serve_health(runtime, only)
    for thread in threads:
        thread.start()
    log.get().info("working", parts=[thread.name for thread in threads])
    while not stop.wait(0.5):
        if not all(thread.is_alive() for thread in threads):
            log.get().error("part_died")
            os._exit(1)  # the supervisor starts a whole process again
    for thread in threads:
        thread.join(timeout=20)
    server.shutdown()
    runtime.database.dispose()


def _guarded(part: str, work: Callable[[], None], stop: threading.Event) -> None:
    try:
        work()
    except Exception as error:
        log.get().error("part_failed", part=part, exc_info=error)
        stop.wait(1)
        raise


def _part(runtime: Runtime, part: str, stop: threading.Event) -> Callable[[], None]:
    def beat() -> None:
        _beats[part] = time.monotonic()
        BEAT.labels(part).set(time.time())

    service, settings = runtime.service, runtime.settings
    bus = Bus(settings.bus_url, runtime.contracts.topology, visibility_timeout=settings.redelivery_seconds)
    inbox = Inbox(runtime.database, runtime.contracts, effects_of(runtime))
    return {
        "consume": lambda: run_consumer(inbox, bus, service.name, stop, beat),
        "relay": lambda: outbox.run_relay(settings.database_url, bus, stop, beat),
        "jobs": lambda: jobs.run_jobs(runtime, service.jobs, stop, beat),
        "schedule": lambda: _run_schedules(runtime, (*service.schedules, *housekeeping()), stop, beat),
    }[part]


# -- schedules -------------------------------------------------------------------------------------------------------

_RAN = table("schedule_run", column("name"), column("last_at", TIMESTAMP))
_LAST = reads.Read(select(_RAN.c.name, _RAN.c.last_at))
_DUE = text(
    "INSERT INTO schedule_run (name, last_at) VALUES (:name, :now) ON CONFLICT (name) DO UPDATE"
    " SET last_at = excluded.last_at WHERE schedule_run.last_at <= :before OR schedule_run.last_at > :now RETURNING name"
)  # in the future: the clock was set back since


def _run_schedules(
    runtime: Runtime, schedules: tuple[Schedule, ...], stop: threading.Event, beat: Callable[[], None]
) -> None:
    while not stop.is_set():
        beat()
        try:
            waiting = due(runtime, schedules)
        except Exception as error:
            log.get().warning("schedules_interrupted", error=repr(error))
            waiting = []
        for schedule in waiting:
            beat()
            try:
                run_if_due(runtime, schedule)
            except Exception as error:  # one schedule that fails must not stop the others
                log.get().error("schedule_failed", schedule=schedule.name, exc_info=error)
        stop.wait(1.0)


def due(runtime: Runtime, schedules: Sequence[Schedule]) -> list[Schedule]:
    """Those whose time seems to have come. One read for all, each second in every service: nearly always there are none."""
    now = clock.now()
    last = {row["name"]: row["last_at"] for row in reads.alone(runtime.database, _LAST, {})}
    never = datetime.min.replace(tzinfo=UTC)
    return [one for one in schedules if not now - one.every < last.get(one.name, never) <= now]


def run_if_due(runtime: Runtime, schedule: Schedule) -> bool:
    """Run `schedule` if its time has come and no other process took it."""
    now = clock.now()
    with runtime.database.transaction(ALL) as db:
        mine = db.execute(_DUE, {"name": schedule.name, "now": now, "before": now - schedule.every}).first()
    if mine is None:
        return False
    schedule.run(runtime, now)
    return True


def housekeeping() -> tuple[Schedule, ...]:
    """The schedules of every service: delete old events, keys, sessions and jobs, and compare replicas."""

    def tidy(runtime: Runtime, now: datetime) -> None:
        with runtime.database.transaction(ALL) as db:
            week = {"old": now - timedelta(days=7)}
            db.execute(text("DELETE FROM outbox WHERE published_at < :old"), week)
            db.execute(
                text("DELETE FROM inbox WHERE state = 'done' AND received_at < :old"),
                {"old": now - timedelta(days=30)},
            )
            db.execute(
                text("DELETE FROM idempotency_key WHERE created_at < :old"),
                {"old": now - timedelta(hours=24)},
            )
            db.execute(text("DELETE FROM revoked_session WHERE until < :now"), {"now": now})
            files = jobs.tidy(db, now)
        for name in files:
            runtime.files.delete(name)

    return (
        Schedule("housekeeping", timedelta(hours=1), tidy),
        Schedule("check_copies", timedelta(hours=1), copies.check_at_night),
    )


# -- health of the worker --------------------------------------------------------------------------------------------


def _serve_health(runtime: Runtime, only: str | None) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/healthz":
                self._answer(200, b'{"status":"ok"}')
            elif self.path == "/readyz":
                ok, parts = health.ready(runtime)
                parts |= beating(only)
                ok = ok and all(state == "ok" for state in parts.values())
                self._answer(200 if ok else 503, dumps({"status": "ok" if ok else "unavailable", "parts": parts}))
            elif self.path == "/metrics":
                self._answer(200, health.metrics_text(runtime), "text/plain; version=0.0.4; charset=utf-8")
            else:
                self._answer(404, b"{}")

        def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Health checks are not news."""

    host, _, port = runtime.settings.work_bind.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
