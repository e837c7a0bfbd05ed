"""Import of workbooks."""

import io
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from flask import Response, request, send_file
from sqlalchemy import select

from chassis import clock, jobs
from chassis.auth import APPLICANT, allow
from chassis.errors import FieldError, Invalid, Unsupported, invalid
from chassis.files import XLSX, Expected, sniff
from chassis.ids import new_id
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.schema import BINARY, storable
from chassis.sheet_reader import MAX_COLUMNS
from chassis.sheets import known_as
from chassis.web import Blueprint, audit_subject, current_user, db
from registry import queries
from registry.actions import imports
from registry.api.schemas import IMPORT_MODES, ImportView, TemplateArgs, WriteRequest
from registry.domain.errors import NotJudged
from registry.domain.fields import LAYOUTS
from registry.models import Division, Import
from registry.queries import catalog
from registry.workbooks.headers import is_header
from registry.workbooks.template import write_template

blp = Blueprint("imports", "imports", url_prefix="/api/registry", description="Import")
LIMIT = 60 << 20  # [bytes]
MODES = IMPORT_MODES
EXPECTED = Expected(
    "请上传 .xlsx、.xls，或 UTF-8、GB18030 编码的 .csv 文件。",
    "Upload an .xlsx or .xls workbook, or a .csv in UTF-8 or GB18030.",
)


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
                        "kind": {"type": "string", "enum": list(LAYOUTS)},
                        "mode": {"type": "string", "enum": list(MODES)},
                        "dry_run": {"type": "boolean"},
                        "mapping": {
                            "type": "string",
                            "description": "JSON object: a header of the file -> a header of the template, or empty",
                        },
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
    files = runtime().files
    stored = files.save(upload.stream, limit=LIMIT, kinds=("application/zip", sniff(b"")), expected=EXPECTED)
    if known_as(files.path(stored.name)) is None:
        files.delete(stored.name)
        raise Unsupported(expected=EXPECTED.zh, expected_en=EXPECTED.en)
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
    if kind not in LAYOUTS:
        names = "、".join(LAYOUTS)
        errors.append(FieldError("kind", "not_an_option", f"kind 只能填写：{names}。", f"one of {', '.join(LAYOUTS)}"))
    mode = request.form.get("mode", "valid_rows")
    if mode not in MODES:
        errors.append(
            FieldError("mode", "not_an_option", f"mode 只能填写：{'、'.join(MODES)}。", f"one of {', '.join(MODES)}")
        )
    dry_run = request.form.get("dry_run", "false").lower()
    if dry_run not in ("true", "false"):
        errors.append(FieldError("dry_run", "not_a_boolean", "dry_run 只能填写 true 或 false。", "true or false"))
    mapping = _mapping(request.form.get("mapping") or "{}")
    if mapping is None:
        errors.append(
            FieldError("mapping", "mapping_invalid", "mapping 须为 JSON 对象：文件中的表头对应模板中的表头，不导入的列对应空字符串。",
                       "A JSON object: a header of the file to a header of the template, or to an empty text.")
        )  # fmt: skip
    elif kind in LAYOUTS and (
        unknown := [ours for ours in mapping.values() if ours and not is_header(ours, LAYOUTS[kind])]
    ):
        errors.append(
            FieldError("mapping", "header_unknown", f"模板中没有表头：{'、'.join(unknown[:5])}",
                       f"Not headers of the template: {', '.join(unknown[:5])}")
        )  # fmt: skip
    if errors:
        raise Invalid(errors=errors)
    return {"kind": kind, "mode": mode, "dry_run": dry_run == "true", "mapping": mapping}


def _mapping(sent: str) -> dict[str, str] | None:
    try:
        found = orjson.loads(sent)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict) or len(found) > MAX_COLUMNS:
        return None
    good = all(
        isinstance(ours, str) and max(len(ours), len(theirs)) <= 100 and storable(theirs + ours)
        for theirs, ours in found.items()
    )
    return found if good else None


@blp.route("/imports/<uuid:import_id>/write", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(WriteRequest)
@blp.response(202, ImportView)
def write_import(body: dict[str, Any], import_id: UUID) -> Any:
    """Write what a dry run judged, from the file that is here: nothing is uploaded again."""
    user = current_user()
    judged = queries.import_of(db(), user, import_id)
    if not (judged.dry_run and judged.file and jobs.find(db(), user, import_id, "import")["state"] == "done"):
        raise NotJudged
    job_id = jobs.submit(db(), "import", user, job_id=new_id())
    options = {"kind": judged.kind, "mode": body["mode"], "dry_run": False, "mapping": judged.mapping}
    imports.start(db(), user, job_id, judged.file, judged.title, judged.sha256, options)
    audit_subject(job_id, file=judged.title)
    response = json_response(_view(job_id), 202)
    response.headers["Location"] = f"/api/registry/imports/{job_id}"
    return response


@blp.route("/imports/<uuid:import_id>", methods=["GET"])
@allow(APPLICANT)
@blp.response(200, ImportView)
def get_import(import_id: UUID) -> Any:
    """How an import stands."""
    return _view(import_id)


@blp.route("/imports/template.xlsx", methods=["GET"])
@allow(APPLICANT)
@blp.arguments(TemplateArgs, location="query")
@blp.response(200, BINARY, content_type=XLSX)
def template(args: dict[str, Any]) -> Any:
    """The workbook to fill, with drop-downs, a guide and an example."""
    today, kind = clock.today(), args["kind"]
    facts = queries.reference(db(), today).kinds
    kinds = [row for row in catalog.kinds(db()) if facts[row["code"]].in_force(today) and row["mode"]]
    leaves = (
        select(Division.code, Division.name).where(Division.is_leaf, Division.level != "town").order_by(Division.code)
    )
    divisions = [dict(row) for row in db().execute(leaves).mappings()]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "template.xlsx"
        write_template(target, kind, kinds, divisions)
        return workbook(target.read_bytes(), f"{LAYOUTS[kind].title}模板.xlsx")


def _view(import_id: UUID) -> dict[str, Any]:
    user = current_user()
    record: Import = queries.import_of(db(), user, import_id)
    job = jobs.view(jobs.find(db(), user, import_id, "import"), "registry")
    figures = ("valid", "invalid", "created", "updated", "skipped", "title", "mode", "dry_run", "headers")
    errors_url = f"/api/registry/imports/{import_id}/errors" if record.invalid else None
    return job | {name: getattr(record, name) for name in figures} | {"errors_url": errors_url}


def workbook(content: bytes, name: str) -> Response:
    response = send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name, max_age=0)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
