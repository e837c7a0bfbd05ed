"""The registry's side of booking: the open booking of an instrument, and certificates from completed ones."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import jobs, outbox
from chassis.actor import SYSTEM
from chassis.clock import business_date
from chassis.ids import new_id
from registry import events, queries
from registry.actions.at_once import write_all
from registry.actions.certificates import next_number, settle
from registry.actions.histories import Line, tell
from registry.codes import certificate_code
from registry.domain.rounds import due_on
from registry.domain.validity import Validity, validity
from registry.domain.views import Facts
from registry.models import Certificate, History, Institution, Instrument, Kind, Org, Verification

ENDED = ("rejected", "cancelled", "completed", "returned", "no_show")


def take_over(db: Session, body: Mapping[str, Any], newest: bool) -> None:
    """Take over what a booking event says: history always, the open booking only from the newest event."""
    data = body["data"]
    booking_id = UUID(data["booking_id"])
    items = {UUID(item["instrument_id"]): item for item in data["items"]}
    at = datetime.fromisoformat(data["at"])
    found = queries.by_ids(db, sorted(items))
    for instrument_id, instrument in found.items():
        item = items[instrument_id]
        # the end of an item is for good, so it counts also when it arrives late; an event may tell some items only
        over = data["state"] in ENDED or item["state"] in ("returned", "cancelled", "no_show", "verified")
        if over and instrument.open_booking_id == booking_id:
            instrument.open_booking_id = None
        elif not over and newest:
            instrument.open_booking_id = booking_id
    lines = [Line(i, reason=_reason(items[i], data), reference=data["number"]) for i in found]
    tell(db, data["actor"], at, body["type"], lines)
    write_all(db, found.values())


def _reason(item: Mapping[str, Any], data: Mapping[str, Any]) -> str | None:
    """An item that went back or ended has its own reason, also where the rest of its booking goes on."""
    reason: str | None = data["reason"]
    return item.get("reason") if item["state"] in ("returned", "cancelled") else reason


def issue_certificates(db: Session, data: Mapping[str, Any], now: datetime) -> None:
    """Certificates and result notices of a completed booking, numbered without gaps per institution and year, and
    the instruments' new validity. The PDFs are made by a job, which also tells that they are issued."""
    booking_id, institution_id = UUID(data["booking_id"]), UUID(data["institution_id"])
    verified = {UUID(item["instrument_id"]): item["results"] for item in data["items"] if item["state"] == "verified"}
    found = queries.by_ids(db, sorted(verified))
    kinds = {kind.code: kind for kind in db.scalars(select(Kind))}
    names = _names(db, UUID(data["org_id"]), institution_id)
    filed_on = _filed_on(db, found)
    made: list[UUID] = []
    lines: list[Line] = []
    for instrument_id, instrument in found.items():
        results = verified[instrument_id]
        certificates = [
            _certificate(db, instrument, kinds[instrument.kind_code], booking_id, institution_id, result, names, now)
            for result in results
        ]
        db.add_all(certificates)
        db.add(_verification(instrument, certificates, filed_on.get(instrument_id), now))
        instrument.open_booking_id = None
        instrument.let_take_part(institution_id)
        lines += [Line(instrument.id, reference=certificate.number) for certificate in certificates]
        made += [certificate.id for certificate in certificates]
    tell(db, SYSTEM, now, "certificate.issued", lines)
    settle(db, found.values(), now)
    outbox.record(db, *events.instruments_changed(found.values()))
    if made:
        jobs.submit(db, "certificates", SYSTEM, ids=made, params={"booking_id": str(booking_id)})


def _certificate(
    db: Session, instrument: Instrument, kind: Kind, booking_id: UUID, institution_id: UUID, result: Mapping[str, Any],
    names: dict[str, str], now: datetime,
) -> Certificate:  # fmt: skip
    verified_on = date.fromisoformat(result["verified_on"])
    passed = result["conclusion"] == "pass"
    given = date.fromisoformat(result["valid_until"]) if result["valid_until"] else None
    valid = validity(kind.mode, kind.period_months, kind.term_months, verified_on, given) if passed else Validity()
    number = next_number(db, institution_id, names["institution_division"], verified_on.year)
    return Certificate(
        id=new_id(), number=number, public_code=certificate_code(), org_id=instrument.org_id,
        institution_id=institution_id, instrument_id=instrument.id, booking_id=booking_id, unit=result["unit"],
        kind="certificate" if passed else "failure_notice", kind_code=instrument.kind_code,
        division_code=instrument.division_code, verified_on=verified_on, valid_until=valid.valid_until,
        rotate_on=valid.rotate_on, issued_at=now,
        result={k: result[k] for k in ("conclusion", "procedure", "verifier", "verifier_name", "checker",
                                       "checker_name", "standard", "fail_items", "remarks")},
        snapshot=events.snapshot(instrument) | {
            "accuracy_class": instrument.accuracy_class, "measuring_range": instrument.measuring_range,
            "kind_name": kind.name, "org_name": names["org"], "institution_name": names["institution"],
            "instrument_code": instrument.code,
        },
    )  # fmt: skip


def _verification(
    instrument: Instrument, certificates: list[Certificate], filed_on: date | None, now: datetime
) -> Verification:
    """Returns the row that the statistics count. Call it before the instrument takes its new validity."""
    i, first = instrument, certificates[0]
    facts = Facts(i.status, i.filing_state, i.approved_on, i.result, i.valid_until, i.rotate_on, i.unverified_since)
    return Verification(
        booking_id=first.booking_id, instrument_id=i.id, org_id=i.org_id, institution_id=first.institution_id,
        division_code=i.division_code, kind_code=i.kind_code, verified_on=max(c.verified_on for c in certificates),
        passed=all(c.kind == "certificate" for c in certificates), first=i.result != "fail", due_on=due_on(facts),
        days=(business_date(now) - filed_on).days if filed_on else None,
    )  # fmt: skip


def _filed_on(db: Session, instrument_ids: Iterable[UUID]) -> dict[UUID, date]:
    """The day of the last filing, of those that were not verified since."""
    h, v = History, Verification
    submitted = (
        select(h.instrument_id, func.max(h.at).label("at"))
        .where(h.instrument_id.in_(list(instrument_ids)), h.kind == "filing.submitted")
        .group_by(h.instrument_id)
        .subquery()
    )
    since = select(v.instrument_id).where(
        v.instrument_id == submitted.c.instrument_id,
        v.verified_on >= func.date(func.timezone("Asia/Shanghai", submitted.c.at)),
    )
    rows = db.execute(select(submitted.c.instrument_id, submitted.c.at).where(~since.exists()))
    return {row.instrument_id: business_date(row.at) for row in rows}


def _names(db: Session, org_id: UUID, institution_id: UUID) -> dict[str, str]:
    org, institution = db.get(Org, org_id), db.get(Institution, institution_id)
    if org is None or institution is None:  # identity's events have not arrived yet: the inbox tries again
        raise LookupError(f"no copy of organisation {org_id} or institution {institution_id}")
    return {"org": org.name, "institution": institution.name, "institution_division": institution.division_code}
