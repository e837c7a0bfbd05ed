"""For filing only: the claims of a submission, and amendments of what is submitted."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis import clock
from chassis.actor import Actor
from chassis.auth import allow_service
from chassis.errors import Invalid
from chassis.rawjson import json_response
from chassis.selections import freeze
from chassis.web import Blueprint, audit_subject, db
from registry import queries
from registry.actions import amendments, filings
from registry.api.schemas import (
    AmendmentRequest,
    AmendmentView,
    ClaimPage,
    ClaimPageArgs,
    ClaimRequest,
    ClaimView,
    ReleaseRequest,
)
from registry.api.views import plain

blp = Blueprint("internal", "internal", url_prefix="/internal", description="Between services")


@blp.route("/claims", methods=["POST"])
@allow_service("filing")
@blp.arguments(ClaimRequest)
@blp.response(200, ClaimView)
def claim(body: dict[str, Any]) -> Any:
    """Lock the fileable instruments of a selection for a submission; idempotent on its id."""
    actor = Actor.from_json(body["actor"])
    today = clock.today()

    def ids() -> list[UUID]:
        return freeze(
            db(),
            body["selection"],
            by_filter=lambda filters: queries.ids_by_filter(actor, filters, today),
            every=lambda: queries.ids_to_file(actor, today),
        )

    made = filings.claim(db(), body["submission_id"], actor, ids, body["area"], clock.now())
    audit_subject(body["submission_id"], claimed=made.claimed)
    return json_response({"claimed": made.claimed, "failed": made.failed})


@blp.route("/claims/<uuid:submission_id>/release", methods=["POST"])
@allow_service("filing")
@blp.arguments(ReleaseRequest)
@blp.response(204)
def release(body: dict[str, Any], submission_id: UUID) -> Any:
    """Free instruments that the submission claimed and will not file: the named ones, or those after an id."""
    filings.release(db(), submission_id, body["instrument_ids"], body["after"])
    return "", 204


@blp.route("/claims/<uuid:submission_id>/items", methods=["GET"])
@allow_service("filing")
@blp.arguments(ClaimPageArgs, location="query")
@blp.response(200, ClaimPage)
def items(args: dict[str, Any], submission_id: UUID) -> Any:
    """The claimed instruments with their snapshots, in the order of ids."""
    after = UUID(args["cursor"]) if args["cursor"] else None
    return json_response(filings.claimed_page(db(), submission_id, after, args["page_size"]))


@blp.route("/amendments", methods=["POST"])
@allow_service("filing")
@blp.arguments(AmendmentRequest)
@blp.response(200, AmendmentView)
def amend(body: dict[str, Any]) -> Any:
    """Change an instrument under its open filing, by the rules of an edit and of a submission; once for each
    amendment."""
    audit_subject(body["instrument_id"], amendment=body["amendment_id"])
    try:
        made = amendments.amend(db(), Actor.from_json(body["actor"]), body, plain(body["changes"]), clock.now())
    except Invalid as error:  # its fields are those of the request, like what the schema refuses
        raise Invalid(errors=[replace(one, field=f"changes.{one.field}") for one in error.errors]) from error
    return json_response(made)
