"""What was wrong with an import: row by row, by cause, and as the person's own workbook."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.types import Integer

from chassis import context
from chassis.auth import APPLICANT, allow
from chassis.errors import NotFound
from chassis.files import XLSX
from chassis.paging import PageArgs, page_response, page_schema, paginate
from chassis.runtime import runtime
from chassis.schema import BINARY
from chassis.web import Blueprint, current_user, db
from registry import queries
from registry.actions import marking
from registry.api.imports import workbook
from registry.api.schemas import ImportErrorGroupView, ImportErrorView
from registry.models import IMPORT_ERROR

blp = Blueprint("import_errors", "import_errors", url_prefix="/api/registry", description="Errors of imports")
E = IMPORT_ERROR.c
# their messages name another instrument in each row; the cause is one
NAMING = ("same_instrument", "duplicate_in_file")


def _message() -> ColumnElement[str]:
    english = context.current().language == "en"
    return func.coalesce(func.nullif(E.message_en, ""), E.message) if english else E.message


@blp.route("/imports/<uuid:import_id>/errors", methods=["GET"])
@allow(APPLICANT)
@blp.arguments(PageArgs, location="query")
@blp.response(200, page_schema(ImportErrorView))
def import_errors(args: dict[str, Any], import_id: UUID) -> Any:
    """Every error by row and column, in the order of rows."""
    queries.import_of(db(), current_user(), import_id)
    statement = select(
        E.seq, E.row, E.column, E.field, E.code, E.value, _message().label("message"), E.expected, E.suggestion
    ).where(E.import_id == import_id)  # fmt: skip
    sortable = {"row": E.row, "column": E.column, "code": E.code}
    default = [E.row.asc(), E.seq.asc()]
    return page_response(paginate(db(), statement, args, key=E.seq, sortable=sortable, default=default))


@blp.route("/imports/<uuid:import_id>/errors/groups", methods=["GET"])
@allow(APPLICANT)
@blp.arguments(PageArgs, location="query")
@blp.response(200, page_schema(ImportErrorGroupView))
def import_error_groups(args: dict[str, Any], import_id: UUID) -> Any:
    """The causes of the errors, the most frequent first: how often, in which rows, and what to type instead."""
    queries.import_of(db(), current_user(), import_id)
    message = _message()
    rows: Any = func.array_agg(aggregate_order_by(E.row, E.row.asc()), type_=ARRAY(Integer))
    groups = (
        select(
            func.min(E.seq).label("seq"), E.column, E.field, E.code, func.min(message).label("message"), E.expected,
            E.suggestion, func.count().label("count"), rows[1:5].label("rows"),
        )
        .where(E.import_id == import_id)
        .group_by(E.column, E.field, E.code, E.expected, E.suggestion, case((E.code.in_(NAMING), ""), else_=message))
        .subquery()
    )  # fmt: skip
    g = groups.c
    statement = select(g.seq, g.column, g.field, g.code, g.message, g.expected, g.suggestion, g.count, g.rows)
    sortable = {"count": g.count, "column": g.column, "code": g.code}
    page = paginate(db(), statement, args, key=g.seq, sortable=sortable, default=[g.count.desc(), g.seq.asc()])
    for item in page["items"]:
        del item["seq"]
    return page_response(page)


@blp.route("/imports/<uuid:import_id>/errors.xlsx", methods=["GET"])
@allow(APPLICANT)
@blp.response(200, BINARY, content_type=XLSX)
def import_errors_workbook(import_id: UUID) -> Any:
    """The user's own workbook with the bad cells marked, the reasons beside them, and a hidden key in each row."""
    record = queries.import_of(db(), current_user(), import_id)
    if not record.file:  # it is kept for thirty days
        raise NotFound
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "errors.xlsx"
        marking.write(db(), record, runtime().files.path(record.file), target)
        return workbook(target.read_bytes(), f"错误-{Path(record.title).stem}.xlsx")
