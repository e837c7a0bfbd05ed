"""Divisions and institutions, open to everyone."""

from typing import Any

from chassis.auth import allow_anyone
from chassis.rawjson import json_response
from chassis.web import Blueprint, db
from identity import queries
from identity.api.schemas import DivisionsView, InstitutionArgs, InstitutionsView

blp = Blueprint("reference", "reference", url_prefix="/api/identity", description="Divisions and institutions")


@blp.route("/divisions", methods=["GET"])
@allow_anyone
@blp.response(200, DivisionsView)
def divisions() -> Any:
    """The tree of divisions, by code."""
    return json_response({"items": queries.divisions(db())})


@blp.route("/institutions", methods=["GET"])
@allow_anyone
@blp.arguments(InstitutionArgs, location="query")
@blp.response(200, InstitutionsView)
def institutions(args: dict[str, Any]) -> Any:
    """Institutions whose area contains a division, of a tier, capable of a kind."""
    return json_response({"items": queries.institutions(db(), args)})
