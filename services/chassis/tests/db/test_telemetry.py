"""Spans: sent where an endpoint is set, one trace through request, relay and consumer; nothing at all else."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy import text

from chassis import outbox, telemetry
from chassis.actor import Actor
from chassis.inbox import Inbox
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant
from chassis.testing.collector import Collector, collector
from chassis.worker import effects_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def collected(runtime: Runtime) -> Iterator[Collector]:
    with collector() as found:
        telemetry.configure("shop", dataclasses.replace(runtime.settings, otlp_endpoint=found.url))
        try:
            yield found
        finally:
            telemetry.configure("shop", runtime.settings)


class Line:
    """A bus that keeps what is published."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def publish(self, _event_type: str, body: dict[str, Any]) -> None:
        self.bodies.append(body)


def test_one_trace_goes_through_request_relay_and_consumer(
    collected: Collector, runtime: Runtime, signed_in: Callable[[Actor | None], Caller]
) -> None:
    answer = signed_in(applicant()).post("/api/shop/items", {"name": "pen"}, headers={"traceparent": PARENT})
    assert answer.status_code == 201, answer.json
    bus: Any = Line()
    with psycopg.connect(runtime.settings.database_url, autocommit=True, row_factory=dict_row) as connection:
        outbox.relay_once(connection, bus)
    Inbox(runtime.database, runtime.contracts, effects_of(runtime)).receive(bus.bodies[0])
    telemetry.flush()
    request = collected.wait_for("POST /api/shop/items")
    published = collected.wait_for(f"publish {bus.bodies[0]['type']}")
    taken = collected.wait_for(f"take {bus.bodies[0]['type']}")
    assert {span.trace_id for span in (request, published, taken)} == {TRACE}
    assert request.parent_id == "00f067aa0ba902b7"
    assert published.parent_id == taken.parent_id == request.span_id
    assert request.service == "qj-shop"
    assert request.attributes["http.status_code"] == "201"
    assert not request.failed


def test_a_failure_is_marked(
    collected: Collector, session_app: Any, runtime: Runtime, signed_in: Callable[[Actor | None], Caller]
) -> None:
    assert signed_in(applicant()).post("/api/shop/broken", {}).status_code == 500
    telemetry.flush()
    assert collected.wait_for("POST /api/shop/broken").failed


def test_an_event_that_fails_is_a_failed_span(collected: Collector, runtime: Runtime) -> None:
    Inbox(runtime.database, runtime.contracts, {}).receive({"id": "no id", "type": "nonsense", "traceparent": "x"})
    telemetry.flush()
    assert collected.wait_for("take malformed").failed
    with runtime.database.transaction() as db:
        db.execute(text("DELETE FROM inbox"))


def test_a_share_of_the_traces_can_be_asked_for(collected: Collector, runtime: Runtime) -> None:
    telemetry.configure("shop", dataclasses.replace(runtime.settings, otlp_endpoint=collected.url, trace_percent=0))
    with telemetry.span("unseen", PARENT) as span:
        assert span.traceparent.startswith(f"00-{TRACE}-"), "the trace goes on all the same"
    telemetry.flush()
    assert collected.spans == []


def test_without_an_endpoint_nothing_of_opentelemetry_is_loaded() -> None:
    """It would cost each of ten processes some ten megabytes."""
    asked = "import sys, chassis.cli; print([name for name in sys.modules if name.startswith('opentelemetry')])"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "[]\n"
