"""Printable labels with the 器具码: one PDF, or parts of it in a ZIP where they are many."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import jobs
from chassis.actor import Actor
from chassis.errors import NotFound, invalid
from registry.models import Instrument
from registry.pdfs import LABEL_SIZES, labels_pdf
from registry.queries import visible_to

MOST = 10_000
AT_ONCE = 240  # more are printed by a job
PART = 480  # of a PDF, about: whole sheets


def check(ids: Sequence[UUID]) -> None:
    """Raises: Invalid for none or too many."""
    if not ids:
        raise invalid("selection", "nothing_matches", "没有符合条件的仪器。", "No instrument matches.")
    if len(ids) > MOST:
        zh = f"一次最多打印 {MOST} 台仪器的标签，现有 {len(ids)} 台，请缩小范围。"
        raise invalid("selection", "too_many", zh, f"At most {MOST} labels at once; these are {len(ids)}.")


def rows(db: Session, actor: Actor, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """What labels show of instruments, in the order of `ids`. Raises: NotFound where one is not there, or not the
    caller's."""
    i = Instrument
    statement = select(i.id, i.code, i.name, i.model, i.serial_no, i.own_no).where(
        i.id.in_(ids), visible_to(actor.kind)
    )
    found = {row["id"]: dict(row) for row in db.execute(statement, {"actor_org": actor.org_id, "actor_area": actor.area}).mappings()}  # fmt: skip
    if len(found) < len(ids):
        raise NotFound
    return [found[key] for key in ids]


def print_job(job: jobs.Job, target: Path, public_url: str) -> str:
    """The labels of a job, in parts; returns what kind of file it is. A worker that takes over begins anew."""
    size = job.params["size"]
    with job.step() as db:
        job.start_over(db)
    parts = list(_parts(len(job.ids), LABEL_SIZES[size].per_sheet))
    if len(parts) == 1:
        target.write_bytes(_part(job, 0, len(job.ids), size, public_url))
        return "pdf"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for number, (start, end) in enumerate(parts, 1):
            package.writestr(f"器具码标签-{number:02d}.pdf", _part(job, start, end, size, public_url))
    return "zip"


def _part(job: jobs.Job, start: int, end: int, size: str, public_url: str) -> bytes:
    with job.step() as db:
        shown = rows(db, job.actor, job.ids[start:end])
    pdf = labels_pdf(shown, size, public_url)
    with job.step() as db:
        job.progress(db, done=end - start)
    return pdf


def _parts(total: int, per_sheet: int) -> Iterator[tuple[int, int]]:
    whole = max(per_sheet, PART // per_sheet * per_sheet)
    for start in range(0, total, whole):
        yield start, min(start + whole, total)
