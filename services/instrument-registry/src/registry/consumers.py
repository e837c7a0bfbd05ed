"""The message door: what the registry does when others tell something."""

from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy.orm import Session

from chassis import inbox
from registry.actions import bookings, filings
from registry.models import Division, Institution, Org

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
                id=UUID(data["institution_id"]),
                name=data["name"],
                tier=data["tier"],
                division_code=data["division_code"],
            )
        )


def on_division(db: Session, body: Body, _now: datetime) -> None:
    data = body["data"]
    if inbox.newer(db, "division", [(uuid5(NAMESPACE_OID, data["code"]), body["sequence"])]):
        db.merge(
            Division(
                code=data["code"], name=data["name"], level=data["level"], is_leaf=data["is_leaf"],
                valid_from=_day(data["valid_from"]), valid_to=_day(data["valid_to"]),
            )
        )  # fmt: skip


def on_filing(db: Session, body: Body, now: datetime) -> None:
    versions = [(item["instrument_id"], item["version"]) for item in body["data"]["items"]]
    filings.take_over(db, body, inbox.newer(db, "filing", versions), now)


def on_booking(db: Session, body: Body, now: datetime) -> None:
    newest = bool(inbox.newer(db, "booking", [(body["data"]["booking_id"], body["sequence"])]))
    bookings.take_over(db, body, newest)
    if body["type"] == "booking.completed":
        bookings.issue_certificates(db, body["data"], now)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


EFFECTS = (
    {
        "organization.approved": on_organization,
        "organization.changed": on_organization,
        "institution.changed": on_institution,
        "division.changed": on_division,
    }
    | {
        f"filing.{verb}": on_filing
        for verb in ("submitted", "dispatched", "forwarded", "declined", "recalled", "approved", "returned", "revoked", "withdrawn", "closed")
    }
    | {
        f"booking.{verb}": on_booking
        for verb in ("submitted", "confirmed", "rejected", "cancelled", "rescheduled", "received", "returned", "completed", "no_show")
    }
)  # fmt: skip
