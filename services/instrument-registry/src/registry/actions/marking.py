"""The workbook of errors of an import: see `registry.workbooks.mark`."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import WorkbookInvalid
from chassis.sheet_reader import Line
from chassis.sheets import reading
from registry import queries
from registry.domain.fields import LAYOUTS
from registry.models import IMPORT_ERROR, Import
from registry.workbooks.headers import header_row, places
from registry.workbooks.judge import Columns
from registry.workbooks.mark import Found, row_key, write_marked

WHOLE = 5000  # rows of a file that comes back with its right rows too
MARKED = 200_000  # faults that are shown; what comes after them shows at the next try


def write(db: Session, record: Import, source: Path, target: Path) -> None:
    """Raises: WorkbookInvalid where the file could not be read in the first place."""
    layout = LAYOUTS[record.kind]
    columns = Columns(layout, queries.reference(db, clock.today()))
    all_rows = record.total <= WHOLE
    faults: dict[int, list[tuple[str, str]]] = {}
    c = IMPORT_ERROR.c
    kept = select(c.row, c.column, c.message).where(c.import_id == record.id).order_by(c.seq).limit(MARKED)
    for row, header, message in db.execute(kept):
        faults.setdefault(row, []).append((header, message))
    keys: dict[int, str] = {}
    with reading(source) as batches:
        head, lines = _headed(batches, record)
        found = places(head[1], layout, record.mapping)

        def shown() -> Iterator[Line]:
            """The rows of the workbook, one at a time, each when its key is known."""
            for batch in lines:
                chosen = batch if all_rows else [line for line in batch if line[0] in faults]
                keys.update((row.number, row_key(record.id, row)) for row in columns.judge(chosen, found))
                yield from chosen

        by_header = {field.header: found[field.key] for field in layout.fields if field.key in found}
        rows: Iterable[Line] = list(shown()) if all_rows else shown()  # an .xlsx that is edited needs all keys at once
        write_marked(source, target, Found(head, faults, by_header, keys), rows, all_rows)


def _headed(batches: Iterator[list[Line]], record: Import) -> tuple[Line, Iterator[list[Line]]]:
    first = next(batches, None)
    if first is None:
        raise WorkbookInvalid(reason="工作表是空的")
    at = header_row([cells for _, cells in first], LAYOUTS[record.kind], record.mapping)
    return first[at], chain([first[at + 1 :]], batches)
