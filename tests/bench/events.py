"""The time of an event from the commit of its change to the commit of its effect in another service, at 100 per second, and
the rate of 5,000 in one burst; against the same chain by the bare means."""

import json
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import bare_events
import psycopg
from harness import Line, percentile, platform_to_measure, quiet, spread, tell

from launcher.servers import Platform

RATE = 100  # [events/s]
NUMBER = 400
BURST = 5000
ROUNDS = 3
Put = Callable[[psycopg.Connection[tuple[object, ...]], list[str]], None]
WATCH = """
CREATE OR REPLACE FUNCTION bench_tell() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_notify('bench', NEW.event_id::text); RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER bench_tell AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION bench_tell();
"""


def measure(platform: Platform) -> list[Line]:
    source, target = platform.database_urls["notification"], platform.database_urls["identity"]
    with psycopg.connect(target, autocommit=True) as db:
        db.execute(WATCH)
    ours: list[list[float]] = []
    limits: list[list[float]] = []
    bursts: list[float] = []
    limit_bursts: list[float] = []
    with bare_events.chain(target, platform.bus_url):
        for _ in range(ROUNDS):
            quiet()
            limits.append(hops(target, target, put_bare))
            limit_bursts.append(burst(target, target, put_bare))
            quiet()
            ours.append(hops(source, target, put_ours))
            bursts.append(burst(source, target, put_ours))
    lines = []
    for name, share in (("event hop, p50", 0.5), ("event hop, p99", 0.99)):
        own, bare = ([percentile(one, share) * 1000 for one in many] for many in (ours, limits))
        more = {"ours_spread": spread(own), "limit_spread": spread(bare)}
        lines.append(Line(name, statistics.median(own), statistics.median(bare), "ms", NUMBER * ROUNDS, more))
    more = {"ours_spread": spread(bursts), "limit_spread": spread(limit_bursts)}
    lines.append(
        Line("event burst", statistics.median(bursts), statistics.median(limit_bursts), "events/s", BURST, more)
    )
    return lines


def put_ours(db: psycopg.Connection[tuple[object, ...]], ids: list[str]) -> None:
    """Writes events to notification's outbox in one transaction, as its Recorder does. Only identity consumes them."""
    rows = []
    for one in ids:
        now = datetime.now(UTC)
        body = {
            "specversion": "1.0", "id": one, "type": "wechat.followed", "source": "notification", "subject": one,
            "time": now.isoformat().replace("+00:00", "Z"), "datacontenttype": "application/json",
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "data": {"appid": "wx-official", "openid": f"o-{one}", "unionid": f"u-{one}"},
        }  # fmt: skip
        rows.append((one, "wechat.followed", json.dumps(body), now))
    with db.cursor() as cursor:
        cursor.executemany("INSERT INTO outbox (event_id, type, body, created_at) VALUES (%s, %s, %s, %s)", rows)
    db.commit()


def put_bare(db: psycopg.Connection[tuple[object, ...]], ids: list[str]) -> None:
    with db.cursor() as cursor:
        cursor.executemany("INSERT INTO hop.outbox (event_id) VALUES (%s)", [(one,) for one in ids])
        cursor.execute("NOTIFY hop")
    db.commit()


def hops(source: str, target: str, put: Put) -> list[float]:
    """Returns the seconds from each commit to the commit of its effect."""
    began: dict[str, float] = {}
    taken: dict[str, float] = {}
    with psycopg.connect(source) as writer, psycopg.connect(target, autocommit=True) as watcher:
        watcher.execute("LISTEN bench")
        for number in range(NUMBER):
            due = time.perf_counter() + 1 / RATE
            one = str(uuid.uuid4())
            put(writer, [one])
            began[one] = time.perf_counter()
            while (left := due - time.perf_counter()) > 0 or (number == NUMBER - 1 and len(taken) < NUMBER):
                for told in watcher.notifies(timeout=max(left, 0.001), stop_after=1):
                    if told.payload in began:
                        taken[told.payload] = time.perf_counter()
                if left < -30:
                    raise TimeoutError(f"{NUMBER - len(taken)} events never arrived")
    return [taken[one] - began[one] for one in began]


def burst(source: str, target: str, put: Put) -> float:
    """Returns events per second for BURST events committed at once."""
    ids = [str(uuid.uuid4()) for _ in range(BURST)]
    waiting = set(ids)
    with psycopg.connect(source) as writer, psycopg.connect(target, autocommit=True) as watcher:
        watcher.execute("LISTEN bench")
        put(writer, ids)
        began = time.perf_counter()
        while waiting:
            for told in watcher.notifies(timeout=1, stop_after=500):
                waiting.discard(told.payload)
            if time.perf_counter() - began > 120:
                raise TimeoutError(f"{len(waiting)} events never arrived")
        return BURST / (time.perf_counter() - began)


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
