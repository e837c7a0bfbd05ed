"""A province: one organisation with a million instruments and many with ten thousand each, in every county and of every
kind; a pure function of their number.

Triggers and indexes are dropped while rows are written. Afterwards the counters are computed as in the migrations, and the
triggers and indexes are created again. Otherwise ten million rows would take hours.
"""

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
from harness import note

LARGEST = 1_000_000
ORDINARY = 10_000
CHUNK = 250_000
SEARCHED = ("name", "model", "serial_no", "own_no", "install_address")
WORDS = "search_words(" + " || E'\\n' || ".join(f"i.{name}" for name in SEARCHED) + ")"
ORG = "md5('org' || {})::uuid"
ROWS = f"""
WITH made AS (INSERT INTO instrument (id, org_id, code, name, model, serial_no, own_no, identity_key, manufacturer, kind_code,
    purpose, division_code, install_address, accuracy_class, measuring_range, made_on, department, filing_state,
    institution_id, participants, approved_on, result, result_source, valid_until, ever_filed, created_at, updated_at)
SELECT CAST(lpad(to_hex(1600000000000 + i * 10), 12, '0') || '7' || substr(h, 1, 3) || 'a' || substr(h, 4, 15) AS uuid),
       {ORG.format("o")}, 'P' || upper(substr(h, 8, 15)), k.name, 'TCS-' || i %% 313,
       'SN' || lpad(CAST(i AS text), 10, '0'), 'A' || i, sha256(CAST(h AS bytea)), '制造厂 ' || i %% 61, k.code, 'trade',
       (%(divisions)s::text[])[o %% %(many)s + 1],
       (ARRAY['天河北路', '中山路', '人民路', '解放路', '建设大道', '滨江东路', '工业园', '和平街'])[i %% 8 + 1] || ' ' || i %% 997 || ' 号',
       (ARRAY['0.5', '1.0', '1.5', '2.5'])[i %% 4 + 1], '(0～' || i %% 100 || ') kg', DATE '2020-01-01' + i %% 2000,
       '部门 ' || i %% 23, s.state, s.holder, CASE WHEN s.holder IS NULL THEN '{{}}' ELSE ARRAY[s.holder] END,
       CASE WHEN s.state = 'approved' THEN today - i %% 60 END,
       CASE WHEN s.state = 'approved' AND i %% 3 > 0 THEN 'pass' END,
       CASE WHEN s.state = 'approved' AND i %% 3 > 0 THEN 'certificate' END,
       CASE WHEN s.state = 'approved' AND i %% 3 > 0 THEN today - 60 + i %% 420 END,
       s.state = 'approved', TIMESTAMPTZ '2020-01-01' + i * INTERVAL '1 second', now()
FROM generate_series(%(start)s::int, %(end)s::int) AS i,
     LATERAL (SELECT md5('p' || i) AS h, CASE WHEN i <= {LARGEST} THEN 0 ELSE 1 + (i - {LARGEST}) / {ORDINARY} END AS o) AS w,
     LATERAL (SELECT (%(kinds)s::text[])[i %% %(kinds_many)s + 1] AS code, (%(names)s::text[])[i %% %(kinds_many)s + 1] AS name) AS k,
     LATERAL (SELECT (ARRAY['approved', 'approved', 'approved', 'approved', 'approved', 'none', 'submitted', 'returned'])[i / 7 %% 8 + 1] AS state) AS t,
     LATERAL (SELECT t.state, CASE WHEN t.state <> 'none' THEN (%(holders)s::uuid[])[o %% %(many)s + 1] END AS holder) AS s,
     current_date AS today
RETURNING *)
INSERT INTO instrument_search (instrument_id, viewers, words) SELECT i.id, i.org_id || i.participants || CASE WHEN i.filing_state <> 'none'
    THEN ARRAY[area_viewer(left(i.division_code, 4)), area_viewer(left(i.division_code, 6))] ELSE '{{}}' END, {WORDS} FROM made AS i
"""
STATE = "status, filing_state, phase, phase_day"
WHOSE = "unnest(i.org_id || i.participants)"
NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"
COUNTED = f"SELECT division_code, kind_code, coalesce(institution_id, {NOBODY}) AS holder, {STATE}, count(*) AS n FROM instrument GROUP BY 1, 2, 3, 4, 5, 6, 7"
MADE_UP = (
    f"INSERT INTO instrument_count (viewer_id, {STATE}, n, merged)"
    f" SELECT v.one, {STATE}, count(*), true FROM instrument AS i, {WHOSE} AS v(one) GROUP BY 1, 2, 3, 4, 5",
    f"INSERT INTO supervision_count (area, leaf, kind_code, institution_id, {STATE}, n, merged)"
    f" SELECT a.area, a.leaf, a.kind_code, a.institution_id, {STATE}, sum(n), true FROM ({COUNTED}) AS c,"
    " LATERAL areas_counted(c.division_code, c.kind_code, c.holder) AS a GROUP BY 1, 2, 3, 4, 5, 6, 7, 8",
    "INSERT INTO instrument_part (institution_id, instrument_id) SELECT v.one, i.id FROM instrument AS i, unnest(i.participants) AS v(one)",
)


def org(number: int) -> UUID:
    """0: the organisation with a million."""
    return UUID(hashlib.md5(f"org{number}".encode(), usedforsecurity=False).hexdigest())


def load(url: str, number: int) -> None:
    """Loads `number` instruments into an empty registry."""
    with psycopg.connect(url, autocommit=True) as db:
        _quick(db)
        db.execute(
            "TRUNCATE instrument, instrument_search, instrument_part, instrument_count, supervision_count CASCADE"
        )
        given = _given(db)
        later = _put_aside(db)
        _timed("rows", lambda: _in_parts(url, ROWS, number, given))
        for statement in MADE_UP:
            _timed(statement[:40], lambda one=statement: db.execute(one))
        for statement in later:
            _timed(statement[:80], lambda one=statement: db.execute(one))
        tables = "instrument, instrument_search, instrument_part, instrument_count, supervision_count"
        _timed("vacuum", lambda: db.execute(f"VACUUM ANALYZE {tables}"))


def _quick(db: psycopg.Connection) -> None:
    for setting in ("qj.everything = 'on'", "statement_timeout = 0", "synchronous_commit = off",
                    "maintenance_work_mem = '1GB'", "work_mem = '256MB'"):  # fmt: skip
        db.execute(f"SET {setting}")


def _given(db: psycopg.Connection) -> dict[str, object]:
    """Returns divisions and institutions when all events of identity have arrived."""
    known = "SELECT (SELECT count(*) FROM division), (SELECT count(*) FROM institution)"
    before = None
    while before is None or 0 in before or db.execute(known).fetchone() != before:
        before = db.execute(known).fetchone()
        time.sleep(2)
    kinds = db.execute("SELECT code, name FROM kind WHERE supervision <> 'P' ORDER BY code").fetchall()
    divisions = [row[0] for row in db.execute("SELECT code FROM division WHERE is_leaf ORDER BY code")]
    by_area = dict(db.execute("SELECT left(division_code, 4), min(id::text) FROM institution GROUP BY 1").fetchall())
    anyone = next(iter(by_area.values()))
    return {
        "kinds": [code for code, _ in kinds], "names": [name for _, name in kinds], "kinds_many": len(kinds),
        "divisions": divisions, "holders": [by_area.get(code[:4], anyone) for code in divisions], "many": len(divisions),
    }  # fmt: skip


def _put_aside(db: psycopg.Connection) -> list[str]:
    """Drops triggers, and indexes except those of constraints. Returns the statements that create them again."""
    found = db.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('instrument', 'instrument_search')"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)"
    ).fetchall()
    for name, _ in found:
        db.execute(f"DROP INDEX {name}")
    db.execute("ALTER TABLE instrument DISABLE TRIGGER USER")
    return [*(definition for _, definition in found), "ALTER TABLE instrument ENABLE TRIGGER USER"]


def _in_parts(url: str, statement: str, number: int, given: dict[str, object]) -> None:
    def part(start: int) -> None:
        with psycopg.connect(url, autocommit=True) as db:
            _quick(db)
            db.execute(statement, given | {"start": start, "end": min(start + CHUNK - 1, number)})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(part, range(1, number + 1, CHUNK)))


def _timed(name: str, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    note(f"{name}: {time.perf_counter() - began:.0f} s")
