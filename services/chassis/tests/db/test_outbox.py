"""The outbox: recorded with the change, published afterwards, whatever fails in between."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from shop_service.actions import placed
from sqlalchemy import text
from waiting import eventually

from chassis import context, outbox
from chassis.events import ContractError, Event
from chassis.ids import new_id
from chassis.outbox import relay_once, run_relay
from chassis.runtime import Runtime
from chassis.testing import recorded


class FakeBus:
    """Keeps what is published; `refuse` the next so many."""

    def __init__(self) -> None:
        self.published: list[str] = []
        self.refuse: set[str] = set()
        self.declared = 0
        self.resets = 0

    def declare(self) -> None:
        self.declared += 1

    def publish(self, event_type: str, body: dict[str, Any]) -> None:
        if body["subject"] in self.refuse:
            self.refuse.discard(body["subject"])
            raise OSError("the connection broke")
        self.published.append(body["subject"])

    def reset(self) -> None:
        self.resets += 1

    def keep_alive(self) -> None:
        pass


def record(runtime: Runtime, count: int) -> list[str]:
    """Record `count` events in one transaction; their subjects."""
    ids = [new_id() for _ in range(count)]
    with runtime.database.transaction() as db:
        outbox.record(db, *(placed(one) for one in ids))
    return [str(one) for one in ids]


@pytest.fixture
def connection(runtime: Runtime) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    with psycopg.connect(runtime.settings.database_url, autocommit=True, row_factory=dict_row) as one:
        yield one


@contextmanager
def relay(runtime: Runtime, bus: FakeBus) -> Iterator[threading.Event]:
    stop = threading.Event()
    arguments: Any = (runtime.settings.database_url, bus, stop, lambda: None)
    thread = threading.Thread(target=run_relay, args=arguments)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


# -- recording -------------------------------------------------------------------------------------------------


def test_an_event_is_recorded_with_the_change(runtime: Runtime) -> None:
    order = new_id()
    with context.work(context.Context(request_id="request-1")), runtime.database.transaction() as db:
        outbox.record(db, placed(order, 3, version=2))
    (body,) = recorded(runtime)
    runtime.contracts.check(body)
    assert body["subject"] == str(order)
    assert body["source"] == "shop"
    assert body["sequence"] == 2
    assert body["requestid"] == "request-1"
    assert body["data"] == {"order_id": str(order), "amount": 3}


def test_it_is_rolled_back_with_the_change(runtime: Runtime) -> None:
    def change_that_fails() -> None:
        with runtime.database.transaction() as db:
            outbox.record(db, placed(new_id()))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        change_that_fails()
    assert recorded(runtime) == []


@pytest.mark.parametrize(
    "event",
    [
        Event("order.placed", "x", {"order_id": new_id()}),
        Event("order.placed", "x", {"order_id": new_id(), "amount": 0}),
        Event("order.failed", "x", {"order_id": new_id(), "amount": 1}),
        Event("order.forgotten", "x", {}),
    ],
    ids=["a field is missing", "a value is wrong", "another's event", "no schema"],
)
def test_an_event_that_breaks_its_contract_stops_the_change(runtime: Runtime, event: Event) -> None:
    with pytest.raises(ContractError), runtime.database.transaction() as db:
        outbox.record(db, placed(new_id()), event)
    assert recorded(runtime) == []


# -- relaying --------------------------------------------------------------------------------------------------


def test_events_are_published_in_their_order_and_once(
    runtime: Runtime, connection: psycopg.Connection[dict[str, Any]]
) -> None:
    ids, bus = record(runtime, 250), FakeBus()
    counts = [relay_once(connection, bus) for _ in range(4)]  # type: ignore[arg-type]
    assert counts == [100, 100, 50, 0]
    assert bus.published == ids


def test_what_failed_is_read_again_and_what_was_published_is_not(
    runtime: Runtime, connection: psycopg.Connection[dict[str, Any]]
) -> None:
    ids, bus = record(runtime, 5), FakeBus()
    bus.refuse = {ids[2]}
    with pytest.raises(OSError, match="broke"):
        relay_once(connection, bus)  # type: ignore[arg-type]
    assert bus.published == ids[:2]
    relay_once(connection, bus)  # type: ignore[arg-type]
    assert bus.published == ids


def test_a_late_commit_with_a_lower_id_is_not_lost(
    runtime: Runtime, connection: psycopg.Connection[dict[str, Any]]
) -> None:
    bus, early = FakeBus(), new_id()
    with runtime.database.transaction() as slow:
        outbox.record(slow, placed(early))
        (late,) = record(runtime, 1)  # a higher id, committed first
        assert relay_once(connection, bus) == 1  # type: ignore[arg-type]
        assert bus.published == [late]
    assert relay_once(connection, bus) == 1  # type: ignore[arg-type]
    assert bus.published == [late, str(early)]


def test_a_relay_is_woken_by_a_commit(runtime: Runtime) -> None:
    bus = FakeBus()
    with relay(runtime, bus):
        eventually(lambda: bus.declared)
        for _ in range(5):
            (one,) = record(runtime, 1)
            eventually(lambda one=one: one in bus.published, every=0.005)  # type: ignore[misc]
    assert bus.declared == 1


def test_of_two_relays_one_publishes_and_the_other_takes_over(runtime: Runtime) -> None:
    first, second = FakeBus(), FakeBus()
    with relay(runtime, first) as stop_first:
        eventually(lambda: first.declared)
        with relay(runtime, second):
            ids = record(runtime, 30)
            eventually(lambda: len(first.published) == 30)
            assert first.published == ids
            assert second.published == []
            assert second.declared == 0
            stop_first.set()
            more = record(runtime, 30)
            eventually(lambda: len(first.published) + len(second.published) == 60)
            eventually(lambda: second.declared)
            assert sorted(first.published + second.published) == sorted(ids + more)


def test_a_relay_goes_on_after_the_bus_was_away(runtime: Runtime) -> None:
    bus = FakeBus()
    ids = record(runtime, 3)
    bus.refuse = {ids[1]}
    with relay(runtime, bus):
        eventually(lambda: bus.published == ids)
    assert bus.resets == 1
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT count(*) FROM outbox WHERE published_at IS NULL")).scalar_one() == 0


def test_a_relay_whose_database_connection_was_cut_begins_again(runtime: Runtime) -> None:
    bus = FakeBus()
    with relay(runtime, bus):
        eventually(lambda: bus.declared)
        with runtime.database.transaction() as db:
            cut = db.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                     " AND usename = current_user"
                     " AND pid <> pg_backend_pid() AND application_name = ''")
            ).scalars().all()  # fmt: skip
        assert cut
        (one,) = record(runtime, 1)
        eventually(lambda: bus.published == [one])
