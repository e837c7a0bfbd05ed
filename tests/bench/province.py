"""Common views in a province of 10,000,000 instruments: lists with totals, counts, searches and statistics, as the queries
answer them, each with its goal. Loading takes half an hour and 12 GB, so it runs only on request: `make bench s=province`."""

import os
import statistics as figures
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import province_data
import psycopg
from harness import Line, note, platform_to_measure, tell

from chassis.actor import Actor
from chassis.db import Database, Scope
from chassis.ids import new_id
from chassis.reads import Snapshot
from launcher.servers import Platform
from registry import queries
from registry.queries import statistics
from registry.tables import NOBODY

ROWS = int(os.environ.get("PROVINCE_ROWS", "10000000"))
LIST_MS, COUNT_MS, OWN_SEARCH_MS, PROVINCE_SEARCH_MS = 20.0, 5.0, 20.0, 100.0
ASKED = 20
WORDS = ("天河北路 12", "SN0004999", "压力", "没有这个")


def measure(platform: Platform) -> list[Line]:
    url = platform.database_urls["registry"]
    with psycopg.connect(url) as db:
        db.execute("SET qj.everything = 'on'")
        loaded = db.execute("SELECT count(*) FROM instrument").fetchone()
    if loaded is None or loaded[0] != ROWS:
        province_data.load(url, ROWS)
    return asked(url)


def asked(url: str) -> list[Line]:
    database = Database(url, 1, "qj-bench")
    lines = []

    def ask(name: str, actor: Actor, goal: float, question: Callable[[Snapshot, Actor], Any]) -> None:
        took = []
        for _ in range(ASKED):
            reader = Snapshot(database, Scope.of(actor))
            began = time.perf_counter()
            question(reader, actor)
            took.append((time.perf_counter() - began) * 1000)
            if took[0] > 5000:
                break
        note(f"{actor.name}, {name}: {figures.median(took):.1f} ms, at worst {max(took):.1f}")
        lines.append(Line(f"{actor.name}, {name}, of {ROWS:,}", figures.median(took), goal, "ms", len(took)))

    for actor in _people(url):
        own = actor.kind == "applicant"
        ask("first page and total", actor, LIST_MS, _listed())
        ask("page 3 of a view", actor, LIST_MS, _listed(view="due", page=3))
        ask("first page of 100 by filing state", actor, LIST_MS, _listed(filing_state="returned", page_size=100))
        ask("counts of the home page", actor, COUNT_MS, lambda reader, by: queries.overview(reader, by, _today()))
        for word in WORDS:
            ask(f"search for {word}", actor, OWN_SEARCH_MS if own else PROVINCE_SEARCH_MS, _listed(q=word))
        if actor.kind in ("supervisor", "admin"):
            ask("statistics", actor, COUNT_MS, lambda reader, by: statistics.supervision(reader, by, _today(), {}))
            for by_what in statistics.GROUPS:
                ask(f"statistics by {by_what}", actor, PROVINCE_SEARCH_MS, _broken_down(by_what))
            ask("statistics of a kind", actor, PROVINCE_SEARCH_MS, _of_kind)
    database.dispose()
    return lines


def _listed(**args: Any) -> Callable[[Snapshot, Actor], Any]:
    return lambda reader, actor: queries.instruments(reader, actor, {"page_size": 15, **args}, _today())


def _broken_down(by_what: str) -> Callable[[Snapshot, Actor], Any]:
    return lambda reader, actor: statistics.breakdown(reader, actor, _today(), by_what, {})


def _of_kind(reader: Snapshot, actor: Actor) -> Any:
    return statistics.supervision(reader, actor, _today(), {"kind_code": "020100"})


def _today() -> Any:
    return datetime.now(UTC).date()


def _people(url: str) -> list[Actor]:
    with psycopg.connect(url) as db:
        holders = db.execute(
            "SELECT institution_id, sum(n) FROM supervision_count WHERE leaf AND kind_code <> '' AND institution_id <> %s GROUP BY 1 ORDER BY 2",
            (NOBODY,),
        ).fetchall()
    note(f"{len(holders)} institutions, {holders[0][1]:,} to {holders[-1][1]:,} instruments each")

    def person(name: str, kind: str, org_id: UUID | None, division: str | None) -> Actor:
        return Actor(new_id(), kind, org_id, division=division, name=name)

    return [
        person("applicant with 10,000", "applicant", province_data.org(7), "440106"),
        person("applicant with 1,000,000", "applicant", province_data.org(0), "440106"),
        person("smallest institution", "institution", holders[0][0], "440106"),
        person("largest institution", "institution", holders[-1][0], "440100"),
        person("supervisor of a county", "supervisor", new_id(), "440106"),
        person("supervisor of a city", "supervisor", new_id(), "440100"),
        person("supervisor of the province", "supervisor", new_id(), "440000"),
        person("administrator", "admin", None, None),
    ]


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
