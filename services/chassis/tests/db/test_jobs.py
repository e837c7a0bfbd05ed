"""Jobs: a lease, chunks that are never repeated, cancellation between chunks, failures told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import DeadlockDetected, DiskFull, LockNotAvailable
from shop_service import background
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from chassis import bulk, clock, jobs
from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.jobs import ATTEMPTS, LEASE, Job, JobLost, JobOver
from chassis.runtime import Runtime
from chassis.testing import Caller, admin, applicant, run_jobs

At = Callable[[datetime], None]
SignedIn = Callable[[Actor | None], Caller]


class WorkerDied(BaseException):
    """Nothing in a worker catches it, as nothing catches SIGKILL."""


@pytest.fixture
def owner() -> Actor:
    return applicant()


def submit(runtime: Runtime, owner: Actor, kind: str = "pack", count: int = 7) -> tuple[UUID, list[UUID]]:
    ids = [new_id() for _ in range(count)]
    with runtime.database.transaction() as db:
        return jobs.submit(db, kind, owner, ids=ids), ids


def job_row(runtime: Runtime, job_id: UUID) -> dict[str, Any]:
    with runtime.database.transaction() as db:
        return dict(db.execute(text("SELECT * FROM job WHERE id = :id"), {"id": job_id}).mappings().one())


def packed(runtime: Runtime) -> list[UUID]:
    with runtime.database.transaction() as db:
        return list(db.execute(text("SELECT order_id FROM heard")).scalars())


def run_one(runtime: Runtime) -> bool:
    return jobs.run_one(runtime, runtime.service.jobs)


def test_a_job_does_all_its_items_once(runtime: Runtime, owner: Actor) -> None:
    job_id, ids = submit(runtime, owner)
    assert run_jobs(runtime) == 1
    row = job_row(runtime, job_id)
    assert (row["state"], row["done"], row["failed"], row["total"]) == ("done", 7, 0, 7)
    assert row["finished_at"] is not None
    assert packed(runtime) == ids
    assert run_one(runtime) is False


def test_a_job_is_queued_with_the_change_or_not_at_all(runtime: Runtime, owner: Actor) -> None:
    with runtime.database.transaction() as db:
        jobs.submit(db, "pack", owner)
        db.rollback()
    assert run_one(runtime) is False


def test_a_job_that_is_being_run_is_not_claimed_again(runtime: Runtime, owner: Actor) -> None:
    submit(runtime, owner)
    seen = []
    background.between["chunk"] = lambda _job: seen.append(run_one(runtime))
    assert run_one(runtime) is True
    assert seen == [False] * 4


def test_another_worker_takes_over_without_repeating_a_chunk(runtime: Runtime, owner: Actor, at: At) -> None:
    job_id, ids = submit(runtime, owner)

    def die_at_the_third(job: Job) -> None:
        if job.position == 4:
            raise WorkerDied

    background.between["chunk"] = die_at_the_third
    with pytest.raises(WorkerDied):
        run_one(runtime)
    assert (job_row(runtime, job_id)["state"], packed(runtime)) == ("running", ids[:4])
    background.between.clear()
    assert run_one(runtime) is False  # its lease has not run out
    at(clock.now() + LEASE + timedelta(seconds=1))
    assert run_one(runtime) is True
    row = job_row(runtime, job_id)
    assert (row["state"], row["done"], row["attempts"]) == ("done", 7, 2)
    assert packed(runtime) == ids


def test_a_chunk_that_was_not_committed_is_done_by_the_next_worker(runtime: Runtime, owner: Actor, at: At) -> None:
    job_id, ids = submit(runtime, owner, count=4)
    with runtime.database.transaction() as db:
        row = db.execute(text("UPDATE job SET state = 'running', attempts = 1, lease_until = :now WHERE id = :id"
                              " RETURNING *"), {"id": job_id, "now": clock.now()}).mappings().one()  # fmt: skip
    first = Job(dict(row), runtime.database)
    with first.step() as db:
        db.execute(text("INSERT INTO heard (order_id, amount) VALUES (:id, 1)"), {"id": ids[0]})
        first.progress(db, position=2, done=2)
        db.rollback()  # it died before its commit
    at(clock.now() + LEASE)
    assert run_one(runtime) is True
    assert packed(runtime) == ids


def test_a_worker_that_lost_its_lease_commits_nothing_more(runtime: Runtime, owner: Actor, at: At) -> None:
    """It slept too long, another took over: the first one's next chunk is refused, and its end is not written."""
    job_id, ids = submit(runtime, owner)
    taken: list[bool] = []

    def fall_asleep(job: Job) -> None:
        if job.position == 2 and not taken:
            taken.append(True)
            at(clock.now() + LEASE + timedelta(seconds=1))
            assert run_one(runtime) is True  # the other worker, to the end

    background.between["chunk"] = fall_asleep
    assert run_one(runtime) is True
    assert packed(runtime) == ids
    row = job_row(runtime, job_id)
    assert (row["state"], row["done"], row["attempts"]) == ("done", 7, 2)


def test_a_worker_that_lost_its_lease_has_no_more_steps_while_the_next_is_at_work(
    runtime: Runtime, owner: Actor
) -> None:
    job_id, _ = submit(runtime, owner)
    first = Job(job_row(runtime, job_id) | {"attempts": 1}, runtime.database)
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE job SET state = 'running', attempts = 2 WHERE id = :id"), {"id": job_id})
    with pytest.raises(JobLost), first.step():
        pytest.fail("the job is in other hands")


def test_a_worker_that_lost_its_lease_writes_nothing_of_the_job(runtime: Runtime, owner: Actor) -> None:
    job_id, _ = submit(runtime, owner)
    first = Job(job_row(runtime, job_id) | {"attempts": 1}, runtime.database)
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE job SET state = 'running', attempts = 2 WHERE id = :id"), {"id": job_id})
    before = job_row(runtime, job_id)
    for write in (
        lambda db: first.progress(db, done=7),
        lambda db: first.result(db, "file", "name"),
        lambda db: first.summarise(db, created=7),
        first.start_over,
    ):
        with runtime.database.transaction() as db, pytest.raises(JobLost):
            write(db)
    assert job_row(runtime, job_id) == before


def test_each_chunk_renews_the_lease(runtime: Runtime, owner: Actor, at: At) -> None:
    job_id, _ = submit(runtime, owner)
    leases = []

    def look(_job: Job) -> None:
        at(clock.now() + timedelta(seconds=50))
        leases.append(job_row(runtime, job_id)["lease_until"])

    background.between["chunk"] = look
    assert run_one(runtime) is True
    assert leases == sorted(set(leases))
    assert job_row(runtime, job_id)["attempts"] == 1


def test_a_job_whose_workers_keep_dying_fails(runtime: Runtime, owner: Actor, at: At) -> None:
    job_id, _ = submit(runtime, owner)

    def die(_job: Job) -> None:
        raise WorkerDied

    background.between["chunk"] = die
    for _ in range(ATTEMPTS):
        with pytest.raises(WorkerDied):
            run_one(runtime)
        at(clock.now() + LEASE + timedelta(seconds=1))
    assert run_one(runtime) is True
    assert (job_row(runtime, job_id)["state"], packed(runtime)) == ("failed", [])


# -- cancelling ------------------------------------------------------------------------------------------------


def test_cancelled_between_chunks_keeps_what_is_done(runtime: Runtime, owner: Actor) -> None:
    job_id, ids = submit(runtime, owner)

    def cancel(job: Job) -> None:
        if job.position == 4:
            with runtime.database.transaction() as db:
                jobs.cancel(db, owner, job_id)

    background.between["chunk"] = cancel
    assert run_one(runtime) is True
    row = job_row(runtime, job_id)
    assert (row["state"], row["done"]) == ("cancelled", 4)
    assert packed(runtime) == ids[:4]


def test_one_that_waits_is_cancelled_at_once_and_an_ended_one_cannot_be(runtime: Runtime, owner: Actor) -> None:
    job_id, _ = submit(runtime, owner)
    with runtime.database.transaction() as db:
        jobs.cancel(db, owner, job_id)
    assert run_one(runtime) is False
    assert job_row(runtime, job_id)["state"] == "cancelled"
    with runtime.database.transaction() as db, pytest.raises(JobOver):
        jobs.cancel(db, owner, job_id)


def test_a_job_that_no_worker_began_gives_back_what_it_held(
    runtime: Runtime, owner: Actor, signed_in: SignedIn
) -> None:
    waiting, _ = submit(runtime, owner)
    begun, _ = submit(runtime, owner)
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE job SET state = 'running', attempts = 1, lease_until = :until WHERE id = :id"),
                   {"id": begun, "until": clock.now() + LEASE})  # fmt: skip
    for job_id, state in ((waiting, "cancelled"), (begun, "running")):
        assert signed_in(owner).delete(f"/api/shop/jobs/{job_id}").json["state"] == state
    assert background.given_back == [waiting]


def test_items_that_are_refused_from_the_start_count_as_failed(
    runtime: Runtime, owner: Actor, signed_in: SignedIn
) -> None:
    ids, refused = [new_id() for _ in range(7)], [new_id(), new_id()]
    with runtime.database.transaction() as db:
        known = [(one, "not_found", "未找到该记录。") for one in refused]
        job_id = jobs.submit(db, "pack", owner, ids=ids, total=9, refused=known)
    run_jobs(runtime)
    answer = signed_in(owner).get(f"/api/shop/jobs/{job_id}").json
    assert (answer["done"], answer["failed"], answer["total"]) == (7, 2, 9)
    assert [line["id"] for line in signed_in(owner).get(answer["errors_url"]).json["items"]] == list(map(str, refused))


def test_strangers_neither_see_nor_cancel_it(runtime: Runtime, owner: Actor) -> None:
    job_id, _ = submit(runtime, owner)
    with runtime.database.transaction() as db:
        for work in (jobs.find, jobs.cancel):
            with pytest.raises(NotFound):
                work(db, applicant(), job_id)
        assert jobs.find(db, admin(), job_id)["id"] == job_id


# -- failing ---------------------------------------------------------------------------------------------------


def test_items_that_were_refused_are_told_one_by_one(runtime: Runtime, owner: Actor, signed_in: SignedIn) -> None:
    job_id, ids = submit(runtime, owner, "choose", bulk.CHUNK + 4)
    run_jobs(runtime)
    refused = [*ids[2 : bulk.CHUNK : 3], ids[bulk.CHUNK + 2]]
    answer = signed_in(owner).get(f"/api/shop/jobs/{job_id}").json
    assert (answer["state"], answer["done"], answer["failed"]) == ("done", len(ids) - len(refused), len(refused))
    page = signed_in(owner).get(f"{answer['errors_url']}?page_size=100&page=2").json
    assert [line["id"] for line in page["items"]] == [str(one) for one in refused[100:]]
    assert [line["seq"] for line in page["items"]] == list(range(101, len(refused) + 1))
    assert {line["code"] for line in page["items"]} == {"not_found"}
    step = signed_in(owner).get(f"{answer['errors_url']}?page_size=100&cursor=").json
    step = signed_in(owner).get(f"{answer['errors_url']}?page_size=100&cursor={step['next_cursor']}").json
    assert [line["seq"] for line in step["items"]] == list(range(len(refused) - 100, 0, -1))
    assert signed_in(applicant()).get(answer["errors_url"]).status_code == 404


@pytest.mark.parametrize(("kind", "words"), [("refuse", "当前状态不允许此操作。"), ("crash", "任务执行出错")])
def test_a_job_that_fails_says_why_and_no_more(runtime: Runtime, owner: Actor, kind: str, words: str) -> None:
    job_id, _ = submit(runtime, owner, kind)
    run_jobs(runtime)
    row = job_row(runtime, job_id)
    assert row["state"] == "failed"
    assert words in row["error"]
    assert "secret" not in row["error"]


def test_a_lost_job_raises(runtime: Runtime, owner: Actor) -> None:
    job_id, _ = submit(runtime, owner)
    job = Job(job_row(runtime, job_id), runtime.database)
    with pytest.raises(JobLost), job.step():
        pytest.fail("a job that nobody claimed has no steps")


@pytest.mark.parametrize(
    "error", [psycopg.OperationalError("the connection is lost"), DeadlockDetected(), LockNotAvailable(), DiskFull()]
)
def test_what_befalls_the_database_is_no_failure_of_the_job(
    runtime: Runtime, owner: Actor, at: At, error: psycopg.OperationalError
) -> None:
    job_id, ids = submit(runtime, owner)

    def cut(_job: Job) -> None:
        background.between.clear()
        raise OperationalError("SELECT 1", {}, error)

    background.between["chunk"] = cut
    with pytest.raises(OperationalError):
        run_one(runtime)
    assert job_row(runtime, job_id)["state"] == "running"
    at(clock.now() + LEASE + timedelta(seconds=1))
    assert run_one(runtime)
    assert job_row(runtime, job_id)["state"] == "done"
    assert packed(runtime) == ids


def test_a_bulk_job_leaves_a_line_for_each_chunk(runtime: Runtime, owner: Actor, signed_in: SignedIn) -> None:
    job_id, ids = submit(runtime, owner, "choose", bulk.CHUNK + 4)
    run_jobs(runtime)
    lines = signed_in(admin()).get(f"/api/shop/audit?subject={job_id}").json["items"]
    assert [(line["action"], line["outcome"]) for line in lines] == [("jobs/choose", "partly")] * 2
    assert sum(line["detail"]["done"] + line["detail"]["refused"] for line in lines) == bulk.CHUNK + 4
    assert {line["actor_id"] for line in lines} == {str(owner.account_id)}
    for item in (ids[0], ids[2], ids[-1]):
        assert signed_in(admin()).get(f"/api/shop/audit?subject={item}").json["total"] == 1
    assert len(lines[-1]["detail"]["ids"]) == 20, "of a list only the first"
