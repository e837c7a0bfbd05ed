"""Jobs of the shop: one that works in chunks, one by the chassis's own bulk loop, and two that fail."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import bulk
from chassis.actor import Actor
from chassis.errors import Conflict, NotFound
from chassis.jobs import Job, JobHandler
from chassis.runtime import Runtime

CHUNK = 2
given_back: list[UUID] = []  # jobs that were cancelled before a worker began them
between: dict[str, Callable[[Job], None]] = {}  # what a test does before each chunk


def pack(_runtime: Runtime, job: Job) -> None:
    while job.position < len(job.ids):
        if "chunk" in between:
            between["chunk"](job)
        with job.step() as db:
            chunk = job.ids[job.position : job.position + CHUNK]
            for item in chunk:
                db.execute(text("INSERT INTO heard (order_id, amount) VALUES (:id, 1)"), {"id": item})
            job.progress(db, position=job.position + len(chunk), done=len(chunk))


def choose(db: Session, _actor: Actor, ids: Sequence[UUID], _now: datetime, **params: Any) -> bulk.Outcome:
    """Takes all but every third."""
    outcome = bulk.Outcome()
    for index, item in enumerate(ids):
        if index % 3 == 2:
            outcome.refuse(item, NotFound())
        else:
            db.execute(text("INSERT INTO heard (order_id, amount) VALUES (:id, 1)"), {"id": item})
            outcome.done.append(item)
    return outcome


def refuse(_runtime: Runtime, _job: Job) -> None:
    raise Conflict


def crash(_runtime: Runtime, _job: Job) -> None:
    raise RuntimeError("a secret detail")


JOBS: dict[str, JobHandler] = {"pack": pack, "choose": bulk.job_of(choose), "refuse": refuse, "crash": crash}
NEVER_BEGUN: dict[str, Callable[[Runtime, UUID], None]] = {"pack": lambda _runtime, job_id: given_back.append(job_id)}
