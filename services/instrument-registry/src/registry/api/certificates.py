"""Certificates 证书: search, one, its PDF, many as a ZIP."""

from typing import Any

from marshmallow import fields, validate

from chassis import clock
from chassis.app import send_stored
from chassis.auth import SIGNED_IN, allow
from chassis.paging import page_response, page_schema
from chassis.rawjson import json_response
from chassis.schema import BINARY, Schema, Text
from chassis.web import Blueprint, current_user, db
from registry import queries
from registry.api.archive import archive_of
from registry.api.schemas import CertificateArgs, CertificateView
from registry.api.views import certificate_view

blp = Blueprint("certificates", "certificates", url_prefix="/api/registry", description="Certificates")


class ArchiveRequest(Schema):
    numbers = fields.List(Text(max=50), required=True, validate=validate.Length(min=1, max=1000))


@blp.route("/certificates", methods=["GET"])
@allow(*SIGNED_IN)
@blp.arguments(CertificateArgs, location="query")
@blp.response(200, page_schema(CertificateView))
def list_certificates(args: dict[str, Any]) -> Any:
    """Certificates that the caller may see and whose PDF can be fetched, newest first."""
    page = queries.certificates(db(), current_user(), args)
    page["items"] = [certificate_view(row, clock.today()) for row in page["items"]]
    return page_response(page)


@blp.route("/certificates/<string(minlength=8):number>", methods=["GET"])
@allow(*SIGNED_IN)
@blp.response(200, CertificateView)
def get_certificate(number: str) -> Any:
    """One certificate."""
    return json_response(certificate_view(queries.certificate(db(), current_user(), number), clock.today()))


@blp.route("/certificates/<string(minlength=8):number>.pdf", methods=["GET"])
@allow(*SIGNED_IN)
@blp.response(200, BINARY, content_type="application/pdf")
def get_certificate_pdf(number: str) -> Any:
    """The certificate as PDF."""
    row = queries.certificate(db(), current_user(), number)
    return send_stored(row["file"], f"{number}.pdf", "application/pdf")


@blp.route("/certificates/archive", methods=["POST"])
@allow(*SIGNED_IN)
@blp.arguments(ArchiveRequest)
@blp.response(200, BINARY, content_type="application/zip")
def archive(body: dict[str, Any]) -> Any:
    """Up to 1,000 certificates as a ZIP with useful names."""
    rows = [queries.certificate(db(), current_user(), number) for number in dict.fromkeys(body["numbers"])]
    return archive_of(rows)
