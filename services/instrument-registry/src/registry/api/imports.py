"""Import of workbooks."""

import io
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, request, send_file
from sqlalchemy import select

from chassis import clock, jobs
from chassis.auth import APPLICANT, allow
from chassis.errors import FieldError, Invalid, invalid
from chassis.files import XLSX
from chassis.ids import new_id
from chassis.paging import PageArgs, page_response, page_schema, paginate
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.schema import BINARY
from chassis.web import Blueprint, audit_subject, current_user, db
from registry import queries
from registry.actions import imports
from registry.api.schemas import ImportErrorView, ImportView, TemplateArgs
from registry.models import IMPORT_ERROR, Division, Import
from registry.queries import catalog
from registry.workbooks.write import write_marked, write_template

blp = Blueprint("imports", "imports", url_prefix="/api/registry", description="Import")
LIMIT = 60 << 20  # [bytes]
MODES = ("all_or_nothing", "valid_rows")


@blp.route("/imports", methods=["POST"])
@allow(APPLICANT)
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
                        "kind": {"type": "string", "enum": ["instruments"]},
                        "mode": {"type": "string", "enum": list(MODES)},
                        "dry_run": {"type": "boolean"},
                    },
                }
            }
        },
    }
)
@blp.response(202, ImportView)
def start_import() -> Any:
    """Import a workbook as a job: every error of the file in one pass; dry_run only judges."""
    options = _options()
    upload = request.files.get("file")
    if upload is None:
        raise invalid("file", "required", "请选择要导入的 EXCEL 文件。", "Choose a workbook.")
    stored = runtime().files.save(
        upload.stream, limit=LIMIT, kinds=("application/zip",), expected="请上传 .xlsx 文件。An .xlsx workbook."
    )
    user = current_user()
    job_id = jobs.submit(db(), "import", user, job_id=new_id())
    title = "".join(c for c in (upload.filename or "") if c.isprintable())[-100:] or "导入.xlsx"
    imports.start(db(), user, job_id, stored.name, title, stored.sha256, options)
    audit_subject(job_id, file=title)
    response = json_response(_view(job_id), 202)
    response.headers["Location"] = f"/api/registry/imports/{job_id}"
    return response


def _options() -> dict[str, Any]:
    errors = []
    kind = request.form.get("kind", "instruments")
    if kind != "instruments":
        errors.append(
            FieldError("kind", "not_an_option", "kind 目前只能填写 instruments。", "instruments only, for now")
        )
    mode = request.form.get("mode", "valid_rows")
    if mode not in MODES:
        errors.append(
            FieldError("mode", "not_an_option", f"mode 只能填写：{'、'.join(MODES)}。", f"one of {', '.join(MODES)}")
        )
    dry_run = request.form.get("dry_run", "false").lower()
    if dry_run not in ("true", "false"):
        errors.append(FieldError("dry_run", "not_a_boolean", "dry_run 只能填写 true 或 false。", "true or false"))
    if errors:
        raise Invalid(errors=errors)
    return {"kind": kind, "mode": mode, "dry_run": dry_run == "true"}


@blp.route("/imports/<uuid:import_id>", methods=["GET"])
@allow(APPLICANT)
@blp.response(200, ImportView)
def get_import(import_id: UUID) -> Any:
    """How an import stands."""
    return _view(import_id)


@blp.route("/imports/<uuid:import_id>/errors", methods=["GET"])
@allow(APPLICANT)
@blp.arguments(PageArgs, location="query")
@blp.response(200, page_schema(ImportErrorView))
def import_errors(args: dict[str, Any], import_id: UUID) -> Any:
    """Every error by row and column, in the order of rows."""
    queries.import_of(db(), current_user(), import_id)
    c = IMPORT_ERROR.c
    statement = select(
        c.seq, c.row, c.column, c.field, c.code, c.value, c.message, c.expected, c.suggestion
    ).where(c.import_id == import_id)  # fmt: skip
    sortable = {"row": c.row, "column": c.column, "code": c.code}
    return page_response(paginate(db(), statement, args, key=c.seq, sortable=sortable, default=[c.seq.asc()]))


@blp.route("/imports/<uuid:import_id>/errors.xlsx", methods=["GET"])
@allow(APPLICANT)
@blp.response(200, BINARY, content_type=XLSX)
def import_errors_workbook(import_id: UUID) -> Any:
    """The user's own workbook with the bad cells marked and the reasons beside them."""
    record = queries.import_of(db(), current_user(), import_id)
    c = IMPORT_ERROR.c
    errors = db().execute(select(c.row, c.column, c.message).where(c.import_id == import_id).order_by(c.seq)).mappings()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "errors.xlsx"
        write_marked(runtime().files.path(record.file), target, [dict(error) for error in errors])
        return _workbook(target.read_bytes(), f"错误-{record.title}")


@blp.route("/imports/template.xlsx", methods=["GET"])
@allow(APPLICANT)
@blp.arguments(TemplateArgs, location="query")
@blp.response(200, BINARY, content_type=XLSX)
def template(_args: dict[str, Any]) -> Any:
    """The workbook to fill, with drop-downs, a guide and an example."""
    today = clock.today()
    facts = queries.reference(db(), today).kinds
    kinds = [kind for kind in catalog.kinds(db()) if facts[kind["code"]].in_force(today) and kind["mode"]]
    leaves = (
        select(Division.code, Division.name).where(Division.is_leaf, Division.level != "town").order_by(Division.code)
    )
    divisions = [dict(row) for row in db().execute(leaves).mappings()]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "template.xlsx"
        write_template(target, kinds, divisions)
        return _workbook(target.read_bytes(), "仪器导入模板.xlsx")


def _view(import_id: UUID) -> dict[str, Any]:
    user = current_user()
    record: Import = queries.import_of(db(), user, import_id)
    job = jobs.view(jobs.find(db(), user, import_id, "import"), "registry")
    figures = ("valid", "invalid", "created", "updated", "skipped", "title", "mode", "dry_run")
    errors_url = f"/api/registry/imports/{import_id}/errors" if record.invalid else None
    return job | {name: getattr(record, name) for name in figures} | {"total": record.total, "errors_url": errors_url}


def _workbook(content: bytes, name: str) -> Response:
    response = send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
