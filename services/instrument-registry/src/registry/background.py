"""Background work of the registry: imports, exports, certificates, bulk moves, claims that expired."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import text, update

from chassis import bulk, clock, counters, jobs, log
from chassis.calls import Refused, ServiceClient
from chassis.errors import ServiceError
from chassis.runtime import Runtime, Schedule
from chassis.sheets import reading
from registry.actions import catalog, exports, filings, imports, labels, printing, reminders, selected, updates
from registry.actions.archive import write_archive
from registry.domain.errors import HeadersUnclear
from registry.domain.reminders import FIRST_HOUR
from registry.metrics import CERTIFICATES_UNPRINTED
from registry.models import Certificate, Import, Instrument
from registry.prefetch import prefetch
from registry.queries import certificates
from registry.tables import INSTRUMENT_COUNT, SUPERVISION_COUNT, VERIFICATION_COUNT, VERIFICATION_FIGURES
from registry.workbooks.plain import write_sheet

ARCHIVE_CHUNK = 100
LONGEST_WAIT = 10_000  # of an import, for whoever is writing the same instrument [milliseconds]


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
            (_write_instruments if record.kind == "instruments" else _write_changes)(job)
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
        with (
            reading(runtime.files.path(record.file)) as batches,
            prefetch(imports.judge(checking, batch) for batch in batches) as judged,
        ):
            for rows in judged:
                with job.step() as db:
                    imports.check(db, job, checking, rows)
    except HeadersUnclear as error:
        with job.step() as db:
            db.get_one(Import, job.id).headers = error.values["headers"]
        raise
    with job.step() as db:
        imports.conclude(db, job.actor, job, checking)
        record = db.get_one(Import, job.id)
        db.expunge(record)
    return record


def _write_instruments(job: jobs.Job) -> None:
    """Two chunks at a time, each in a transaction of its own, so that PostgreSQL works with two cores."""
    with job.step() as db:
        chunks = imports.chunks(db, job)
    before: Future[None] = Future()
    before.set_result(None)
    with ThreadPoolExecutor(2, "import") as writers:
        for chunk in chunks:
            coming = writers.submit(copy_context().run, _write_chunk, job, chunk, before)
            before.result()
            before = coming
    before.result()


def _write_chunk(job: jobs.Job, chunk: imports.Chunk, before: Future[None]) -> None:
    with job.database.transaction(job.scope) as db:
        # A chunk that waits for a row lock holds its own locks and blocks the next chunk.
        db.execute(text(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}ms'"))
        created = imports.write_chunk(db, job.actor, job, chunk)
        before.result()  # chunks commit in their order, so the rows written are always the first of the file
        job.renew(db)
        imports.tell_written(db, job, chunk, created)


def _write_changes(job: jobs.Job) -> None:
    while True:
        with job.step() as db:
            if updates.commit_chunk(db, job.actor, job) == 0:
                return


def run_export(runtime: Runtime, job: jobs.Job) -> None:
    """The instruments that match the filter, as a workbook in the import's layout."""
    name = runtime.files.new_name()
    try:
        write_sheet(runtime.files.path(name), "仪器", exports.headers(job), exports.rows(job))
    except BaseException:
        runtime.files.delete(name)
        raise
    with job.step() as db:
        job.result(db, name, f"仪器台账-{clock.today():%Y%m%d}.xlsx")


def make_certificates(runtime: Runtime, job: jobs.Job) -> None:
    """Print the certificates of a booking. What cannot be printed is left to `print_missing`."""

    def alive() -> None:
        with job.step():
            pass

    for start in range(job.position, len(job.ids), printing.AT_ONCE):
        ids = job.ids[start : start + printing.AT_ONCE]
        with job.step() as db:
            certificates = printing.waiting(db, ids)
        tried = _try_each(runtime, certificates, alive)
        with job.step() as db:
            unused = printing.note(db, tried, clock.now())
            job.fail_items(db, [(key, error.code, error.message("zh")) for key, error in tried.failed.items()])
            job.progress(db, position=start + len(ids), done=len(ids) - len(tried.failed), failed=len(tried.failed))
        for name in unused:
            runtime.files.delete(name)


def print_missing(runtime: Runtime, now: datetime) -> None:
    """Try some certificates again, booking by booking, that could not be printed or that no job prints any more."""
    done = 0
    while done < printing.AT_ONCE_AGAIN:
        with runtime.database.transaction() as db:
            certificates = printing.to_try(db, now)
        if not certificates:
            break
        done += len(certificates)
        tried = _try_each(runtime, certificates)
        with runtime.database.transaction() as db:
            unused = printing.note(db, tried, now)
        for name in unused:
            runtime.files.delete(name)
    with runtime.database.transaction() as db:
        CERTIFICATES_UNPRINTED.set(printing.unprinted(db))


def _try_each(
    runtime: Runtime, certificates: list[Certificate], alive: Callable[[], None] = lambda: None
) -> printing.Tried:
    return printing.try_each(certificates, runtime.files, runtime.settings.public_url, alive)


def pack_archive(runtime: Runtime, job: jobs.Job) -> None:
    """Certificates as one ZIP; a worker that takes over begins a new one."""
    name = runtime.files.new_name()
    with job.step() as db:
        job.start_over(db)
        rows = certificates.by_numbers(db, job.actor, job.params["numbers"])

    def told(done: int) -> None:
        if done % ARCHIVE_CHUNK == 0 or done == len(rows):
            with job.step() as db:
                job.progress(db, done=(done - 1) % ARCHIVE_CHUNK + 1)

    try:
        write_archive(runtime.files.path(name), rows, runtime.files.path, clock.today(), told)
    except BaseException:
        runtime.files.delete(name)
        raise
    with job.step() as db:
        job.result(db, name, f"证书-{clock.today():%Y%m%d}.zip")


def print_labels(runtime: Runtime, job: jobs.Job) -> None:
    """Labels of many instruments."""
    pdf = labels.print_job(job, runtime.settings.public_url)
    name = runtime.files.new_name()
    runtime.files.path(name).write_bytes(pdf)
    with job.step() as db:
        job.result(db, name, f"器具码标签-{clock.today():%Y%m%d}.pdf")


def free_expired_claims(runtime: Runtime, now: datetime) -> None:
    """A claim that outlived its 15 minutes: filing says whether it is still at work."""
    with runtime.database.transaction() as db:
        filings.forget_claims(db, now)
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


def forget_old_imports(runtime: Runtime, _now: datetime) -> None:
    """The file and the errors of an import whose job is gone, thirty days after its end. That it was, and what it made,
    stays."""
    while True:
        with runtime.database.transaction() as db:
            old = imports.forget_files(db)
        for name in old:
            runtime.files.delete(name)
        if not old:
            return


def merge_counts(runtime: Runtime, _now: datetime) -> None:
    for statement in _MERGES:
        counters.merge(runtime.database, statement)


_MERGES = (
    counters.merging(INSTRUMENT_COUNT, ("n",)),
    counters.merging(SUPERVISION_COUNT, ("n",)),
    counters.merging(VERIFICATION_COUNT, VERIFICATION_FIGURES),
)


def apply_catalog(runtime: Runtime, now: datetime) -> None:
    """Let what a version of the catalog changes take effect on its day."""
    with runtime.database.transaction() as db:
        catalog.apply_due(db, clock.business_date(now))


def remind(runtime: Runtime, now: datetime) -> None:
    """Remind of what is due soon or was not verified in time; not at night."""
    if now.astimezone(clock.SHANGHAI).hour < FIRST_HOUR:
        return
    today, told = clock.business_date(now), 1
    while told:
        with runtime.database.transaction() as db:
            told = reminders.remind(db, today)
    with runtime.database.transaction() as db:
        reminders.forget(db, today - timedelta(days=400))


JOBS: dict[str, jobs.JobHandler] = {
    "import": run_import,
    "export": run_export,
    "certificates": make_certificates,
    "archive": pack_archive,
    "labels": print_labels,
    "edit": bulk.job_of(selected.edit_many),
    "suspend": bulk.job_of(selected.suspend),
    "resume": bulk.job_of(selected.resume),
    "scrap": bulk.job_of(selected.scrap),
    "delete": bulk.job_of(selected.delete),
}
SCHEDULES = [
    Schedule("reminders", timedelta(minutes=30), remind),
    Schedule("catalog", timedelta(minutes=1), apply_catalog),
    Schedule("expired_claims", timedelta(minutes=1), free_expired_claims),
    Schedule("print_missing", timedelta(minutes=1), print_missing),
    Schedule("old_imports", timedelta(hours=6), forget_old_imports),
    Schedule("merge_counts", timedelta(minutes=1), merge_counts),
]
