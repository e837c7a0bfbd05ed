"""Certificates of one organisation: 1,000 as a ZIP by a job, with the memory of its worker; and among 100,000
(BENCH_ROWS=1000000: a million), the first page and total of a search, and the first page in every order."""

import os
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import requests
from harness import Line, note, platform_to_measure, quiet, sign_in, tell, watched

from chassis.actor import Actor
from chassis.db import Database, Scope
from chassis.files import FileStore
from chassis.ids import new_id
from chassis.reads import Snapshot
from launcher.servers import Platform
from registry.queries import certificates

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
PACKED = 1000
GOAL_SECONDS, GOAL_MB, GOAL = 60.0, 200.0, 20.0  # GOAL is for a search [ms]
WORDS = ("电子", "燃油加油机", "SN0000012", "99999", "没有这个")
PDF = 18_000  # size of one [bytes]
ASKED = 10


def measure(platform: Platform) -> list[Line]:
    session = sign_in(platform.gateway_url, "applicant2")
    org_id, url = session["account"]["org_id"], platform.database_urls["registry"]
    files = FileStore(Path(platform.environment("registry")["FILES_DIR"]))
    names = [files.new_name() for _ in range(PACKED)]
    for name in names:
        files.path(name).write_bytes(os.urandom(PDF))
    load_certificates(url, org_id, ROWS, names)
    lines = _archive(platform, {"Authorization": f"Bearer {session['access_token']}"})
    actor = Actor(new_id(), "applicant", UUID(org_id), division="440106")
    database = Database(url, 1, "qj-bench")
    reader = Snapshot(database, Scope.of(actor))
    questions = {f"search for {word}": {"q": word} for word in WORDS}
    questions |= {f"sorted by {name}": {"sort": f"-{name}"} for name in certificates.SORTABLE}
    for what, args in questions.items():
        took = _asked(reader, actor, args)
        note(f"{what}: {took:.1f} ms")
        lines.append(Line(f"certificates, {what} of {ROWS:,}", took, GOAL, "ms", ASKED))
    database.dispose()
    return lines


def _archive(platform: Platform, headers: dict[str, str]) -> list[Line]:
    base = f"{platform.gateway_url}/api/registry"
    quiet()
    began = time.perf_counter()
    with watched(platform.pid("registry-work")) as held:
        job = requests.post(
            f"{base}/certificates/archive", headers=headers, json={"filter": {"status": "in_force"}}, timeout=60
        ).json()
        while job["state"] in ("queued", "running"):
            time.sleep(0.05)
            job = requests.get(f"{base}/jobs/{job['id']}", headers=headers, timeout=30).json()
    took = time.perf_counter() - began
    if (job["state"], job["done"]) != ("done", PACKED):
        raise AssertionError(f"not all were packed: {job}")
    size = len(requests.get(platform.gateway_url + job["result_url"], headers=headers, timeout=60).content)
    if size < PACKED * PDF:
        raise AssertionError(f"{size} bytes are too few")
    return [
        Line(f"{PACKED:,} certificates as ZIP", took, GOAL_SECONDS, "s", PACKED),
        Line(f"{PACKED:,} certificates as ZIP, memory of the worker", max(held), GOAL_MB, "MB", PACKED),
    ]


def _asked(reader: Snapshot, actor: Actor, args: dict[str, str]) -> float:
    """[ms]"""
    took = []
    for _ in range(ASKED):
        began = time.perf_counter()
        certificates.page(reader, actor, args | {"page_size": 15}, datetime.now(UTC).date())
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def load_certificates(url: str, org_id: str, number: int, files: list[str]) -> None:
    """Makes certificates as rows that share a few files; a pure function of their number. Names are in no regular order:
    otherwise PostgreSQL's histogram, whose steps are regular, would sample only one of them."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET qj.everything = 'on'")
        db.execute("SET statement_timeout = 0")
        db.execute(
            """
            INSERT INTO certificate (id, number, public_code, org_id, institution_id, instrument_id, booking_id, unit, kind,
                kind_code, division_code, verified_on, valid_until, result, snapshot, issued_at, file)
            SELECT CAST(lpad(to_hex(1700000000000 + i), 12, '0') || '7' || substr(md5('id' || i), 1, 3) || 'a'
                        || substr(md5('id' || i), 4, 15) AS uuid),
                   'GZ2026-' || lpad(CAST(i AS text), 8, '0'), upper(substr(md5('code' || i), 1, 20)), CAST(%(org)s AS uuid),
                   gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '', 'certificate', '020100', '440106',
                   DATE '2026-01-01' + i %% 300, DATE '2027-01-01' + i %% 300, '{}',
                   jsonb_build_object('name', (ARRAY['电子秤', '压力表', '血压计', '燃油加油机', '水表'])[ascii(md5('name' || i)) %% 5 + 1],
                       'model', 'TCS-' || i %% 313, 'serial_no', 'SN' || lpad(CAST(i AS text), 10, '0'), 'own_no', 'A' || i,
                       'org_name', '示例企业', 'institution_name', '示例机构'),
                   TIMESTAMPTZ '2026-01-01' + i * INTERVAL '1 second', (CAST(%(files)s AS text[]))[i %% %(many)s + 1]
            FROM generate_series(1, %(to)s) AS i
            """,
            {"org": org_id, "to": number, "files": files, "many": len(files)},
        )
        db.execute("VACUUM ANALYZE certificate, certificate_search")


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
