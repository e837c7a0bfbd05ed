"""Background work of booking: what is asked of more bookings than one request moves, and what ends by itself."""

from datetime import datetime, timedelta

from booking.actions import bookings, endings, reschedule
from booking.tables import BOOKING_COUNT
from chassis import bulk, counters, jobs
from chassis.runtime import Runtime, Schedule


def end_lapsed(runtime: Runtime, now: datetime) -> None:
    """Pending bookings of days that have passed."""
    ended = endings.CHUNK
    while ended == endings.CHUNK:
        with runtime.database.transaction() as db:
            ended = endings.lapse(db, now)


def merge_counts(runtime: Runtime, _now: datetime) -> None:
    counters.merge(runtime.database, _MERGE)


_MERGE = counters.merging(BOOKING_COUNT, ("n",))
JOBS: dict[str, jobs.JobHandler] = {
    "confirm": bulk.job_of(bookings.confirm),
    "reject": bulk.job_of(bookings.reject),
    "cancel": bulk.job_of(bookings.cancel),
    "propose": bulk.job_of(reschedule.propose),
}
SCHEDULES = [
    Schedule("lapsed_bookings", timedelta(minutes=10), end_lapsed),
    Schedule("merge_counts", timedelta(minutes=1), merge_counts),
]
