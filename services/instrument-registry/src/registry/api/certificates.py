"""Certificates 证书: search, one, its PDF, many as a ZIP."""

import io
import tempfile
from pathlib import Path
from typing import Any

from flask import send_file

from chassis import clock, context, jobs
from chassis.app import send_stored
from chassis.auth import SIGNED_IN, allow
from chassis.errors import invalid
from chassis.paging import page_response, page_schema
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.schema import BINARY
from chassis.web import Blueprint, current_user, db, reader
from registry.actions.archive import write_archive
from registry.api.certificate_schemas import (
    ArchiveRequest,
    CertificateArgs,
    CertificateView,
    WaitingCertificates,
)
from registry.api.views import certificate_view, waiting_certificate
from registry.queries import certificates

blp = Blueprint("certificates", "certificates", url_prefix="/api/registry", description="Certificates")
MAX_ARCHIVE = 1000
AT_ONCE = 100  # more are packed by a job


@blp.route("/certificates", methods=["GET"])
@allow(*SIGNED_IN)
@blp.arguments(CertificateArgs, location="query")
@blp.response(200, page_schema(CertificateView))
def list_certificates(args: dict[str, Any]) -> Any:
    """Certificates that the caller may see and whose PDF can be fetched, newest first."""
    page = certificates.page(reader(), current_user(), args, clock.today())
    page["items"] = [certificate_view(row, clock.today()) for row in page["items"]]
    return page_response(page)


@blp.route("/certificates/waiting", methods=["GET"])
@allow(*SIGNED_IN)
@blp.response(200, WaitingCertificates)
def list_waiting() -> Any:
    """The caller's certificates that could not be printed, and why, oldest first, at most a hundred. They are tried again
    by themselves; the institution may correct or void them."""
    language = context.current().language
    rows = certificates.waiting(db(), current_user())
    return json_response({"items": [waiting_certificate(row, language) for row in rows]})


@blp.route("/certificates/<string(minlength=8):number>", methods=["GET"])
@allow(*SIGNED_IN)
@blp.response(200, CertificateView)
def get_certificate(number: str) -> Any:
    """One certificate."""
    row = certificates.one(reader(), current_user(), number, clock.today())
    return json_response(certificate_view(row, clock.today()))


@blp.route("/certificates/<string(minlength=8):number>.pdf", methods=["GET"])
@allow(*SIGNED_IN)
@blp.response(200, BINARY, content_type="application/pdf")
def get_certificate_pdf(number: str) -> Any:
    """The certificate as PDF."""
    row = certificates.one(reader(), current_user(), number, clock.today())
    return send_stored(row["file"], f"{number}.pdf", "application/pdf")


@blp.route("/certificates/archive", methods=["POST"])
@allow(*SIGNED_IN)
@blp.arguments(ArchiveRequest)
@blp.response(200, BINARY, content_type="application/zip")
@blp.alt_response(202, schema=jobs.JobView)
def archive(body: dict[str, Any]) -> Any:
    """Up to 1,000 certificates as a ZIP with useful names and a list; beyond a hundred as a job."""
    user, today = current_user(), clock.today()
    numbers = list(dict.fromkeys(body.get("numbers") or []))
    if "filter" in body:
        numbers = certificates.numbers(db(), user, body["filter"], today, MAX_ARCHIVE)
        if not numbers:
            raise invalid("filter", "nothing_matches", "没有符合条件的证书。", "No certificate matches.")
    rows = certificates.by_numbers(db(), user, numbers)
    if len(rows) > AT_ONCE:
        job_id = jobs.submit(db(), "archive", user, params={"numbers": numbers}, total=len(numbers))
        return jobs.accepted(db(), user, job_id, "registry")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.zip"
        write_archive(path, rows, runtime().files.path, today)
        content = io.BytesIO(path.read_bytes())
    return send_file(content, mimetype="application/zip", as_attachment=True, download_name="证书.zip", max_age=0)
