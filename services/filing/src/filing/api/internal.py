"""For registry only: how a submission stands, before it frees an expired claim."""

from typing import Any
from uuid import UUID

from chassis.auth import allow_service
from chassis.web import Blueprint, db
from filing import queries
from filing.api.schemas import SubmissionState

blp = Blueprint("internal", "internal", url_prefix="/internal", description="Between services")


@blp.route("/submissions/<uuid:submission_id>", methods=["GET"])
@allow_service("registry")
@blp.response(200, SubmissionState)
def get_submission(submission_id: UUID) -> Any:
    """claiming, filing, done or failed."""
    return queries.submission(db(), submission_id)
