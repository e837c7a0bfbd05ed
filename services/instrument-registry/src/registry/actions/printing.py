"""Certificates on paper. Each is printed by itself; its file is noted in the transaction that tells that it is issued, so
that whatever a killed worker leaves is neither listed nor told, and is printed by whoever comes next."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, null, select
from sqlalchemy.orm import Session

from chassis import log, outbox
from chassis.errors import ServiceError
from chassis.events import MAX_ITEMS
from chassis.files import FileStore
from registry import events, pdfs, queries
from registry.models import Certificate

AT_ONCE = MAX_ITEMS  # one event, and so one message to the applicant
AT_ONCE_AGAIN = 200  # other schedules wait meanwhile
AGAIN = timedelta(minutes=10)


class PrintFailed(ServiceError):
    code = "print_failed"
    zh = "打印时出错，系统会自动重试。"
    en = "Printing failed; it is tried again by itself."


class Tried(NamedTuple):
    """Certificates that were tried: the file of each that was printed, what kept each other."""

    files: dict[UUID, str]
    failed: dict[UUID, ServiceError]


def waiting(db: Session, ids: Collection[UUID]) -> list[Certificate]:
    """Of these, the certificates that are not printed yet and still are to be."""
    found = list(db.scalars(select(Certificate).where(Certificate.id.in_(ids), _waits()).order_by(Certificate.id)))
    db.expunge_all()
    return found


def to_try(db: Session, now: datetime) -> list[Certificate]:
    """Those of one booking that failed a while ago, or that were left by a worker that died: the longest ago first."""
    c = Certificate
    before = now - AGAIN
    last = func.coalesce(c.print_tried_at, c.issued_at)
    first = select(c.booking_id).where(_waits(), last <= before).order_by(last, c.id).limit(1)
    ids = db.scalars(
        select(c.id)
        .where(_waits(), c.booking_id == first.scalar_subquery(), last <= before)
        .order_by(c.id)
        .limit(AT_ONCE_AGAIN)
    )  # fmt: skip
    return waiting(db, list(ids))


def unprinted(db: Session) -> int:
    """How many failed and wait."""
    statement = select(func.count()).where(_waits(), Certificate.print_error.is_not(None))
    return int(db.scalar(statement) or 0)


def try_each(
    certificates: Iterable[Certificate], files: FileStore, public_url: str, alive: Callable[[], None] = lambda: None
) -> Tried:
    """Print what can be printed. alive: called for each, for who must show life meanwhile."""
    tried = Tried({}, {})
    try:
        for certificate in certificates:
            alive()
            _try(certificate, tried, files, public_url)
    except BaseException:
        for name in tried.files.values():
            files.delete(name)
        raise
    return tried


def _try(certificate: Certificate, tried: Tried, files: FileStore, public_url: str) -> None:
    try:
        pdf = pdfs.certificate_pdf(certificate, public_url)
        name = files.new_name()
        files.path(name).write_bytes(pdf)
        tried.files[certificate.id] = name
    except ServiceError as error:
        log.get().error("certificate_not_printed", number=certificate.number, reason=error.message("en"))
        tried.failed[certificate.id] = error
    except Exception as error:
        log.get().error("certificate_not_printed", number=certificate.number, exc_info=error)
        tried.failed[certificate.id] = PrintFailed()


def note(db: Session, tried: Tried, now: datetime) -> list[str]:
    """Note what became of each and tell what is issued. The files that nobody needs: another was quicker, or the
    certificate was corrected meanwhile."""
    c = Certificate
    ids = [*tried.files, *tried.failed]
    about = db.scalars(select(c.instrument_id).where(c.id.in_(ids)).distinct())
    found = queries.by_ids(db, sorted(about))  # the instruments first, as where a certificate is corrected
    rows = db.scalars(select(c).where(c.id.in_(ids), _waits()).order_by(c.id).with_for_update()).all()
    for row in rows:
        row.print_tried_at = now
        row.file = tried.files.get(row.id)
        row.print_error = _words(tried.failed[row.id]) if row.file is None else null()
    issued = [row for row in rows if row.file is not None]
    _tell(db, issued, found)
    kept = {row.id for row in issued}
    return [name for key, name in tried.files.items() if key not in kept]


def _tell(db: Session, issued: Sequence[Certificate], found: dict[UUID, Any]) -> None:
    for key in {row.instrument_id for row in issued}:
        found[key].version += 1
    if issued:
        first, pairs = issued[0], [(row, found[row.instrument_id]) for row in issued]
        outbox.record(
            db, events.certificates_event("issued", first.org_id, first.institution_id, first.booking_id, pairs)
        )
    db.flush()


def _waits() -> ColumnElement[bool]:
    return Certificate.file.is_(None) & Certificate.ended_at.is_(None)


def _words(error: ServiceError) -> dict[str, Any]:
    return {"code": error.code, "zh": error.message("zh"), "en": error.message("en")}
