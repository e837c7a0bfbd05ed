"""Background work of filing: long submissions and bulk moves, and taking up what got stuck."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from chassis import bulk, counters, jobs, log
from chassis.actor import SYSTEM, Actor
from chassis.calls import Refused
from chassis.runtime import Runtime, Schedule
from filing.actions import amendments, moves, submissions
from filing.models import Submission
from filing.parts import claims_of
from filing.tables import FILING_COUNT


def submit(runtime: Runtime, job: jobs.Job) -> None:
    """Turn a large claim into filings; the submission itself remembers how far it came."""
    submission_id = UUID(job.params["submission_id"])
    try:
        submissions.submit(runtime.database, claims_of(runtime), job.actor, submission_id, job)
    except jobs.JobCancelled:
        give_up(runtime, submission_id)
        raise


def give_up(runtime: Runtime, submission_id: UUID) -> None:
    submissions.give_up(runtime.database, claims_of(runtime), submission_id)


def resume_stuck(runtime: Runtime, now: datetime) -> None:
    """Take up submissions whose web process died between the claim and the last filing; end those whose job did."""
    with runtime.database.transaction() as db:
        found = submissions.stuck(db, now)
        over = {submission.id for submission in found if submissions.job_state(db, submission.id) is not None}
    for submission in found:
        try:
            if submission.id in over:
                give_up(runtime, submission.id)
            else:
                submissions.submit(runtime.database, claims_of(runtime), _submitter(submission), submission.id)
        except Exception as error:  # one that fails must not stop the others
            log.get().error("submission_stuck", submission_id=str(submission.id), exc_info=error)


def merge_counts(runtime: Runtime, _now: datetime) -> None:
    counters.merge(runtime.database, _MERGE)


_MERGE = counters.merging(FILING_COUNT, ("n",))


def resume_amendments(runtime: Runtime, now: datetime) -> None:
    """Take up amendments whose web process died, or whose registry did not answer."""
    with runtime.database.transaction() as db:
        found = amendments.stuck(db, now)
    for filing_id, by in found:
        try:
            amendments.carry_out(runtime.database, claims_of(runtime), by, filing_id)
        except Refused as error:  # the filing is as it was
            log.get().warning("amendment_refused", filing_id=str(filing_id), code=error.code)
        except Exception as error:  # one that fails must not stop the others
            log.get().error("amendment_stuck", filing_id=str(filing_id), exc_info=error)


def _submitter(submission: Submission) -> Actor:
    if submission.actor is not None:
        return Actor.from_json(submission.actor)
    return replace(SYSTEM, kind="applicant", org_id=submission.org_id)


JOBS: dict[str, jobs.JobHandler] = {
    submissions.KIND: submit,
    "withdraw": bulk.job_of(moves.withdraw),
    "approve": bulk.job_of(moves.approve),
    "return": bulk.job_of(moves.return_),
    "dispatch": bulk.job_of(moves.dispatch),
    "forward": bulk.job_of(moves.forward),
    "confirm": bulk.job_of(moves.confirm),
    "recall": bulk.job_of(moves.recall),
    "decline": bulk.job_of(moves.decline),
    "revoke": bulk.job_of(moves.revoke),
}
NEVER_BEGUN = {submissions.KIND: give_up}
SCHEDULES = [
    Schedule("resume_stuck_submissions", timedelta(minutes=1), resume_stuck),
    Schedule("merge_counts", timedelta(minutes=1), merge_counts),
    Schedule("resume_amendments", timedelta(minutes=1), resume_amendments),
]
