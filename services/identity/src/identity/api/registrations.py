"""Registrations: submitted by anyone, decided by the competent institution, corrected by the applicant."""

import io
from typing import Any
from uuid import UUID

from flask import Response, send_file

from chassis import clock, log
from chassis.auth import APPLICANT, INSTITUTION, allow, allow_anyone
from chassis.context import current
from chassis.paging import page_response, page_schema
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.schema import BINARY
from chassis.web import Blueprint, audit_subject, current_user, db, if_match, not_audited, own_transactions, with_etag
from identity import actions, queries
from identity.api.schemas import (
    LetterRequest,
    RegistrationArgs,
    RegistrationChanges,
    RegistrationCreated,
    RegistrationRequest,
    RegistrationView,
    Rejection,
)
from identity.counted import counted
from identity.domain.errors import CodeWrong
from identity.letters import letter
from identity.models import Organization
from identity.parts import parts

PDF = "application/pdf"
blp = Blueprint("registrations", "registrations", url_prefix="/api/identity", description="Registration")


@blp.route("/registrations", methods=["POST"])
@allow_anyone
@own_transactions
@blp.arguments(RegistrationRequest)
@blp.response(201, RegistrationCreated)
def register(body: dict[str, Any]) -> Any:
    """Register an organisation. A failed try does not use up the SMS code; a wrong code counts as a try."""
    account = counted(
        runtime().database, CodeWrong, lambda session: actions.register(session, parts().hasher, clock.now(), body)
    )
    audit_subject(str(account.org_id))
    log.get().info("registered", org_id=str(account.org_id), address=current().address)
    return {"account_id": account.id, "org_id": account.org_id, "status": "pending"}


@blp.route("/registrations", methods=["GET"])
@allow(INSTITUTION, roles=["registration_reviewer"])
@blp.arguments(RegistrationArgs, location="query")
@blp.response(200, page_schema(RegistrationView))
def list_registrations(args: dict[str, Any]) -> Any:
    """Registrations of the institution's area, oldest first."""
    return page_response(queries.registrations(db(), current_user(), args))


@blp.route("/registrations/<uuid:org_id>/approve", methods=["POST"])
@allow(INSTITUTION, roles=["registration_reviewer"])
@blp.response(200, RegistrationCreated)
def approve(org_id: UUID) -> Any:
    """Approve a pending registration."""
    return _created(actions.approve(db(), current_user(), org_id, clock.now()))


@blp.route("/registrations/<uuid:org_id>/reject", methods=["POST"])
@allow(INSTITUTION, roles=["registration_reviewer"])
@blp.arguments(Rejection)
@blp.response(200, RegistrationCreated)
def reject(body: dict[str, Any], org_id: UUID) -> Any:
    """Reject a pending registration, with the reason that the applicant is told."""
    return _created(actions.reject(db(), current_user(), org_id, body["reason_code"], body["reason"], clock.now()))


@blp.route("/registrations/authorization-letter.pdf", methods=["GET"])
@allow_anyone
@blp.response(200, BINARY, content_type=PDF)
def blank_letter() -> Any:
    """The authorisation letter 法人授权书, blank, to be filled by hand."""
    return _letter({})


@blp.route("/registrations/authorization-letter.pdf", methods=["POST"])
@allow_anyone
@not_audited
@blp.arguments(LetterRequest, required=False)
@blp.response(200, BINARY, content_type=PDF)
def filled_letter(body: dict[str, Any]) -> Any:
    """The same letter, filled from what was typed and addressed to the institution that will review the registration."""
    code = body.pop("division_code", None)
    reviewer = queries.reviewer_of(db(), code) if code else None
    return _letter(body | ({"institution": reviewer.name} if reviewer else {}))


def _letter(values: dict[str, str]) -> Response:
    response = send_file(io.BytesIO(letter(values)), mimetype=PDF, as_attachment=True, download_name="法人授权书.pdf")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blp.route("/registrations/mine", methods=["GET"])
@allow(APPLICANT, pending=True)
@blp.response(200, RegistrationView)
def my_registration() -> Any:
    """How the own registration stands."""
    return _own()


@blp.route("/registrations/mine", methods=["PATCH"])
@allow(APPLICANT, pending=True, roles=["owner"])
@blp.arguments(RegistrationChanges)
@blp.response(200, RegistrationView)
def correct(body: dict[str, Any]) -> Any:
    """Correct a registration that is not approved; it goes to the institution again."""
    actions.correct(db(), current_user(), if_match(), body, clock.now())
    return _own()


@blp.route("/registrations/mine", methods=["DELETE"])
@allow(APPLICANT, pending=True, roles=["owner"])
@blp.response(204)
def withdraw() -> Any:
    """自行注销: delete a registration that is not approved, with its accounts."""
    actions.withdraw(db(), current_user(), clock.now())
    return ""


def _created(org: Organization) -> dict[str, Any]:
    owner = queries.owner_of(db(), org.id)
    return {"account_id": owner.id, "org_id": org.id, "status": org.status}


def _own() -> Any:
    row = queries.own_registration(db(), current_user())
    return with_etag(json_response(row), row["version"])
