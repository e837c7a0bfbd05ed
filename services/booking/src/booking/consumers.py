"""The message door: what booking does when others tell something.

Order is never relied on. Registry's events tell three things of an instrument (what it is, whether it is in use, its
validity) and filing's two (the decision, and what an approval holds); each of the five keeps the newest version it
heard of, so that any order of arrival ends in the same copy.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from booking.actions.endings import end_items
from booking.domain.validity import Terms, declared_validity
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
                division_code=data["division_code"], capabilities=data["capabilities"],
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
    fresh = _newer(db, "filing", items, "version")
    for instrument_id in fresh:
        rows[instrument_id].filing_state = items[instrument_id]["state"]
    if body["type"] == "filing.approved":
        _take_approval(db, data, items, rows)
    else:
        end_items(db, fresh, now)
    db.flush()


def _take_approval(db: Session, data: Body, items: Mapping[UUID, Body], rows: Mapping[UUID, Instrument]) -> None:
    for instrument_id in _newer(db, "approval", items, "version"):
        row = rows[instrument_id]
        row.institution_id = UUID(data["holder_id"])
        row.approved_on = _day(data["approved_on"])
        row.declared_valid_until = _declared(db, items[instrument_id]["snapshot"])
        row.settle()
    for instrument_id in _newer(db, "facts", items, "instrument_version"):
        rows[instrument_id].describe(items[instrument_id]["snapshot"])


def _declared(db: Session, snapshot: Mapping[str, Any]) -> date | None:
    """Until the registry tells what counts."""
    kind = db.get(Kind, snapshot["kind_code"])
    until, verified_on = _day(snapshot.get("declared_valid_until")), _day(snapshot.get("declared_verified_on"))
    terms = Terms(kind.mode, kind.period_months, kind.term_months) if kind else None
    return declared_validity(until, verified_on, snapshot.get("last_cert_no"), terms)


def on_instrument_changed(db: Session, body: Body, now: datetime) -> None:
    items = {UUID(item["instrument_id"]): item for item in body["data"]["items"]}
    rows = _rows(db, body["data"]["org_id"], items)
    for instrument_id in _newer(db, "facts", items, "version"):
        rows[instrument_id].describe(items[instrument_id])
    _take_validity(db, items, rows, "valid_until")
    _take_status(db, items, rows, {i: item["status"] for i, item in items.items()}, now)


def on_suspended(db: Session, body: Body, now: datetime) -> None:
    _on_status(db, body, now, "suspended")


def on_scrapped(db: Session, body: Body, now: datetime) -> None:
    _on_status(db, body, now, "scrapped")


def on_resumed(db: Session, body: Body, now: datetime) -> None:
    """Back in use; one whose filing lapsed with it stays out until registry tells it anew after an approval."""
    items = {UUID(item["instrument_id"]): item for item in body["data"]["items"]}
    rows = _rows(db, body["data"]["org_id"], items)
    statuses = {i: "suspended" if item["lapsed"] else "in_use" for i, item in items.items()}
    _take_status(db, items, rows, statuses, now)


def _on_status(db: Session, body: Body, now: datetime, status: str) -> None:
    items = {UUID(item["instrument_id"]): item for item in body["data"]["items"]}
    rows = _rows(db, body["data"]["org_id"], items)
    _take_status(db, items, rows, dict.fromkeys(items, status), now)


def _take_status(
    db: Session,
    items: Mapping[UUID, Body],
    rows: Mapping[UUID, Instrument],
    statuses: Mapping[UUID, str],
    now: datetime,
) -> None:
    fresh = _newer(db, "status", items, "version")
    for instrument_id in fresh:
        rows[instrument_id].status = statuses[instrument_id]
    end_items(db, {i for i in fresh if statuses[i] != "in_use"}, now)
    _note_versions(items, rows)
    db.flush()


def on_certificate(db: Session, body: Body, _now: datetime) -> None:
    data = body["data"]
    items = {UUID(item["instrument_id"]): item for item in data["items"]}  # one a unit, with the same dates on each
    rows = _rows(db, data["org_id"], items)
    _take_validity(db, items, rows, "instrument_valid_until")
    _note_versions(items, rows)
    db.flush()
    if data["booking_id"] is not None:
        _take_numbers(db, data, replaces_equal=body["type"] == "certificate.issued")


def _take_numbers(db: Session, data: Body, replaces_equal: bool) -> None:
    """A superseded certificate and the one that replaces it may be told with one version, in any order: then the
    issued one counts."""
    for item in data["items"]:
        statement = insert(ItemCertificate).values(
            booking_id=data["booking_id"], instrument_id=item["instrument_id"], unit=item["unit"],
            number=item["number"], version=item["version"],
        )  # fmt: skip
        new = statement.excluded
        newer = ItemCertificate.version <= new.version if replaces_equal else ItemCertificate.version < new.version
        changes = {"number": new.number, "version": new.version}
        db.execute(
            statement.on_conflict_do_update(
                index_elements=["booking_id", "instrument_id", "unit"], set_=changes, where=newer
            )
        )


def _take_validity(db: Session, items: Mapping[UUID, Body], rows: Mapping[UUID, Instrument], key: str) -> None:
    for instrument_id in _newer(db, "validity", items, "version"):
        row, item = rows[instrument_id], items[instrument_id]
        row.told_result, row.told_valid_until = item["result"], _day(item[key])
        row.rotate_on, row.unverified_since = _day(item["rotate_on"]), _day(item.get("unverified_since"))
        row.unit_validity = item.get("unit_validity") or {}
        row.settle()


def _note_versions(items: Mapping[UUID, Body], rows: Mapping[UUID, Instrument]) -> None:
    for instrument_id, item in items.items():
        rows[instrument_id].version = max(rows[instrument_id].version, item["version"])


def _newer(db: Session, kind: str, items: Mapping[UUID, Body], version: str) -> set[UUID]:
    return inbox.newer(db, kind, [(i, item[version]) for i, item in items.items()])


def _rows(db: Session, org_id: str, items: Mapping[UUID, Body]) -> dict[UUID, Instrument]:
    """The copies, locked in the order of ids; made where this is the first event that names them."""
    ids = sorted(items)
    empty = [{"instrument_id": i, "org_id": org_id, "units": []} for i in ids]
    db.execute(insert(Instrument).values(empty).on_conflict_do_nothing())
    statement = select(Instrument).where(Instrument.instrument_id.in_(ids))
    locked = statement.order_by(Instrument.instrument_id).with_for_update()
    return {row.instrument_id: row for row in db.scalars(locked)}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


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
    "filing.withdrawn": on_filing,
    "filing.closed": on_filing,
    "instrument.changed": on_instrument_changed,
    "instrument.suspended": on_suspended,
    "instrument.resumed": on_resumed,
    "instrument.scrapped": on_scrapped,
    "certificate.issued": on_certificate,
    "certificate.superseded": on_certificate,
}
