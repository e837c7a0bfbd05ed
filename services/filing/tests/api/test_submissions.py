"""Submissions: what is refused is told at any size, a cancelled one files nothing more, a repeat does the work."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis import clock
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, Caller, applicant, run_jobs
from filing.background import resume_stuck

SignIn = Callable[[Actor | None], Caller]
Snapshot = Callable[..., dict[str, Any]]
EVERYTHING = {"selection": {"all": True}, "institution_id": str(GUANGZHOU), "accept_responsibility": True}


@pytest.fixture
def owner(signed_in: SignIn, seeded: Runtime) -> Caller:
    return signed_in(applicant())


@pytest.fixture
def ledger(claims: Any, snapshot: Snapshot) -> Callable[..., None]:
    """`ledger(3, division_code=…)`: three more unfiled instruments."""

    def add(count: int, **changes: Any) -> None:
        claims.ledger |= {new_id(): snapshot(serial_no=str(n), **changes) for n in range(count)}

    return add


def filed(owner: Caller) -> int:
    return int(owner.get("/api/filing/filings").json["total"])


def submit(owner: Caller, **headers: str) -> Any:
    return owner.post("/api/filing/filings", EVERYTHING, headers=headers)


def test_beyond_a_thousand_what_the_claim_refuses_is_told_like_the_rest(
    owner: Caller, ledger: Any, seeded: Runtime
) -> None:
    ledger(1005)
    ledger(5, division_code="440305")
    accepted = submit(owner)
    assert (accepted.status_code, accepted.json["total"], accepted.json["failed"]) == (202, 1010, 5)
    run_jobs(seeded)
    job = owner.get(accepted.headers["Location"]).json
    assert (job["state"], job["done"], job["failed"], job["total"]) == ("done", 1005, 5, 1010)
    told = owner.get(job["errors_url"]).json["items"]
    assert [line["code"] for line in told] == ["out_of_area"] * 5


def test_more_than_a_thousand_refusals_are_told_by_a_job_too(owner: Caller, ledger: Any, seeded: Runtime) -> None:
    ledger(1)
    ledger(1200, division_code="440305")
    accepted = submit(owner)
    run_jobs(seeded)
    job = owner.get(accepted.headers["Location"]).json
    assert (accepted.status_code, job["done"], job["failed"]) == (202, 1, 1200)
    assert owner.get(job["errors_url"]).json["total"] == 1200


@pytest.mark.parametrize("after", [0, 1])
def test_a_submission_that_is_cancelled_files_nothing_more_and_frees_the_rest(
    owner: Caller, ledger: Any, claims: Any, seeded: Runtime, after: int
) -> None:
    """Before a worker took it up, and while one is at it."""
    ledger(1600)
    job = submit(owner).headers["Location"]
    if after == 0:
        assert owner.delete(job).json["state"] == "cancelled"
    else:
        claims.between = lambda page: page == after and owner.delete(job)
    run_jobs(seeded)
    at = clock.now() + timedelta(minutes=3)
    resume_stuck(seeded, at)
    assert (owner.get(job).json["state"], owner.get(job).json["done"]) == ("cancelled", 500 * after)
    assert filed(owner) == 500 * after
    assert [len(held) for held in claims.claims.values()] == [500 * after], "the rest is free"


def test_a_long_submission_is_taken_up_once(owner: Caller, ledger: Any, claims: Any, seeded: Runtime) -> None:
    """The schedule that looks for stuck ones comes by while the job is at work."""
    ledger(1600)
    job = submit(owner).headers["Location"]
    claims.between = lambda _page: resume_stuck(seeded, clock.now() + timedelta(minutes=3))
    run_jobs(seeded)
    shown = owner.get(job).json
    assert (shown["state"], shown["done"], shown["total"]) == ("done", 1600, 1600)
    assert filed(owner) == 1600


def test_what_a_job_that_failed_did_not_file_is_free(owner: Caller, ledger: Any, claims: Any, seeded: Runtime) -> None:
    ledger(1600)
    job = submit(owner).headers["Location"]

    def crash(page: int) -> None:
        if page == 1:
            raise RuntimeError("a fault of ours")

    claims.between = crash
    run_jobs(seeded)
    assert owner.get(job).json["state"] == "failed"
    resume_stuck(seeded, clock.now() + timedelta(minutes=3))
    assert (filed(owner), [len(held) for held in claims.claims.values()]) == (500, [500])
    with seeded.database.transaction() as db:
        assert db.execute(text("SELECT state FROM submission")).scalar_one() == "failed"


def test_a_worker_that_was_taken_for_dead_counts_nothing_twice(
    owner: Caller, ledger: Any, claims: Any, seeded: Runtime
) -> None:
    """It slept longer than its lease; another took the job over and did it to its end."""
    ledger(1600)
    job = submit(owner).headers["Location"]

    def sleep(page: int) -> None:
        if page == 1:
            claims.between = None
            with seeded.database.transaction() as db:
                db.execute(text("UPDATE job SET lease_until = now() - interval '1 second'"))
            run_jobs(seeded)

    claims.between = sleep
    run_jobs(seeded)
    shown = owner.get(job).json
    assert (shown["state"], shown["done"], shown["failed"], filed(owner)) == ("done", 1600, 0, 1600)


def test_what_is_taken_up_is_done_in_the_name_of_who_submitted(
    owner: Caller, ledger: Any, claims: Any, seeded: Runtime
) -> None:
    ledger(600)

    def die(page: int) -> None:
        if page == 1:
            raise SystemError("the process died")

    claims.between = die
    with pytest.raises(SystemError):
        submit(owner)
    assert filed(owner) == 500
    claims.between = None
    resume_stuck(seeded, clock.now() + timedelta(minutes=3))
    assert filed(owner) == 600
    with seeded.database.transaction() as db:
        actors = set(db.execute(text("SELECT actor ->> 'account_id' FROM step")).scalars())
    assert owner.actor is not None
    assert actors == {str(owner.actor.account_id)}


def test_a_key_that_was_refused_does_the_work_when_it_is_sent_again(owner: Caller, ledger: Any) -> None:
    ledger(2)
    body = EVERYTHING | {"selection": {"all": True, "expect": 5}}
    refused = owner.post("/api/filing/filings", body, headers={"Idempotency-Key": "k"})
    assert (refused.status_code, refused.json["code"]) == (409, "selection_changed")
    ledger(3)
    answer = owner.post("/api/filing/filings", body, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json["done"]) == (200, 5)
    assert answer.json["number"]
    assert owner.post("/api/filing/filings", body, headers={"Idempotency-Key": "k"}).json == answer.json


def test_a_submission_that_files_nothing_takes_no_number(owner: Caller, ledger: Any, seeded: Runtime) -> None:
    with seeded.database.transaction() as db:
        before = tuple(db.execute(text("SELECT last_value, is_called FROM submission_number")).one())
    answer = submit(owner).json
    assert (answer["number"], answer["done"], answer["failed"]) == (None, 0, [])
    ledger(1, division_code="440305")
    answer = submit(owner).json
    assert (answer["number"], answer["done"], answer["failed"][0]["code"]) == (None, 0, "out_of_area")
    with seeded.database.transaction() as db:
        assert tuple(db.execute(text("SELECT last_value, is_called FROM submission_number")).one()) == before
    ledger(1)
    assert submit(owner).json["number"].startswith("BA")
