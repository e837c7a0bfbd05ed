"""For registry: how a submission stands, before it frees an expired claim. For notification: 备案查询 in the official
account."""

from typing import Any
from uuid import UUID

from chassis.auth import allow_service
from chassis.web import Blueprint, db, reader
from filing import queries
from filing.api.schemas import Overview, SubmissionState
from filing.queries import counts

blp = Blueprint("internal", "internal", url_prefix="/internal", description="Between services")


@blp.route("/submissions/<uuid:submission_id>", methods=["GET"])
@allow_service("registry")
@blp.response(200, SubmissionState)
def get_submission(submission_id: UUID) -> Any:
    """claiming, filing, done or failed."""
    return queries.submission(db(), submission_id)


@blp.route("/organizations/<uuid:org_id>/filings", methods=["GET"])
@allow_service("notification")
@blp.response(200, Overview)
def count_filings(org_id: UUID) -> Any:
    """Counts of an organisation's latest filings by state."""
    return counts.overview_of(reader(), org_id)
