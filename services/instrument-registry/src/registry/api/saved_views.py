"""Saved queries: filter, columns and order of a list under a name, for the account that saved them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validate

from chassis import clock
from chassis.auth import SIGNED_IN, allow
from chassis.errors import FieldError, Invalid
from chassis.paging import ordering
from chassis.problems import field_errors
from chassis.schema import Schema, Text, one_of
from chassis.web import Blueprint, audit_subject, current_user, db
from registry import queries
from registry.actions import saved_views
from registry.api.certificate_schemas import CertificateFilter
from registry.api.schemas import InstrumentFilter
from registry.queries import certificates

blp = Blueprint("saved_views", "saved_views", url_prefix="/api/registry", description="Saved queries")
# list -> its filter, its columns, and what it is ordered by
LISTS: dict[str, tuple[Schema, Mapping[str, Any], Mapping[str, Any]]] = {
    "instruments": (InstrumentFilter(), queries.LISTING.columns, queries.SORTABLE),
    "certificates": (CertificateFilter(), certificates.COLUMNS, certificates.SORTABLE),
}


class SavedViewRequest(Schema):
    list = Text(max=20, load_default="instruments", validate=one_of(*LISTS))
    name = Text(max=50, min=1, required=True)
    filter = fields.Dict(load_default=dict, metadata={"description": "as in the list"})
    columns = fields.List(Text(max=50), load_default=lambda: [], validate=validate.Length(max=60))
    sort = Text(max=200, load_default="")


class SavedViewView(Schema):
    id = fields.UUID(required=True)
    list = fields.String(required=True)
    name = fields.String(required=True)
    filter = fields.Dict(required=True)
    columns = fields.List(fields.String(), required=True)
    sort = fields.String(required=True)
    created_at = fields.DateTime(required=True)


class SavedViewsView(Schema):
    items = fields.List(fields.Nested(SavedViewView), required=True)


@blp.route("/saved-views", methods=["GET"])
@allow(*SIGNED_IN)
@blp.response(200, SavedViewsView)
def list_saved_views() -> Any:
    """The saved queries of the account."""
    return {"items": saved_views.of(db(), current_user())}


@blp.route("/saved-views", methods=["POST"])
@allow(*SIGNED_IN)
@blp.arguments(SavedViewRequest)
@blp.response(201, SavedViewView)
def save_view(body: dict[str, Any]) -> Any:
    """Save a query under a name."""
    _check(body)
    made = saved_views.save(db(), current_user(), body, clock.now())
    audit_subject(made.id)
    return made


@blp.route("/saved-views/<uuid:view_id>", methods=["DELETE"])
@allow(*SIGNED_IN)
@blp.response(204)
def delete_saved_view(view_id: UUID) -> Any:
    """Remove a saved query."""
    saved_views.remove(db(), current_user(), view_id)
    return ""


def _check(body: dict[str, Any]) -> None:
    """It is kept as it was sent, so it has to be what the list takes."""
    filters, columns, sortable = LISTS[body["list"]]
    errors: list[FieldError] = []
    try:
        filters.load(body["filter"])
    except ValidationError as error:
        errors += field_errors(error.messages, "filter", top=False)
    strange = [name for name in body["columns"] if name not in columns]
    if strange:
        zh = f"没有“{strange[0]}”这一列，可用：{', '.join(columns)}。"
        errors.append(FieldError("columns", "no_such_field", zh, f"No column {strange[0]}; use {', '.join(columns)}."))
    if errors:
        raise Invalid(errors=errors)
    ordering(body["sort"], sortable)
