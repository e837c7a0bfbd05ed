"""Lines of an instrument's history."""

from datetime import datetime
from typing import Any
from uuid import UUID

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


def actor_json(by: Actor) -> dict[str, Any]:
    """Who, and from which address where that is known (a job has none)."""
    address = context.current().address
    who = {"account_id": str(by.account_id), "kind": by.kind, "name": by.name}
    return who | ({"address": address} if address else {})


def changes_of(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Field by field, what differs; of the details detail by detail."""
    changes = [
        {"field": k, "before": before[k], "after": v} for k, v in after.items() if k != "details" and before[k] != v
    ]
    return changes + (changed_details(before["details"], after["details"]) if "details" in after else [])
