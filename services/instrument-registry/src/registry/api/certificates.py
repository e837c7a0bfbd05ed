"""Certificates 证书: search, one, its PDF, correct and void, many as a ZIP."""

import io
import tempfile
from pathlib import Path
from typing import Any

from flask import send_file

from chassis import clock, context, jobs
from chassis.app import send_stored
from chassis.auth import INSTITUTION, SIGNED_IN, allow
from chassis.errors import invalid
from chassis.paging import page_response, page_schema
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.schema import BINARY
from chassis.web import Blueprint, audit_subject, current_user, db, reader
from registry import pdfs
from registry.actions import certificates as actions
from registry.actions.archive import write_archive
from registry.api.certificate_schemas import (
    ArchiveRequest,
    CertificateArgs,
    CertificateView,
    CorrectionRequest,
    ReasonRequest,
    WaitingCertificates,
)
from registry.api.views import certificate_view, waiting_certificate
from registry.models import Certificate
from registry.queries import certificates

blp = Blueprint("certificates", "certificates", url_prefix="/api/registry", description="Certificates")
AUTHORISED = ("checker", "institution_admin")
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


@blp.route("/certificates/<string(minlength=8):number>/corrections", methods=["POST"])
@allow(INSTITUTION, roles=AUTHORISED)
@blp.arguments(CorrectionRequest)
@blp.response(201, CertificateView)
def correct(body: dict[str, Any], number: str) -> Any:
    """Replace a certificate by a new one that names it."""
    changes = {key: value for key, value in body.items() if key not in ("reason", "instrument")} | body["instrument"]
    new = actions.correct(
        db(), current_user(), number, changes, body["reason"], clock.now(), clock.today(), _print
    )  # fmt: skip
    audit_subject(new.number, replaces=number, reason=body["reason"])
    return json_response(_one(new.number), 201)


@blp.route("/certificates/<string(minlength=8):number>/void", methods=["POST"])
@allow(INSTITUTION, roles=AUTHORISED)
@blp.arguments(ReasonRequest)
@blp.response(200, CertificateView)
def void(body: dict[str, Any], number: str) -> Any:
    """Take a certificate out of force for good."""
    actions.void(db(), current_user(), number, body["reason"], clock.now())
    audit_subject(number, reason=body["reason"])
    return json_response(_one(number))


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


def _one(number: str) -> dict[str, Any]:
    """In the transaction of the request, and so with its own changes."""
    return certificate_view(certificates.by_numbers(db(), current_user(), [number])[0], clock.today())


def _print(certificate: Certificate) -> str:
    files = runtime().files
    name = files.new_name()
    files.path(name).write_bytes(pdfs.certificate_pdf(certificate, runtime().settings.public_url))
    return name
