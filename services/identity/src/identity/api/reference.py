"""Divisions and institutions: open to everyone to read, the administrator's to change."""

from typing import Any
from uuid import UUID

from flask import request

from chassis import clock
from chassis.auth import ADMIN, allow, allow_anyone
from chassis.rawjson import json_response
from chassis.web import Blueprint, audit_subject, db, if_match, reader, with_etag
from identity import queries
from identity.actions import reference
from identity.api.schemas_reference import (
    BureauChanges,
    BureauFields,
    BureausView,
    BureauView,
    CapabilityList,
    DivisionArgs,
    DivisionChanges,
    DivisionFields,
    DivisionsView,
    DivisionView,
    InstitutionArgs,
    InstitutionChanges,
    InstitutionDetail,
    InstitutionFields,
    InstitutionsView,
)

CACHED_SECONDS = 60
blp = Blueprint("reference", "reference", url_prefix="/api/identity", description="Divisions and institutions")


@blp.route("/divisions", methods=["GET"])
@allow_anyone
@blp.arguments(DivisionArgs, location="query")
@blp.response(200, DivisionsView)
def divisions(args: dict[str, Any]) -> Any:
    """The tree of divisions by code: today's, another day's (`on`), or with all that was and will be (`all=true`)."""
    on = None if args["all"] else args.get("on") or clock.today()
    return _cached({"items": queries.divisions(reader(), on)})


@blp.route("/divisions", methods=["POST"])
@allow(ADMIN)
@blp.arguments(DivisionFields)
@blp.response(201, DivisionView)
def add_division(body: dict[str, Any]) -> Any:
    """Add a division."""
    division = reference.add_division(db(), body)
    audit_subject(division.code, after=body)
    return division


@blp.route("/divisions/<string:code>", methods=["PATCH"])
@allow(ADMIN)
@blp.arguments(DivisionChanges)
@blp.response(200, DivisionView)
def change_division(body: dict[str, Any], code: str) -> Any:
    """Rename a division, or give it a first or last day. The code stays."""
    reference.change_division(db(), code, if_match(), body)
    audit_subject(code, after=body)
    return queries.division(db(), code)


@blp.route("/institutions", methods=["GET"])
@allow_anyone
@blp.arguments(InstitutionArgs, location="query")
@blp.response(200, InstitutionsView)
def institutions(args: dict[str, Any]) -> Any:
    """Institutions whose area contains a division, of a tier, capable of a kind today."""
    return _cached({"items": queries.institutions(reader(), args, clock.today())})


@blp.route("/institutions", methods=["POST"])
@allow(ADMIN)
@blp.arguments(InstitutionFields)
@blp.response(201, InstitutionDetail)
def add_institution(body: dict[str, Any]) -> Any:
    """Add an institution; it gets its capabilities apart."""
    institution = reference.add_institution(db(), body)
    audit_subject(institution.id, after=body)
    return institution


@blp.route("/institutions/<uuid:institution_id>", methods=["GET"])
@allow_anyone
@blp.response(200, InstitutionDetail)
def institution(institution_id: UUID) -> Any:
    """An institution with its capabilities."""
    found = queries.institution(db(), institution_id)
    return with_etag(json_response(InstitutionDetail().dump(found)), found.version)


@blp.route("/institutions/<uuid:institution_id>", methods=["PATCH"])
@allow(ADMIN)
@blp.arguments(InstitutionChanges)
@blp.response(200, InstitutionDetail)
def change_institution(body: dict[str, Any], institution_id: UUID) -> Any:
    """Change an institution; `active: false` closes it."""
    reference.change_institution(db(), institution_id, if_match(), body)
    audit_subject(institution_id, after=body)
    return queries.institution(db(), institution_id)


@blp.route("/institutions/<uuid:institution_id>/capabilities", methods=["PUT"])
@allow(ADMIN)
@blp.arguments(CapabilityList)
@blp.response(200, InstitutionDetail)
def set_capabilities(body: dict[str, Any], institution_id: UUID) -> Any:
    """Say what an institution may verify, by kind and mode, from when to when; the list replaces the old one."""
    reference.set_capabilities(db(), institution_id, if_match(), body["items"])
    audit_subject(institution_id, after=body)
    return queries.institution(db(), institution_id)


@blp.route("/bureaus", methods=["GET"])
@allow(ADMIN)
@blp.response(200, BureausView)
def bureaus() -> Any:
    """The market-regulation bureaus 行政管理部门 whose staff supervise an area."""
    return json_response({"items": queries.bureaus(db())})


@blp.route("/bureaus", methods=["POST"])
@allow(ADMIN)
@blp.arguments(BureauFields)
@blp.response(201, BureauView)
def add_bureau(body: dict[str, Any]) -> Any:
    """Add a bureau; its division is the area that it supervises."""
    bureau = reference.add_bureau(db(), body)
    audit_subject(bureau.id, after=body)
    return bureau


@blp.route("/bureaus/<uuid:bureau_id>", methods=["PATCH"])
@allow(ADMIN)
@blp.arguments(BureauChanges)
@blp.response(200, BureauView)
def change_bureau(body: dict[str, Any], bureau_id: UUID) -> Any:
    """Change a bureau; `active: false` closes it."""
    reference.change_bureau(db(), bureau_id, if_match(), body)
    audit_subject(bureau_id, after=body)
    return queries.bureau_to_change(db(), bureau_id)


def _cached(body: dict[str, Any]) -> Any:
    """For a minute without asking, and after that by its ETag: the lists are asked for at every form and rarely change."""
    response = json_response(body)
    response.headers["Cache-Control"] = f"public, max-age={CACHED_SECONDS}"
    response.add_etag()
    return response.make_conditional(request)
