"""Background work of the registry: imports, exports, certificates, bulk moves, claims that expired."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from chassis import bulk, clock, jobs, log, outbox
from chassis.calls import Refused, ServiceClient
from chassis.errors import ServiceError
from chassis.runtime import Runtime, Schedule
from registry import events, pdfs, queries
from registry.actions import filings, imports, instruments
from registry.domain.errors import HeadersUnclear
from registry.models import Certificate, Import, Instrument, Kind
from registry.workbooks.read import reading
from registry.workbooks.write import ExportWriter

EXPORT_CHUNK = 2000


def run_import(runtime: Runtime, job: jobs.Job) -> None:
    """Judge the file, then (unless it is a dry run, or one row is wrong and all must be right) write it."""
    with job.step() as db:
        record = db.get_one(Import, job.id)
        db.expunge(record)
    try:
        if not record.checked:
            record = _check_import(runtime, job, record)
        if not record.dry_run:
            if record.mode == "all_or_nothing" and record.invalid:
                raise imports.NothingImported(invalid=record.invalid)
            _write_import(job)
    except (jobs.JobCancelled, ServiceError):
        with runtime.database.transaction(job.scope) as db:
            imports.forget_staged(db, job.id)
        raise
    with job.step() as db:
        imports.forget_staged(db, job.id)


def _check_import(runtime: Runtime, job: jobs.Job, record: Import) -> Import:
    with job.step() as db:
        checking = imports.begin(db, job)
    try:
        with reading(runtime.files.path(record.file)) as batches:
            for batch in batches:
                with job.step() as db:
                    imports.check(db, job, checking, batch)
    except HeadersUnclear as error:
        with job.step() as db:
            db.get_one(Import, job.id).headers = error.values["headers"]
        raise
    with job.step() as db:
        imports.conclude(db, job.actor, job, checking)
        record = db.get_one(Import, job.id)
        db.expunge(record)
    return record


def _write_import(job: jobs.Job) -> None:
    while True:
        with job.step() as db:
            if imports.commit_chunk(db, job.actor, job) == 0:
                return


def run_export(runtime: Runtime, job: jobs.Job) -> None:
    """The applicant's instruments that match the filter, as a workbook in the import's layout."""
    name = runtime.files.new_name()
    target = runtime.files.path(name)
    with job.step() as db:
        names = {code: kind for code, kind in db.execute(select(Kind.code, Kind.name))}
    writer = ExportWriter(target, names)
    for start in range(0, len(job.ids), EXPORT_CHUNK):
        chunk = job.ids[start : start + EXPORT_CHUNK]
        with job.step() as db:
            rows = db.execute(
                select(*queries.COLUMNS).where(Instrument.id.in_(chunk)).order_by(Instrument.id)
            ).mappings()
            for row in rows:
                writer.write(cast(Any, row))
            job.progress(db, position=start + len(chunk), done=len(chunk))
    writer.close()
    with job.step() as db:
        job.result(db, name, f"仪器台账-{clock.today():%Y%m%d}.xlsx")


def make_certificates(runtime: Runtime, job: jobs.Job) -> None:
    """Print the certificates of a booking, then tell that they are issued: listed only when they can be fetched."""
    for position in range(job.position, len(job.ids)):
        with job.step() as db:
            certificate = db.get_one(Certificate, job.ids[position])
            if certificate.file is None:
                name = runtime.files.new_name()
                runtime.files.path(name).write_bytes(pdfs.certificate_pdf(certificate, runtime.settings.public_url))
                certificate.file = name
            job.progress(db, position=position + 1, done=1)
    with job.step() as db:
        _tell_issued(db, job.ids)


def _tell_issued(db: Session, ids: list[UUID]) -> None:
    certificates = list(db.scalars(select(Certificate).where(Certificate.id.in_(ids)).order_by(Certificate.id)))
    found = queries.by_ids(db, sorted({c.instrument_id for c in certificates}))
    for instrument in found.values():
        instrument.version += 1
    pairs = [(c, found[c.instrument_id]) for c in certificates]
    first = certificates[0]
    for start in range(0, len(pairs), 500):
        batch = pairs[start : start + 500]
        event = events.certificates_event("issued", first.org_id, first.institution_id, first.booking_id, batch)
        outbox.record(db, event)
    db.flush()


def free_expired_claims(runtime: Runtime, now: datetime) -> None:
    """A claim that outlived its 15 minutes: filing says whether it is still at work."""
    with runtime.database.transaction() as db:
        expired = filings.expired_claims(db, now)
    client = cast(ServiceClient, runtime.parts["filing"])
    for submission_id in expired:
        try:
            state = client.get(f"/internal/submissions/{submission_id}")["state"]
        except Refused as error:
            if error.status != 404:
                raise
            state = "failed"
        except Exception as error:  # filing is away: the claim stays until it answers
            log.get().warning("claim_unclear", submission_id=str(submission_id), error=repr(error))
            continue
        with runtime.database.transaction() as db:
            if state in ("done", "failed"):
                filings.release(db, submission_id)
            else:
                later = now + filings.CLAIM
                db.execute(update(Instrument).where(Instrument.claim_id == submission_id).values(claim_until=later))


_MERGE = text("""
    WITH touched AS (
        SELECT DISTINCT org_id, status, filing_state, phase, phase_day FROM instrument_count WHERE NOT merged LIMIT 10000
    ), gone AS (
        DELETE FROM instrument_count AS c USING touched AS t
        WHERE c.org_id = t.org_id AND c.status = t.status AND c.filing_state = t.filing_state AND c.phase = t.phase
          AND c.phase_day IS NOT DISTINCT FROM t.phase_day
        RETURNING c.org_id, c.status, c.filing_state, c.phase, c.phase_day, c.n
    ), sums AS (
        INSERT INTO instrument_count (org_id, status, filing_state, phase, phase_day, n, merged)
        SELECT org_id, status, filing_state, phase, phase_day, sum(n), true FROM gone GROUP BY 1, 2, 3, 4, 5
        HAVING sum(n) <> 0
    )
    SELECT count(*) FROM touched
""")


def merge_counts(runtime: Runtime, _now: datetime) -> None:
    """Sum up the changes of counts: an entry an organisation and state instead of one for each change. What readers
    and writers see meanwhile is right: sums do not change."""
    while True:
        with runtime.database.transaction() as db:
            if not db.scalar(_MERGE):
                return


JOBS: dict[str, jobs.JobHandler] = {
    "import": run_import,
    "export": run_export,
    "certificates": make_certificates,
    "suspend": bulk.job_of(instruments.suspend),
    "resume": bulk.job_of(instruments.resume),
    "scrap": bulk.job_of(instruments.scrap),
    "delete": bulk.job_of(instruments.delete),
}
SCHEDULES = [
    Schedule("expired_claims", timedelta(minutes=1), free_expired_claims),
    Schedule("merge_counts", timedelta(minutes=1), merge_counts),
]
