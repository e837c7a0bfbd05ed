"""Certificates after they were issued: corrected by a new one that names the old, or voided; and what follows for the
instrument."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from string import ascii_uppercase
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, select, text, update
from sqlalchemy.orm import Session, aliased

from chassis import outbox
from chassis.actor import Actor
from chassis.clock import business_date
from chassis.errors import invalid
from chassis.ids import new_id
from registry import events, queries
from registry.actions.at_once import write_all
from registry.actions.histories import actor_json, line
from registry.codes import certificate_code
from registry.domain.errors import CertificateEnded
from registry.domain.nozzles import Nozzles
from registry.domain.rules import DECLARED, KindFacts, declared_validity
from registry.domain.units import Standing, UnitResult, as_json, changed_units, counts, standing, unverified_since
from registry.domain.validity import Validity, validity
from registry.models import Certificate, History, Instrument, Kind, Verification
from registry.queries import certificates

RESULT = ("procedure", "standard", "fail_items", "remarks")
SNAPSHOT = ("name", "model", "serial_no", "own_no", "manufacturer", "accuracy_class", "measuring_range")
_NEXT_NUMBER = text(
    "INSERT INTO certificate_counter (institution_id, year, last) VALUES (:institution, :year, 1)"
    " ON CONFLICT (institution_id, year) DO UPDATE SET last = certificate_counter.last + 1 RETURNING last"
)


_PREFIX = text("SELECT prefix FROM certificate_prefix WHERE institution_id = :institution")
_TAKE_PREFIX = text(
    "INSERT INTO certificate_prefix (institution_id, prefix) VALUES (:institution, :prefix) ON CONFLICT DO NOTHING"
)


def next_number(db: Session, institution_id: UUID, division_code: str, year: int) -> str:
    """Without gaps or doubles: the counter's row is locked until the certificate is committed with it."""
    prefix = _prefix(db, institution_id, division_code)
    last = db.execute(_NEXT_NUMBER, {"institution": institution_id, "year": year}).scalar_one()
    return f"{prefix}-{year}-{last:07d}"


def _prefix(db: Session, institution_id: UUID, division_code: str) -> str:
    """The institution's own for good: its division's code, with a letter where another institution has that already."""
    for letter in ("", *ascii_uppercase[1:]):
        held: str | None = db.scalar(_PREFIX, {"institution": institution_id})
        if held is not None:
            return held
        db.execute(_TAKE_PREFIX, {"institution": institution_id, "prefix": division_code + letter})
    raise LookupError(f"no prefix is left for institution {institution_id} in {division_code}")


def correct(
    db: Session, by: Actor, number: str, changes: Mapping[str, Any], reason: str, now: datetime, today: date,
    print_pdf: Callable[[Certificate], str], persons: str,
) -> Certificate:  # fmt: skip
    """Replace a certificate by one with `changes` and a number of its own. The conclusion is not corrected: a wrong one
    is voided and verified again. persons: who stands for the correction, as it is printed.
    Raises: NotFound, CertificateEnded, Invalid, CharacterMissing."""
    instrument, old = locked(db, by, number)
    new = replacement(db, old, changes, old.number, now, today)
    new.number = next_number(db, old.institution_id, old.number.split("-")[0], new.verified_on.year)
    new.snapshot = new.snapshot | {"corrected_by": persons}
    new.file = print_pdf(new)
    db.add(new)
    _end(old, "superseded", by, reason, now)
    db.flush()
    db.execute(_of_verification(old).values(verified_on=_verified_on(old)))
    settle(db, [instrument], now)
    outbox.record(db, *events.instruments_changed([instrument]))
    db.add(line(instrument.id, by, now, "certificate.corrected", reference=new.number, reason=reason))
    _tell(db, "superseded", old, instrument)
    _tell(db, "issued", new, instrument)
    return new


def replacement(
    db: Session, old: Certificate, changes: Mapping[str, Any], number: str, now: datetime, today: date
) -> Certificate:
    """The certificate as it would be with `changes`. Raises: Invalid."""
    verified_on: date = changes.get("verified_on") or old.verified_on
    if verified_on != old.verified_on:
        _check_day(db, old, verified_on, today)
    if old.kind == "failure_notice" and "fail_items" in changes and not (changes["fail_items"] or "").strip():
        raise invalid("fail_items", "required", "结论为不合格时须填写不合格项。", "A fail names what failed.")
    valid = _validity(db, old, verified_on, changes)
    return Certificate(
        id=new_id(), public_code=certificate_code(), org_id=old.org_id, institution_id=old.institution_id, number=number,
        instrument_id=old.instrument_id, booking_id=old.booking_id, unit=old.unit, kind=old.kind, kind_code=old.kind_code,
        division_code=old.division_code, verified_on=verified_on, valid_until=valid.valid_until, rotate_on=valid.rotate_on,
        result=old.result | {key: changes[key] for key in RESULT if key in changes},
        snapshot=old.snapshot | {key: changes[key] for key in SNAPSHOT if key in changes} | {"replaces": old.number},
        supersedes_id=old.id, issued_at=now,
    )  # fmt: skip


def _check_day(db: Session, old: Certificate, verified_on: date, today: date) -> None:
    """A corrected day lies between the reception and the issue. Raises: Invalid."""
    issued_on = business_date(old.issued_at)
    if verified_on > min(today, issued_on):
        zh, en = f"检定日期不能晚于出证日期 {issued_on}。", f"Not after {issued_on}, the day of issue."
        raise invalid("verified_on", "date_in_future", zh, en)
    received = db.scalar(
        select(func.max(History.at)).where(
            History.instrument_id == old.instrument_id, History.kind == "booking.received", History.at <= old.issued_at
        )
    )
    if received is not None and verified_on < business_date(received):
        day = business_date(received)
        zh, en = f"检定日期不能早于接收日期 {day}。", f"Not before {day}, the day of reception."
        raise invalid("verified_on", "before_reception", zh, en)


def void(db: Session, by: Actor, number: str, reason: str, now: datetime) -> Certificate:
    """Take a certificate out of force for good: the instrument is as if this had not been. Raises: NotFound,
    CertificateEnded."""
    instrument, old = locked(db, by, number)
    _end(old, "void", by, reason, now)
    db.flush()
    left = select(func.bool_and(Certificate.kind == "certificate")).where(
        Certificate.booking_id == old.booking_id, Certificate.instrument_id == old.instrument_id, standing_ones()
    )
    passed = db.scalar(left)
    if passed is None:
        v = Verification
        db.execute(delete(v).where(v.booking_id == old.booking_id, v.instrument_id == old.instrument_id))
    else:
        db.execute(_of_verification(old).values(passed=passed, verified_on=_verified_on(old)))
    settle(db, [instrument], now)
    outbox.record(db, *events.instruments_changed([instrument]))
    db.add(line(instrument.id, by, now, "certificate.voided", reference=old.number, reason=reason))
    _tell(db, "superseded", old, instrument)
    return old


def standing_ones() -> Any:
    """Neither void nor corrected by another: what the instrument's validity and the statistics rest on."""
    other = aliased(Certificate)
    corrected = select(other.id).where(other.supersedes_id == Certificate.id).exists()
    return (Certificate.status != "void") & ~corrected


def settle(db: Session, instruments: Iterable[Instrument], now: datetime) -> None:
    """Result and validity of instruments from their certificates: of each unit the latest counts, earlier ones are
    superseded. See registry.domain.units for what they say of the whole."""
    db.flush()
    found = {i.id: i for i in instruments}
    by_instrument: dict[UUID, list[Certificate]] = {key: [] for key in found}
    rows = select(Certificate).where(Certificate.instrument_id.in_(list(found)), standing_ones())
    for row in db.scalars(rows.order_by(Certificate.verified_on, cast(Certificate.id, Text))):
        by_instrument[row.instrument_id].append(row)
    for key, instrument in found.items():
        last = {row.unit: row for row in by_instrument[key]}
        for row in by_instrument[key]:
            row.status = "in_force" if last[row.unit] is row else "superseded"
        _take_over(db, instrument, last, business_date(now))
        instrument.version += 1
        instrument.updated_at = now
    write_all(db, found.values())
    db.flush()


def change_units(instrument: Instrument, before: Nozzles, now: datetime) -> bool:
    """Note which units are others than before: what was certified of those counts no more. True where `settle` has to
    follow; nothing of what was never filed or verified."""
    if not instrument.ever_filed and instrument.result is None:
        return False
    after = instrument.details.get("nozzles") or []
    changed = dict.fromkeys(changed_units(before, after), now.isoformat())
    gone = {str(nozzle["nozzle_no"]) for nozzle in before} - {str(nozzle["nozzle_no"]) for nozzle in after}
    if changed or gone:
        kept = {unit: at for unit, at in instrument.units_changed.items() if unit not in gone}
        instrument.units_changed = kept | changed
    return bool(changed or gone)


def _first_issued(db: Session, certificate: Certificate) -> datetime:
    """When its result was issued first. A correction is issued later, but it certifies the same unit as before."""
    first = certificate
    while first.supersedes_id is not None:
        first = db.get_one(Certificate, first.supersedes_id)
    return first.issued_at


def _take_over(db: Session, instrument: Instrument, last: Mapping[str, Certificate], today: date) -> None:
    before = (instrument.result, instrument.valid_until, instrument.unverified_since)
    results = {
        unit: UnitResult(c.kind == "certificate", c.valid_until, c.rotate_on, c.verified_on, _first_issued(db, c))
        for unit, c in last.items()
    }
    results = {unit: one for unit, one in results.items() if counts(one, *_changed(instrument, unit))}
    now = standing(instrument.units, results)
    source: str | None = "certificate"
    if last:
        instrument.ever_filed = True
    elif declared := declared_of(db, instrument):
        now, source = Standing("pass", declared), "declared"
    instrument.result, instrument.valid_until, instrument.rotate_on = now.result, now.valid_until, now.rotate_on
    instrument.result_source = source if now.result else None
    instrument.unit_validity = as_json(instrument.units, results)
    instrument.unverified_since = unverified_since(*before, now.result, today)


def _changed(instrument: Instrument, unit: str) -> tuple[datetime | None, date | None]:
    text = instrument.units_changed.get(unit)
    at = datetime.fromisoformat(text) if text else None
    return at, business_date(at) if at else None


def kind_facts(kind: Kind | None) -> KindFacts | None:
    if kind is None:
        return None
    return KindFacts(**{field.name: getattr(kind, field.name) for field in fields(KindFacts)})


def declared_of(db: Session, instrument: Instrument) -> date | None:
    """Returns the declared validity. It counts from the approval until a unit changes."""
    approved_on = instrument.approved_on
    changed = [_changed(instrument, unit)[1] for unit in instrument.units]
    if approved_on is None or any(day is not None and day >= approved_on for day in changed):
        return None
    given = {key: getattr(instrument, key) for key in DECLARED}
    return declared_validity(given, kind_facts(db.get(Kind, instrument.kind_code)))


def _validity(db: Session, old: Certificate, verified_on: date, changes: Mapping[str, Any]) -> Validity:
    if old.kind == "failure_notice":
        if changes.get("valid_until") is not None:
            raise invalid("valid_until", "not_for_a_fail", "检定结果通知书没有有效期。", "A fail has no validity.")
        return Validity()
    if changes.get("valid_until") is not None and changes["valid_until"] < verified_on:
        zh, en = "有效期不能早于检定日期。", "Must not be before verified_on."
        raise invalid("valid_until", "before_verified_on", zh, en)
    kind = db.get_one(Kind, old.kind_code)
    # an unchanged date of verification keeps its end, which the result may have set
    given: date | None = changes.get("valid_until") or (old.valid_until if verified_on == old.verified_on else None)
    if given is None and kind.mode == "periodic" and kind.period_months is None:
        raise invalid(
            "valid_until", "required", "该种别未定周期，请填写有效期。", "This kind has no period: give the date."
        )
    valid = validity(kind.mode, kind.period_months, kind.term_months, verified_on, given)
    if "valid_until" in changes and valid.valid_until != changes["valid_until"]:
        zh = f"有效期不能晚于 {valid.valid_until}。" if valid.valid_until else "该种别没有有效期。"
        raise invalid("valid_until", "too_late", zh, "Later than the period of the kind allows.")
    return valid


def locked(db: Session, by: Actor, number: str) -> tuple[Instrument, Certificate]:
    """The instrument first, as where certificates are issued: in another order two could wait for each other."""
    instrument_id = certificates.own_instrument_id(db, by, number)
    instrument = queries.by_ids(db, [instrument_id])[instrument_id]
    old = certificates.own_for_update(db, by, number)
    if old.status != "in_force":
        raise CertificateEnded(number=old.number)
    return instrument, old


def _end(old: Certificate, status: str, by: Actor, reason: str, now: datetime) -> None:
    old.status, old.ended_at, old.ended_by, old.ended_reason = status, now, actor_json(by), reason


def _of_verification(old: Certificate) -> Any:
    return update(Verification).where(
        Verification.booking_id == old.booking_id, Verification.instrument_id == old.instrument_id
    )


def _verified_on(old: Certificate) -> Any:
    return (
        select(func.max(Certificate.verified_on))
        .where(
            Certificate.booking_id == old.booking_id, Certificate.instrument_id == old.instrument_id, standing_ones()
        )
        .scalar_subquery()
    )


def _tell(db: Session, verb: str, certificate: Certificate, instrument: Instrument) -> None:
    c = certificate
    outbox.record(db, events.certificates_event(verb, c.org_id, c.institution_id, c.booking_id, [(c, instrument)]))
