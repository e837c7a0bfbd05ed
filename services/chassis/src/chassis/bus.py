"""The bus: one durable topic exchange, one queue a service, over RabbitMQ (amqp://) or PostgreSQL (pgmq://).

The same code and the same behaviour on both: at least once, no order promised, retries and dead letters kept in
tables (chassis.inbox), never in broker arguments. A Bus belongs to one thread.
"""

import contextlib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson
import psycopg
from kombu import Connection, Consumer, Exchange, Message, Producer, Queue, binding
from kombu.exceptions import OperationalError

EXCHANGE = "qj.events"
Handler = Callable[[Any], None]  # takes the event; whatever else came, as it came

# What a broken connection looks like, over both transports.
CONNECTION_ERRORS: tuple[type[Exception], ...] = (OperationalError, OSError, psycopg.OperationalError)


class Bus:
    """`topology`: service -> the event types that it takes. `prefix` keeps test runs apart. `visibility_timeout`:
    after so many seconds pgmq hands out again what was not acknowledged; a broker does so when the connection ends."""

    def __init__(
        self, url: str, topology: dict[str, list[str]], prefix: str = "", visibility_timeout: int = 60
    ) -> None:
        self.url = url
        self.topology = topology
        self.prefix = prefix
        self.visibility_timeout = visibility_timeout
        self.exchange = Exchange(prefix + EXCHANGE, type="topic", durable=True)
        self._connection: Connection | None = None
        self._producer: Producer | None = None

    # -- declaring -------------------------------------------------------------------------------------------

    def queue(self, service: str) -> Queue:
        arguments = {"x-queue-type": "quorum"} if self.url.startswith("amqp") else {}
        return Queue(
            f"{self.prefix}qj.{service}",
            bindings=[binding(self.exchange, routing_key=kind) for kind in self.topology[service]],
            durable=True,
            queue_arguments=arguments,
        )

    def declare(self) -> None:
        """Declare the exchange and every queue with its bindings; harmless when they stand already."""
        topology = orjson.dumps(self.topology, option=orjson.OPT_SORT_KEYS).decode()
        with self._alone() as lock:
            if lock is None:
                self._declare()
                return
            lock.execute("CREATE TABLE IF NOT EXISTS declared (prefix text PRIMARY KEY, topology text NOT NULL)")
            known = lock.execute("SELECT topology FROM declared WHERE prefix = %s", (self.prefix,)).fetchone()
            if known is None or known[0] != topology:
                self._declare()
                lock.execute(
                    "INSERT INTO declared VALUES (%s, %s) ON CONFLICT (prefix) DO UPDATE SET topology = excluded.topology",
                    (self.prefix, topology),
                )

    def _database_url(self) -> str:
        return self.url.replace("pgmq://", "postgresql://", 1)

    def _declare(self) -> None:
        channel = self.connection.default_channel
        self.exchange(channel).declare()
        for service in self.topology:
            self.queue(service)(channel).declare()

    def waiting(self, service: str) -> int:
        """How many messages wait in the queue of `service` for somebody to take them."""
        name, channel = self.queue(service).name, self.connection.default_channel
        if self.url.startswith("amqp"):
            return int(channel.queue_declare(name, passive=True).message_count)
        return int(channel._size(name))  # kombu's queue_declare would make the queue's triggers anew

    def delete(self) -> None:
        """Remove every queue and the exchange, for tests."""
        channel = self.connection.default_channel
        for service in self.topology:
            self.queue(service)(channel).delete()
        if self.url.startswith("amqp"):
            self.exchange(channel).delete()
        else:
            with psycopg.connect(self._database_url(), connect_timeout=5) as database:
                database.execute("DELETE FROM declared WHERE prefix = %s", (self.prefix,))

    # -- publishing ------------------------------------------------------------------------------------------

    def publish(self, event_type: str, body: dict[str, Any]) -> None:
        """Returns when the broker has the event safely in every bound queue. Raises one of CONNECTION_ERRORS,
        or the broker's refusal (no queue takes the type: NO_ROUTE)."""
        if self._producer is None:
            self._producer = Producer(self.connection.default_channel, exchange=self.exchange)
        self._producer.publish(
            orjson.dumps(body),
            routing_key=event_type,
            content_type="application/cloudevents+json",
            content_encoding="utf-8",
            delivery_mode=2,
            mandatory=True,
            message_id=body["id"],
        )

    # -- consuming -------------------------------------------------------------------------------------------

    @contextmanager
    def consuming(self, service: str, handle: Handler, prefetch: int = 20) -> Iterator[Callable[[float], None]]:
        """Take messages of `service` and give each to `handle`; acknowledged after it returns. When `handle`
        raises, the message goes back unacknowledged and the error comes out of the drain function.

        Yields: drain(seconds), which handles what arrives within that time."""

        def on_message(message: Message) -> None:
            handle(_content(message.body))
            message.ack()

        consumer = Consumer(
            self.connection.channel(),
            queues=[self.queue(service)],
            on_message=on_message,
            prefetch_count=prefetch,
            auto_declare=False,
        )
        with contextlib.ExitStack() as stack:
            with self._alone():
                stack.enter_context(consumer)
            yield self._drain

    @contextmanager
    def _alone(self) -> Iterator[psycopg.Connection[Any] | None]:
        """On pgmq, to declare a queue and to begin consuming it drops and makes triggers, and two at once end in a
        deadlock: one at a time, over all processes."""
        if self.url.startswith("amqp"):
            yield None
            return
        with psycopg.connect(self._database_url(), connect_timeout=5) as lock:
            lock.execute("SELECT pg_advisory_xact_lock(4471003)")
            yield lock

    def _drain(self, seconds: float) -> None:
        try:
            self.connection.drain_events(timeout=seconds)
        except TimeoutError:
            self._beat()

    def keep_alive(self) -> None:
        """Say and hear the broker's heartbeats on a connection that only publishes, while nothing is to be said."""
        if self._connection is None or not self.url.startswith("amqp"):
            return
        with contextlib.suppress(TimeoutError):
            self._connection.drain_events(timeout=0.001)
        self._beat()

    def _beat(self) -> None:
        if self.url.startswith("amqp"):
            self.connection.heartbeat_check()

    # -- connection ------------------------------------------------------------------------------------------

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            connection = Connection(self.url, transport_options=self._options(), heartbeat=30, connect_timeout=5)
            connection.connect()
            self._connection = connection
        return self._connection

    def _options(self) -> dict[str, Any]:
        if self.url.startswith("amqp"):
            return {"confirm_publish": True, "read_timeout": None}
        return {
            # said in full, because the pgmq client would rather take DATABASE_URL from the environment
            "conn_string": self._database_url(),
            "init_extension": False,
            "use_notify": True,
            "notify_throttle_interval_ms": 0,
            "wait_time_seconds": 0,
            "visibility_timeout": self.visibility_timeout,
            "pool_size": 2,
            "pool_timeout": 5,
        }

    def reset(self) -> None:
        """Forget a connection that may be broken; the next use makes a new one."""
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(Exception):  # closing what is broken already
                connection.release()

    close = reset


def _content(body: bytes | str) -> Any:
    """Returns the body of a message. If it is not JSON, it is passed on as text, so that the inbox can put it aside."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body if isinstance(body, str) else body.decode(errors="replace")


def reachable(url: str, timeout: float = 1.0) -> bool:
    """Whether something answers at the bus's address; for readiness."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5672), timeout=timeout):
            return True
    except OSError:
        return False
