"""A worker that has nothing to do: it looks every second, with five services side by side, and so it must cost little."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from chassis import jobs
from chassis.inbox import Inbox
from chassis.runtime import Runtime, Schedule
from chassis.worker import due, effects_of, run_if_due


@pytest.fixture
def begun(runtime: Runtime) -> list[Any]:
    """The transactions that began."""
    seen: list[Any] = []
    event.listen(runtime.database.engine, "begin", seen.append)
    return seen


def test_to_look_for_jobs_takes_no_transaction(runtime: Runtime, begun: list[Any]) -> None:
    assert not jobs.run_one(runtime, runtime.service.jobs)
    assert begun == []


def test_to_look_for_events_that_wait_for_another_try_takes_no_transaction(runtime: Runtime, begun: list[Any]) -> None:
    assert not Inbox(runtime.database, runtime.contracts, effects_of(runtime)).retry_due()
    assert begun == []


def test_to_look_for_schedules_takes_no_transaction(runtime: Runtime, begun: list[Any]) -> None:
    schedules = [Schedule(name, timedelta(hours=1), lambda _runtime, _now: None) for name in ("one", "other")]
    assert due(runtime, schedules) == schedules
    assert run_if_due(runtime, schedules[0])
    begun.clear()
    assert due(runtime, schedules) == [schedules[1]]
    assert begun == []
