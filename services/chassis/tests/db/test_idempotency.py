"""Idempotency keys: the same write twice is done once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from shop_service import api
from sqlalchemy import text

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, recorded

SignedIn = Callable[[Actor | None], Caller]
At = Callable[[datetime], None]
KEY = {"Idempotency-Key": "one"}


@pytest.fixture
def caller(signed_in: SignedIn) -> Caller:
    return signed_in(applicant())


def add(caller: Caller, name: str = "pen", key: str | None = "one", **more: Any) -> Any:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return caller.post("/api/shop/items", {"name": name, **more}, headers=headers)


def items(runtime: Runtime) -> int:
    with runtime.database.transaction() as db:
        count: int = db.execute(text("SELECT count(*) FROM item")).scalar_one()
        return count


def test_the_same_key_gives_the_same_answer_and_one_effect(caller: Caller, runtime: Runtime) -> None:
    first, second = add(caller), add(caller)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    for name in ("Location", "ETag", "Content-Type"):
        assert first.headers[name] == second.headers[name]
    assert second.headers["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in first.headers
    assert items(runtime) == 1
    assert len(recorded(runtime, "order.placed")) == 1


def test_another_body_under_the_same_key_is_refused(caller: Caller, runtime: Runtime) -> None:
    add(caller)
    refused = add(caller, "ink")
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_reused")
    assert items(runtime) == 1


def test_keys_belong_to_an_account_and_a_route(caller: Caller, signed_in: SignedIn, runtime: Runtime) -> None:
    add(caller)
    assert "Idempotent-Replay" not in add(signed_in(applicant())).headers
    assert caller.post("/api/shop/orders", headers=KEY).status_code == 202
    assert items(runtime) == 3


def test_without_a_key_each_is_a_write_of_its_own(caller: Caller, runtime: Runtime) -> None:
    add(caller, key=None)
    add(caller, key=None)
    assert items(runtime) == 2


def test_a_refused_write_leaves_its_key_free(caller: Caller, runtime: Runtime) -> None:
    assert add(caller, "").status_code == 422
    assert add(caller, "pen").status_code == 201
    assert items(runtime) == 1


def test_a_write_that_broke_leaves_its_key_free(caller: Caller, runtime: Runtime) -> None:
    for _ in range(2):
        answer = caller.post("/api/shop/broken", headers=KEY)
        assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert items(runtime) == 0


def test_two_at_once_are_done_once(caller: Caller, signed_in: SignedIn, runtime: Runtime) -> None:
    answers: list[Any] = []
    start = threading.Barrier(6)

    def send() -> None:
        one = signed_in(caller.actor)
        start.wait()
        answers.append(add(one))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert items(runtime) == 1


def test_after_a_day_a_key_is_new_again(caller: Caller, at: At, runtime: Runtime) -> None:
    add(caller)
    at(clock.now() + timedelta(hours=24, seconds=1))
    assert "Idempotent-Replay" not in add(caller, "ink").headers
    assert items(runtime) == 2


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_a_key_has_1_to_200_visible_characters(caller: Caller, key: str) -> None:
    refused = add(caller, key=key)
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_invalid")


def test_reading_takes_no_key(caller: Caller, runtime: Runtime) -> None:
    assert caller.get("/api/shop/items", headers=KEY).status_code == 200
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT count(*) FROM idempotency_key")).scalar_one() == 0


# -- routes with transactions of their own -----------------------------------------------------------------------


def test_while_the_first_is_at_work_the_second_is_told_so(
    caller: Caller, signed_in: SignedIn, runtime: Runtime
) -> None:
    api.started.clear()
    api.release.clear()
    first: list[Any] = []
    thread = threading.Thread(target=lambda: first.append(caller.post("/api/shop/orders", headers=KEY)))
    thread.start()
    try:
        assert api.started.wait(5)
        second = signed_in(caller.actor).post("/api/shop/orders", headers=KEY)
    finally:
        api.release.set()
        thread.join()
    assert (second.status_code, second.json["code"]) == (409, "in_progress")
    assert second.headers["Retry-After"] == "2"
    assert first[0].status_code == 202
    third = caller.post("/api/shop/orders", headers=KEY)
    assert third.headers["Idempotent-Replay"] == "true"
    assert items(runtime) == 1


def test_a_claim_whose_process_died_is_taken_over_after_a_minute(caller: Caller, runtime: Runtime, at: At) -> None:
    caller.post("/api/shop/orders", headers=KEY)
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE idempotency_key SET status = NULL, response = NULL"))
    assert caller.post("/api/shop/orders", headers=KEY).status_code == 409
    at(clock.now() + timedelta(seconds=61))
    assert caller.post("/api/shop/orders", headers=KEY).status_code == 202
