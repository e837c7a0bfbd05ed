"""Reference data by spreadsheet: export, change in Excel, see what would change, import."""

import tempfile
from pathlib import Path
from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError

from chassis.auth import ADMIN, allow
from chassis.errors import FieldError, Invalid, NotFound, WorkbookInvalid, invalid
from chassis.files import XLSX
from chassis.problems import field_errors
from chassis.schema import BINARY
from chassis.web import Blueprint, audit_subject, db
from identity import queries, workbooks
from identity.actions.reference_imports import IMPORTS, Diff
from identity.api.schemas_reference import (
    BureauRow,
    CapabilityRow,
    DivisionFields,
    InstitutionRow,
    SheetDiff,
)

blp = Blueprint("sheets", "sheets", url_prefix="/api/identity", description="Reference data by spreadsheet")

LIMIT = 10 << 20  # [bytes]
SCHEMAS: dict[str, type[Schema]] = {
    "divisions": DivisionFields, "institutions": InstitutionRow, "bureaus": BureauRow,
    "capabilities": CapabilityRow,
}  # fmt: skip
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "dry_run": {"type": "string", "enum": ["true", "false"], "default": "false"},
                    },
                }
            }
        },
    }
}


@blp.route("/reference/<string:table>", methods=["GET"])
@allow(ADMIN)
@blp.response(200, BINARY, content_type=XLSX)
def export(table: str) -> Any:
    """All divisions, institutions, bureaus or capabilities, in the layout that the import takes."""
    content = workbooks.write_table(_table(table), queries.sheet_rows(db(), table))
    response = Response(content, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{table}.xlsx"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@blp.route("/reference/<string:table>", methods=["POST"])
@allow(ADMIN)
@blp.doc(**_BODY)
@blp.response(200, SheetDiff)
def load(table: str) -> Any:
    """Add and change what a sheet names, whole or not at all. `dry_run=true` tells what would change, by the very same
    steps, and changes nothing."""
    known = _table(table)
    upload, dry_run = request.files.get("file"), request.form.get("dry_run", "false")
    if upload is None:
        raise invalid("file", "required", "请选择要导入的文件。", "Choose a file.")
    if dry_run not in ("true", "false"):
        raise invalid("dry_run", "not_an_option", "只能填写：true、false。", "true or false.")
    content = upload.stream.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise WorkbookInvalid(reason="文件超过 10 MB")
    with tempfile.NamedTemporaryFile() as kept:
        kept.write(content)
        kept.flush()
        found = workbooks.read_table(known, Path(kept.name))
    rows, errors = _loaded(known, SCHEMAS[table](), found)
    with db().begin_nested() as savepoint:
        diff: Diff = IMPORTS[table](db(), rows)
        errors += [_at(known, row, error) for row, error in diff.errors]
        if errors or dry_run == "true":
            savepoint.rollback()
    if errors:
        raise Invalid(errors=errors[:1000])
    audit_subject(table, dry_run=dry_run == "true", added=diff.added, changed=diff.changed, removed=diff.removed)
    return {
        "dry_run": dry_run == "true", "added": diff.added, "changed": diff.changed, "removed": diff.removed,
        "unchanged": diff.unchanged, "changes": diff.changes[:5000],
    }  # fmt: skip


def _table(name: str) -> workbooks.Table:
    try:
        return workbooks.TABLES[name]
    except KeyError:
        raise NotFound from None


def _loaded(
    table: workbooks.Table, schema: Schema, rows: list[tuple[int, dict[str, Any]]]
) -> tuple[list[tuple[int, dict[str, Any]]], list[FieldError]]:
    """Rows that satisfy the schema of the API, and the errors of the others, by cell. An empty cell is a missing value."""
    good, errors = [], []
    optional = {name for name, field in schema.fields.items() if field.allow_none}
    for number, row in rows:
        try:
            good.append((number, schema.load(dict.fromkeys(optional) | row)))
        except ValidationError as error:
            errors += [_at(table, number, one) for one in field_errors(error.messages, top=False)]
    return good, errors


def _at(table: workbooks.Table, row: int, error: FieldError) -> FieldError:
    return FieldError(table.cell(row, error.field), error.code, error.zh, error.en)
