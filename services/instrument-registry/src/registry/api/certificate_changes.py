"""Corrections and voids of certificates: proposed by one person, confirmed by another."""

from typing import Any
from uuid import UUID

from chassis import clock
from chassis.auth import INSTITUTION, allow, allow_move
from chassis.paging import page_response, page_schema
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.web import Blueprint, audit_subject, current_user, db
from registry import pdfs
from registry.actions import certificate_changes as actions
from registry.api.certificate_schemas import (
    CertificateChangeArgs,
    CertificateChangeView,
    CertificateView,
    CorrectionRequest,
    ReasonRequest,
)
from registry.api.views import certificate_view
from registry.domain.certificates import CHANGE
from registry.models import Certificate, CertificateChange
from registry.queries import certificates

blp = Blueprint(
    "certificate_changes", "certificate_changes", url_prefix="/api/registry", description="Certificate changes"
)
MAY_PROPOSE = ("verifier", "checker", "institution_admin")


@blp.route("/certificates/<string(minlength=8):number>/corrections", methods=["POST"])
@allow(INSTITUTION, roles=MAY_PROPOSE)
@blp.arguments(CorrectionRequest)
@blp.response(201, CertificateChangeView)
def correct(body: dict[str, Any], number: str) -> Any:
    """Propose to replace a certificate by a new one that names it; a checker other than the caller confirms."""
    changes = {key: value for key, value in body.items() if key not in ("reason", "instrument")} | body["instrument"]
    change = actions.propose_correction(
        db(), current_user(), number, changes, body["reason"], clock.now(), clock.today(), _check
    )  # fmt: skip
    return _proposed(change)


@blp.route("/certificates/<string(minlength=8):number>/void", methods=["POST"])
@allow(INSTITUTION, roles=MAY_PROPOSE)
@blp.arguments(ReasonRequest)
@blp.response(201, CertificateChangeView)
def void(body: dict[str, Any], number: str) -> Any:
    """Propose to take a certificate out of force for good; a checker other than the caller confirms."""
    return _proposed(actions.propose_void(db(), current_user(), number, body["reason"], clock.now()))


@blp.route("/certificate-changes", methods=["GET"])
@allow(INSTITUTION)
@blp.arguments(CertificateChangeArgs, location="query")
@blp.response(200, page_schema(CertificateChangeView))
def list_changes(args: dict[str, Any]) -> Any:
    """Corrections and voids that were proposed in the own institution, newest first."""
    return page_response(certificates.changes(db(), current_user(), args))


@blp.route("/certificate-changes/<uuid:change_id>/confirm", methods=["POST"])
@allow_move(CHANGE, "confirm")
@blp.response(200, CertificateView)
def confirm(change_id: UUID) -> Any:
    """Make the change: the new certificate, or the one that is void now."""
    made = actions.confirm(db(), current_user(), change_id, clock.now(), clock.today(), _print)
    audit_subject(change_id, number=made.number)
    row = certificates.by_numbers(db(), current_user(), [made.number])[0]
    return json_response(certificate_view(row, clock.today()))


@blp.route("/certificate-changes/<uuid:change_id>/decline", methods=["POST"])
@allow_move(CHANGE, "decline")
@blp.arguments(ReasonRequest)
@blp.response(200, CertificateChangeView)
def decline(body: dict[str, Any], change_id: UUID) -> Any:
    """The certificate stays as it is."""
    change = actions.decline(db(), current_user(), change_id, clock.now(), body["reason"])
    audit_subject(change_id, number=change.number, reason=body["reason"])
    return json_response(certificates.change_row(change))


def _proposed(change: CertificateChange) -> Any:
    audit_subject(change.number, change=str(change.id), reason=change.reason, kind=change.kind)
    return json_response(certificates.change_row(change), 201)


def _print(certificate: Certificate) -> str:
    files = runtime().files
    name = files.new_name()
    files.path(name).write_bytes(_check(certificate))
    return name


def _check(certificate: Certificate) -> bytes:
    return pdfs.certificate_pdf(certificate, runtime().settings.public_url)
