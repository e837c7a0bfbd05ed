"""Background work of filing: long submissions and bulk moves, and taking up what got stuck."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import bulk, jobs, log
from chassis.actor import Actor
from chassis.runtime import Runtime, Schedule
from filing.actions import moves, submissions
from filing.models import Submission
from filing.parts import claims_of


def submit(runtime: Runtime, job: jobs.Job) -> None:
    """Turn a large claim into filings; the submission itself remembers how far it came."""

    def on_chunk(db: Session, done: int, failed: list[dict[str, Any]]) -> None:
        job.fail_items(db, [(UUID(f["id"]), f["code"], f["detail"]) for f in failed])
        job.progress(db, done=done, failed=len(failed))

    with job.step():
        pass  # obey a cancellation that came before the start
    submissions.file_claimed(
        runtime.database, claims_of(runtime), job.actor, UUID(job.params["submission_id"]), on_chunk
    )


def resume_stuck(runtime: Runtime, now: datetime) -> None:
    """Take up submissions whose web process died between the claim and the last filing."""
    with runtime.database.transaction() as db:
        found = submissions.stuck(db, now)
    for submission in found:
        try:
            _resume(runtime, submission)
        except Exception as error:  # one that fails must not stop the others
            log.get().error("submission_stuck", submission_id=str(submission.id), exc_info=error)


def _resume(runtime: Runtime, submission: Submission) -> None:
    owner = Actor(account_id=submission.org_id, kind="applicant", org_id=submission.org_id, name="系统")
    if submission.state == "claiming":
        submissions.claim(runtime.database, claims_of(runtime), owner, submission)
    submissions.file_claimed(runtime.database, claims_of(runtime), owner, submission.id)


JOBS: dict[str, jobs.JobHandler] = {
    "submit": submit,
    "withdraw": bulk.job_of(moves.withdraw),
    "approve": bulk.job_of(moves.approve),
    "return": bulk.job_of(moves.return_),
    "dispatch": bulk.job_of(moves.dispatch),
    "forward": bulk.job_of(moves.forward),
    "confirm": bulk.job_of(moves.confirm),
    "decline": bulk.job_of(moves.decline),
    "revoke": bulk.job_of(moves.revoke),
}
SCHEDULES = [Schedule("resume_stuck_submissions", timedelta(minutes=1), resume_stuck)]
