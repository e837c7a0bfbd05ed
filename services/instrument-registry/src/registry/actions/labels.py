"""Printable labels with the 器具码, whole sheets in one PDF."""

from collections.abc import Iterator, Sequence
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


def print_now(db: Session, actor: Actor, ids: Sequence[UUID], size: str, public_url: str) -> bytes:
    """Raises: NotFound."""
    shown = rows(db, actor, ids)
    return labels_pdf(_sheets(shown, size), size, public_url)


def print_job(job: jobs.Job, public_url: str) -> bytes:
    """The labels of a job, sheet by sheet. A worker that takes over begins anew."""
    size = job.params["size"]
    with job.step() as db:
        job.start_over(db)
    return labels_pdf(_read(job, size), size, public_url)


def _read(job: jobs.Job, size: str) -> Iterator[list[dict[str, Any]]]:
    for ids in _sheets(job.ids, size):
        with job.step() as db:
            shown = rows(db, job.actor, ids)
            job.progress(db, done=len(ids))
        yield shown


def _sheets(items: Sequence[Any], size: str) -> Iterator[Sequence[Any]]:
    per_sheet = LABEL_SIZES[size].per_sheet
    for start in range(0, len(items), per_sheet):
        yield items[start : start + per_sheet]
