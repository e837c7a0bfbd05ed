"""Filings: submitted by applicants, moved by institutions and supervisors."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid5

from chassis import bulk, clock, jobs
from chassis.actor import Actor
from chassis.auth import APPLICANT, INSTITUTION, SUPERVISOR, allow, allow_move
from chassis.db import Scope
from chassis.ids import new_id
from chassis.paging import page_response, page_schema
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.selections import freeze
from chassis.web import Blueprint, audit_subject, current_user, db, idempotency_key, if_match, own_transactions, reader
from filing import queries
from filing.actions import amendments, moves, submissions
from filing.api.schemas import (
    AmendRequest,
    DispatchMove,
    FilingArgs,
    FilingDetail,
    FilingView,
    Move,
    Overview,
    OverviewArgs,
    ReasonedMove,
    ReturnMove,
    SubmissionView,
    SubmitRequest,
)
from filing.domain.states import FILING
from filing.models import Submission
from filing.parts import claims_of
from filing.queries import counts

blp = Blueprint("filings", "filings", url_prefix="/api/filing", description="Filings")
SEES = (APPLICANT, INSTITUTION, SUPERVISOR)


@blp.route("/filings", methods=["GET"])
@allow(*SEES)
@blp.arguments(FilingArgs, location="query")
@blp.response(200, page_schema(FilingView))
def list_filings(args: dict[str, Any]) -> Any:
    """Filings that the caller may see; each instrument's latest one unless history=true."""
    return page_response(queries.filings(reader(), current_user(), args))


@blp.route("/filings/<uuid:filing_id>", methods=["GET"])
@allow(*SEES)
@blp.response(200, FilingDetail)
def get_filing(filing_id: UUID) -> Any:
    """One filing with all its steps."""
    return json_response(queries.filing(db(), current_user(), filing_id))


@blp.route("/filings", methods=["POST"])
@allow(APPLICANT)
@own_transactions
@blp.arguments(SubmitRequest)
@blp.response(200, SubmissionView)
def submit(body: dict[str, Any]) -> Any:
    """Submit instruments (ids of instruments, a filter of registry's list, or all unfiled ones) to a city institution.
    Beyond 1,000 the answer is 202 with the same number and a job."""
    user, database = current_user(), runtime().database
    submission_id = submissions.begin(database, user, idempotency_key(), body)
    audit_subject(submission_id)
    submission, by_job = submissions.submit(database, claims_of(runtime()), user, submission_id)
    audit_subject(submission_id, number=submission.number, done=submission.done, refused=len(submission.failed))
    return _accepted(user, submission) if by_job else json_response(_receipt(submission, "done", "failed"))


@blp.route("/filings/<uuid:filing_id>/amend", methods=["POST"])
@allow_move(FILING, "amend")
@own_transactions
@blp.arguments(AmendRequest)
@blp.response(200, FilingDetail)
def amend(body: dict[str, Any], filing_id: UUID) -> Any:
    """Change the instrument of a filing that is submitted and that nobody has touched, and the filing with it. It keeps
    its number, its place in the queue and its deadline. If-Match is the instrument's version (registry's ETag)."""
    user, database, key, version = current_user(), runtime().database, idempotency_key(), if_match()
    amendment_id = uuid5(user.account_id, f"{filing_id} {key}") if key else new_id()
    with database.transaction(Scope.of(user)) as session:
        amendments.begin(session, user, filing_id, amendment_id, version, body["changes"], body["reason"], clock.now())
    amendments.carry_out(database, claims_of(runtime()), user, filing_id)
    with database.transaction(Scope.of(user)) as session:
        return json_response(queries.filing(session, user, filing_id))


@blp.route("/filings/actions/withdraw", methods=["POST"])
@allow_move(FILING, "withdraw")
@blp.arguments(Move)
@blp.response(200, bulk.OutcomeView)
def withdraw(body: dict[str, Any]) -> Any:
    """撤销备案: take back what the institution has not touched."""
    return _run("withdraw", moves.withdraw, body, reason=body["reason"])


@blp.route("/filings/actions/approve", methods=["POST"])
@allow_move(FILING, "approve")
@blp.arguments(Move)
@blp.response(200, bulk.OutcomeView)
def approve(body: dict[str, Any]) -> Any:
    """Approve; the institution becomes the holder."""
    return _run("approve", moves.approve, body, reason=body["reason"])


@blp.route("/filings/actions/return", methods=["POST"])
@allow_move(FILING, "return")
@blp.arguments(ReturnMove)
@blp.response(200, bulk.OutcomeView)
def return_(body: dict[str, Any]) -> Any:
    """Send back to the applicant with a reason."""
    return _run("return", moves.return_, body, reason=body["reason"], reason_code=body["reason_code"])


@blp.route("/filings/actions/dispatch", methods=["POST"])
@allow_move(FILING, "dispatch")
@blp.arguments(DispatchMove)
@blp.response(200, bulk.OutcomeView)
def dispatch(body: dict[str, Any]) -> Any:
    """分派 to a county institution of the city, which must confirm."""
    return _run("dispatch", moves.dispatch, body, institution_id=str(body["institution_id"]), reason=body["reason"])


@blp.route("/filings/actions/forward", methods=["POST"])
@allow_move(FILING, "forward")
@blp.arguments(Move)
@blp.response(200, bulk.OutcomeView)
def forward(body: dict[str, Any]) -> Any:
    """转送 to the province, where the applicant authorised it."""
    return _run("forward", moves.forward, body, reason=body["reason"])


@blp.route("/filings/actions/confirm", methods=["POST"])
@allow_move(FILING, "confirm")
@blp.arguments(Move)
@blp.response(200, bulk.OutcomeView)
def confirm(body: dict[str, Any]) -> Any:
    """Confirm what was dispatched or forwarded; the institution becomes the holder."""
    return _run("confirm", moves.confirm, body, reason=body["reason"])


@blp.route("/filings/actions/recall", methods=["POST"])
@allow_move(FILING, "recall")
@blp.arguments(Move)
@blp.response(200, bulk.OutcomeView)
def recall(body: dict[str, Any]) -> Any:
    """收回: the city takes back what it dispatched or forwarded and nobody has confirmed."""
    return _run("recall", moves.recall, body, reason=body["reason"])


@blp.route("/filings/actions/decline", methods=["POST"])
@allow_move(FILING, "decline")
@blp.arguments(ReasonedMove)
@blp.response(200, bulk.OutcomeView)
def decline(body: dict[str, Any]) -> Any:
    """Send back to the city: no capability."""
    return _run("decline", moves.decline, body, reason=body["reason"])


@blp.route("/filings/actions/revoke", methods=["POST"])
@allow_move(FILING, "revoke")
@blp.arguments(ReasonedMove)
@blp.response(200, bulk.OutcomeView)
def revoke(body: dict[str, Any]) -> Any:
    """Withdraw an approved filing: by its holder, or by a supervisor of the area."""
    return _run("revoke", moves.revoke, body, reason=body["reason"])


@blp.route("/statistics/overview", methods=["GET"])
@allow(*SEES)
@blp.arguments(OverviewArgs, location="query")
@blp.response(200, Overview)
def overview(args: dict[str, Any]) -> Any:
    """Counts of the latest filings by state, each equal to the total of the list with that state. An institution's with
    `mine=true`: of what is approved the ones it holds, and of what waits for a confirmation the ones it has to give."""
    return json_response(counts.overview(reader(), current_user(), args["mine"]))


def _run(move: str, action: Callable[..., bulk.Outcome], body: dict[str, Any], **params: Any) -> Any:
    user = current_user()
    moves.check_seen(db(), user, body["versions"])
    ids: Sequence[UUID] = freeze(
        db(),
        body["selection"],
        by_filter=lambda filters: queries.ids_by_filter(user, filters),
        every=lambda: queries.ids_for_move(user, move),
    )
    return bulk.run(db(), "filing", move, action, user, ids, **params)


def _accepted(user: Actor, submission: Submission) -> Any:
    with runtime().database.transaction(Scope.of(user)) as session:
        return jobs.accepted(session, user, submission.id, "filing", _receipt(submission))


def _receipt(submission: Submission, *more: str) -> dict[str, Any]:
    return {"submission_id": submission.id} | {
        name: getattr(submission, name) for name in ("number", "submitted_at", *more)
    }
