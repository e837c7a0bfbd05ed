"""Submission: an envelope first, then registry's claim, then filings chunk by chunk while the claim lasts.

The envelope is committed before registry is asked and each chunk is committed with how far it came, so that a
process that dies in the middle is taken up where it stopped (`resume`), and nothing is filed twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock, context, outbox
from chassis.actor import Actor
from chassis.calls import Refused
from chassis.db import Database, Scope
from chassis.ids import new_id
from filing import queries
from filing.clients.registry import Claims
from filing.domain.area import covers
from filing.domain.errors import NotACity, OutOfArea, ResponsibilityNotAccepted
from filing.domain.states import OPEN, State, due_on
from filing.events import filing_events
from filing.models import Filing, Institution, Step, Submission, actor_json

MAX_FAILURES_KEPT = 10_000


def open_submission(db: Session, by: Actor, submission_id: UUID, now: datetime, body: dict[str, Any]) -> Submission:
    """The envelope; the same id again gives the same one. Raises: ResponsibilityNotAccepted, NotACity."""
    known = db.get(Submission, submission_id)
    if known is not None and known.org_id == by.org_id:
        return known
    if not body["accept_responsibility"]:
        raise ResponsibilityNotAccepted
    institution = queries.institution(db, body["institution_id"])
    if institution is None or institution.tier != "city":
        raise NotACity
    day = clock.business_date(now)
    submission = Submission(
        id=submission_id, number=f"BA{day:%Y%m%d}-{queries.next_number(db):06d}", org_id=by.org_id,
        institution_id=institution.id, authorize_province=body["authorize_province"], selection=body["selection"],
        submitted_at=now,
    )  # fmt: skip
    db.add(submission)
    db.flush()
    return submission


def claim(database: Database, claims: Claims, by: Actor, submission: Submission) -> int:
    """Ask registry for the instruments; returns how many it gave. What it refused is noted. Outside a transaction.
    Raises: Refused (the selection changed, say), Unavailable; the envelope then stays for a repeat."""
    try:
        answer = claims.claim(submission.id, submission.org_id, by.to_json(), submission.selection)
    except Refused:
        with database.transaction(Scope.of(by)) as db:
            db.execute(update(Submission).where(Submission.id == submission.id).values(state="failed"))
        raise
    with database.transaction(Scope.of(by)) as db:
        db.execute(
            update(Submission)
            .where(Submission.id == submission.id, Submission.state == "claiming")
            .values(state="filing", failed=answer["failed"][:MAX_FAILURES_KEPT])
        )
    return int(answer["claimed"])


def file_claimed(database: Database, claims: Claims, by: Actor, submission_id: UUID, on_chunk: Any = None) -> None:
    """Turn what is claimed into filings, a chunk a transaction; goes on after the last chunk that was committed."""
    with database.transaction(Scope.of(by)) as db:
        submission = queries.submission(db, submission_id)
        after = submission.cursor
    for items in claims.items(submission_id, after):
        with database.transaction(Scope.of(by)) as db:
            done, failed = _file_chunk(db, by, submission_id, items, clock.now())
            if on_chunk is not None:
                on_chunk(db, done, failed)
    with database.transaction(Scope.of(by)) as db:
        db.execute(update(Submission).where(Submission.id == submission_id).values(state="done"))


def _file_chunk(
    db: Session, by: Actor, submission_id: UUID, items: Sequence[dict[str, Any]], now: datetime
) -> tuple[int, list[dict[str, Any]]]:
    submission = db.scalars(select(Submission).where(Submission.id == submission_id).with_for_update()).one()
    last = UUID(items[-1]["instrument_id"])
    if submission.cursor is not None and submission.cursor >= last:  # another process was here first
        return 0, []
    institution = queries.institution(db, submission.institution_id)
    previous = queries.latest_of(db, [UUID(item["instrument_id"]) for item in items])
    filings: list[Filing] = []
    failed: list[dict[str, Any]] = []
    for item in items:
        error = _refusal(institution, previous.get(UUID(item["instrument_id"])), item)
        if error is not None:
            failed.append(error)
            continue
        filings.append(
            _filing(submission, item, previous.get(UUID(item["instrument_id"])), submission.done + len(filings))
        )
    for filing in previous.values():
        if any(filing.id == new.previous_id for new in filings):
            filing.latest = False
    db.flush()
    db.add_all(filings)
    db.flush()
    db.add_all(_first_step(filing, by, now) for filing in filings)
    submission.done += len(filings)
    submission.failed = [*submission.failed, *failed][:MAX_FAILURES_KEPT]
    submission.cursor = last
    outbox.record(db, *filing_events("submit", filings, actor_json(by), now, number=submission.number))
    return len(filings), failed


def _refusal(institution: Institution | None, previous: Filing | None, item: dict[str, Any]) -> dict[str, Any] | None:
    division = item["snapshot"]["division_code"]
    language = context.current().language
    if institution is None or not covers(institution.tier, institution.division_code, division):
        error = OutOfArea(division=division)
        return {"id": item["instrument_id"], "code": error.code, "detail": error.message(language)}
    if previous is not None and previous.state in (*OPEN, State.APPROVED):
        return {"id": item["instrument_id"], "code": "already_filed", "detail": "该仪器已有备案。"}
    return None


def _filing(submission: Submission, item: dict[str, Any], previous: Filing | None, position: int) -> Filing:
    snapshot = item["snapshot"]
    return Filing(
        id=new_id(), number=f"{submission.number}-{position + 1:05d}", submission_id=submission.id,
        instrument_id=UUID(item["instrument_id"]), instrument_version=item["version"], org_id=submission.org_id,
        kind_code=snapshot["kind_code"], division_code=snapshot["division_code"], snapshot=snapshot,
        search=" ".join(snapshot[k] for k in ("name", "model", "serial_no", "own_no", "manufacturer")).casefold(),
        city_id=submission.institution_id, institution_id=submission.institution_id,
        participants=[submission.institution_id], authorize_province=submission.authorize_province,
        previous_id=previous.id if previous else None, submitted_at=submission.submitted_at,
        due_on=due_on(clock.business_date(submission.submitted_at)), version=previous.version + 1 if previous else 1,
    )  # fmt: skip


def _first_step(filing: Filing, by: Actor, now: datetime) -> Step:
    return Step(filing_id=filing.id, at=now, actor=actor_json(by), move="submit", from_state=None,
                to_state=State.SUBMITTED.value, institution_id=filing.institution_id)  # fmt: skip


STUCK_AFTER = timedelta(minutes=2)


def stuck(db: Session, now: datetime) -> list[Submission]:
    """Submissions whose process died in the middle."""
    return list(
        db.scalars(
            select(Submission).where(
                Submission.state.in_(["claiming", "filing"]), Submission.submitted_at < now - STUCK_AFTER
            )
        )
    )
