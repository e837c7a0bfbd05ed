"""逐行导入: the client parses the file and sends row after row."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from chassis import clock
from chassis.auth import APPLICANT, allow
from chassis.problems import Message
from chassis.rawjson import json_response
from chassis.schema import Schema, Text
from chassis.sheet_reader import MAX_COLUMNS
from chassis.web import Blueprint, audit_subject, current_user, db, reader, with_etag
from registry import queries
from registry.actions.import_rows import add_row
from registry.api.schemas import InstrumentView

blp = Blueprint("import_rows", "import_rows", url_prefix="/api/registry", description="Import row by row")
_NO_CELL = Message(
    "not_a_cell", "单元格只能是文字、数字、布尔值或空。", "A cell is a text, a number, a boolean or null."
)


class Cell(fields.Field[Any]):
    """What a spreadsheet's cell holds."""

    def __init__(self) -> None:
        super().__init__(allow_none=True, metadata={"description": "a text, a number, a boolean or null"})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str | int | float):
            raise ValidationError(_NO_CELL)
        return value.strip() if isinstance(value, str) else value


class ImportRow(Schema):
    row = fields.Dict(
        keys=Text(max=100, min=1), values=Cell(), required=True, validate=validate.Length(min=1, max=MAX_COLUMNS),
        metadata={"description": "header of the template, or name of the field -> cell"},
    )  # fmt: skip


@blp.route("/imports/rows", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(ImportRow)
@blp.alt_response(200, schema=InstrumentView, description="The very same instrument is in the ledger already")
@blp.response(201, InstrumentView)
def import_row(body: dict[str, Any]) -> Any:
    """Import one row, keyed by headers or fields: judged as the import of a file judges it, every fault at once."""
    user, now = current_user(), clock.now()
    instrument, new = add_row(db(), user, now, body["row"])
    audit_subject(instrument.id)
    answer = queries.instrument(reader(), user, instrument.id, clock.today())
    return with_etag(json_response(answer, 201 if new else 200), answer["version"])
