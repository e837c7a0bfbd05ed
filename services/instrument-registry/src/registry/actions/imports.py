"""Import of a workbook: every row read and judged in one pass, then written in chunks.

Phase 1 reads the file, judges all rows by the very rules of the form, and keeps good rows and errors in staging
tables. Phase 2 writes good rows into the ledger, at most CHUNK a transaction, each committed with the progress, so
that a worker that takes over neither skips nor repeats a row. A dry run is phase 1 alone.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock, context
from chassis.actor import Actor
from chassis.errors import ServiceError
from chassis.ids import new_id
from chassis.jobs import Job
from registry import queries
from registry.actions.histories import actor_json
from registry.codes import instrument_code
from registry.domain.fields import BY_KEY
from registry.domain.rules import Fault
from registry.models import Import
from registry.workbooks.parse import Row, parse_row
from registry.workbooks.read import Sheet, cells_of, read_sheet

CHUNK = 5000
Error = tuple[int, str, str, Fault]  # row, header, what was typed, fault


def start(db: Session, by: Actor, job_id: UUID, file: str, title: str, sha256: str, options: dict[str, Any]) -> Import:
    assert by.org_id is not None
    row = Import(id=job_id, org_id=by.org_id, file=file, title=title, sha256=sha256, **options)
    db.add(row)
    db.flush()
    return row


def check(db: Session, by: Actor, job: Job, path: Path) -> None:
    """Phase 1. Raises: WorkbookInvalid."""
    sheet = read_sheet(path)
    reference = queries.reference(db, clock.today())
    good, errors = _judge(sheet, reference)
    db.execute(text("DELETE FROM import_row WHERE import_id = :id"), {"id": job.id})
    db.execute(text("DELETE FROM import_error WHERE import_id = :id"), {"id": job.id})
    _stage(db, job.id, good)
    held = list(_held(db, job.id, by.org_id))
    errors += [(row, "出厂编号", serial, _same_as_held(label)) for row, serial, label, equal in held if not equal]
    skipped = sum(equal for *_, equal in held)
    db.execute(text("DELETE FROM import_row WHERE import_id = :id AND row = ANY(:rows)"),
               {"id": job.id, "rows": [row for row, *_ in held]})  # fmt: skip
    invalid = len({error[0] for error in errors})
    _keep_errors(db, job.id, sorted(errors, key=lambda e: e[0]))
    total = len(sheet.rows)
    row = db.get_one(Import, job.id)
    row.checked, row.total, row.valid, row.invalid, row.skipped = True, total, total - invalid, invalid, skipped
    db.flush()
    job.progress(db, position=0, done=skipped, failed=invalid, total=total)


def _judge(sheet: Sheet, reference: Any) -> tuple[list[Row], list[Error]]:
    good: list[Row] = []
    errors: list[Error] = []
    first: dict[bytes, int] = {}
    for number, cells in sheet.rows:
        row = parse_row(number, dict(cells_of(sheet, cells)), reference)
        key = row.identity_key
        if key in first and row.values["serial_no"]:
            fault = Fault("serial_no", "duplicate_in_file", f"与第 {first[key]} 行是同一台仪器（仪器名称、型号规格、出厂编号、自编号四者相同）",
                          f"The same instrument as row {first[key]}.", "每台仪器一行")  # fmt: skip
            row.errors.append(("出厂编号", row.values["serial_no"], fault))
        first.setdefault(key, number)
        if row.errors:
            errors += [(number, header, typed, fault) for header, typed, fault in row.errors]
        else:
            good.append(row)
    return good, errors


def _stage(db: Session, import_id: UUID, rows: Sequence[Row]) -> None:
    cursor = db.connection().connection.cursor()
    with cursor.copy("COPY import_row (import_id, row, identity_key, fields) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((import_id, row.number, row.identity_key, orjson.dumps(row.values).decode()))


def _held(db: Session, import_id: UUID, org_id: UUID | None) -> Iterator[tuple[int, str, str, bool]]:
    """Staged rows whose instrument is in the ledger already: (row, serial number, label, equal in every field)."""
    rows = db.execute(
        text("""
            SELECT r.row, r.fields->>'serial_no' AS serial_no, concat_ws(' / ', i.name, i.model, i.serial_no, nullif(i.own_no, '')) AS label,
                   to_jsonb(i) @> r.fields AS equal
            FROM import_row r JOIN instrument i ON i.org_id = :org AND i.identity_key = r.identity_key
            WHERE r.import_id = :id ORDER BY r.row
        """),
        {"id": import_id, "org": org_id},
    )
    for row in rows:
        yield row.row, row.serial_no, row.label, row.equal


def _same_as_held(label: str) -> Fault:
    return Fault("serial_no", "same_instrument", f"该仪器已在台账中（{label}），内容不同；如需修改请编辑该仪器",
                 "This instrument is in the ledger with other values.", "新的仪器")  # fmt: skip


def _keep_errors(db: Session, import_id: UUID, errors: Sequence[Error]) -> None:
    rows = [
        {
            "id": import_id, "seq": seq, "row": row, "column": header, "field": fault.field, "code": fault.code,
            "value": typed[:200].replace("\x00", ""), "message": fault.zh, "expected": fault.expected,
            "suggestion": fault.suggestion,
        }
        for seq, (row, header, typed, fault) in enumerate(errors, 1)
    ]  # fmt: skip
    if rows:
        db.execute(
            text('INSERT INTO import_error (import_id, seq, row, "column", field, code, value, message, expected, suggestion)'
                 " VALUES (:id, :seq, :row, :column, :field, :code, :value, :message, :expected, :suggestion)"), rows
        )  # fmt: skip


def commit_chunk(db: Session, by: Actor, job: Job) -> int:
    """Phase 2, one chunk: staged rows after `job.position` (a row number) into the ledger; returns how many rows
    were taken, 0 at the end. An instrument that came into the ledger meanwhile is counted as skipped."""
    rows = db.execute(
        text(
            "SELECT row, identity_key, fields FROM import_row WHERE import_id = :id AND row > :after ORDER BY row LIMIT :n"
        ),
        {"id": job.id, "after": job.position, "n": CHUNK},
    ).all()
    if not rows:
        return 0
    now = clock.now()
    created = db.execute(
        text(f"""
            INSERT INTO instrument ({", ".join(_COLUMNS)}, id, org_id, code, identity_key, created_at, updated_at, import_id)
            SELECT {", ".join(f"v.{c}" for c in _COLUMNS)}, t.id, :org, t.code, t.identity_key, :now, :now, :import
            FROM unnest(CAST(:ids AS uuid[]), CAST(:codes AS text[]), CAST(:keys AS bytea[]), CAST(:fields AS jsonb[]))
                 WITH ORDINALITY AS t(id, code, identity_key, fields, n),
                 jsonb_populate_record(NULL::instrument, t.fields) AS v
            ORDER BY t.n
            ON CONFLICT (org_id, identity_key) DO NOTHING RETURNING id
        """),  # noqa: S608 (column names are ours)
        {
            "org": by.org_id, "now": now, "import": job.id, "ids": [new_id() for _ in rows],
            "codes": [instrument_code() for _ in rows], "keys": [bytes(row.identity_key) for row in rows],
            "fields": [orjson.dumps(row.fields).decode() for row in rows],
        },
    ).scalars().all()  # fmt: skip
    db.execute(
        text("INSERT INTO history (instrument_id, at, actor, kind, reference, request_id)"
             " SELECT i, :now, CAST(:actor AS jsonb), 'imported', :reference, :request FROM unnest(CAST(:ids AS uuid[])) AS i"),
        {"now": now, "actor": orjson.dumps(actor_json(by)).decode(), "reference": str(job.id),
         "request": context.current().request_id, "ids": list(created)},
    )  # fmt: skip
    record = db.get_one(Import, job.id)
    record.created += len(created)
    record.skipped += len(rows) - len(created)
    db.flush()
    job.progress(db, position=rows[-1].row, done=len(rows))
    return len(rows)


_COLUMNS = tuple(BY_KEY)


class NothingImported(ServiceError):
    status = 409
    code = "nothing_imported"
    zh = "有 {invalid} 行错误，按“全部正确才导入”未导入任何仪器。请修改后重新导入。"
    en = "{invalid} rows are wrong; all-or-nothing imported none."
