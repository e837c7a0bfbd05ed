"""The message door: what filing does when others tell something."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import inbox
from chassis.actor import SYSTEM
from filing import queries
from filing.actions.deadlines import move_deadlines
from filing.actions.moves import for_instruments
from filing.models import DayChange, Institution, Org

Body = dict[str, Any]


def on_organization(db: Session, body: Body, _now: datetime) -> None:
    data = body["data"]
    if inbox.newer(db, "organization", [(data["org_id"], body["sequence"])]):
        db.merge(
            Org(
                id=UUID(data["org_id"]), name=data["name"], division_code=data["division_code"],
                credit_code=data["credit_code"], contact_name=data["contact_name"], phone=data["phone"],
            )
        )  # fmt: skip


def on_institution(db: Session, body: Body, _now: datetime) -> None:
    data = body["data"]
    if inbox.newer(db, "institution", [(data["institution_id"], body["sequence"])]):
        db.merge(
            Institution(
                id=UUID(data["institution_id"]), name=data["name"], tier=data["tier"], active=data["active"],
                division_code=data["division_code"],
            )
        )  # fmt: skip


def on_holiday(db: Session, body: Body, _now: datetime) -> None:
    data = body["data"]
    day = date.fromisoformat(data["date"])
    if inbox.newer(db, "holiday", [(uuid5(NAMESPACE_OID, data["date"]), body["sequence"])]):
        db.execute(delete(DayChange).where(DayChange.date == day))
        if data["kind"] is not None:
            db.execute(insert(DayChange).values(date=day, kind=data["kind"], name=data["name"]))
        move_deadlines(db, day)


def on_resumed(db: Session, body: Body, now: datetime) -> None:
    """An instrument that was resumed while invalid or revoked is unfiled again: its filing lapses."""
    fresh = _fresh(db, body)
    ids = [UUID(i["instrument_id"]) for i in body["data"]["items"] if i["lapsed"] and UUID(i["instrument_id"]) in fresh]
    for_instruments(db, SYSTEM, ids, now, "lapse", lambda filing: filing.lapse(SYSTEM, now))


def on_scrapped(db: Session, body: Body, now: datetime) -> None:
    fresh = _fresh(db, body)
    for_instruments(db, SYSTEM, sorted(fresh), now, "close", lambda filing: filing.close(SYSTEM, now))


def on_deleted(db: Session, body: Body, now: datetime) -> None:
    """Removes the filings of a deleted instrument from the lists. They were returned or withdrawn; no other service keeps them."""
    for filing in queries.latest_of(db, sorted(_fresh(db, body))).values():
        db.add(filing.bury(SYSTEM, now))


def on_booking_returned(db: Session, body: Body, now: datetime) -> None:
    """退单: the filings of the items at fault go back to the applicant."""
    data = body["data"]
    ids = [UUID(item["instrument_id"]) for item in data["items"] if item["state"] == "returned"]
    reason = data["reason"] or "送检仪器与备案信息不符"
    desk = data["actor"]
    by = replace(SYSTEM, account_id=UUID(desk["account_id"]), kind=desk["kind"], name=desk["name"])
    for_instruments(db, by, ids, now, "send_back", lambda filing: filing.send_back(by, now, reason))


def _fresh(db: Session, body: Body) -> set[UUID]:
    return inbox.newer(db, "instrument", [(i["instrument_id"], i["version"]) for i in body["data"]["items"]])


EFFECTS = {
    "organization.approved": on_organization,
    "organization.changed": on_organization,
    "institution.changed": on_institution,
    "holiday.changed": on_holiday,
    "instrument.deleted": on_deleted,
    "instrument.resumed": on_resumed,
    "instrument.scrapped": on_scrapped,
    "booking.returned": on_booking_returned,
}
