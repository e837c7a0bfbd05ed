"""Background work of booking: what is asked of more bookings than one request moves."""

from booking.actions import bookings
from chassis import bulk, jobs

JOBS: dict[str, jobs.JobHandler] = {
    "confirm": bulk.job_of(bookings.confirm_many),
    "reject": bulk.job_of(bookings.reject_many),
    "cancel": bulk.job_of(bookings.cancel_many),
}
