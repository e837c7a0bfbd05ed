"""An import as a job: progress, cancelling, a worker that dies, files sent again, and what each row remembers."""

import dataclasses
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from factories import HEADERS, Importing, csv_of, row, table, xlsx
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis import clock, jobs, worker
from chassis.actor import Actor
from chassis.db import Scope
from chassis.jobs import LEASE
from chassis.runtime import Runtime
from chassis.testing import run_jobs
from registry import background
from registry.actions import import_rows, imports

At = Callable[[datetime], None]
WORKER = """
import json, sys
from pathlib import Path
from chassis import jobs
from chassis.runtime import Runtime
from registry.app import SERVICE
settings = {k: Path(v) if k.endswith(("_dir", "_file")) else v for k, v in json.loads(sys.argv[1]).items()}
jobs.run_one(Runtime(SERVICE, SERVICE.settings(**settings)), SERVICE.jobs)
"""


def rows_of(count: int) -> bytes:
    """A file of so many right rows."""
    lines = [",".join(HEADERS), *(",".join(map(str, row(f"S{n}"))) for n in range(count))]
    return "\n".join(lines).encode()


def figure(importing: Importing, sql: str) -> Any:
    with importing.runtime.database.transaction() as db:
        return db.execute(text(sql)).scalar_one()


def kill_when(importing: Importing, reached: str) -> None:
    """Start a worker of its own and kill it (SIGKILL) once `reached` is true in the database."""
    settings = json.dumps(dataclasses.asdict(importing.runtime.settings), default=str)
    worker = subprocess.Popen([sys.executable, "-c", WORKER, settings])
    try:
        deadline = time.monotonic() + 60
        while not figure(importing, reached):
            assert worker.poll() is None, "the worker ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        worker.kill()
        worker.wait()
    assert figure(importing, "SELECT state FROM job") == "running"


@pytest.mark.parametrize(
    "reached",
    ["SELECT count(*) > 0 FROM import_row", "SELECT count(*) > 0 FROM instrument"],
    ids=["while it reads", "while it writes"],
)
def test_a_worker_that_is_killed_loses_and_repeats_no_row(importing: Importing, at: At, reached: str) -> None:
    count = 20_000
    bad = ",".join(map(str, row("bad", 用途="9"))).encode()
    answer = importing.start(rows_of(count) + b"\n" + bad)
    kill_when(importing, reached)
    before = figure(importing, "SELECT count(*) FROM instrument")
    assert before < count
    at(clock.now() + LEASE + timedelta(seconds=1))
    deadline = time.monotonic() + 30
    while run_jobs(importing.runtime) == 0:  # the database may still hold the dead worker's transaction
        assert time.monotonic() < deadline
        time.sleep(0.05)
    job = importing.of(answer.json["id"])
    assert (job["state"], job["created"], job["invalid"], job["done"], job["failed"]) == ("done", count, 1, count, 1)
    assert figure(importing, "SELECT count(*) FROM instrument") == count
    assert figure(importing, "SELECT count(DISTINCT instrument_id) = count(*) FROM history")
    assert figure(importing, "SELECT count(*) FROM history") == count
    assert figure(importing, "SELECT count(*) FROM import_row") == 0


def test_progress_is_seen_while_it_reads_and_writes(importing: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = importing.start(rows_of(6000))
    seen: list[tuple[int, int]] = []

    def looking(action: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any) -> Any:
            job = importing.of(answer.json["id"])
            seen.append((job["total"], job["done"]))
            return action(*args)

        return wrapped

    monkeypatch.setattr(imports, "CHUNK", 2000)
    monkeypatch.setattr(imports, "check", looking(imports.check))
    monkeypatch.setattr(imports, "tell_written", looking(imports.tell_written))
    run_jobs(importing.runtime)
    totals, dones = [total for total, _ in seen], [done for _, done in seen]
    assert dones[-3:] == [0, 2000, 4000]
    assert totals[:3] == [0, 2500 - 1, 5000 - 1]  # batches of lines, the first with the headers
    assert totals[-1] == 6000


def test_two_chunks_are_written_at_once_and_none_is_kept_whose_former_failed(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = importing.start(rows_of(6000))
    write, others_written = imports.write_chunk, threading.Event()
    written: list[int] = []
    at_once: list[bool] = []

    def writing(db: Session, by: Actor, job: jobs.Job, chunk: imports.Chunk) -> int:
        if chunk.after == 2001:  # the second, while the third is written
            at_once.append(others_written.wait(10))
            raise ValueError("the second chunk")
        written.append(write(db, by, job, chunk))
        if len(written) == 2:
            others_written.set()
        return written[-1]

    monkeypatch.setattr(imports, "CHUNK", 2000)
    monkeypatch.setattr(imports, "write_chunk", writing)
    run_jobs(importing.runtime)
    job = importing.of(answer.json["id"])
    assert (at_once, written) == ([True], [2000, 2000])
    assert (job["state"], job["created"], job["done"]) == ("failed", 2000, 2000)
    assert figure(importing, "SELECT count(*) FROM instrument") == 2000


def test_who_writes_one_of_its_instruments_delays_an_import_and_no_more(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, at: At
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 4)
    monkeypatch.setattr(background, "LONGEST_WAIT", 100)
    answer, clerk = importing.start(rows_of(10)), importing.clerk.actor
    assert clerk is not None
    with importing.runtime.database.transaction(Scope.of(clerk)) as db:
        import_rows.add_row(db, clerk, clock.now(), dict(zip(HEADERS, row("S6"), strict=True)))
        db.flush()
        with pytest.raises(OperationalError, match="lock timeout"):
            run_jobs(importing.runtime)
        job = importing.of(answer.json["id"])
        assert (job["state"], job["created"]) == ("running", 4)
    at(clock.now() + LEASE + timedelta(seconds=1))
    run_jobs(importing.runtime)
    job = importing.of(answer.json["id"])
    assert (job["state"], job["created"], job["skipped"], job["invalid"]) == ("done", 9, 1, 0)
    assert figure(importing, "SELECT count(*) FROM instrument") == 10


@pytest.mark.parametrize("where", ["check", "tell_written"])
def test_a_cancelled_import_stops_and_keeps_what_is_written(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    answer = importing.start(rows_of(6000))
    action, renew = getattr(imports, where), jobs.Job.renew
    calls = []

    def counting(*args: Any) -> Any:
        calls.append(action(*args))
        return calls[-1]

    def cancelling(job: jobs.Job, db: Session) -> None:
        """Between the first chunk and the next."""
        if len(calls) == 1:
            importing.clerk.delete(f"/api/registry/jobs/{answer.json['id']}")
        renew(job, db)

    monkeypatch.setattr(imports, "CHUNK", 2000)
    monkeypatch.setattr(imports, where, counting)
    monkeypatch.setattr(jobs.Job, "renew", cancelling)
    run_jobs(importing.runtime)
    job = importing.of(answer.json["id"])
    assert (job["state"], job["created"], len(calls)) == ("cancelled", 0 if where == "check" else 2000, 1)
    assert figure(importing, "SELECT count(*) FROM instrument") == job["created"]
    assert figure(importing, "SELECT count(*) FROM import_row") == 0


def test_every_row_remembers_its_import(importing: Importing) -> None:
    first, second = importing(rows_of(3)), importing(csv_of(table(row("other"))))
    assert {i["serial_no"] for i in importing.ledger(import_id=first["id"])} == {"S0", "S1", "S2"}
    assert {i["serial_no"] for i in importing.ledger(import_id=second["id"])} == {"other"}
    [one] = importing.ledger(import_id=second["id"])
    history = importing.clerk.get(f"/api/registry/instruments/{one['id']}/history").json["items"]
    assert [(h["kind"], h["reference"]) for h in history] == [("imported", second["id"])]
    assert len({i["code"] for i in importing.ledger()}) == 4


@pytest.mark.parametrize("make", [csv_of, xlsx])
def test_a_file_sent_again_creates_nothing_twice(importing: Importing, make: Any) -> None:
    content = make(table(row("1"), row("2", 用途="9"), row("3")))
    assert importing(content)["created"] == 2
    again = importing(content)
    assert (again["created"], again["skipped"], again["invalid"]) == (0, 2, 1)


def test_a_dry_run_and_the_import_say_the_same(importing: Importing) -> None:
    content = csv_of(table(row("1"), row("2", 用途="9"), row("1"), row("3", 种别代码="x")))
    dry, real = importing(content, dry_run="true"), importing(content)
    assert (dry["created"], real["created"]) == (0, 1)
    told = [[(e["row"], e["column"], e["code"], e["message"]) for e in importing.errors(job)] for job in (dry, real)]
    assert told[0] == told[1]


def test_all_or_nothing(importing: Importing) -> None:
    bad = importing(csv_of(table(row("1"), row("2", 用途="9"))), mode="all_or_nothing")
    assert (bad["state"], bad["created"], bad["invalid"]) == ("failed", 0, 1)
    good = importing(csv_of(table(row("1"), row("2"))), mode="all_or_nothing")
    assert (good["state"], good["created"]) == ("done", 2)
    assert figure(importing, "SELECT count(*) FROM import_row") == 0


def test_the_same_upload_with_the_same_key_is_one_import(importing: Importing) -> None:
    import io

    sent = [
        importing.clerk.post("/api/registry/imports", data={"file": (io.BytesIO(rows_of(1)), "x.csv")}, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]  # fmt: skip
    assert sent[0].json["id"] == sent[1].json["id"]
    assert jobs.run_one(importing.runtime, background.JOBS)
    assert not jobs.run_one(importing.runtime, background.JOBS)


def test_after_thirty_days_the_file_and_the_errors_are_gone_and_the_instruments_stay(
    importing: Importing, runtime: Runtime
) -> None:
    job = importing(csv_of(table(row("1"), row("2", 种别代码="999999"))), mode="valid_rows")
    young = importing(csv_of(table(row("3"))))
    [tidy] = [one for one in worker.housekeeping() if one.name == "housekeeping"]
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE job SET finished_at = now() - interval '31 days' WHERE id = :id"), {"id": job["id"]})
        file = db.execute(text("SELECT file FROM import WHERE id = :id"), {"id": job["id"]}).scalar_one()
    assert runtime.files.path(file).exists()
    tidy.run(runtime, clock.now())
    background.forget_old_imports(runtime, clock.now())
    assert not runtime.files.path(file).exists()
    base = "/api/registry/imports"
    assert importing.clerk.get(f"{base}/{job['id']}/errors").json["total"] == 0
    assert importing.clerk.get(f"{base}/{job['id']}/errors.xlsx").status_code == 404
    assert {one["serial_no"] for one in importing.ledger(import_id=job["id"])} == {"1"}
    assert importing.of(young["id"])["state"] == "done"


# -- written from the file that was judged -----------------------------------------------------------------------------


def test_what_was_judged_is_written_without_the_file_again(importing: Importing) -> None:
    judged = importing(csv_of(table(row("1"), row("2", 用途="9"), row("3"))), dry_run="true")
    assert importing.ledger() == []
    answer = importing.clerk.post(f"/api/registry/imports/{judged['id']}/write", {})
    assert answer.status_code == 202, answer.json
    run_jobs(importing.runtime)
    written = importing.of(answer.json["id"])
    assert (written["title"], written["created"], written["invalid"]) == (judged["title"], 2, 1)
    assert importing.marked(written)
    assert importing.clerk.post(f"/api/registry/imports/{written['id']}/write", {}).json["code"] == "import_not_judged"


def test_the_file_stays_as_long_as_one_import_stands_on_it(importing: Importing, runtime: Runtime) -> None:
    judged = importing(csv_of(table(row("1"))), dry_run="true")
    written = importing.clerk.post(f"/api/registry/imports/{judged['id']}/write", {}).json
    run_jobs(runtime)
    name = figure(importing, f"SELECT file FROM import WHERE id = '{written['id']}'")
    for last, there in ((judged, True), (written, False)):
        with runtime.database.transaction() as db:
            db.execute(text("DELETE FROM job WHERE id = :id"), {"id": last["id"]})
        background.forget_old_imports(runtime, clock.now())
        assert runtime.files.path(name).exists() is there
