"""The message door: what booking does when others tell something.

Order is never relied on. Of an instrument there are two streams: filing's decision enables and disables, and
`instrument.changed` says all the rest. Each keeps the newest version it heard of, so any order ends in the same copy.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from booking.actions.endings import end_items
from booking.models import DayChange, Institution, Instrument, ItemCertificate, Kind, Org, Staff
from chassis import inbox

Body = dict[str, Any]


def on_organization(db: Session, body: Body, _now: datetime) -> None:
    data = body["data"]
    if inbox.newer(db, "organization", [(data["org_id"], body["sequence"])]):
        db.merge(
            Org(
                id=UUID(data["org_id"]), name=data["name"], division_code=data["division_code"],
                phone_last4=data["phone"][-4:],
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


def on_account(db: Session, body: Body, _now: datetime) -> None:
    """Only the staff of institutions is kept: whom results may name."""
    data = body["data"]
    if data["kind"] != "institution" or data["org_id"] is None:
        return
    if inbox.newer(db, "account", [(data["account_id"], body["sequence"])]):
        db.merge(
            Staff(
                account_id=UUID(data["account_id"]), institution_id=UUID(data["org_id"]), username=data["username"],
                name=data["name"], roles=data["roles"], active=data["status"] == "approved",
            )
        )  # fmt: skip


def on_holiday(db: Session, body: Body, _now: datetime) -> None:
    data = body["data"]
    day = date.fromisoformat(data["date"])
    if inbox.newer(db, "holiday", [(uuid5(NAMESPACE_OID, data["date"]), body["sequence"])]):
        db.execute(delete(DayChange).where(DayChange.date == day))
        if data["kind"] is not None:
            db.execute(insert(DayChange).values(date=day, kind=data["kind"], name=data["name"]))


def on_catalog(db: Session, body: Body, _now: datetime) -> None:
    columns = ("code", "name", "mode", "period_months", "term_months")
    rows = [{key: kind[key] for key in columns} for kind in body["data"]["kinds"]]
    if rows:
        statement = insert(Kind).values(rows)
        changes = {key: statement.excluded[key] for key in columns[1:]}
        db.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changes))


def on_filing(db: Session, body: Body, now: datetime) -> None:
    """An approval enables; whatever ends a filing disables and ends what is booked but not received."""
    data = body["data"]
    items = {UUID(item["instrument_id"]): item for item in data["items"]}
    rows = _rows(db, data["org_id"], items)
    fresh = _newer(db, "filing", items)
    for instrument_id in fresh:
        row, item = rows[instrument_id], items[instrument_id]
        row.filing_state, row.approved_version = item["state"], item["instrument_version"] + 1
        if data["holder_id"] is not None:
            row.institution_id = UUID(data["holder_id"])
    if body["type"] != "filing.approved":
        end_items(db, fresh, now)
    db.flush()


def on_instrument(db: Session, body: Body, now: datetime) -> None:
    """All that registry says of an instrument, under one version."""
    items = {UUID(item["instrument_id"]): item for item in body["data"]["items"]}
    rows = _rows(db, body["data"]["org_id"], items)
    fresh = _newer(db, "facts", items)
    for instrument_id in fresh:
        rows[instrument_id].describe(items[instrument_id])
    end_items(db, {i for i in fresh if items[i]["status"] != "in_use"}, now)
    db.flush()


def on_suspended(_db: Session, _body: Body, _now: datetime) -> None:
    """Nothing: `instrument.changed` says it too. A broker refuses an event that no queue takes."""


def on_certificate(db: Session, body: Body, _now: datetime) -> None:
    """The numbers alone. A superseded certificate and the one that replaces it may be told with one version, in any
    order: then the issued one counts."""
    if (booking_id := body["data"]["booking_id"]) is None:
        return
    for item in body["data"]["items"]:
        statement = insert(ItemCertificate).values(
            booking_id=booking_id, instrument_id=item["instrument_id"], unit=item["unit"], number=item["number"],
            version=item["version"],
        )  # fmt: skip
        new, old = statement.excluded, ItemCertificate
        newer = old.version <= new.version if body["type"] == "certificate.issued" else old.version < new.version
        changes = {"number": new.number, "version": new.version}
        db.execute(
            statement.on_conflict_do_update(
                index_elements=["booking_id", "instrument_id", "unit"], set_=changes, where=newer
            )
        )


def _newer(db: Session, kind: str, items: Mapping[UUID, Body]) -> set[UUID]:
    return inbox.newer(db, kind, [(i, item["version"]) for i, item in items.items()])


def _rows(db: Session, org_id: str, items: Mapping[UUID, Body]) -> dict[UUID, Instrument]:
    """The copies, locked in the order of ids; made where this is the first event that names them."""
    ids = sorted(items)
    empty = [{"instrument_id": i, "org_id": org_id, "units": []} for i in ids]
    db.execute(insert(Instrument).values(empty).on_conflict_do_nothing())
    statement = select(Instrument).where(Instrument.instrument_id.in_(ids))
    locked = statement.order_by(Instrument.instrument_id).with_for_update()
    return {row.instrument_id: row for row in db.scalars(locked)}


EFFECTS = {
    "organization.approved": on_organization,
    "organization.changed": on_organization,
    "institution.changed": on_institution,
    "account.changed": on_account,
    "catalog.changed": on_catalog,
    "holiday.changed": on_holiday,
    "filing.approved": on_filing,
    "filing.returned": on_filing,
    "filing.revoked": on_filing,
    "filing.closed": on_filing,
    "instrument.changed": on_instrument,
    "instrument.suspended": on_suspended,
    "certificate.issued": on_certificate,
    "certificate.superseded": on_certificate,
}
