"""Bulk commands: the same action on one or on a hundred thousand. Up to 1,000 items are done in the request's
transaction and answered with 200; beyond that a job does them chunk by chunk and the answer is 202.

An action for many is a function (db, actor, ids, now, **params) -> Outcome that works set-wise on at most CHUNK ids.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from flask import Response
from marshmallow import fields
from sqlalchemy.orm import Session

from chassis import audit, audited, clock, context, jobs
from chassis.actor import Actor
from chassis.errors import NotFound, ServiceError
from chassis.rawjson import json_response
from chassis.runtime import Runtime
from chassis.schema import Schema

T = TypeVar("T")
R = TypeVar("R")
SYNC_LIMIT = 1000
CHUNK = 500


@dataclass(frozen=True)
class Failure:
    id: UUID
    error: ServiceError

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "code": self.error.code,
            "detail": self.error.message(context.current().language),
        }


@dataclass
class Outcome:
    """The outcome of each item."""

    done: list[UUID] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    def refuse(self, item: UUID, error: ServiceError) -> None:
        self.failed.append(Failure(item, error))

    def add(self, other: "Outcome") -> None:
        self.done += other.done
        self.failed += other.failed

    def audit(self, params: Mapping[str, Any]) -> None:
        """Say in the audit line what became of the items."""
        audited.items(self.done, [failure.to_json() for failure in self.failed], **params)

    def to_json(self) -> dict[str, Any]:
        return {"done": len(self.done), "failed": [failure.to_json() for failure in self.failed]}


Action = Callable[..., Outcome]


class FailureView(Schema):
    id = fields.UUID(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)


class OutcomeView(Schema):
    done = fields.Integer(required=True)
    failed = fields.List(fields.Nested(FailureView), required=True)


def chunks(ids: Sequence[UUID], size: int = CHUNK) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def each(ids: Iterable[UUID], found: Mapping[UUID, T], do: Callable[[T], R]) -> tuple[Outcome, list[tuple[T, R]]]:
    """`do` to each by itself: one that was not found, or that `do` refuses, leaves the others as they are. Returns with
    the outcome what was done, and what `do` gave for it. `do` changes nothing where it raises."""
    outcome = Outcome()
    made: list[tuple[T, R]] = []
    for item in ids:
        try:
            one = found.get(item)
            if one is None:
                raise NotFound
            made.append((one, do(one)))
        except ServiceError as error:
            outcome.refuse(item, error)
        else:
            outcome.done.append(item)
    return outcome, made


def single(outcome: Outcome) -> None:
    """The answer of an action for many to whoever asked for one. Raises: why it was refused."""
    for failure in outcome.failed:
        raise failure.error


def run(
    db: Session, service: str, kind: str, action: Action, actor: Actor, ids: Sequence[UUID], **params: Any
) -> Response:
    """Do `action` to `ids` now, or queue the job `kind` (made by `job_of(action)`) where they are too many."""
    if len(ids) > SYNC_LIMIT:
        job_id = jobs.submit(db, kind, actor, ids=ids, params=params)
        audited.queued(job_id, len(ids), params)
        return jobs.accepted(db, actor, job_id, service)
    outcome = apply(db, action, actor, ids, **params)
    outcome.audit(params)
    return json_response(outcome.to_json())


def apply(db: Session, action: Action, actor: Actor, ids: Sequence[UUID], **params: Any) -> Outcome:
    """Do `action` to all `ids` in this transaction."""
    outcome = Outcome()
    for chunk in chunks(ids):
        outcome.add(action(db, actor, chunk, clock.now(), **params))
    return outcome


def job_of(action: Action) -> jobs.JobHandler:
    """The job that does `action` to its frozen ids; each chunk is committed with its progress, so that a worker that
    takes over neither skips nor repeats an item."""

    def handler(_runtime: Runtime, job: jobs.Job) -> None:
        while job.position < len(job.ids):
            chunk = job.ids[job.position : job.position + CHUNK]
            with audited.writing() as writing, job.step() as db:
                outcome = action(db, job.actor, chunk, clock.now(), **job.params)
                outcome.audit(job.params)
                db.flush()
                audit.record(db, f"jobs/{job.kind}", job.id, writing.all())
                job.fail_items(db, [(f.id, f.error.code, f.error.message("zh")) for f in outcome.failed])
                job.progress(db, position=job.position + len(chunk), done=len(outcome.done), failed=len(outcome.failed))

    return handler
