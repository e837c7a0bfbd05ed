"""One behaviour over every bus: RabbitMQ and, where none can be, queues in PostgreSQL.

Runs against TEST_BUS_URL if that is given, whatever it is; else against private instances of both.
"""

import os
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from waiting import Line, eventually

from chassis.bus import Bus, reachable
from chassis.ids import new_id
from chassis.testing import servers

TOPOLOGY = {"shop": ["order.placed", "price.changed"], "depot": ["order.placed"], "bank": ["order.paid"]}
COMES_BACK = 2  # [seconds] after which pgmq hands out again what was not acknowledged; RabbitMQ does so at once
GIVEN = os.environ.get("TEST_BUS_URL", "")
KINDS = ["given"] if GIVEN else ["rabbitmq", "pgmq"]


@pytest.fixture(scope="session", params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "given":
        yield GIVEN
        return
    from launcher.errors import LauncherError
    from launcher.servers import private_bus

    postgres = servers.database_url() if request.param == "pgmq" else None
    manager = private_bus(tmp_path_factory.mktemp("bus"), request.param, postgres)
    try:
        found = manager.__enter__()
    except LauncherError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"tries the bus on {request.param}, which is not here: {error}")
    yield found
    manager.__exit__(None, None, None)


@pytest.fixture
def prefix() -> str:
    return f"t{secrets.token_hex(3)}_"


@pytest.fixture
def connect(url: str, prefix: str) -> Iterator[Callable[..., Bus]]:
    """`connect()`: another process's Bus, as far as the bus can tell. All is removed afterwards."""
    made: list[Bus] = []

    def one(address: str = url, topology: dict[str, list[str]] = TOPOLOGY) -> Bus:
        made.append(Bus(address, topology, prefix, visibility_timeout=COMES_BACK))
        return made[-1]

    yield one
    for bus in made:
        bus.close()
    sweeper = Bus(url, TOPOLOGY, prefix)
    sweeper.delete()
    sweeper.close()


@pytest.fixture
def bus(connect: Callable[..., Bus]) -> Bus:
    one = connect()
    one.declare()
    return one


def event(event_type: str = "order.placed", **data: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "type": event_type, "data": data}


def publish(bus: Bus, count: int, event_type: str = "order.placed") -> list[str]:
    bodies = [event(event_type, n=n) for n in range(count)]
    for body in bodies:
        bus.publish(event_type, body)
    return [body["id"] for body in bodies]


@contextmanager
def collecting(bus: Bus, service: str) -> Iterator[tuple[list[str], Callable[[float], None]]]:
    """Yields: the ids that came, and drain(seconds)."""
    came: list[str] = []
    with bus.consuming(service, lambda body: came.append(body["id"])) as drain:
        yield came, drain


def take(bus: Bus, service: str, count: int, seconds: float = 20.0) -> list[str]:
    """The ids of `count` messages."""
    with collecting(bus, service) as (came, drain):
        deadline = time.monotonic() + seconds
        while len(came) < count and time.monotonic() < deadline:
            drain(0.2)
    return came


def waiting(bus: Bus, service: str) -> int:
    """How many messages are in the queue, in nobody's hands or unacknowledged."""
    channel = bus.connection.channel()
    try:
        count: int = channel.queue_declare(bus.queue(service).name, passive=True).message_count
    finally:
        channel.close()
    return count


# -- who gets what ---------------------------------------------------------------------------------------------


def test_a_message_reaches_every_bound_queue_and_only_those(bus: Bus, connect: Callable[..., Bus]) -> None:
    placed, priced, paid = (publish(bus, 3, kind) for kind in ("order.placed", "price.changed", "order.paid"))
    assert sorted(take(connect(), "shop", 6)) == sorted(placed + priced)
    assert sorted(take(connect(), "depot", 3)) == sorted(placed)
    assert sorted(take(connect(), "bank", 3)) == sorted(paid)
    for service in TOPOLOGY:
        eventually(lambda service=service: waiting(bus, service) == 0)  # type: ignore[misc]


def test_the_content_arrives_as_it_was_sent(bus: Bus) -> None:
    body = event(name="电子计价秤 ⚖ 🦄", nested={"list": [1, 2.5, None, True]}, long="x" * 200_000)
    bus.publish("order.placed", body)
    came: list[Any] = []
    with bus.consuming("depot", came.append) as drain:
        eventually(lambda: (drain(0.2), came)[1])
    assert came == [body]


def test_a_message_that_was_published_before_any_consumer_started_is_delivered(connect: Callable[..., Bus]) -> None:
    publisher = connect()
    publisher.declare()
    ids = publish(publisher, 5)
    publisher.close()
    assert sorted(take(connect(), "shop", 5)) == sorted(ids)


def test_two_consumers_of_a_queue_share_the_work(bus: Bus, connect: Callable[..., Bus]) -> None:
    ids = publish(bus, 60)
    came: list[list[str]] = [[], []]

    def work(mine: list[str]) -> None:
        one = connect()
        with collecting(one, "shop") as (got, drain):
            deadline = time.monotonic() + 20
            while len(came[0]) + len(came[1]) < 60 and time.monotonic() < deadline:
                drain(0.1)
                mine[:] = got

    threads = [threading.Thread(target=work, args=(mine,)) for mine in came]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came[0] + came[1]) == sorted(ids)


# -- declaring -------------------------------------------------------------------------------------------------


def test_declaring_again_changes_nothing(bus: Bus, connect: Callable[..., Bus]) -> None:
    ids = publish(bus, 2)
    for one in (bus, connect(), connect()):
        one.declare()
        one.declare()
    assert sorted(take(bus, "shop", 2)) == sorted(ids)
    publish(bus, 1)
    assert len(take(connect(), "depot", 3)) == 3  # bound once, not once for each declaration


def test_several_may_declare_at_once(connect: Callable[..., Bus]) -> None:
    errors: list[BaseException] = []

    def declare() -> None:
        one = connect()
        try:
            one.declare()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=declare) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    one = connect()
    ids = publish(one, 1)
    assert take(one, "shop", 1) == ids


def test_a_binding_that_came_later_is_declared_too(bus: Bus, connect: Callable[..., Bus]) -> None:
    later = connect(topology={**TOPOLOGY, "depot": ["order.placed", "order.paid"]})
    later.declare()
    ids = publish(later, 1, "order.paid")
    assert take(later, "depot", 1) == ids


# -- what goes wrong -------------------------------------------------------------------------------------------

DYING = """
import sys, time
from chassis.bus import Bus
url, prefix, seconds = sys.argv[1:]
bus = Bus(url, {"shop": ["order.placed"]}, prefix, visibility_timeout=int(seconds))
def handle(body):
    print(body["id"], flush=True)
    time.sleep(60)
with bus.consuming("shop", handle) as drain:
    while True:
        drain(1.0)
"""


def test_an_unacknowledged_message_comes_back_when_its_consumer_dies(
    bus: Bus, connect: Callable[..., Bus], url: str, prefix: str
) -> None:
    ids = publish(bus, 3)
    command = [sys.executable, "-c", DYING, url, prefix, str(COMES_BACK)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        in_hand = process.stdout.readline().strip()
        process.kill()
        process.wait()
    assert in_hand in ids
    assert sorted(take(connect(), "shop", 3)) == sorted(ids)


def test_an_error_of_the_handler_does_not_lose_the_message(bus: Bus, connect: Callable[..., Bus]) -> None:
    ids = publish(bus, 3)
    consumer = connect()

    def refuse(body: dict[str, Any]) -> None:
        raise RuntimeError(body["id"])

    def consume() -> None:
        with consumer.consuming("shop", refuse) as drain:
            for _ in range(50):
                drain(0.2)

    with pytest.raises(RuntimeError):
        consume()
    consumer.reset()
    assert set(take(consumer, "shop", 3)) == set(ids)


def test_what_is_no_json_is_handed_on_as_text(bus: Bus, connect: Callable[..., Bus]) -> None:
    """So that it can be put aside, instead of coming back for ever."""
    with bus.connection.Producer(exchange=bus.exchange) as producer:
        for body in (b"{not json", b"\xff\xfe", b""):
            producer.publish(body, routing_key="order.placed", content_type="application/cloudevents+json",
                             content_encoding="binary")  # fmt: skip
    came: list[Any] = []
    with connect().consuming("shop", came.append) as drain:
        eventually(lambda: (drain(0.2), len(came) == 3)[1])
    assert sorted(came) == ["", "{not json", "\ufffd\ufffd"]
    eventually(lambda: waiting(bus, "shop") == 0)


def test_nothing_is_lost_when_the_publishers_connection_breaks(bus: Bus, connect: Callable[..., Bus], url: str) -> None:
    """The relay's way: what raised is sent again. So some may come twice, and none may be missing."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    line = Line(parts.hostname, parts.port or 5672)
    publisher = connect(url.replace(f":{parts.port}/", f":{line.port}/"))
    bodies = [event(n=n) for n in range(150)]
    broken = 0
    for n, body in enumerate(bodies):
        if n in (20, 60, 61, 110):
            line.drop()
        for _ in range(20):
            try:
                publisher.publish("order.placed", body)
                break
            except Exception:
                broken += 1
                publisher.reset()
                time.sleep(0.05)
        else:
            pytest.fail("the bus did not come back")
    publisher.close()
    line.cut()
    assert broken >= 1
    ids = {body["id"] for body in bodies}
    with collecting(connect(), "shop") as (came, drain):
        eventually(lambda: (drain(0.2), set(came) == ids)[1], seconds=30)


def test_a_consumer_whose_connection_breaks_begins_again(bus: Bus, connect: Callable[..., Bus], url: str) -> None:
    parts = urlsplit(url)
    assert parts.hostname is not None
    line = Line(parts.hostname, parts.port or 5672)
    consumer = connect(url.replace(f":{parts.port}/", f":{line.port}/"))
    came: list[str] = []
    stop = threading.Event()

    def consume() -> None:  # as chassis.inbox.run_consumer does
        while not stop.is_set():
            try:
                with consumer.consuming("shop", lambda body: came.append(body["id"])) as drain:
                    while not stop.is_set():
                        drain(0.2)
            except Exception:
                consumer.reset()
                stop.wait(0.1)

    thread = threading.Thread(target=consume)
    thread.start()
    try:
        first = publish(bus, 3)
        eventually(lambda: set(first) <= set(came))
        line.drop()
        second = publish(bus, 3)
        eventually(lambda: set(second) <= set(came), seconds=20)
    finally:
        stop.set()
        thread.join(20)
        line.cut()
    assert not thread.is_alive()


def test_a_bus_that_is_away_is_told_quickly() -> None:
    nobody = Bus("amqp://guest:guest@127.0.0.1:1/", TOPOLOGY)
    before = time.monotonic()
    with pytest.raises(Exception, match="refused"):
        nobody.publish("order.placed", event())
    assert time.monotonic() - before < 6
    assert not reachable("amqp://guest:guest@127.0.0.1:1/")


def test_the_bus_is_reachable(url: str) -> None:
    assert reachable(url)


# -- many ------------------------------------------------------------------------------------------------------


def test_a_thousand_messages_are_acknowledged_once_each(bus: Bus, connect: Callable[..., Bus]) -> None:
    ids = publish(bus, 1000)
    assert waiting(bus, "shop") == 1000
    consumer = connect()
    consumer.visibility_timeout = 60  # so many take longer than the others' few seconds
    came = take(consumer, "shop", 1000, seconds=60)
    assert Counter(came) == Counter(ids)
    consumer.close()
    assert waiting(bus, "shop") == 0
    assert waiting(bus, "depot") == 1000  # its copy is its own
    with collecting(connect(), "shop") as (again, drain):
        drain(0.5)
    assert again == []
