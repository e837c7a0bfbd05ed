"""How far an import has read its file, the errors it keeps, and the rows that an earlier import settled."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from registry.models import Import
from registry.workbooks.judge import Columns, Row

EARLIER = 20  # imports whose rows one file may hold
LAST_ROW = 1 << 30
_ROW_KEY = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,8})\.([0-9a-f]{12})")


@dataclass
class Earlier:
    """An import whose workbook of errors this is. upto: the last row that it wrote. wrong: rows that had errors."""

    upto: int
    wrong: set[int]


@dataclass
class Checking:
    """How far a file is read. places: key of a field -> its column, once the headers are met."""

    record: Import
    columns: Columns
    places: dict[str, int] | None = None
    first: dict[bytes, int] = field(default_factory=dict)  # identity and nozzle -> the row that had them first
    total: int = 0
    skipped: int = 0
    invalid: int = 0
    errors: int = 0
    earlier: dict[UUID, Earlier | None] = field(default_factory=dict)
    schemas: dict[str, str | None] = field(default_factory=dict)  # code of a kind -> its details_schema


def settled(db: Session, row: Row, checking: Checking) -> bool:
    """Whether the row comes from a workbook of errors, was right there, and is still the same instrument's."""
    match = _ROW_KEY.fullmatch(row.key)
    if match is None or match[3] != row.identity_key[:6].hex():
        return False
    import_id, number = UUID(match[1]), int(match[2])
    if import_id not in checking.earlier and len(checking.earlier) < EARLIER:
        checking.earlier[import_id] = _earlier(db, import_id, checking.record.org_id)
    earlier = checking.earlier.get(import_id)
    return earlier is not None and number <= earlier.upto and number not in earlier.wrong


def _earlier(db: Session, import_id: UUID, org_id: UUID) -> Earlier | None:
    found = db.execute(
        text("SELECT j.state, j.position FROM import i JOIN job j USING (id)"
             " WHERE i.id = :id AND i.org_id = :org AND i.checked AND NOT i.dry_run"), {"id": import_id, "org": org_id}
    ).first()  # fmt: skip
    if found is None:
        return None
    wrong = db.execute(text("SELECT DISTINCT row FROM import_error WHERE import_id = :id"), {"id": import_id})
    return Earlier(LAST_ROW if found.state == "done" else found.position, set(wrong.scalars()))


def keep_errors(db: Session, checking: Checking, rows: Sequence[Row]) -> None:
    cursor = db.connection().connection.cursor()
    with cursor.copy('COPY import_error (import_id, seq, row, "column", field, code, value, message, message_en, expected,'
                     " suggestion) FROM STDIN") as copy:  # fmt: skip
        for row in rows:
            for header, typed, fault in row.errors:
                checking.errors += 1
                copy.write_row((
                    checking.record.id, checking.errors, row.number, header, fault.field, fault.code, _shown(typed),
                    _shown(fault.zh), _shown(fault.en), fault.expected, fault.suggestion,
                ))  # fmt: skip


def _shown(typed: str) -> str:
    """Returns the first 200 characters of a text, without those that cannot be stored."""
    return typed[:200].replace("\x00", "").encode("utf-8", "replace").decode()
