"""Export of what a list shows."""

from typing import Any

from chassis import clock, jobs
from chassis.auth import APPLICANT, INSTITUTION, SUPERVISOR, allow
from chassis.web import Blueprint, audit_subject, current_user, db
from registry.actions import exports
from registry.api.schemas import ExportRequest

blp = Blueprint("exports", "exports", url_prefix="/api/registry", description="Export")


@blp.route("/exports", methods=["POST"])
@allow(APPLICANT, INSTITUTION, SUPERVISOR)
@blp.arguments(ExportRequest, required=False)
@blp.response(202, jobs.JobView)
def start_export(body: dict[str, Any]) -> Any:
    """Export the instruments that match, as a job: an applicant's in the layout of the import, an
    authority's as its ledger, with the owner, the state and the days overdue of each."""
    user = current_user()
    job_id = exports.start(db(), user, body["filter"], body["columns"], clock.today())
    audit_subject(job_id)
    return jobs.accepted(db(), user, job_id, "registry")
