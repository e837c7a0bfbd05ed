"""Import of a file: every row read and judged in one pass, then written in chunks.

Phase 1 reads the file batch by batch, judges the rows by the very rules of the form, and keeps good rows (with the ids
and columns that they will have in the ledger) and errors beside the ledger, each batch committed; a batch is judged
while the one before is kept. Phase 2 writes good rows, at most CHUNK a transaction, each committed with the progress
and in the order of the file, so that a worker that takes over neither skips nor repeats a row. A dry run is phase 1
alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis import clock, context
from chassis.actor import Actor
from chassis.errors import ServiceError, WorkbookInvalid
from chassis.ids import new_id
from chassis.jobs import Job
from chassis.sheet_reader import Line
from registry import queries
from registry.actions import updates
from registry.actions.checking import Checking, keep_errors, settled
from registry.actions.histories import actor_json
from registry.codes import instrument_codes
from registry.domain.fields import BY_KEY, FIELDS, IDENTITY, LAYOUTS, ROW_KEY
from registry.domain.rules import Fault
from registry.models import Import, Instrument
from registry.workbooks.headers import header_row, places
from registry.workbooks.judge import Columns, Row

CHUNK = 5000
SAME = "该仪器已在台账中（{label}），内容不同；如需修改请编辑该仪器"
SAME_EN = "This instrument is in the ledger with other values."
_NAMES = ", ".join(BY_KEY)


def start(db: Session, by: Actor, job_id: UUID, file: str, title: str, sha256: str, options: dict[str, Any]) -> Import:
    assert by.org_id is not None
    row = Import(id=job_id, org_id=by.org_id, file=file, title=title, sha256=sha256, **options)
    db.add(row)
    db.flush()
    return row


# -- phase 1 ---------------------------------------------------------------------------------------------------------


def begin(db: Session, job: Job) -> Checking:
    """Phase 1 from its beginning, whatever an interrupted try left."""
    record = db.get_one(Import, job.id)
    forget_staged(db, job.id)
    db.execute(text("DELETE FROM import_error WHERE import_id = :id"), {"id": job.id})
    job.progress(db, position=0)
    checking = Checking(record, Columns(LAYOUTS[record.kind], queries.reference(db, clock.today())))
    if record.kind != "instruments":
        checking.schemas = updates.schemas(db)
    db.expunge(record)
    return checking


def judge(checking: Checking, lines: list[Line]) -> list[Row]:
    """Judges a batch of rows without the ledger. Raises: HeadersUnclear."""
    if checking.places is None:
        layout, mapping = LAYOUTS[checking.record.kind], checking.record.mapping
        head = header_row([cells for _, cells in lines], layout, mapping)
        checking.places = places(lines[head][1], layout, mapping)
        lines = lines[head + 1 :]
    rows = checking.columns.judge(lines, checking.places)
    for row in rows:
        _compare_inside(row, checking)
    return rows


def check(db: Session, job: Job, checking: Checking, rows: list[Row]) -> None:
    """Compare a batch of judged rows with what is there, and keep what came of it."""
    checking.total += len(rows)
    if checking.places is not None and ROW_KEY.key in checking.places:
        open_rows = [row for row in rows if not settled(db, row, checking)]
        checking.skipped += len(rows) - len(open_rows)
        rows = open_rows
    if checking.record.kind == "instruments":
        kept = _unchanged(db, checking, [row for row in rows if row.errors and _withdrawn(row)])
        checking.skipped += len(kept)
        rows = [row for row in rows if row.number not in kept]
        stage(db, job.id, [row for row in rows if not row.errors])
    else:
        updates.stage(db, checking, rows)
    bad = [row for row in rows if row.errors]
    checking.invalid += len(bad)
    keep_errors(db, checking, bad)
    job.progress(db, total=checking.total)


def _withdrawn(row: Row) -> bool:
    return all(fault.code in ("kind_unknown", "division_unknown") for _, _, fault in row.errors)


def _unchanged(db: Session, checking: Checking, rows: Sequence[Row]) -> set[int]:
    """Numbers of the rows that are in the ledger just so: there, a kind or a division that was withdrawn since may stay,
    so that what was exported can be imported again."""
    if not rows:
        return set()
    columns = [getattr(Instrument, key) for key in BY_KEY]
    held = select(Instrument.identity_key, *columns).where(
        Instrument.org_id == checking.record.org_id, Instrument.identity_key.in_([row.identity_key for row in rows])
    )
    known = {bytes(one.identity_key): {key: getattr(one, key) for key in BY_KEY} for one in db.execute(held)}
    same = set()
    for row in rows:
        values = row.values(checking.columns)
        if known.get(row.identity_key) == {key: values[key] for key in BY_KEY}:
            same.add(row.number)
    return same


def _compare_inside(row: Row, checking: Checking) -> None:
    nozzle = str(row.cells[len(IDENTITY)].value) if checking.record.kind == "nozzles" else ""
    first = checking.first.setdefault(row.identity_key + nozzle.encode(errors="replace"), row.number)
    serial = row.cells[2]
    if first != row.number and serial.value:
        same = "同一台仪器的同一把加油枪" if nozzle else "同一台仪器"
        fault = Fault("serial_no", "duplicate_in_file", f"与第 {first} 行是{same}（仪器名称、型号规格、出厂编号、自编号四者相同）",
                      f"The same as row {first}.", "每台仪器一行")  # fmt: skip
        row.errors.append(("出厂编号", serial.value, fault))


def stage(db: Session, import_id: UUID, rows: Sequence[Row]) -> None:
    head, width = f"{import_id}\t", len(FIELDS)
    codes = iter(instrument_codes(len(rows)))
    lines = [
        f"{head}{row.number}\t{new_id()}\t{next(codes)}\t\\\\x{row.identity_key.hex()}\t"
        + "\t".join([cell.copied for cell in row.cells[:width]])
        for row in rows
    ]
    if lines:
        cursor = db.connection().connection.cursor()
        with cursor.copy(f"COPY import_row (import_id, row, id, code, identity_key, {_NAMES}) FROM STDIN") as copy:
            copy.write("\n".join(lines) + "\n")


_HELD = text(f"""
    WITH held AS (
        DELETE FROM import_row AS r USING instrument AS i
        WHERE r.import_id = :id AND i.org_id = :org AND i.identity_key = r.identity_key
        RETURNING r.row, r.serial_no, concat_ws(' / ', i.name, i.model, i.serial_no, nullif(i.own_no, '')) AS label,
                  ({", ".join(f"r.{name}" for name in BY_KEY)}) IS NOT DISTINCT FROM ({", ".join(f"i.{name}" for name in BY_KEY)}) AS equal
    ), told AS (
        INSERT INTO import_error (import_id, seq, row, "column", field, code, value, message, message_en, expected)
        SELECT :id, :seq + row_number() OVER (ORDER BY row), row, '出厂编号', 'serial_no', 'same_instrument', serial_no,
               replace(:message, '{{label}}', label), :message_en, '新的仪器'
        FROM held WHERE NOT equal
    )
    SELECT count(*) FILTER (WHERE equal) AS equal, count(*) FILTER (WHERE NOT equal) AS other FROM held
""")  # noqa: S608 (column names are ours)


def conclude(db: Session, by: Actor, job: Job, checking: Checking) -> None:
    """Set aside the rows whose instrument is in the ledger already: equal ones are skipped, others are errors."""
    if checking.places is None:
        raise WorkbookInvalid(reason="工作表是空的")
    if not checking.total:
        raise WorkbookInvalid(reason="没有数据行")
    record = db.get_one(Import, job.id)
    record.checked, record.total = True, checking.total
    record.skipped, record.invalid = checking.skipped, checking.invalid
    if record.kind == "instruments":
        values = {"id": job.id, "org": by.org_id, "seq": checking.errors, "message": SAME, "message_en": SAME_EN}
        held = db.execute(_HELD, values).one()
        record.skipped += held.equal
        record.invalid += held.other
    record.valid = record.total - record.invalid
    db.flush()
    job.progress(db, done=record.skipped, failed=record.invalid, total=record.total)


# -- phase 2 ---------------------------------------------------------------------------------------------------------


_CHUNKS = text("""
    SELECT max(row) AS upto, count(*) AS rows
    FROM (SELECT row, (row_number() OVER (ORDER BY row) - 1) / :n AS chunk FROM import_row WHERE import_id = :id AND row > :after) AS r
    GROUP BY chunk ORDER BY chunk
""")
_WRITE = text(f"""
    WITH made AS (
        INSERT INTO instrument ({_NAMES}, id, org_id, code, identity_key, created_at, updated_at, import_id)
        SELECT {_NAMES}, id, :org, code, identity_key, :now, :now, :id
        FROM import_row WHERE import_id = :id AND row > :after AND row <= :upto ORDER BY row
        ON CONFLICT (org_id, identity_key) DO NOTHING RETURNING id
    ), told AS (
        INSERT INTO history (instrument_id, at, actor, kind, reference, request_id)
        SELECT id, :now, CAST(:actor AS jsonb), 'imported', :reference, :request FROM made
    )
    SELECT count(*) FROM made
""")  # noqa: S608 (column names are ours)


@dataclass(frozen=True)
class Chunk:
    """Staged rows by their numbers. after: exclusive. upto: inclusive."""

    after: int
    upto: int
    rows: int


def chunks(db: Session, job: Job) -> list[Chunk]:
    """Yields the staged rows after `job.position` (a row number) in chunks of CHUNK."""
    found = db.execute(_CHUNKS, {"id": job.id, "after": job.position, "n": CHUNK}).all()
    ends = [job.position, *(chunk.upto for chunk in found)]
    return [Chunk(after, chunk.upto, chunk.rows) for after, chunk in zip(ends, found, strict=False)]


def write_chunk(db: Session, by: Actor, job: Job, chunk: Chunk) -> int:
    """Staged rows into the ledger; returns how many instruments were made. The others came into the ledger meanwhile."""
    values = {
        "org": by.org_id, "now": clock.now(), "id": job.id, "after": chunk.after, "upto": chunk.upto, "reference": str(job.id),
        "actor": orjson.dumps(actor_json(by)).decode(), "request": context.current().request_id,
    }  # fmt: skip
    return int(db.execute(_WRITE, values).scalar_one())


def tell_written(db: Session, job: Job, chunk: Chunk, created: int) -> None:
    record = db.get_one(Import, job.id)
    record.created += created
    record.skipped += chunk.rows - created
    db.flush()
    job.progress(db, position=chunk.upto, done=chunk.rows)


def forget_staged(db: Session, import_id: UUID) -> None:
    db.execute(text("DELETE FROM import_row WHERE import_id = :id"), {"id": import_id})


_OLD = text("""
    WITH old AS (
        SELECT i.id, i.file FROM import AS i WHERE i.file <> '' AND NOT EXISTS (SELECT FROM job AS j WHERE j.id = i.id)
        LIMIT 100 FOR UPDATE
    ), errors AS (
        DELETE FROM import_error AS e USING old WHERE e.import_id = old.id
    ), kept AS (
        UPDATE import AS i SET file = '' FROM old WHERE i.id = old.id
    )
    SELECT DISTINCT file FROM old
    WHERE NOT EXISTS (SELECT FROM import AS i WHERE i.file = old.file AND i.id NOT IN (SELECT id FROM old))
""")  # what a dry run judged and another import wrote is one file: it goes with the last of them


def forget_files(db: Session) -> list[str]:
    """Let go of the files and errors of at most a hundred imports whose jobs are gone; the names of the files."""
    return list(db.scalars(_OLD))


class NothingImported(ServiceError):
    status = 409
    code = "nothing_imported"
    zh = "有 {invalid} 行错误，按“全部正确才导入”未导入任何仪器。请修改后重新导入。"
    en = "{invalid} rows are wrong; all-or-nothing imported none."
