"""An applicant amends a filing that no institution has touched: the instrument changes at the registry, then the
filing's snapshot.

What is asked for is committed with the filing before the registry is asked, and holds every other move until the
amendment ends. The registry makes an amendment once, however often it is asked. So a process that dies in the middle
is taken up where it stopped, and nobody approves an instrument that is changing.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.actor import Actor, actor_json, area_of
from chassis.calls import Refused
from chassis.db import Database, Scope
from chassis.errors import NotFound
from filing import queries
from filing.clients.registry import Claims
from filing.events import filing_events
from filing.models import Filing, Institution

STUCK_AFTER = timedelta(minutes=2)


def begin(
    db: Session, by: Actor, filing_id: UUID, amendment_id: UUID, version: int, changes: dict[str, Any],
    reason: str | None, now: datetime,
) -> None:  # fmt: skip
    """version: of the instrument that the applicant read. Raises: NotFound, IllegalMove, BeingAmended."""
    filing = queries.for_move(db, by, [filing_id]).get(filing_id)
    if filing is None:
        raise NotFound
    filing.begin_amendment({
        "id": str(amendment_id), "actor": by.to_json(), "version": version, "changes": changes, "reason": reason,
        "begun_at": now.isoformat(),
    })  # fmt: skip
    db.flush()


def carry_out(database: Database, claims: Claims, by: Actor, filing_id: UUID) -> None:
    """Do what was begun. Outside a transaction. Raises: Refused (then nothing has changed), Unavailable (then it is
    taken up later, or by a repeat)."""
    with database.transaction(Scope.of(by)) as db:
        filing = db.get_one(Filing, filing_id)
        if (asked := filing.amendment) is None:  # another process was here first
            return
        body = request(filing, queries.institution_named(db, filing.city_id))
    try:
        answer = claims.amend(body)
    except Refused:
        with database.transaction(Scope.of(by)) as db:
            if (refused := _still_open(db, by, filing_id, asked["id"])) is not None:
                refused.amendment = None
        raise
    with database.transaction(Scope.of(by)) as db:
        if (amended := _still_open(db, by, filing_id, asked["id"])) is not None:
            _finish(db, by, amended, asked["reason"], answer)


def request(filing: Filing, city: Institution) -> dict[str, Any]:
    """Returns the request to the registry."""
    asked: Any = filing.amendment
    return {
        "amendment_id": asked["id"], "filing_id": str(filing.id), "submission_id": str(filing.submission_id),
        "instrument_id": str(filing.instrument_id), "area": area_of(city.division_code),
        "actor": asked["actor"], "version": asked["version"], "changes": asked["changes"], "reason": asked["reason"],
    }  # fmt: skip


def _still_open(db: Session, by: Actor, filing_id: UUID, amendment_id: str) -> Filing | None:
    filing = queries.for_move(db, by, [filing_id])[filing_id]
    return filing if filing.amendment is not None and filing.amendment["id"] == amendment_id else None


def _finish(db: Session, by: Actor, filing: Filing, reason: str | None, answer: dict[str, Any]) -> None:
    """Ends the amendment. If nothing changed, or it has ended before, it makes no step."""
    if not answer["changes"] or answer["version"] == filing.instrument_version:
        filing.amendment = None
        return
    now = clock.now()
    db.add(filing.amend(by, now, answer, reason))
    db.flush()
    outbox.record(db, *filing_events("amend", [filing], actor_json(by), now, reason=reason))


def stuck(db: Session, now: datetime) -> list[tuple[UUID, Actor]]:
    """Filings whose amendment nobody works on, each with who asked for it."""
    begun_at = Filing.amendment["begun_at"].astext
    rows = db.execute(select(Filing.id, Filing.amendment).where(begun_at < (now - STUCK_AFTER).isoformat()))
    return [(filing_id, Actor.from_json(amendment["actor"])) for filing_id, amendment in rows]
