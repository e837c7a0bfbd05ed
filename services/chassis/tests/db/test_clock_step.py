"""A clock that steps forward and back again: nothing then waits for a time that is far away."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from shop_service import background, consumers
from sqlalchemy import text

from chassis import clock, jobs
from chassis.ids import new_id
from chassis.inbox import Inbox
from chassis.runtime import Runtime, Schedule
from chassis.testing import applicant, cloud_event
from chassis.worker import due, effects_of, run_if_due

At = Callable[[datetime], None]
NOW = clock.now()
LATER = NOW + timedelta(days=400)


class WorkerDied(BaseException):
    """As by SIGKILL."""


def test_a_schedule_runs_again(runtime: Runtime, at: At) -> None:
    schedule = Schedule("daily", timedelta(days=1), lambda _runtime, _now: None)
    at(LATER)
    assert due(runtime, [schedule]) == [schedule]
    assert run_if_due(runtime, schedule)
    at(NOW)
    assert due(runtime, [schedule]) == [schedule]
    assert run_if_due(runtime, schedule)
    assert due(runtime, [schedule]) == []
    assert not run_if_due(runtime, schedule)
    at(NOW + timedelta(days=1))
    assert due(runtime, [schedule]) == [schedule]


def test_a_job_whose_worker_died_is_taken_over(runtime: Runtime, at: At) -> None:
    with runtime.database.transaction() as db:
        job_id = jobs.submit(db, "pack", applicant(), ids=[new_id()])

    def die(_job: jobs.Job) -> None:
        background.between.clear()
        raise WorkerDied

    at(LATER)
    background.between["chunk"] = die
    with pytest.raises(WorkerDied):
        jobs.run_one(runtime, runtime.service.jobs)
    at(NOW)
    assert jobs.run_one(runtime, runtime.service.jobs)
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT state FROM job WHERE id = :id"), {"id": job_id}).scalar_one() == "done"


def test_an_event_that_waits_for_another_try_gets_it(runtime: Runtime, at: At) -> None:
    inbox = Inbox(runtime.database, runtime.contracts, effects_of(runtime))
    consumers.failures["left"] = 1
    at(LATER)
    inbox.receive(cloud_event("order.failed", "depot", {"order_id": new_id(), "amount": 3}))
    assert not inbox.retry_due(), "not before its time"
    at(NOW)
    assert inbox.retry_due()
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT state FROM inbox")).scalar_one() == "done"
