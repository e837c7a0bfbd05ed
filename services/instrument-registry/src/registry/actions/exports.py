"""Exports: what a list shows, as a workbook: an applicant's in the layout of the import, an authority's as its ledger."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import jobs
from chassis.actor import Actor
from chassis.errors import invalid
from chassis.events import jsonable
from registry import queries
from registry.actions import ledger
from registry.domain.fields import EXPORT_COLUMNS, HEADERS
from registry.models import Instrument, Kind
from registry.workbooks.plain import MAX_ROWS
from registry.workbooks.write import export_columns

CHUNK = 5000


def start(db: Session, by: Actor, filters: Mapping[str, Any], columns: Sequence[str], today: date) -> UUID:
    """Queue an export. Raises: Invalid for more rows than a sheet holds, and for a column of the other layout."""
    if columns and not set(columns) <= set(EXPORT_COLUMNS if by.kind == "applicant" else ledger.LEDGER):
        raise invalid("columns", "no_such_column", "所选列不在您的导出格式中。", "Your export has no such column.")
    asked = queries.ids_by_filter(by, filters, today).order_by(None).subquery()
    total = db.scalar(select(func.count()).select_from(asked)) or 0
    if total > MAX_ROWS:
        zh = f"符合条件的仪器有 {total} 台，一次最多导出 {MAX_ROWS} 台，请缩小查询范围。"
        raise invalid("filter", "too_many", zh, f"{total} instruments match; at most {MAX_ROWS} fit one export.")
    params = {"filter": jsonable(dict(filters)), "columns": list(columns), "today": today.isoformat()}
    return jobs.submit(db, "export", by, params=params, total=total)


def headers(job: jobs.Job) -> list[str]:
    if job.actor.kind == "applicant":
        return headers_of(job.params["columns"])
    return [column.header for column in ledger.chosen(job.params["columns"])]


def headers_of(columns: Sequence[str]) -> list[str]:
    """The headers of the columns that were asked for, in the order of the import's layout."""
    wanted = set(columns or EXPORT_COLUMNS)
    return [header for header, key in zip(HEADERS, EXPORT_COLUMNS, strict=True) if key in wanted]


def rows(job: jobs.Job) -> Iterator[list[str]]:
    """The rows under the headers, from the oldest instrument on: a chunk a transaction, so that nothing is held longer
    and the job can be cancelled. A worker that takes the job over begins a new file."""
    with job.step() as db:
        columns = _columns(db, job)
        job.start_over(db)
    write = [write for _, write in columns]
    today = date.fromisoformat(job.params["today"])
    following = queries.to_export(job.actor, job.params["filter"], [shown for shown, _ in columns], today)
    after = None
    while True:
        with job.step() as db:
            chunk = db.execute(following(after).limit(CHUNK)).all()
            job.progress(db, done=len(chunk))
        for row in chunk:
            yield [one(value) for one, value in zip(write, row[1:], strict=True)]
        if len(chunk) < CHUNK:
            return
        after = chunk[-1][0]


def _columns(db: Session, job: jobs.Job) -> list[tuple[Any, Callable[[Any], str]]]:
    """The columns of an export, and the writer of each value."""
    if job.actor.kind != "applicant":
        return ledger.writers(db, ledger.chosen(job.params["columns"]))
    names = {code: name for code, name in db.execute(select(Kind.code, Kind.name))}
    return [(getattr(Instrument, key), write) for key, write in export_columns(headers(job), names)]
