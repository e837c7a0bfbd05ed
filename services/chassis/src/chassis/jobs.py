"""Jobs: work that takes longer than a request. A row in a table, claimed with a lease by one worker, committed in
chunks together with its progress, resumed by another worker when the lease runs out, cancelled between chunks.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from flask import Response
from marshmallow import fields
from sqlalchemy import BigInteger, column, select, table, text
from sqlalchemy.orm import Session

from chassis import clock, context, log, telemetry
from chassis.actor import Actor
from chassis.db import ALL, Database, Scope
from chassis.errors import Conflict, NotFound, ServiceError
from chassis.ids import new_id
from chassis.inbox import database_is_away, will_pass
from chassis.metrics import JOBS_FINISHED
from chassis.paging import PageArgs, paginate
from chassis.rawjson import dumps, json_response
from chassis.reads import Read, alone
from chassis.runtime import Runtime
from chassis.schema import Schema

LEASE = timedelta(seconds=60)
ATTEMPTS = 5  # a job whose worker died that often is failed


class JobCancelled(Exception):
    """The owner cancelled it; what is committed stays."""


class JobOver(Conflict):
    code = "job_over"
    zh = "任务已结束。"
    en = "The job has ended already."


class JobLost(Exception):
    """The lease went to another worker."""


class JobView(Schema):
    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    done = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    total = fields.Integer(required=True)
    errors_url = fields.String(allow_none=True)
    result_url = fields.String(allow_none=True)
    error = fields.String(allow_none=True)
    created_at = fields.DateTime()
    finished_at = fields.DateTime(allow_none=True)


Refusal = tuple[UUID, str, str]  # of an item: its id, the code and the words


class Job:
    """A claimed job in the hands of its handler. `ids`, `params`, `actor` as frozen when it was asked for."""

    def __init__(self, row: Mapping[str, Any], database: Database) -> None:
        self.id: UUID = row["id"]
        self.kind: str = row["kind"]
        self.params: dict[str, Any] = row["params"]
        self.ids: list[UUID] = row["ids"]
        self.position: int = row["position"]
        self.total: int = row["total"]
        self.attempt: int = row["attempts"]
        self.actor = Actor.from_json(row["actor"])
        self.scope = Scope.of(self.actor)
        self.database = database

    @contextmanager
    def step(self) -> Iterator[Session]:
        """One chunk: a transaction in the scope of who asked, that also renews the lease.
        Raises: JobCancelled, JobLost."""
        with self.database.transaction(self.scope) as db:
            self.renew(db)
            yield db

    def renew(self, db: Session) -> None:
        """Renew the lease; until the transaction ends no other step of the job gets further than this.
        Raises: JobCancelled, JobLost."""
        row = db.execute(
            text("UPDATE job SET lease_until = :until WHERE id = :id AND state = 'running' AND attempts = :attempt"
                 " RETURNING cancel_requested"),
            {"id": self.id, "until": clock.now() + LEASE, "attempt": self.attempt},
        ).first()  # fmt: skip
        if row is None:
            raise JobLost
        if row.cancel_requested:
            raise JobCancelled

    def progress(
        self,
        db: Session,
        *,
        position: int | None = None,
        done: int = 0,
        failed: int = 0,
        total: int | None = None,
    ) -> None:
        """Add to the counts, in the transaction of the chunk."""
        if position is not None:
            self.position = position
        if total is not None:
            self.total = total
        self._write(
            db, "position = :position, done = done + :done, failed = failed + :failed, total = :total",
            position=self.position, done=done, failed=failed, total=self.total,
        )  # fmt: skip

    def start_over(self, db: Session) -> None:
        """For a job whose work cannot be taken up where it was left: its counts begin anew."""
        self.position = 0
        self._write(db, "position = 0, done = 0, failed = 0")

    def summarise(self, db: Session, **summary: Any) -> None:
        """Merge figures of this kind of job into its `summary`."""
        self._write(db, "summary = summary || CAST(:s AS jsonb)", s=dumps(summary).decode())

    def result(self, db: Session, file: str, name: str) -> None:
        """The file that the job made, by its name in the store, and the name it is downloaded under."""
        self._write(db, "result_file = :f, result_name = :n", f=file, n=name)

    def fail_items(self, db: Session, failures: Sequence[Refusal]) -> None:
        """Note items that were refused."""
        _note_failures(db, self.id, failures)

    def _write(self, db: Session, values: str, **given: Any) -> None:
        """Only the attempt that holds the job writes of it. Raises: JobLost."""
        held = "WHERE id = :id AND state = 'running' AND attempts = :attempt RETURNING id"
        row = db.execute(
            text(f"UPDATE job SET {values} {held}"),  # noqa: S608 (the columns are ours)
            {"id": self.id, "attempt": self.attempt, **given},
        ).first()
        if row is None:
            raise JobLost


def _note_failures(db: Session, job_id: UUID, failures: Sequence[Refusal]) -> None:
    if failures:
        ids, codes, details = zip(*failures, strict=True)
        db.execute(
            text("INSERT INTO job_failure (job_id, seq, id, code, detail) SELECT :job, f.nth + (SELECT count(*) FROM"
                 " job_failure WHERE job_id = :job), f.id, f.code, f.detail"
                 " FROM unnest(CAST(:ids AS uuid[]), CAST(:codes AS text[]), CAST(:details AS text[]))"
                 " WITH ORDINALITY AS f(id, code, detail, nth)"),
            {"job": job_id, "ids": list(ids), "codes": list(codes), "details": list(details)},
        )  # fmt: skip


JobHandler = Callable[[Runtime, Job], None]


def submit(
    db: Session,
    kind: str,
    actor: Actor,
    *,
    ids: Sequence[UUID] = (),
    params: Mapping[str, Any] | None = None,
    total: int | None = None,
    job_id: UUID | None = None,
    refused: Sequence[Refusal] = (),
) -> UUID:
    """Queue a job in the caller's transaction. refused: items that are known to fail; `total` counts them too."""
    job_id = job_id or new_id()
    db.execute(
        text("INSERT INTO job (id, kind, actor, owner_id, params, ids, failed, total, request_id, created_at) VALUES"
             " (:id, :kind, :actor, :owner, :params, CAST(:ids AS uuid[]), :failed, :total, :request_id, :now)"),
        {
            "id": job_id,
            "kind": kind,
            "actor": dumps(actor.to_json()).decode(),
            "owner": actor.org_id,
            "params": dumps(params or {}).decode(),
            "ids": list(ids),
            "failed": len(refused),
            "total": len(ids) if total is None else total,
            "request_id": context.current().request_id,
            "now": clock.now(),
        },
    )  # fmt: skip
    _note_failures(db, job_id, refused)
    return job_id


JOB = table("job", *(column(n) for n in (
    "id", "kind", "state", "owner_id", "done", "failed", "total", "summary", "error", "result_file", "result_name",
    "created_at", "finished_at", "params",
)))  # fmt: skip


def find(db: Session, actor: Actor, job_id: UUID, kind: str | None = None) -> dict[str, Any]:
    """A job of the caller's own organisation. Raises: NotFound."""
    statement = select(*JOB.c).where(JOB.c.id == job_id)
    if actor.kind != "admin":
        statement = statement.where(JOB.c.owner_id == actor.org_id)
    if kind is not None:
        statement = statement.where(JOB.c.kind == kind)
    row = db.execute(statement).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)


def view(row: Mapping[str, Any], service: str) -> dict[str, Any]:
    """A job as the API shows it."""
    base = f"/api/{service}/jobs/{row['id']}"
    return {
        "id": row["id"],
        "kind": row["kind"],
        "state": row["state"],
        "done": row["done"],
        "failed": row["failed"],
        "total": row["total"],
        "errors_url": f"{base}/errors" if row["failed"] else None,
        "result_url": f"{base}/result" if row["result_file"] else None,
        "error": row["error"],
        "created_at": row["created_at"],
        "finished_at": row["finished_at"],
    }


def accepted(db: Session, actor: Actor, job_id: UUID, service: str, extra: Mapping[str, Any] | None = None) -> Response:
    """202 with the job and where to look for it."""
    body = view(find(db, actor, job_id), service) | dict(extra or {})
    response = json_response(body, 202)
    response.headers["Location"] = f"/api/{service}/jobs/{job_id}"
    return response


def cancel(db: Session, actor: Actor, job_id: UUID) -> str | None:
    """Ask a job to stop after its current chunk. One that waits is over at once: its kind is returned.
    Raises: NotFound, JobOver."""
    kind: str = find(db, actor, job_id)["kind"]
    row = db.execute(
        text("UPDATE job SET cancel_requested = true, state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,"
             " finished_at = CASE state WHEN 'queued' THEN :now END WHERE id = :id AND state IN ('queued', 'running')"
             " RETURNING state"),
        {"id": job_id, "now": clock.now()},
    ).first()  # fmt: skip
    if row is None:
        raise JobOver
    return kind if row.state == "cancelled" else None


# -- the worker's side ---------------------------------------------------------------------------------------------

# A lease longer than any: the clock was set back.
_OPEN = "(state = 'queued' OR (state = 'running' AND (lease_until < :now OR lease_until > :longest)))"
_WAITS = Read(select(JOB.c.id).where(text(_OPEN)).limit(1))
_CLAIM = text(f"""
    UPDATE job SET state = 'running', lease_until = :until, attempts = attempts + 1
    WHERE id = (SELECT id FROM job WHERE {_OPEN} ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING *
""")  # noqa: S608 (the condition is ours)
_FINISH = text("UPDATE job SET state = :state, error = :error, finished_at = :now, lease_until = NULL"
               " WHERE id = :id AND attempts = :attempt")  # fmt: skip


def run_one(runtime: Runtime, handlers: Mapping[str, JobHandler]) -> bool:
    """Claim the oldest job that waits (or whose worker died) and run it to its end; False when there is none."""
    now = clock.now()
    times = {"now": now, "longest": now + 2 * LEASE}
    if not alone(runtime.database, _WAITS, times):  # nearly always, and one round trip instead of a transaction
        return False
    with runtime.database.transaction(ALL) as db:
        row = db.execute(_CLAIM, times | {"until": now + LEASE}).mappings().first()
    if row is None:
        return False
    job = Job(dict(row), runtime.database)
    with (
        telemetry.span(f"job {job.kind}", "", qj_request_id=row["request_id"], qj_job_id=str(job.id)) as span,
        context.work(context.Context(request_id=row["request_id"], traceparent=span.traceparent, actor=job.actor)),
    ):
        state, error = _run(runtime, handlers, job)
        if error is not None:
            span.fail(error)
        if state != "lost":
            with runtime.database.transaction(ALL) as db:
                db.execute(
                    _FINISH,
                    {
                        "id": job.id,
                        "state": state,
                        "error": error,
                        "now": clock.now(),
                        "attempt": job.attempt,
                    },
                )
            JOBS_FINISHED.labels(job.kind, state).inc()
    return True


def _run(runtime: Runtime, handlers: Mapping[str, JobHandler], job: Job) -> tuple[str, str | None]:
    if job.attempt > ATTEMPTS:
        return "failed", "任务多次中断，已停止。"
    try:
        handlers[job.kind](runtime, job)
        return "done", None
    except JobCancelled:
        return "cancelled", None
    except JobLost:
        return "lost", None
    except ServiceError as error:
        return "failed", error.message("zh")
    except Exception as error:
        if database_is_away(error) or will_pass(error):  # whoever finds the job's lease run out goes on with it
            raise
        log.get().error("job_failed", job_id=str(job.id), kind=job.kind, exc_info=error)
        return "failed", "任务执行出错，请稍后重试；若再次出错请联系管理员。"


def run_jobs(
    runtime: Runtime, handlers: Mapping[str, JobHandler], stop: threading.Event, beat: Callable[[], None]
) -> None:
    """Run jobs until `stop`; woken by NOTIFY, and looking every two seconds anyway."""
    while not stop.is_set():
        try:
            with psycopg.connect(runtime.settings.database_url, autocommit=True, connect_timeout=5) as connection:
                connection.execute("LISTEN job")
                while not stop.is_set():
                    beat()
                    if not run_one(runtime, handlers):
                        for _ in connection.notifies(timeout=1.0, stop_after=1):
                            pass
        except Exception as error:
            log.get().warning("jobs_interrupted", error=repr(error))
            stop.wait(1.0)


def tidy(db: Session, now: datetime) -> list[str]:
    """Remove jobs that ended over 30 days ago; the names of their files, which nobody can fetch any more."""
    gone = db.execute(
        text("DELETE FROM job WHERE finished_at < :old RETURNING result_file"), {"old": now - timedelta(days=30)}
    )
    return [name for name in gone.scalars() if name]


# -- failures of a job -----------------------------------------------------------------------------------------------


class FailureArgs(PageArgs):
    """Pages of a job's failures."""


class JobFailureView(Schema):
    seq = fields.Integer(required=True)
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)


JOB_FAILURE = table(
    "job_failure", column("seq", BigInteger()), *(column(n) for n in ("job_id", "id", "code", "detail"))
)


def failures(db: Session, actor: Actor, job_id: UUID, args: dict[str, Any]) -> dict[str, Any]:
    """A page of the items that the job refused, in their order."""
    find(db, actor, job_id)
    c = JOB_FAILURE.c
    statement = select(c.seq, c.id, c.code, c.detail).where(c.job_id == job_id)
    return paginate(db, statement, args, key=c.seq, sortable={"seq": c.seq}, default=[c.seq.asc()])
