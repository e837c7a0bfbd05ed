"""An instrument changes under its filing: the applicant amends what no institution has touched. Filing decides that he
may and holds the filing meanwhile; here the edit is judged like any other, and then like a submission."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.clock import business_date
from chassis.errors import Stale
from registry import events, queries
from registry.actions.filings import check_complete
from registry.actions.instruments import change
from registry.domain.errors import FilingOpen
from registry.models import Attachment, History, Instrument


def amend(db: Session, by: Actor, asked: Mapping[str, Any], changes: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Once for each amendment: asked again, it is answered with what changed then.
    Raises: NotFound, Stale, FilingOpen, Invalid, SameInstrument, OutOfArea, NotInCatalog, Incomplete."""
    instrument = queries.own_instrument(db, by, asked["instrument_id"])
    told = _told(db, instrument.id, asked["amendment_id"])
    if told is None:
        told = _make(db, by, instrument, asked, changes, now)
    return {"version": instrument.version, "snapshot": events.filing_snapshot(instrument), "changes": told}


def _told(db: Session, instrument_id: UUID, amendment_id: UUID) -> list[dict[str, Any]] | None:
    """Returns the changes of the amendment if it was made before."""
    made = History.instrument_id == instrument_id, History.kind == "changed", History.reference == str(amendment_id)
    return db.scalar(select(History.changes).where(*made))


def _make(
    db: Session, by: Actor, instrument: Instrument, asked: Mapping[str, Any], changes: dict[str, Any], now: datetime
) -> list[dict[str, Any]]:
    if instrument.version != asked["version"]:
        raise Stale
    if instrument.filing_id != asked["filing_id"] and instrument.claim_id != asked["submission_id"]:
        raise FilingOpen
    reference = queries.reference(db, business_date(now))
    who = {"account_id": str(by.account_id), "kind": by.kind, "name": by.name}  # filing keeps from which address
    change(db, who, instrument, changes, reference, now, asked["reason"], under=asked["amendment_id"])
    has_file = db.scalar(select(Attachment.id).where(Attachment.instrument_id == instrument.id).limit(1)) is not None
    check_complete(instrument, reference, has_file, asked["area"])
    db.flush()
    return _told(db, instrument.id, asked["amendment_id"]) or []
