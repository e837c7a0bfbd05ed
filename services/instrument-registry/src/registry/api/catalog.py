"""The catalog of kinds 种别, open to everyone, and the official lists that an administrator loads."""

from datetime import date
from typing import Any

from flask import request
from marshmallow import ValidationError, fields

from chassis import clock
from chassis.auth import ADMIN, SIGNED_IN, allow, allow_anyone
from chassis.errors import Invalid, invalid
from chassis.files import XLSX, Expected
from chassis.paging import PageArgs, page_response, page_schema
from chassis.problems import field_errors
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.schema import BINARY, Schema, Text
from chassis.web import Blueprint, audit_subject, current_user, db
from registry.actions import catalog as actions
from registry.api.downloads import sheet_response
from registry.api.schemas import CatalogView
from registry.domain.catalog import Diff
from registry.queries import catalog as queries
from registry.workbooks.catalog import HEADERS, catalog_cells, read_catalog

blp = Blueprint("catalog", "catalog", url_prefix="/api/registry", description="Catalog")
LIMIT = 5 << 20  # [bytes]


class CatalogArgs(Schema):
    on = fields.Date(metadata={"description": "the kinds that are in force on this day, with their values of it"})


class VersionForm(Schema):
    """What comes beside the file."""

    dry_run = fields.Boolean(load_default=True, metadata={"description": "only tell what would change"})
    valid_from = fields.Date(metadata={"description": "today where it is not given"})
    version = Text(max=50, min=1, metadata={"description": "the day it is valid from where it is not given"})
    title = Text(max=200, load_default="")


class VersionView(Schema):
    id = fields.UUID(required=True)
    version = fields.String(required=True)
    title = fields.String(required=True)
    valid_from = fields.Date(required=True)
    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    withdrawn = fields.Integer(required=True)
    loaded_by = fields.String(required=True)
    loaded_at = fields.DateTime(required=True)


class KindChange(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    fields_ = fields.List(
        fields.Dict(), required=True, data_key="fields", metadata={"description": "[{field, before, after}]"}
    )


class DiffView(Schema):
    dry_run = fields.Boolean(required=True)
    version = fields.String(required=True)
    valid_from = fields.Date(required=True)
    added = fields.List(fields.Dict(), required=True)
    changed = fields.List(fields.Nested(KindChange), required=True)
    withdrawn = fields.List(fields.Dict(), required=True)
    unchanged = fields.Integer(required=True)


@blp.route("/catalog", methods=["GET"])
@allow_anyone
@blp.arguments(CatalogArgs, location="query")
@blp.response(200, CatalogView)
def catalog(args: dict[str, Any]) -> Any:
    """Every kind, withdrawn ones too, with how well its values are attested; or those in force on a day."""
    return json_response({"items": _kinds(args.get("on"))})


@blp.route("/catalog.xlsx", methods=["GET"])
@allow(*SIGNED_IN)
@blp.arguments(CatalogArgs, location="query")
@blp.response(200, BINARY, content_type=XLSX)
def catalog_workbook(args: dict[str, Any]) -> Any:
    """The same as a workbook, in the layout in which a list is loaded."""
    rows = (catalog_cells(kind) for kind in _kinds(args.get("on")))
    return sheet_response("强检目录.xlsx", "目录", HEADERS, rows)


@blp.route("/catalog/versions", methods=["GET"])
@allow(*SIGNED_IN)
@blp.arguments(PageArgs, location="query")
@blp.response(200, page_schema(VersionView))
def versions(args: dict[str, Any]) -> Any:
    """The lists that were loaded, newest first."""
    return page_response(queries.versions(db(), args))


@blp.route("/catalog/versions", methods=["POST"])
@allow(ADMIN)
@blp.doc(
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "dry_run": {"type": "boolean"},
                        "valid_from": {"type": "string", "format": "date"},
                        "version": {"type": "string", "maxLength": 50},
                        "title": {"type": "string", "maxLength": 200},
                    },
                }
            }
        },
    }
)
@blp.response(200, DiffView)
def load_version() -> Any:
    """Load an official list from a workbook; unless dry_run=false, only tell what it would change."""
    options = _options()
    upload = request.files.get("file")
    if upload is None:
        raise invalid("file", "required", "请选择目录的 EXCEL 文件。", "Choose a workbook.")
    stored = runtime().files.save(
        upload.stream,
        limit=LIMIT,
        kinds=("application/zip",),
        expected=Expected("请上传 .xlsx 文件。", "Upload an .xlsx workbook."),
    )
    try:
        listed = read_catalog(runtime().files.path(stored.name))
    finally:
        runtime().files.delete(stored.name)
    today = clock.today()
    valid_from: date = options.get("valid_from") or today
    version = options.get("version") or valid_from.isoformat()
    if options["dry_run"]:
        found = actions.compare(db(), listed, valid_from)
    else:
        given = {"version": version, "title": options["title"], "valid_from": valid_from}
        found = actions.load(db(), current_user(), listed, **given, now=clock.now(), today=today)
        audit_subject(version, added=len(found.added), changed=len(found.changed), withdrawn=len(found.withdrawn))
    return json_response({"dry_run": options["dry_run"], "version": version, "valid_from": valid_from, **_view(found)})


def _options() -> dict[str, Any]:
    try:
        options: dict[str, Any] = VersionForm().load(request.form.to_dict())
    except ValidationError as error:
        raise Invalid(errors=list(field_errors(error.messages))) from error
    return options


def _view(found: Diff) -> dict[str, Any]:
    names = ("code", "name", "valid_from", "valid_to", "successor")
    return {
        "added": found.added,
        "changed": [{"code": one.code, "name": one.name, "fields": one.fields} for one in found.changed],
        "withdrawn": [{name: kind[name] for name in names} for kind in found.withdrawn],
        "unchanged": found.unchanged,
    }


def _kinds(on: date | None) -> list[dict[str, Any]]:
    if on is None:
        return queries.kinds(db())
    return [kind for kind in queries.kinds_on(db(), on) if queries.in_force(kind, on)]
