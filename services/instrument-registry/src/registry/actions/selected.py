"""Instruments by selection: the same change, 停用, 启用, 报废, 删除 for many, each by its own rules; set-wise, for a
thousand objects cost more than the change itself."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.bulk import Outcome, each
from chassis.clock import business_date
from chassis.errors import ServiceError
from registry import events, queries
from registry.actions.at_once import delete_all, write_all
from registry.actions.histories import Line, tell
from registry.actions.instruments import RULED, STATE, judged
from registry.domain.fields import BY_KEY
from registry.domain.rules import Reference
from registry.domain.views import Facts, view
from registry.models import Instrument


def edit_many(
    db: Session, by: Actor, ids: Sequence[UUID], now: datetime, changes: dict[str, Any], reason: str | None = None
) -> Outcome:
    """The same change to many; what identifies an instrument is not among them.
    changes: as JSON, for a job keeps them so."""
    changes = {key: _day(value) if BY_KEY[key].kind == "date" else value for key, value in changes.items()}
    columns = [getattr(Instrument, key) for key in dict.fromkeys(("id", *STATE, *RULED, *changes))]
    found = {row.id: row for row in db.execute(queries.locked_own(by, ids, *columns))}
    reference = queries.reference(db, business_date(now))
    # Those who differ in their id alone are judged once.
    verdicts: dict[bytes, list[dict[str, Any]] | ServiceError] = {}

    def judge(row: Any) -> list[dict[str, Any]]:
        alike = orjson.dumps(row[1:])
        if alike not in verdicts:
            verdicts[alike] = _verdict(row, changes, reference)
        verdict = verdicts[alike]
        if isinstance(verdict, ServiceError):
            raise verdict.with_traceback(None)
        return verdict

    outcome, judged_ones = each(ids, found, judge)
    told = {row.id: changed for row, changed in judged_ones if changed}
    if told:
        values = {**changes, "version": Instrument.version + 1, "updated_at": now}
        db.execute(update(Instrument).where(queries.among(told)).values(values), execution_options=_QUICKLY)
        tell(db, by, now, "changed", [Line(key, changed, reason) for key, changed in told.items()])
        filed = [key for key in told if found[key].filing_state == "approved"]
        outbox.record(db, *events.instruments_changed(queries.by_ids(db, filed).values()))
    return outcome


def _verdict(row: Any, changes: dict[str, Any], reference: Reference) -> list[dict[str, Any]] | ServiceError:
    try:
        return judged(row, changes, reference)
    except ServiceError as error:
        return error


_QUICKLY = {"synchronize_session": False}  # no object of these rows is in the session


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def suspend(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str | None = None) -> Outcome:
    return _leave_use(db, by, ids, now, "suspended", Instrument.suspend, reason)


def scrap(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str | None = None) -> Outcome:
    return _leave_use(db, by, ids, now, "scrapped", Instrument.scrap, reason)


def _leave_use(
    db: Session, by: Actor, ids: Sequence[UUID], now: datetime, kind: str, move: Callable[[Instrument], None],
    reason: str | None,
) -> Outcome:  # fmt: skip
    outcome, moved = _each(db, by, ids, now, kind, move, reason)
    outbox.record(db, *events.status_changed(kind, moved, reason), *events.instruments_changed(moved))
    return outcome


def resume(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str | None = None) -> Outcome:
    """Back to the state before; one whose filing was revoked, or that is invalid today, is unfiled again."""
    lapsed: set[UUID] = set()
    today = business_date(now)

    def move(i: Instrument) -> None:
        facts = Facts("in_use", i.filing_state, i.approved_on, i.result, i.valid_until, i.rotate_on, i.unverified_since)
        if i.resume(view(facts, today) == "invalid"):
            lapsed.add(i.id)

    outcome, moved = _each(db, by, ids, now, "resumed", move, reason)
    outbox.record(db, *events.resumed(moved, lapsed), *events.instruments_changed(moved))
    return outcome


def delete(db: Session, by: Actor, ids: Sequence[UUID], now: datetime) -> Outcome:
    outcome, deletable = each(ids, queries.own_for_update(db, by, ids), Instrument.check_deletable)
    doomed = [instrument for instrument, _ in deletable]
    outbox.record(db, *events.deleted(doomed))
    delete_all(db, doomed)
    return outcome


def _each(
    db: Session, by: Actor, ids: Sequence[UUID], now: datetime, kind: str, move: Callable[[Instrument], None],
    reason: str | None,
) -> tuple[Outcome, list[Instrument]]:  # fmt: skip
    def change(instrument: Instrument) -> Line:
        before = instrument.status
        move(instrument)
        instrument.version += 1
        instrument.updated_at = now
        return Line(instrument.id, [{"field": "status", "before": before, "after": instrument.status}], reason)

    outcome, made = each(ids, queries.own_for_update(db, by, ids), change)
    moved = [instrument for instrument, _ in made]
    write_all(db, moved)
    tell(db, by, now, kind, [told for _, told in made])
    return outcome, moved
