"""Submission: an envelope first, then registry's claim, then filings chunk by chunk while the claim lasts.

The envelope is committed before registry is asked and each chunk is committed with how far it came, so that a
process that dies in the middle is taken up where it stopped (`resume`), and nothing is filed twice. Beyond 1,000
instruments a job of the submission's id makes the filings.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from chassis import bulk, clock, jobs, log, outbox
from chassis.actor import Actor, actor_json, area_of
from chassis.calls import Refused
from chassis.db import ALL, Database, Scope
from chassis.errors import Unavailable
from chassis.idempotency import KeyReused
from chassis.ids import new_id
from filing import queries
from filing.clients.registry import Claims
from filing.domain.errors import AlreadyFiled, NotACity, ResponsibilityNotAccepted
from filing.domain.states import OPEN, State, due_on
from filing.events import filing_events
from filing.models import Filing, Step, Submission, origin

KIND = "submit"  # of the job
Steps = Callable[[], AbstractContextManager[Session]]  # a transaction for each chunk


def open_submission(db: Session, by: Actor, submission_id: UUID, now: datetime, body: dict[str, Any]) -> Submission:
    """The envelope; the same id again gives the same one, opened anew where registry refused it as a whole.
    Raises: ResponsibilityNotAccepted, NotACity, KeyReused."""
    if not body["accept_responsibility"]:
        raise ResponsibilityNotAccepted
    institution = queries.institution(db, body["institution_id"])
    if institution is None or institution.tier != "city":
        raise NotACity
    asked = {
        "institution_id": institution.id, "authorize_province": body["authorize_province"],
        "selection": body["selection"],
    }  # fmt: skip
    known = db.get(Submission, submission_id, with_for_update=True)
    if known is None or known.org_id != by.org_id:
        known = Submission(id=submission_id, org_id=by.org_id, actor=by.to_json(), submitted_at=now, **asked)
        db.add(known)
    elif known.state == "failed" and known.number is None:
        known.state, known.submitted_at, known.failed = "claiming", now, []
        for name, value in asked.items():
            setattr(known, name, value)
    elif any(getattr(known, name) != value for name, value in asked.items()):
        raise KeyReused
    db.flush()
    return known


class Receipt(NamedTuple):
    """by_job: a job does the rest."""

    submission: Submission
    by_job: bool


def begin(database: Database, by: Actor, key: str | None, body: dict[str, Any]) -> UUID:
    """Open the envelope; the same key again finds the same one. Raises: as open_submission."""
    submission_id = uuid5(by.account_id, key) if key else new_id()
    with database.transaction(Scope.of(by)) as db:
        return open_submission(db, by, submission_id, clock.now(), body).id


def submit(database: Database, claims: Claims, by: Actor, submission_id: UUID, job: jobs.Job | None = None) -> Receipt:
    """Claim the instruments of an open envelope and file them, from where it stands: for the one who asks, for the job
    that files what is too much for a request, and for what got stuck. Outside a transaction.
    Raises: Refused (the selection changed, say), Unavailable; the envelope then stays for a repeat."""
    transaction = partial(database.transaction, Scope.of(by))
    _claim(transaction, claims, by, submission_id)
    with transaction() as db:
        by_job = job is None and job_state(db, submission_id) is not None
    if not by_job:
        _file_claimed(transaction if job is None else job.step, claims, by, submission_id, job)
    with transaction() as db:
        return Receipt(queries.submission(db, submission_id), by_job)


def _claim(transaction: Steps, claims: Claims, by: Actor, submission_id: UUID) -> None:
    with transaction() as db:
        submission = queries.submission(db, submission_id)
        institution = queries.institution_named(db, submission.institution_id)
    if submission.state != "claiming":
        return
    area = area_of(institution.division_code)
    try:
        answer = claims.claim(submission.id, submission.org_id, by.to_json(), submission.selection, area)
    except Refused:
        with transaction() as db:
            db.execute(update(Submission).where(Submission.id == submission.id).values(state="failed"))
        raise
    with transaction() as db:
        _take_claim(db, by, submission_id, int(answer["claimed"]), answer["failed"])


def _take_claim(db: Session, by: Actor, submission_id: UUID, claimed: int, refused: list[dict[str, Any]]) -> None:
    submission = db.get_one(Submission, submission_id, with_for_update=True)
    if submission.state != "claiming":  # another process had the answer first
        return
    submission.state = "filing"
    if claimed and submission.number is None:
        day = clock.business_date(submission.submitted_at)
        submission.number = f"BA{day:%Y%m%d}-{queries.next_number(db):06d}"
    total = claimed + len(refused)
    if total > bulk.SYNC_LIMIT:
        jobs.submit(
            db, KIND, by, params={"submission_id": submission_id}, total=total, job_id=submission_id,
            refused=[(UUID(one["id"]), one["code"], one["detail"]) for one in refused],
        )  # fmt: skip
    else:
        submission.failed = refused
    db.flush()


def job_state(db: Session, submission_id: UUID) -> str | None:
    """Of the job that makes its filings, where there is one."""
    return db.execute(text("SELECT state FROM job WHERE id = :id"), {"id": submission_id}).scalar()


def _file_claimed(step: Steps, claims: Claims, by: Actor, submission_id: UUID, job: jobs.Job | None) -> None:
    """Turn what is claimed into filings, a chunk a transaction; goes on after the last chunk that was committed.
    What is refused is free again at once."""
    with step() as db:
        after = queries.submission(db, submission_id).cursor
    for items in claims.items(submission_id, after):
        with step() as db:
            made = _file_chunk(db, by, submission_id, items, clock.now())
            if made is None:
                return
            done, failed = made
            if job is not None:
                job.fail_items(db, [(UUID(one["id"]), one["code"], one["detail"]) for one in failed])
                job.progress(db, done=done, failed=len(failed))
            else:
                submission = queries.submission(db, submission_id)
                submission.failed = [*submission.failed, *failed]
        if failed:
            _release(claims, submission_id, [UUID(one["id"]) for one in failed])
    with step() as db:
        ours = Submission.id == submission_id, Submission.state == "filing"
        db.execute(update(Submission).where(*ours).values(state="done"))


def give_up(database: Database, claims: Claims, submission_id: UUID) -> None:
    """End a submission before its end (its job was cancelled or failed): what is filed stays, the rest is free."""
    with database.transaction(ALL) as db:
        submission = db.get(Submission, submission_id, with_for_update=True)
        if submission is None or submission.state not in ("claiming", "filing"):
            return
        submission.state = "failed"
        cursor = submission.cursor
    _release(claims, submission_id, after=cursor)


def _release(claims: Claims, submission_id: UUID, ids: Sequence[UUID] | None = None, after: UUID | None = None) -> None:
    try:
        claims.release(submission_id, ids, after)
    except (Refused, Unavailable) as error:  # registry frees the claim itself when it runs out
        log.get().warning("claim_not_released", submission_id=str(submission_id), error=repr(error))


def _file_chunk(
    db: Session, by: Actor, submission_id: UUID, items: Sequence[dict[str, Any]], now: datetime
) -> tuple[int, list[dict[str, Any]]] | None:
    """How many were filed, and what was refused; None where the submission was given up."""
    submission = db.get_one(Submission, submission_id, with_for_update=True)
    if submission.state != "filing":
        return None
    last = UUID(items[-1]["instrument_id"])
    if submission.cursor is not None and submission.cursor >= last:  # another process was here first
        return 0, []
    previous = queries.latest_of(db, [UUID(item["instrument_id"]) for item in items])
    due = due_on(clock.business_date(submission.submitted_at), queries.workdays(db))
    filings: list[Filing] = []
    failed: list[dict[str, Any]] = []
    for item in items:
        before = previous.get(UUID(item["instrument_id"]))
        if before is not None and before.state in (*OPEN, State.APPROVED):
            failed.append(bulk.Failure(before.instrument_id, AlreadyFiled()).to_json() | {"id": item["instrument_id"]})
        else:
            filings.append(_filing(submission, item, before, submission.done + len(filings), due))
    for filing in previous.values():
        if any(filing.id == new.previous_id for new in filings):
            filing.latest = False
    db.flush()
    db.add_all(filings)
    db.flush()
    db.add_all(_first_step(filing, by, now) for filing in filings)
    submission.done += len(filings)
    submission.cursor = last
    outbox.record(db, *filing_events("submit", filings, actor_json(by), now, number=submission.number))
    return len(filings), failed


def _filing(submission: Submission, item: dict[str, Any], previous: Filing | None, position: int, due: date) -> Filing:
    filing = Filing(
        id=new_id(), number=f"{submission.number}-{position + 1:05d}", submission_id=submission.id,
        instrument_id=UUID(item["instrument_id"]), org_id=submission.org_id,
        city_id=submission.institution_id, institution_id=submission.institution_id,
        participants=[submission.institution_id], authorize_province=submission.authorize_province,
        previous_id=previous.id if previous else None, submitted_at=submission.submitted_at,
        due_on=due, version=previous.version + 1 if previous else 1,
    )  # fmt: skip
    filing.describe(item)
    return filing


def _first_step(filing: Filing, by: Actor, now: datetime) -> Step:
    return Step(filing_id=filing.id, at=now, actor=actor_json(by), move="submit", from_state=None,
                to_state=State.SUBMITTED.value, institution_id=filing.institution_id, **origin())  # fmt: skip


STUCK_AFTER = timedelta(minutes=2)


def stuck(db: Session, now: datetime) -> list[Submission]:
    """Submissions that nobody works on: their process died, or their job ended before its end."""
    idle = text("NOT EXISTS (SELECT FROM job WHERE job.id = submission.id AND job.state IN ('queued', 'running'))")
    return list(
        db.scalars(
            select(Submission).where(
                Submission.state.in_(["claiming", "filing"]), Submission.submitted_at < now - STUCK_AFTER, idle
            )
        )
    )
