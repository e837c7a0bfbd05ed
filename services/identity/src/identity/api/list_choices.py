"""Columns and page size of each list (选择列), kept for the account."""

from typing import Any

from marshmallow import fields, validate

from chassis.auth import SIGNED_IN, allow
from chassis.paging import MAX_SIZE
from chassis.schema import Schema, Text
from chassis.web import Blueprint, current_user, db, not_audited
from identity.actions import list_choices

blp = Blueprint("list_choices", "list_choices", url_prefix="/api/identity", description="Lists as one likes them")


class ListChoiceRequest(Schema):
    list = Text(min=1, max=60, required=True, metadata={"description": "the client's own name of it"})
    columns = fields.List(Text(min=1, max=50), required=True, validate=validate.Length(max=60))
    page_size = fields.Integer(required=True, validate=validate.Range(min=1, max=MAX_SIZE))


class ListChoiceView(Schema):
    list = fields.String(required=True)
    columns = fields.List(fields.String(), required=True)
    page_size = fields.Integer(required=True)


class ListChoicesView(Schema):
    items = fields.List(fields.Nested(ListChoiceView), required=True)


@blp.route("/me/lists", methods=["GET"])
@allow(*SIGNED_IN, pending=True)
@blp.response(200, ListChoicesView)
def my_lists() -> Any:
    """How the account chose its lists to look."""
    return {"items": list_choices.of(db(), current_user())}


@blp.route("/me/lists", methods=["PUT"])
@allow(*SIGNED_IN, pending=True)
@not_audited
@blp.arguments(ListChoiceRequest)
@blp.response(204)
def choose_list(body: dict[str, Any]) -> Any:
    """Keep columns and page size of one list; what was kept of it before is replaced."""
    list_choices.choose(db(), current_user(), body)
    return ""
