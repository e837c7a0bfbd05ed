"""The first page and total of a search in an organisation of 1,000,000 instruments, for common and rare words, in Chinese
and in digits; the limit is the goal of 20 ms."""

import statistics
import time
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from harness import Line, note, platform_to_measure, sign_in, tell
from lists import load_instruments

from chassis.actor import Actor
from chassis.db import Database, Scope
from chassis.ids import new_id
from chassis.reads import Snapshot
from launcher.servers import Platform
from registry import queries

ROWS = 1_000_000
GOAL = 20.0  # [ms]
WORDS = ("秤", "电子", "燃油", "天河北路 12", "123", "99999", "没有这个")
ASKED = 20


def measure(platform: Platform) -> list[Line]:
    org_id = sign_in(platform.gateway_url, "applicant2")["account"]["org_id"]
    url = platform.database_urls["registry"]
    load_instruments(url, org_id, ROWS, offset=20_000_000)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET statement_timeout = 0")
        db.execute("VACUUM ANALYZE instrument, instrument_search")
    actor = Actor(new_id(), "applicant", UUID(org_id), division="440106")
    database = Database(url, 1, "qj-bench")
    lines = []
    for word in WORDS:
        took = _asked(Snapshot(database, Scope.of(actor)), actor, word)
        note(f"{word}: {took:.1f} ms")
        lines.append(Line(f"search for {word} in {ROWS:,} instruments", took, GOAL, "ms", ASKED))
    database.dispose()
    return lines


def _asked(reader: Snapshot, actor: Actor, word: str) -> float:
    """[ms]"""
    took = []
    for _ in range(ASKED):
        began = time.perf_counter()
        queries.instruments(reader, actor, {"q": word, "page_size": 15}, datetime.now(UTC).date())
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
