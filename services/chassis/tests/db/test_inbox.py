"""The inbox: an effect once, a failure again later, a poisoned one aside, and nothing by order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from shop_service import consumers
from shop_service.actions import placed
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from chassis import clock
from chassis.events import Event, envelope
from chassis.ids import new_id
from chassis.inbox import ATTEMPTS, Inbox, backoff, dead_letters, newer, replay
from chassis.runtime import Runtime
from chassis.worker import effects_of

At = Callable[[datetime], None]


@pytest.fixture
def inbox(runtime: Runtime) -> Inbox:
    return Inbox(runtime.database, runtime.contracts, effects_of(runtime))


def heard(runtime: Runtime) -> list[UUID]:
    with runtime.database.transaction() as db:
        return list(db.execute(text("SELECT order_id FROM heard")).scalars())


def states(runtime: Runtime) -> dict[str, str]:
    with runtime.database.transaction() as db:
        return {str(row.event_id): row.state for row in db.execute(text("SELECT event_id, state FROM inbox"))}


def order_placed(**changes: Any) -> dict[str, Any]:
    return envelope(placed(new_id()), "shop", clock.now()) | changes


def order_failed(**data: Any) -> dict[str, Any]:
    order = new_id()
    event = Event("order.failed", order, {"order_id": order, "amount": 1, **data})
    return envelope(event, "depot", clock.now())


def run_out(inbox: Inbox, at: At, tries: int = ATTEMPTS) -> None:
    """Let the time of every next try come."""
    now = clock.now()
    for _ in range(tries):
        now += timedelta(minutes=6)
        at(now)
        while inbox.retry_due():
            pass


# -- once ------------------------------------------------------------------------------------------------------


def test_the_same_event_twice_has_one_effect(runtime: Runtime, inbox: Inbox) -> None:
    body = order_placed()
    for _ in range(3):
        inbox.receive(dict(body))
    assert heard(runtime) == [UUID(body["data"]["order_id"])]
    assert states(runtime) == {body["id"]: "done"}


def test_the_body_of_what_is_done_is_not_kept(runtime: Runtime, inbox: Inbox) -> None:
    inbox.receive(order_placed())
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT body FROM inbox")).scalars().all() == [None]


def test_a_type_without_an_effect_is_taken_and_ignored(runtime: Runtime) -> None:
    body = order_placed()
    Inbox(runtime.database, runtime.contracts, {}).receive(body)
    assert states(runtime) == {body["id"]: "done"}


# -- again -----------------------------------------------------------------------------------------------------


def test_what_fails_is_rolled_back_kept_and_tried_again(runtime: Runtime, inbox: Inbox, at: At) -> None:
    consumers.failures["left"] = 2
    body = order_failed()
    inbox.receive(body)
    assert states(runtime) == {body["id"]: "retry"}
    assert heard(runtime) == []
    assert inbox.retry_due() is False  # its time has not come
    at(clock.now() + backoff(1))
    assert inbox.retry_due() is True
    assert (states(runtime), heard(runtime)) == ({body["id"]: "retry"}, [])
    at(clock.now() + backoff(2))
    assert inbox.retry_due() is True
    assert states(runtime) == {body["id"]: "done"}
    assert heard(runtime) == [UUID(body["data"]["order_id"])]
    inbox.receive(body)  # delivered once more, late
    assert len(heard(runtime)) == 1


def test_after_the_last_try_it_is_a_dead_letter_that_can_be_replayed(runtime: Runtime, inbox: Inbox, at: At) -> None:
    consumers.failures["left"] = 99
    body = order_failed()
    inbox.receive(body)
    run_out(inbox, at)
    assert states(runtime) == {body["id"]: "dead"}
    with runtime.database.transaction() as db:
        (letter,) = dead_letters(db)
        assert letter["attempts"] == ATTEMPTS
        assert letter["error"] == "RuntimeError('not today')"
        assert letter["body"] == body
    assert consumers.failures["left"] == 99 - ATTEMPTS
    consumers.failures["left"] = 0
    with runtime.database.transaction() as db:
        assert replay(db, UUID(int=1)) == 0
        assert replay(db, UUID(body["id"])) == 1
    assert inbox.retry_due() is True
    assert states(runtime) == {body["id"]: "done"}
    assert len(heard(runtime)) == 1


def test_all_dead_letters_can_be_replayed_at_once(runtime: Runtime, inbox: Inbox, at: At) -> None:
    consumers.failures["left"] = 99
    for _ in range(3):
        inbox.receive(order_failed())
    run_out(inbox, at)
    consumers.failures["left"] = 0
    with runtime.database.transaction() as db:
        assert replay(db) == 3
    run_out(inbox, at, tries=1)
    assert len(heard(runtime)) == 3


def test_a_poisoned_one_does_not_stop_the_rest(runtime: Runtime, inbox: Inbox, at: At) -> None:
    consumers.failures["left"] = 1
    bad, good, also_bad = order_failed(), order_placed(), order_placed(data={"order_id": "?"})
    for body in (bad, also_bad, good):
        inbox.receive(body)
    assert heard(runtime) == [UUID(good["data"]["order_id"])]
    run_out(inbox, at)
    assert states(runtime) == {bad["id"]: "done", also_bad["id"]: "dead", good["id"]: "done"}


POISON = [
    ("no object", ["x"]),
    ("text", "not JSON at all"),
    ("null", None),
    ("no id", {"type": "order.placed"}),
    ("an id that is none", {"id": "7", "type": "order.placed"}),
    ("an id that is a number", {"id": 7, "type": "order.placed"}),
    ("only an id", {"id": str(new_id())}),
    ("a type without a schema", order_placed(type="order.forgotten")),
    ("a type that is no text", order_placed(type=["order.placed"])),
    ("a trace that is none", order_placed(traceparent="abc")),
    ("a trace that is no text", order_placed(traceparent=5)),
    ("a request id that is no text", order_placed(requestid={"a": 1})),
    ("a field is missing", order_placed(data={})),
    ("U+0000 in its type", order_placed(type="order\x00placed")),
    ("U+0000 in its data", order_failed(note="a\x00b")),
    ("U+0000 in a key", order_placed(data={"a\x00": 1})),
]


@pytest.mark.parametrize("body", [body for _, body in POISON], ids=[name for name, _ in POISON])
def test_whatever_cannot_be_taken_becomes_a_dead_letter(runtime: Runtime, inbox: Inbox, at: At, body: Any) -> None:
    inbox.receive(body)
    inbox.receive(body)
    run_out(inbox, at)
    assert list(states(runtime).values()) == ["dead"]
    assert heard(runtime) == []
    with runtime.database.transaction() as db:
        assert dead_letters(db)[0]["body"]


def test_a_backslash_before_u0000_is_no_nul(runtime: Runtime, inbox: Inbox) -> None:
    consumers.failures["left"] = 1
    inbox.receive(order_failed(note="C:\\u0000"))
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT body FROM inbox")).scalar_one()["data"]["note"] == "C:\\u0000"


# -- order -----------------------------------------------------------------------------------------------------


def prices(*items: tuple[UUID, int, int]) -> dict[str, Any]:
    rows = [{"item_id": item, "amount": amount, "version": version} for item, amount, version in items]
    return envelope(Event("price.changed", new_id(), {"items": rows}), "depot", clock.now())


def test_the_newest_version_wins_in_whatever_order_they_come(runtime: Runtime, inbox: Inbox) -> None:
    one, two = new_id(), new_id()
    for body in (prices((one, 30, 3), (two, 10, 1)), prices((one, 10, 1), (two, 20, 2)), prices((one, 20, 2))):
        inbox.receive(body)
    with runtime.database.transaction() as db:
        rows = {row.item_id: row.amount for row in db.execute(text("SELECT item_id, amount FROM price"))}
    assert rows == {one: 30, two: 20}


def test_newer_lets_a_version_through_once_and_keeps_kinds_apart(runtime: Runtime) -> None:
    one = new_id()
    with runtime.database.transaction() as db:
        assert newer(db, "price", []) == set()
        assert newer(db, "price", [(one, 1), (str(one), 2)]) == {one}
        assert newer(db, "price", [(one, 2)]) == set()
        assert newer(db, "name", [(one, 2)]) == {one}


def test_a_version_that_was_rolled_back_was_never_seen(runtime: Runtime) -> None:
    one = new_id()
    with runtime.database.transaction() as db:
        assert newer(db, "price", [(one, 5)]) == {one}
        db.rollback()
    with runtime.database.transaction() as db:
        assert newer(db, "price", [(one, 4)]) == {one}


# -- no database -----------------------------------------------------------------------------------------------


def test_while_the_database_is_away_nothing_is_acknowledged(runtime: Runtime) -> None:
    from chassis.db import Database

    gone = Database("postgresql://nobody:none@127.0.0.1:1/none")
    with pytest.raises(OperationalError):
        Inbox(gone, runtime.contracts, {}).receive(order_placed())
    gone.dispose()
