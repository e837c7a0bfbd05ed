"""The home page's counts of one organisation and the statistics of an area, as PostgreSQL answers them, with 10,000 and
1,000,000 instruments; against one row of a counter table."""

import statistics
import time
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from harness import Line, note, platform_to_measure, sign_in, tell
from lists import load_instruments

from chassis.actor import Actor
from chassis.db import SET_SCOPE, Database, Scope
from chassis.ids import new_id
from chassis.reads import Snapshot
from launcher.servers import Platform
from registry import queries
from registry.queries import statistics as regional

SIZES = (10_000, 1_000_000)
ASKED = 400


def measure(platform: Platform) -> list[Line]:
    org_id = sign_in(platform.gateway_url, "applicant")["account"]["org_id"]
    url = platform.database_urls["registry"]
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET qj.everything = 'on'")
        db.execute("SET statement_timeout = 0")
        db.execute("DELETE FROM instrument WHERE org_id = %s", (org_id,))
        db.execute("CREATE SCHEMA IF NOT EXISTS bench_counts")
        db.execute("CREATE TABLE IF NOT EXISTS bench_counts.counter (org_id uuid PRIMARY KEY, n bigint)")
        db.execute("INSERT INTO bench_counts.counter VALUES (%s, 1) ON CONFLICT DO NOTHING", (org_id,))
    lines, loaded = [], 0
    for size in SIZES:
        load_instruments(url, org_id, size - loaded, offset=5_000_000 + loaded)
        loaded = size
        note(f"{size} instruments")
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("VACUUM ANALYZE instrument_count, supervision_count")
        ours, limit = _ours(url, org_id), _bare(url, org_id)
        lines.append(Line(f"home page counts at {size:,} instruments", ours, limit, "ms", ASKED, {"goal_ms": 1.0}))
        lines.append(
            Line(f"statistics of a city at {size:,} instruments", _area(url), limit, "ms", ASKED, {"goal_ms": 1.0})
        )
    return lines


def _ours(url: str, org_id: str) -> float:
    """[ms]"""
    read = queries._seen_figures("applicant", "wide")
    values = read.values({"actor_org": UUID(org_id), "today": datetime.now(UTC).date()})
    took = []
    with psycopg.connect(url) as db:
        db.execute(SET_SCOPE.replace(", true)", ", false)"), Scope(org_id=org_id).settings())
        for _ in range(ASKED):
            began = time.perf_counter()
            db.execute(read.sql, values, binary=True).fetchall()
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def _area(url: str) -> float:
    """States and flows of Guangzhou, in one snapshot, with the round trip through the pool. [ms]"""
    actor = Actor(new_id(), "supervisor", new_id(), tier="city", division="440100")
    reader, took = Snapshot(Database(url, 1), Scope.of(actor)), []
    for _ in range(ASKED):
        began = time.perf_counter()
        regional.supervision(reader, actor, datetime.now(UTC).date(), {})
        took.append((time.perf_counter() - began) * 1000)
    reader.database.dispose()
    return statistics.median(took)


def _bare(url: str, org_id: str) -> float:
    """[ms]"""
    took = []
    with psycopg.connect(url) as db:
        for _ in range(ASKED):
            began = time.perf_counter()
            db.execute("SELECT n FROM bench_counts.counter WHERE org_id = %s", (org_id,), binary=True).fetchall()
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
