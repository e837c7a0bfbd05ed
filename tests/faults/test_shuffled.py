"""Delivers every event of a whole journey again, each twice and in random order, to services without any event. They end in
the same state as the platform. The seed is printed."""

import os
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from client import Client
from looking import assert_settled, execute, superuser
from service_apps import service
from story import Story

from chassis import facts, inbox, settings
from chassis.db import ALL
from chassis.inbox import Inbox
from chassis.runtime import Runtime
from chassis.testing import run_jobs
from chassis.worker import effects_of
from launcher.servers import Platform

COPIERS = ("registry", "filing", "booking", "notification")
# Data that a service has only from events; it is deleted before the events come again. An instrument's own fields stay.
FORGET = {
    "registry": """
        TRUNCATE org, institution, division, certificate, certificate_change, certificate_counter, verification, verification_count;
        UPDATE instrument SET filing_state = 'none', filing_id = NULL, institution_id = NULL, participants = '{}',
            approved_on = NULL, ever_filed = false, open_booking_id = NULL, result = NULL, result_source = NULL,
            valid_until = NULL, rotate_on = NULL""",
    "filing": "TRUNCATE org, institution",
    "booking": """
        TRUNCATE org, institution, staff, kind, item_certificate;
        UPDATE instrument SET filing_state = 'none', institution_id = NULL, name = '', approved_on = NULL, result = NULL,
            valid_until = NULL, rotate_on = NULL, status = 'in_use', version = 0, approved_version = 0""",
    "notification": "TRUNCATE contact, wechat_contact, place, message CASCADE",
}
# Data that must be as before, besides the declared replicas.
ALSO = {
    "registry": (
        """SELECT id::text, filing_state, filing_id, institution_id, array(SELECT unnest(participants) ORDER BY 1), approved_on,
                  ever_filed, open_booking_id, result, result_source, valid_until, rotate_on FROM instrument""",
        "SELECT instrument_id::text, unit, kind, verified_on, valid_until, rotate_on, status FROM certificate",
        "SELECT institution_id::text, year, last FROM certificate_counter",
    ),
    "filing": ("SELECT id::text, state, holder_id FROM filing",),
    "booking": (
        """SELECT instrument_id::text, filing_state, institution_id, status, result, valid_until, rotate_on, version,
                  approved_version FROM instrument""",
        "SELECT id::text, state FROM booking",
    ),
    # (which staff and sub-users are notified depends on which accounts existed when the event came)
    "notification": (
        """SELECT e.account_id::text, e.event_id, m.template FROM message_event e JOIN message m ON m.id = e.message_id
           JOIN contact c ON c.account_id = e.account_id WHERE 'owner' = ANY(c.roles)""",
    ),
}


@pytest.fixture(scope="module")
def told(whole_platform: Platform, told_story: Story) -> Platform:
    """The state after a journey when every event is consumed and every job is done."""
    Client.patience = 60.0
    assert_settled(whole_platform)
    return whole_platform


@pytest.fixture(scope="module")
def events(told: Platform) -> list[dict[str, Any]]:
    return [
        body
        for url in told.database_urls.values()
        for (body,) in execute(url, "SELECT body FROM outbox WHERE published_at IS NOT NULL")
        if isinstance(body, dict)
    ]


@pytest.fixture
def alone(told: Platform, request: pytest.FixtureRequest) -> Iterator[Runtime]:
    """Runs the service on a copy of its database, in this process."""
    name: str = request.param
    url = told.database_urls[name]
    copy = url + "_again"
    owner = superuser(told)
    with psycopg.connect(owner, autocommit=True) as db:
        database, role = url.rpartition("/")[2], url.split("//")[1].split(":")[0]
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,))
        db.execute(f'DROP DATABASE IF EXISTS "{database}_again"')
        for _ in range(50):
            db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,))
            try:
                db.execute(f'CREATE DATABASE "{database}_again" TEMPLATE "{database}" OWNER "{role}"')
                break
            except psycopg.errors.ObjectInUse:
                continue
        else:
            pytest.fail(f"{database} always has other connections")
    environment = told.environment(name) | {"DATABASE_URL": copy}
    chosen = service(name)
    runtime = Runtime(chosen, settings.load(chosen.settings, environment))
    yield runtime
    runtime.database.dispose()


def learned(runtime: Runtime) -> dict[str, Any]:
    """Returns all that the service knows from others."""
    known: dict[str, Any] = {}
    with runtime.database.transaction(ALL) as db:
        for name, copy in runtime.service.copies.items():
            known[name] = facts.page(db, copy.rows, "", 100_000)
    for statement in ALSO[runtime.service.name]:
        known[statement] = sorted(execute(runtime.settings.database_url, statement), key=repr)
    return known


@pytest.mark.parametrize("alone", COPIERS, indirect=True, ids=COPIERS)
def test_twice_and_shuffled_is_the_same(
    alone: Runtime, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = alone.service.name
    seed = int(os.environ.get("FAULT_SEED") or random.randrange(10**6))
    print(f"FAULT_SEED={seed}")
    before = learned(alone)
    execute(alone.settings.database_url, "TRUNCATE inbox, seen_version")
    for statement in FORGET[name].split(";"):
        execute(alone.settings.database_url, statement)
    assert learned(alone) != before, "there was something to forget"
    heard = [event for event in events if event["type"] in alone.contracts.topology[name]] * 2
    random.Random(seed).shuffle(heard)
    taker = Inbox(alone.database, alone.contracts, effects_of(alone))
    for event in heard:
        taker.receive(event)
    monkeypatch.setattr(
        inbox, "ATTEMPTS", 100
    )  # retries events that came too early at once, instead of in some minutes
    for _ in range(100):
        execute(alone.settings.database_url, "UPDATE inbox SET next_at = now() WHERE state = 'retry'")
        while taker.retry_due():
            pass
        if not execute(alone.settings.database_url, "SELECT 1 FROM inbox WHERE state = 'retry' LIMIT 1"):
            break
    run_jobs(alone)
    after = learned(alone)
    for what, rows in before.items():
        assert after[what] == rows, f"FAULT_SEED={seed}: {what}"
    left = execute(alone.settings.database_url, "SELECT type, state, error FROM inbox WHERE state <> 'done'")
    assert left == [], f"FAULT_SEED={seed}"
