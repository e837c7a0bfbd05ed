"""Reminders: told once for each instrument, reason and date, however often this runs."""

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from chassis import outbox
from registry.domain.reminders import WINDOWS, window
from registry.domain.views import DUE_DAYS
from registry.events import reminders_due

CHUNK = 5000
# whether there is a validity that expires -> the phase, and how many days after the phase's day the due one lies
_PHASE = {True: ("verified", 0), False: ("unverified", DUE_DAYS)}


def remind(db: Session, today: date) -> int:
    """Tell of at most CHUNK instruments that were not told of yet; returns how many. Who has booked needs no reminder."""
    told = 0
    for reason in WINDOWS:
        found = _new(db, reason, today, CHUNK - told)
        groups: dict[UUID, list[Row[tuple[UUID, UUID, str, int, date]]]] = defaultdict(list)
        for row in found:
            groups[row.org_id].append(row)
        for org_id, rows in groups.items():
            outbox.record(db, *reminders_due(org_id, reason, sorted(rows, key=lambda row: row.due_on)))
        told += len(found)
        if told >= CHUNK:
            break
    return told


def forget(db: Session, before: date) -> None:
    """Deletes the records of reminders for dates long past."""
    db.execute(text("DELETE FROM reminder WHERE due_on < :before"), {"before": before})


def _new(db: Session, reason: str, today: date, limit: int) -> list[Row[tuple[UUID, UUID, str, int, date]]]:
    phase, days = _PHASE[reason.startswith("expires")]
    first, last = (day - timedelta(days=days) for day in window(reason, today))
    statement = text("""
        WITH found AS (
            SELECT i.id, i.org_id, i.name, i.version, i.phase_day + CAST(:days AS int) AS due_on FROM instrument i
            WHERE i.phase = :phase AND i.phase_day BETWEEN :first AND :last AND i.open_booking_id IS NULL
              AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.instrument_id = i.id AND r.reason = :reason AND r.due_on = i.phase_day + CAST(:days AS int))
            ORDER BY i.org_id, i.id LIMIT :limit
        ), told AS (
            INSERT INTO reminder (instrument_id, reason, due_on) SELECT id, :reason, due_on FROM found
            ON CONFLICT DO NOTHING RETURNING instrument_id
        )
        SELECT found.* FROM found JOIN told ON told.instrument_id = found.id
    """)
    given = {"phase": phase, "first": first, "last": last, "reason": reason, "days": days, "limit": limit}
    return list(db.execute(statement, given))
