"""Lines of an instrument's history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import actor as actors
from chassis import context
from chassis.actor import Actor
from chassis.events import jsonable
from registry.domain.details import changed_details
from registry.models import History


def line(
    instrument_id: UUID,
    by: Actor | dict[str, Any],
    now: datetime,
    kind: str,
    *,
    reference: str | None = None,
    changes: list[dict[str, Any]] | None = None,
    reason: str | None = None,
) -> History:
    """One line: who, when, what, and for edits each field before and after."""
    actor = actor_json(by) if isinstance(by, Actor) else by
    return History(
        instrument_id=instrument_id, at=now, actor=actor, kind=kind, reference=reference, changes=jsonable(changes or []),
        reason=reason, request_id=context.current().request_id,
    )  # fmt: skip


class Line(NamedTuple):
    """The part of a history line that differs between the lines of one change."""

    instrument_id: UUID
    changes: Sequence[dict[str, Any]] = ()
    reason: str | None = None
    reference: str | None = None


_TELL = text("""
    INSERT INTO history (instrument_id, at, actor, kind, reference, changes, reason, request_id)
    SELECT v.id, :now, CAST(:actor AS jsonb), :kind, v.reference, v.changes, v.reason, :request
    FROM ROWS FROM (jsonb_to_recordset(CAST(:lines AS jsonb)) AS (id uuid, changes jsonb, reason text, reference text))
         WITH ORDINALITY AS v(id, changes, reason, reference, n)
    ORDER BY v.n
""")


def tell(db: Session, by: Actor | dict[str, Any], now: datetime, kind: str, lines: Sequence[Line]) -> None:
    """Many lines by one statement."""
    if lines:
        actor = actor_json(by) if isinstance(by, Actor) else by
        told = [{"id": i, "changes": changes, "reason": reason, "reference": ref} for i, changes, reason, ref in lines]
        values = {"now": now, "kind": kind, "request": context.current().request_id}
        db.execute(_TELL, values | {"actor": _json(actor), "lines": _json(told)})


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def actor_json(by: Actor) -> dict[str, Any]:
    """Who, and from which address where that is known (a job has none)."""
    address = context.current().address
    return actors.actor_json(by) | ({"address": address} if address else {})


def changes_of(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Field by field, what differs; of the details detail by detail."""
    changes = [
        {"field": k, "before": before[k], "after": v} for k, v in after.items() if k != "details" and before[k] != v
    ]
    return changes + (changed_details(before["details"], after["details"]) if "details" in after else [])
