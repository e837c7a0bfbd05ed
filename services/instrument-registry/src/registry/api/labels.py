"""Printable labels 标签 with the lifelong 器具码 of instruments."""

import io
from typing import Any

from flask import send_file

from chassis import clock, jobs
from chassis.auth import APPLICANT, INSTITUTION, allow
from chassis.runtime import runtime
from chassis.schema import BINARY, Text, one_of
from chassis.selections import freeze
from chassis.web import Blueprint, current_user, db
from registry import queries
from registry.actions import labels
from registry.api.schemas import Selected
from registry.pdfs import LABEL_SIZES

blp = Blueprint("labels", "labels", url_prefix="/api/registry", description="Labels")


class LabelsRequest(Selected):
    size = Text(
        max=10, load_default="medium", validate=one_of(*LABEL_SIZES),
        metadata={"description": "; ".join(f"{k}: {s.per_sheet} an A4 sheet of {s.width} × {s.height} mm" for k, s in LABEL_SIZES.items())},
    )  # fmt: skip


@blp.route("/labels", methods=["POST"])
@allow(APPLICANT, INSTITUTION)
@blp.arguments(LabelsRequest)
@blp.response(200, BINARY, content_type="application/pdf")
@blp.alt_response(202, schema=jobs.JobView)
def print_labels(body: dict[str, Any]) -> Any:
    """Labels of the selected instruments as a PDF; beyond some hundreds as a job."""
    user, today = current_user(), clock.today()
    ids = freeze(
        db(),
        body["selection"],
        by_filter=lambda filters: queries.ids_by_filter(user, filters, today),
        every=lambda: queries.ids_by_filter(user, {}, today),
    )
    labels.check(ids)
    if len(ids) > labels.AT_ONCE:
        job_id = jobs.submit(db(), "labels", user, ids=ids, params={"size": body["size"]})
        return jobs.accepted(db(), user, job_id, "registry")
    pdf = labels.print_now(db(), user, ids, body["size"], runtime().settings.public_url)
    return send_file(
        io.BytesIO(pdf), mimetype="application/pdf", as_attachment=True, download_name="器具码标签.pdf", max_age=0
    )
