"""Reminders: 30, 10 and 0 days before the end, and after an approval that no verification followed; never twice."""

import random
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text, update

from chassis import clock
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import recorded
from registry import background
from registry.actions import reminders
from registry.models import Instrument

ORG, OTHER = new_id(), new_id()
TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def add(runtime: Runtime, n: int = 1, org_id: UUID = ORG, **facts: Any) -> list[UUID]:
    common = {
        "name": "秤", "model": "m", "manufacturer": "f", "kind_code": "020100", "purpose": "trade",
        "division_code": "440106", "install_address": "x", "created_at": clock.now(), "updated_at": clock.now(),
        "filing_state": "approved", "approved_on": date(2025, 1, 1), "result": None, "valid_until": None,
    } | facts  # fmt: skip
    ids = [new_id() for _ in range(n)]
    rows = [
        common | {"id": i, "org_id": org_id, "code": i.hex, "serial_no": i.hex, "identity_key": i.bytes} for i in ids
    ]
    with runtime.database.transaction() as db:
        db.execute(insert(Instrument), rows)
    return ids


def valid_for(days: int) -> dict[str, Any]:
    return {"result": "pass", "valid_until": TODAY + timedelta(days=days)}


def told(runtime: Runtime) -> list[tuple[str, str, str]]:
    """(instrument, reason, day) of every reminder so far."""
    events = recorded(runtime, "instrument.reminder_due")
    return [(i["instrument_id"], i["reason"], i["due_on"]) for event in events for i in event["data"]["items"]]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (valid_for(31), None), (valid_for(30), "expires_in_30"), (valid_for(11), "expires_in_30"),
        (valid_for(10), "expires_in_10"), (valid_for(1), "expires_in_10"), (valid_for(0), "expires_today"),
        (valid_for(-1), None), ({"approved_on": TODAY - timedelta(days=6)}, None),
        ({"approved_on": TODAY - timedelta(days=7)}, "not_verified"), ({"approved_on": TODAY - timedelta(days=10)}, "not_verified"),
        ({"approved_on": TODAY - timedelta(days=11)}, "not_verified"), ({"approved_on": TODAY - timedelta(days=30)}, "not_verified"),
        ({"approved_on": TODAY - timedelta(days=31)}, None), (valid_for(5) | {"result": "fail"}, None),
        (valid_for(5) | {"status": "suspended"}, None), (valid_for(5) | {"filing_state": "revoked"}, None),
        (valid_for(5) | {"open_booking_id": new_id()}, None), ({"result": "pass", "rotate_on": TODAY}, None),
    ],
)  # fmt: skip
def test_each_is_told_what_its_date_says(runtime: Runtime, facts: dict[str, Any], reason: str | None) -> None:
    (one,) = add(runtime, **facts)
    background.remind(runtime, NOON)
    due = facts.get("valid_until") or facts.get("approved_on", TODAY) + timedelta(days=10)
    assert told(runtime) == ([(str(one), reason, str(due))] if reason else [])


def test_through_a_year_each_is_told_once_of_each_date_whatever_day_was_missed(runtime: Runtime) -> None:
    dice = random.Random(8)
    ids = add(runtime, 5, **valid_for(100)) + add(runtime, 5, OTHER, **valid_for(130))
    for day in range(150):
        if dice.random() < 0.7:
            background.remind(runtime, NOON + timedelta(days=day))
            background.remind(runtime, NOON + timedelta(days=day, hours=1))
    counts = Counter((one, reason) for one, reason, _ in told(runtime) if reason != "expires_today")
    assert counts == {(str(i), reason): 1 for i in ids for reason in ("expires_in_30", "expires_in_10")}
    assert set(Counter(told(runtime)).values()) == {1}


def test_a_new_date_is_a_new_reminder(runtime: Runtime) -> None:
    (one,) = add(runtime, **valid_for(5))
    background.remind(runtime, NOON)
    with runtime.database.transaction() as db:
        db.execute(update(Instrument).where(Instrument.id == one).values(valid_until=TODAY + timedelta(days=8)))
    background.remind(runtime, NOON)
    assert [day for _, _, day in told(runtime)] == ["2026-11-29", "2026-12-02"]


def test_two_workers_at_once_tell_once(runtime: Runtime) -> None:
    add(runtime, 50, **valid_for(5))
    threads = [threading.Thread(target=background.remind, args=(runtime, NOON)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told(runtime)) == len(set(told(runtime))) == 50


def test_an_event_speaks_to_one_organisation_of_one_reason_and_of_500_at_most(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "CHUNK", 600)
    add(runtime, 501, **valid_for(5))
    add(runtime, 1, **valid_for(0))
    add(runtime, 2, OTHER, **valid_for(5))
    background.remind(runtime, NOON)
    events = [e["data"] for e in recorded(runtime, "instrument.reminder_due")]
    sizes = Counter((e["org_id"], e["items"][0]["reason"], len(e["items"])) for e in events)
    assert sizes == {
        (str(ORG), "expires_in_10", 500): 1, (str(ORG), "expires_in_10", 1): 1, (str(ORG), "expires_today", 1): 1,
        (str(OTHER), "expires_in_10", 2): 1,
    }  # fmt: skip


def test_nobody_is_told_at_night_and_old_notes_go(runtime: Runtime) -> None:
    add(runtime, **valid_for(5))
    background.remind(runtime, datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    assert told(runtime) == []
    background.remind(runtime, datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    assert len(told(runtime)) == 1
    background.remind(runtime, NOON + timedelta(days=500))
    with runtime.database.transaction() as db:
        assert db.scalar(text("SELECT count(*) FROM reminder")) == 0
