"""Instruments one by one: add, edit. By selection: actions.selected."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.clock import business_date
from chassis.errors import FieldError, Invalid, Stale
from registry import events, queries
from registry.actions.certificates import change_units, settle
from registry.actions.histories import changes_of, line
from registry.codes import instrument_code
from registry.domain.details import AFTER_APPROVAL as FREE_DETAILS
from registry.domain.details import LABELS as DETAIL_LABELS
from registry.domain.details import detail_faults
from registry.domain.errors import BookingOpen, FieldsFrozen, FilingOpen, RevokedFrozen, SameInstrument
from registry.domain.fields import AFTER_APPROVAL, BY_KEY, IDENTITY, WHILE_OPEN
from registry.domain.filing_states import OPEN_FILING
from registry.domain.identity_key import identity_key
from registry.domain.rules import DECLARED, RULED_FIELDS, Reference, declared_faults, faults
from registry.models import Instrument, check_not_scrapped

STATE = ("status", "filing_state", "claim_id", "open_booking_id")  # what allows a change or not
RULED = (*RULED_FIELDS, "details")  # what the rules read of an instrument


def add(db: Session, by: Actor, now: datetime, values: dict[str, Any]) -> Instrument:
    """Raises: Invalid with every wrong field, SameInstrument naming the first."""
    _check(values, queries.reference(db, business_date(now)))
    assert by.org_id is not None
    instrument = Instrument(
        org_id=by.org_id, code=instrument_code(), created_at=now, updated_at=now,
        identity_key=identity_key(*(values.get(k, "") for k in IDENTITY)), **values,
    )  # fmt: skip
    _check_same(db, instrument)
    db.add(instrument)
    _flush(db, instrument)
    db.add(line(instrument.id, by, now, "created"))
    db.flush()
    return instrument


def edit(
    db: Session, by: Actor, instrument_id: UUID, version: int, changes: dict[str, Any], now: datetime,
    reason: str | None = None,
) -> Instrument:  # fmt: skip
    """Raises: Stale, WrongStatus, FilingOpen, FieldsFrozen, BookingOpen, Invalid, SameInstrument."""
    instrument = queries.own_instrument(db, by, instrument_id)
    if instrument.version != version:
        raise Stale
    if change(db, by, instrument, changes, queries.reference(db, business_date(now)), now, reason):
        db.flush()
        outbox.record(db, *events.instruments_changed([instrument]))
    return instrument


def change(
    db: Session, by: Actor | dict[str, Any], instrument: Instrument, changes: dict[str, Any], reference: Reference, now: datetime,
    reason: str | None, under: UUID | None = None,
) -> bool:  # fmt: skip
    """Whether anything changed. Nothing is touched where it raises. under: the amendment of the open filing that this
    belongs to; history names it."""
    changed = judged(instrument, changes, reference, amending=under is not None)
    if not changed:
        return False
    names = {change["field"] for change in changed}
    nozzles = list(instrument.details.get("nozzles") or [])
    for key, value in changes.items():
        setattr(instrument, key, value)
    instrument.identity_key = identity_key(*(getattr(instrument, k) for k in IDENTITY))
    instrument.version += 1
    instrument.updated_at = now
    if names & set(IDENTITY):
        _check_same(db, instrument)
        _flush(db, instrument)
    reference_to = str(under) if under is not None else None
    db.add(line(instrument.id, by, now, "changed", reference=reference_to, changes=changed, reason=reason))
    if "details.nozzles" in names and change_units(instrument, nozzles, now):
        settle(db, [instrument], now)
    return True


def judged(i: Any, changes: dict[str, Any], reference: Reference, amending: bool = False) -> list[dict[str, Any]]:
    """What `changes` change of an instrument, field by field before and after, where they may.
    i: an instrument, or a row with its STATE and RULED columns and the changed ones. amending: its open filing changes
    with it.
    Raises: WrongStatus, FilingOpen, FieldsFrozen, BookingOpen, Invalid."""
    check_not_scrapped(i.status)
    changed = changes_of({key: getattr(i, key) for key in changes}, changes)
    names = {change["field"] for change in changed}
    if not amending:
        _check_editable(i, names)
    if "details.nozzles" in names and i.open_booking_id is not None:
        _check_same_units(i, changes["details"])
    after = {key: getattr(i, key) for key in RULED} | changes
    _check(after, reference, changed=names)
    if "details.nozzles" in names and i.filing_state == "approved":
        _check_has_nozzles(after, reference)
    return changed


def _check_has_nozzles(values: dict[str, Any], reference: Reference) -> None:
    """A filed dispenser is verified nozzle by nozzle, so it keeps at least one. Raises: Invalid."""
    kind = reference.kinds.get(values.get("kind_code") or "")
    shape = kind.details_schema if kind else None
    if shape == "fuel_dispenser" and not (values.get("details") or {}).get("nozzles"):
        zh, en = "已备案的加油机至少保留一把加油枪。", "A filed dispenser keeps at least one nozzle."
        raise Invalid(errors=[FieldError("details.nozzles", "required", zh, en)])


def _check(values: dict[str, Any], reference: Reference, changed: set[str] | None = None) -> None:
    """changed: of an instrument that is there already. What was withdrawn since (a kind, a division) may stay in it."""
    found = faults(values, reference)
    kind = reference.kinds.get(values.get("kind_code") or "")
    found += detail_faults(values.get("details") or {}, kind.details_schema if kind else None)
    if changed is None or changed & {*DECLARED}:  # what was entered before the rule does not stand in another's way
        found += declared_faults(values, kind)
    if changed is not None:
        found = [f for f in found if f.field in changed or f.code not in ("kind_unknown", "division_unknown")]
    if found:
        raise Invalid(errors=[FieldError(f.field, f.code, f.zh, f.en) for f in found])


def _check_editable(instrument: Any, changed: set[str]) -> None:
    """changed: names of fields, `details.<name>` for those of the kind."""
    if instrument.filing_state in OPEN_FILING or instrument.claim_id is not None:
        if changed - WHILE_OPEN:
            raise FilingOpen
    elif instrument.filing_state == "revoked":
        if changed:
            raise RevokedFrozen
    elif instrument.filing_state == "approved":
        frozen = [_label(key) for key in sorted(changed) if not _is_free(key)]
        if frozen:
            raise FieldsFrozen(fields="、".join(frozen))


def _is_free(key: str) -> bool:
    return key in AFTER_APPROVAL or key.removeprefix("details.") in FREE_DETAILS


def _label(key: str) -> str:
    return BY_KEY[key].header if key in BY_KEY else DETAIL_LABELS[key.removeprefix("details.")]


def _check_same_units(instrument: Instrument, details: dict[str, Any]) -> None:
    """A booking that is open counts on the nozzles that are verified one by one. Raises: BookingOpen."""
    if {str(nozzle["nozzle_no"]) for nozzle in details.get("nozzles") or []} != set(instrument.units):
        raise BookingOpen


def _check_same(db: Session, instrument: Instrument) -> None:
    with db.no_autoflush:
        other = db.scalars(
            select(Instrument).where(
                Instrument.org_id == instrument.org_id, Instrument.identity_key == instrument.identity_key,
                Instrument.id != instrument.id if instrument.id else Instrument.id.is_not(None),
            )
        ).first()  # fmt: skip
    if other is not None:
        raise SameInstrument(first=label(other))


def _flush(db: Session, instrument: Instrument) -> None:
    try:
        db.flush()
    except IntegrityError as error:  # two at the same moment: the database decides
        if "identity_key" in str(getattr(getattr(error.orig, "diag", None), "constraint_name", "")):
            raise SameInstrument(first=label(instrument)) from error
        raise


def label(instrument: Instrument) -> str:
    """How messages name an instrument."""
    return " / ".join(filter(None, (instrument.name, instrument.model, instrument.serial_no, instrument.own_no)))
