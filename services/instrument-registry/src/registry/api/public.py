"""What anybody may see: the state behind the QR code of a certificate or an instrument, as JSON and as a page."""

from typing import Any

from flask import Response, render_template

from chassis import clock
from chassis.auth import allow_anyone
from chassis.rawjson import json_response
from chassis.web import Blueprint, db
from registry import queries
from registry.api.certificate_schemas import PublicArgs, PublicCertificate
from registry.api.schemas import PublicInstrument
from registry.api.views import public_certificate
from registry.domain.certificates import STATUS_LABELS, UNIT_GONE
from registry.domain.errors import CertificateNotFound
from registry.queries import certificates

blp = Blueprint("public", __name__, description="Public pages", template_folder="templates")
HTML = "text/html; charset=utf-8"
PAGE = {"type": "string"}

VIEW_LABELS = {
    "due": "待检", "overdue": "超期未检", "invalid": "已失效", "failed": "检定不合格", "normal": "检定合格",
    "no_expiry": "检定合格（长期）", "rotation": "即将到期轮换", "none": "未在用或未备案",
}  # fmt: skip


@blp.route("/api/registry/public/certificates/<string:code>", methods=["GET"])
@allow_anyone
@blp.arguments(PublicArgs, location="query")
@blp.response(200, PublicCertificate)
def certificate(args: dict[str, Any], code: str) -> Any:
    """A certificate by its public code, and by its number too where it was typed."""
    found = _certificate(code)
    if args.get("number", found["number"]) != found["number"]:
        raise CertificateNotFound
    return json_response(found)


@blp.route("/api/registry/public/instruments/<string:code>", methods=["GET"])
@allow_anyone
@blp.response(200, PublicInstrument)
def instrument(code: str) -> Any:
    """The current state of an instrument by its 器具码."""
    return json_response(_instrument(code))


@blp.route("/c/<string:code>", methods=["GET"])
@allow_anyone
@blp.response(200, PAGE, content_type=HTML)
@blp.alt_response(404, schema=PAGE, content_type=HTML)
def certificate_page(code: str) -> Any:
    """The page behind a certificate's QR code."""
    try:
        found = _certificate(code)
    except CertificateNotFound as error:
        return _page("missing.html", 404, message=error.message("zh"))
    return _page(
        "certificate.html", 200, c=found, standing=UNIT_GONE if found["unit_gone"] else STATUS_LABELS[found["status"]]
    )


@blp.route("/i/<string:code>", methods=["GET"])
@allow_anyone
@blp.response(200, PAGE, content_type=HTML)
@blp.alt_response(404, schema=PAGE, content_type=HTML)
def instrument_page(code: str) -> Any:
    """The page behind an instrument's QR label."""
    try:
        found = _instrument(code)
    except CertificateNotFound:
        return _page("missing.html", 404, message="未找到该器具码。")
    return _page("instrument.html", 200, i=found, view=VIEW_LABELS[found["view"]])


def _certificate(code: str) -> dict[str, Any]:
    row = certificates.public(db(), code)
    if row is None:
        raise CertificateNotFound
    return public_certificate(row, clock.today())


def _instrument(code: str) -> dict[str, Any]:
    row = queries.public_instrument(db(), code, clock.today())
    if row is None:
        raise CertificateNotFound
    keys = (
        "code",
        "name",
        "model",
        "serial_no",
        "manufacturer",
        "status",
        "view",
        "valid_until",
        "rotate_on",
        "result",
    )
    return {key: row[key] for key in keys}


def _page(template: str, status: int, **values: Any) -> Response:
    return Response(render_template(template, **values), status=status, content_type=HTML)
