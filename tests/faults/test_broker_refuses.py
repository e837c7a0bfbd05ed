"""A bus that refuses everything: work continues, events wait, and a metric shows it. When the bus accepts again, the events
are published without help."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from amqp.exceptions import MessageNacked
from client import Client, wait_for
from looking import assert_settled, figure, superuser

from chassis.bus import Bus
from launcher.rabbitmq import control
from launcher.servers import Platform


def ctl(platform: Platform, *words: str) -> None:
    done = control(platform.run_dir / "rabbitmq", *words)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def taking_nothing(platform: Platform) -> Iterator[None]:
    """RabbitMQ without memory blocks its publishers; the database of pgmq refuses connections."""
    if platform.bus == "rabbitmq":
        ctl(platform, "set_vm_memory_high_watermark", "absolute", "1MB")
        try:
            yield
        finally:
            ctl(platform, "set_vm_memory_high_watermark", "absolute", "1GB")
        return
    with psycopg.connect(superuser(platform), autocommit=True) as db:
        db.execute("ALTER DATABASE bus ALLOW_CONNECTIONS false")
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'bus'")
        try:
            yield
        finally:
            db.execute("ALTER DATABASE bus ALLOW_CONNECTIONS true")


def test_what_cannot_be_told_waits(whole_platform: Platform) -> None:
    owner = Client(whole_platform.gateway_url).sign_in("applicant2")
    with taking_nothing(whole_platform):
        body = {
            "name": "电子计价秤", "model": "ACS-30", "serial_no": f"BROKER-{uuid.uuid4()}", "manufacturer": "示例",
            "kind_code": "020100", "purpose": "trade", "division_code": "440106", "install_address": "天河路 1 号",
            "type_approval_no": "PA2026F001-44",
        }  # fmt: skip
        instrument = owner.post("/api/registry/instruments", body, 201)
        receipt = owner.post(
            "/api/filing/filings",
            {"selection": {"ids": [instrument["id"]]}, "institution_id": "00000000-0000-7000-8000-000000440100",
             "accept_responsibility": True},
        )  # fmt: skip
        assert receipt["done"] == 1, "a filing does not wait for the broker"
        wait_for(lambda: figure(whole_platform, "filing-serve", "qj_outbox_age_seconds"), lambda age: age > 3, 20)
        path = f"/api/registry/instruments/{instrument['id']}"
        assert owner.get(path)["filing_state"] == "none"
    wait_for(lambda: owner.get(path)["filing_state"], "submitted".__eq__, 60)
    owner.post("/api/filing/filings/actions/withdraw", {"selection": {"filter": {"instrument_id": instrument["id"]}}})
    assert_settled(whole_platform)


def test_a_refusal_of_one_event_is_heard(whole_platform: Platform) -> None:
    """A full queue refuses a single event: the event must not count as published."""
    if whole_platform.bus != "rabbitmq":
        pytest.skip(
            "only RabbitMQ has queues with a limit; this platform's bus is PostgreSQL, as no RabbitMQ is installed"
        )
    bus = Bus(whole_platform.bus_url, {"registry": ["account.changed"]}, prefix="full.")
    ctl(whole_platform, "set_policy", "full", "^full\\.", '{"max-length": 1, "overflow": "reject-publish"}')
    try:
        bus.declare()
        with pytest.raises(MessageNacked):
            _publish(bus, 5)
    finally:
        bus.reset()
        bus.delete()
        bus.close()
        ctl(whole_platform, "clear_policy", "full")


def _publish(bus: Bus, number: int) -> None:
    for _ in range(number):
        bus.publish("account.changed", {"id": str(uuid.uuid4())})
