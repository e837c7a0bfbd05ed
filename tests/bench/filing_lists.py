"""Lists, searches and counts of filings, for each kind of account, each beside the registry's same question about as many
instruments of the same owners, places and states. A ratio of 0.5 is the goal: within twice the registry's time.

Rows are written by SQL with the triggers in place, so that the first lines show what they cost."""

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from harness import Line, note, platform_to_measure, tell

from chassis.actor import Actor
from chassis.db import Database, Scope
from chassis.ids import new_id
from chassis.reads import Snapshot
from filing.queries import counts
from filing.queries.filings import FILINGS
from launcher.servers import Platform
from registry import queries

ROWS = int(os.environ.get("FILING_ROWS", "200000"))
CHUNK = 10_000
ASKED = 15
SLOW_MS = 2000.0  # then three times do
LARGEST, INSTITUTION = UUID(int=1), UUID(int=2**64)  # the owner of half of all, and who takes part in three quarters

# What both services hold of number i: half belongs to one organisation, three quarters stand in one county.
FACTS = """
    generate_series(%(from)s::int, %(to)s::int) AS i,
    LATERAL (SELECT md5('f' || i) AS h, CASE WHEN i %% 2 = 0 THEN 1 ELSE 2 + i / 2 %% 999 END AS o) AS w,
    LATERAL (SELECT CAST(lpad(to_hex(1700000000000 + i), 12, '0') || '7' || substr(h, 1, 3) || 'a' || substr(h, 4, 15) AS uuid) AS id,
                    CAST(lpad(to_hex(o), 32, '0') AS uuid) AS org_id,
                    (ARRAY['电子秤', '压力表', '血压计', '燃油加油机', '水表'])[i / 3 %% 5 + 1] AS name,
                    'TCS-' || i %% 313 AS model, 'SN' || lpad(CAST(i AS text), 10, '0') AS serial_no,
                    '天河北路 ' || i %% 500 || ' 号' AS address, '制造厂 ' || i %% 61 AS maker,
                    CASE WHEN i %% 4 < 3 THEN '440106' ELSE '440304' END AS division,
                    CAST(lpad(CASE WHEN i %% 4 < 3 THEN '1' ELSE '2' END || repeat('0', 16), 32, '0') AS uuid) AS institution,
                    (ARRAY['approved', 'approved', 'approved', 'approved', 'submitted', 'submitted', 'returned', 'withdrawn'])
                        [i / 7 %% 8 + 1] AS state,
                    TIMESTAMPTZ '2026-01-01' + i * INTERVAL '1 second' AS at) AS f"""
ORGS = """
INSERT INTO org (id, name, division_code, credit_code) SELECT CAST(lpad(to_hex(o), 32, '0') AS uuid), '商户 ' || o || ' 有限公司',
    '440106', '91440106' || lpad(CAST(o AS text), 10, '0') FROM generate_series(1, 1000) AS o"""
INSTRUMENTS = f"""
INSERT INTO instrument (id, org_id, code, name, model, serial_no, own_no, identity_key, manufacturer, kind_code, purpose,
    division_code, install_address, filing_state, institution_id, participants, approved_on, ever_filed, created_at, updated_at)
SELECT id, org_id, 'F' || upper(substr(h, 1, 15)), name, model, serial_no, '', sha256(CAST(h AS bytea)), maker, '020100', 'trade',
    division, address, state, institution, ARRAY[institution], CASE WHEN state = 'approved' THEN current_date END,
    state = 'approved', at, at FROM {FACTS}"""
SUBMISSION = """
INSERT INTO submission (id, org_id, institution_id, authorize_province, selection, state, submitted_at)
SELECT id, id, id, false, '{}', 'done', now() FROM (SELECT CAST(lpad('1', 32, '0') AS uuid) AS id) AS one"""
FILED = f"""
INSERT INTO filing (id, number, submission_id, instrument_id, instrument_version, org_id, kind_code, division_code, snapshot,
    search, state, city_id, institution_id, participants, authorize_province, submitted_at, decided_at, due_on, version)
SELECT id, 'BAF' || lpad(CAST(i AS text), 9, '0'), CAST(lpad('1', 32, '0') AS uuid), id, 1, org_id, '020100', division,
    jsonb_build_object('name', name, 'model', model, 'serial_no', serial_no, 'install_address', address, 'manufacturer', maker),
    lower(concat_ws(E'\\n', name, model, serial_no, address, maker)), state, institution, institution, ARRAY[institution], false,
    at, CASE WHEN state <> 'submitted' THEN at END, current_date, 1 FROM {FACTS}"""


class Asked(NamedTuple):
    """A question: what a list of filings is asked, and what the registry's is."""

    filing: dict[str, Any]
    registry: dict[str, Any]


QUESTIONS = {
    "first page": Asked({}, {}),
    "state approved": Asked({"state": "approved"}, {"filing_state": "approved"}),
    "several states": Asked({"state": "approved,returned"}, {"filing_state": "approved"}),
    "q with one hit": Asked({"q": "SN0000012346"}, {"q": "SN0000012346"}),
    "q 电子": Asked({"q": "电子"}, {"q": "电子"}),
    "q 天河北路 12": Asked({"q": "天河北路 12"}, {"q": "天河北路 12"}),
    "q with few owners": Asked({"q": "商户 77"}, {"q": "商户 77"}),
    "name_contains 电子": Asked({"name_contains": "电子"}, {"name_contains": "电子"}),
    "org_name_contains": Asked({"org_name_contains": "商户 77"}, {"org_name_contains": "商户 77"}),
    "sort by org_name": Asked({"sort": "org_name"}, {"sort": "name"}),  # the registry does not sort by owners
}


def measure(platform: Platform) -> list[Line]:
    lines = load(platform.database_urls["filing"], platform.database_urls["registry"], ROWS)
    filing, registry = (Database(platform.database_urls[name], 1, "qj-bench") for name in ("filing", "registry"))
    for actor in _people():
        for name, asked in QUESTIONS.items():
            lines.append(
                _compared(f"{actor.name}, {name}", actor, (filing, _filings(asked)), (registry, _ledger(asked)))
            )
        lines.append(_compared(f"{actor.name}, home counts", actor, (filing, _counts), (registry, _ledger_counts)))
    filing.dispose()
    registry.dispose()
    return lines


def load(filing_url: str, registry_url: str, rows: int) -> list[Line]:
    """Both services hold what `FACTS` says of 1 to `rows`, and nothing else."""
    tables = "instrument, instrument_search, instrument_part, instrument_count, supervision_count"
    with _quick(registry_url) as db:
        db.execute(f"TRUNCATE {tables} CASCADE")
        db.execute(ORGS + " ON CONFLICT DO NOTHING")
        registry = _timed(db, INSTRUMENTS, rows)
        db.execute(f"VACUUM ANALYZE {tables}, org")
    tables = "filing, filing_search, filing_part, filing_count"
    with _quick(filing_url) as db:
        db.execute(f"TRUNCATE {tables} CASCADE")
        db.execute(ORGS + " ON CONFLICT DO NOTHING")
        db.execute(SUBMISSION + " ON CONFLICT DO NOTHING")
        filing = _timed(db, FILED, rows)
        db.execute(f"VACUUM ANALYZE {tables}, org")
    note(f"{rows:,} filings written in {rows / filing:.0f} s, {rows:,} instruments in {rows / registry:.0f} s")
    return [Line(f"write {rows:,} filings", filing, registry, "rows/s", rows)]


def _quick(url: str) -> psycopg.Connection[Any]:
    db = psycopg.connect(url, autocommit=True)
    for setting in ("qj.everything = 'on'", "statement_timeout = 0", "synchronous_commit = off"):
        db.execute(f"SET {setting}")  # type: ignore[arg-type]  # constants
    return db


def _timed(db: psycopg.Connection[Any], statement: str, rows: int) -> float:
    """[rows/s]"""
    began = time.perf_counter()
    for start in range(1, rows + 1, CHUNK):
        db.execute(statement, {"from": start, "to": min(start + CHUNK - 1, rows)})  # type: ignore[arg-type]
    return rows / (time.perf_counter() - began)


Ask = Callable[[Snapshot, Actor], Any]


def _compared(name: str, actor: Actor, ours: tuple[Database, Ask], theirs: tuple[Database, Ask]) -> Line:
    """Asked in turn, so that a neighbour who disturbs one disturbs both."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(ASKED):
        for (database, ask), times in zip((ours, theirs), took, strict=True):
            reader = Snapshot(database, Scope.of(actor))
            began = time.perf_counter()
            ask(reader, actor)
            times.append((time.perf_counter() - began) * 1000)
        if len(took[0]) == 3 and max(*took[0], *took[1]) > SLOW_MS:
            break
    own, limit = (statistics.median(times) for times in took)
    note(f"{name}: {own:.1f} ms, registry {limit:.1f} ms, {own / limit:.2f} times")
    return Line(f"filings: {name}, of {ROWS:,}", own, limit, "ms", len(took[0]), {"goal": 0.5})


def _filings(asked: Asked) -> Ask:
    return lambda reader, actor: FILINGS.page(reader, actor, {"page_size": 15, **asked.filing})


def _ledger(asked: Asked) -> Ask:
    return lambda reader, actor: queries.instruments(reader, actor, {"page_size": 15, **asked.registry}, _today())


def _counts(reader: Snapshot, actor: Actor) -> Any:
    return counts.overview(reader, actor)


def _ledger_counts(reader: Snapshot, actor: Actor) -> Any:
    return queries.overview(reader, actor, _today())


def _today() -> Any:
    return datetime.now(UTC).date()


def _people() -> list[Actor]:
    def person(
        name: str, kind: str, org_id: UUID | None, tier: str | None = None, division: str | None = None
    ) -> Actor:
        return Actor(new_id(), kind, org_id, tier=tier, division=division, name=name)

    return [
        person("applicant", "applicant", LARGEST, division="440106"),
        person("institution", "institution", INSTITUTION, "city", "440100"),
        person("supervisor", "supervisor", new_id(), "city", "440100"),
        person("admin", "admin", None),
    ]


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
