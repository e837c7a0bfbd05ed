"""The bare means for events: NOTIFY, a relay that publishes with confirms, and a consumer that records the event in a table.
One process each and one transaction per message; no schema, no trace, no retry."""

import multiprocessing
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event as Flag

import psycopg
from kombu import Connection, Consumer, Exchange, Producer, Queue

EXCHANGE = Exchange("bench.events", type="topic", durable=True)
QUEUE = Queue("bench.hop", EXCHANGE, routing_key="#", durable=True, queue_arguments={"x-queue-type": "quorum"})
_TABLES = """
DROP SCHEMA IF EXISTS hop CASCADE; CREATE SCHEMA hop;
CREATE TABLE hop.outbox (id bigserial PRIMARY KEY, event_id uuid NOT NULL, sent boolean NOT NULL DEFAULT false);
CREATE INDEX ON hop.outbox (id) WHERE NOT sent;
CREATE TABLE hop.inbox (event_id uuid PRIMARY KEY);
"""


@contextmanager
def chain(database_url: str, bus_url: str) -> Iterator[None]:
    """Runs relay and consumer between hop.outbox and hop.inbox."""
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute(_TABLES)
    with Connection(bus_url) as connection:
        QUEUE(connection.default_channel).declare()
        QUEUE(connection.default_channel).purge()
    stop = multiprocessing.Event()
    workers = [
        multiprocessing.Process(target=work, args=(database_url, bus_url, stop), daemon=True)
        for work in (_relay, _take)
    ]
    for worker in workers:
        worker.start()
    time.sleep(1)
    try:
        yield
    finally:
        stop.set()
        for worker in workers:
            worker.join()
        with Connection(bus_url) as connection:
            QUEUE(connection.default_channel).delete()
            EXCHANGE(connection.default_channel).delete()


def _relay(database_url: str, bus_url: str, stop: Flag) -> None:
    with (
        psycopg.connect(database_url, autocommit=True) as db,
        Connection(bus_url, transport_options={"confirm_publish": True}) as connection,
    ):
        producer = Producer(connection.default_channel, exchange=EXCHANGE)
        db.execute("LISTEN hop")
        while not stop.is_set():
            rows = db.execute("SELECT id, event_id FROM hop.outbox WHERE NOT sent ORDER BY id LIMIT 100").fetchall()
            for _, event_id in rows:
                producer.publish({"id": str(event_id)}, routing_key="hop", delivery_mode=2)
            if rows:
                db.execute("UPDATE hop.outbox SET sent = true WHERE id = ANY(%s)", ([row[0] for row in rows],))
            else:
                for _ in db.notifies(timeout=0.5, stop_after=1):
                    pass


def _take(database_url: str, bus_url: str, stop: Flag) -> None:
    with psycopg.connect(database_url) as db, Connection(bus_url) as connection:

        def take(body: dict[str, str], message: object) -> None:
            db.execute("INSERT INTO hop.inbox VALUES (%s) ON CONFLICT DO NOTHING", (uuid.UUID(body["id"]),))
            db.execute("SELECT pg_notify('bench', %s)", (body["id"],))
            db.commit()
            message.ack()  # type: ignore[attr-defined]

        with Consumer(connection.channel(), queues=[QUEUE], callbacks=[take], prefetch_count=20, accept=["json"]):
            while not stop.is_set():
                try:
                    connection.drain_events(timeout=0.5)
                except TimeoutError:
                    continue
