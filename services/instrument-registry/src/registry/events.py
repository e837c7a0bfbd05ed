"""The events of the registry, from its rows; batches of at most 500 of one organisation."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from chassis.events import MAX_ITEMS, Event
from chassis.ids import new_id
from registry.domain.fields import FIELDS
from registry.models import Certificate, Instrument, Kind


def instruments_changed(instruments: Iterable[Instrument]) -> Iterator[Event]:
    """Only those that somebody keeps a copy of: the ones whose filing is approved."""
    filed = [i for i in instruments if i.filing_state == "approved"]
    return _batches("instrument.changed", filed, instrument_item)


def status_changed(verb: str, instruments: Sequence[Instrument], reason: str | None) -> Iterator[Event]:
    """verb: suspended or scrapped."""
    return _batches(
        f"instrument.{verb}", instruments, lambda i: {"instrument_id": i.id, "version": i.version}, reason=reason
    )


def deleted(instruments: Iterable[Instrument]) -> Iterator[Event]:
    """Only those that somebody keeps a filing of."""
    filed = [i for i in instruments if i.filing_id is not None]
    return _batches("instrument.deleted", filed, lambda i: {"instrument_id": i.id, "version": i.version + 1})


def resumed(instruments: Sequence[Instrument], lapsed: set[UUID]) -> Iterator[Event]:
    return _batches(
        "instrument.resumed",
        instruments,
        lambda i: {"instrument_id": i.id, "version": i.version, "lapsed": i.id in lapsed},
    )


def instrument_item(i: Instrument) -> dict[str, Any]:
    return snapshot(i) | {
        "instrument_id": i.id, "version": i.version, "status": i.status, "units": i.units,
        "approved_on": i.approved_on, "valid_until": i.valid_until, "rotate_on": i.rotate_on, "result": i.result,
    } | _units(i)  # fmt: skip


def _units(i: Instrument) -> dict[str, Any]:
    return {"unverified_since": i.unverified_since, "unit_validity": i.unit_validity}


def snapshot(i: Instrument) -> dict[str, Any]:
    """Returns the part of an instrument that others show and an institution approves."""
    return {
        "name": i.name, "model": i.model, "serial_no": i.serial_no, "own_no": i.own_no,
        "manufacturer": i.manufacturer, "kind_code": i.kind_code, "purpose": i.purpose,
        "division_code": i.division_code, "install_address": i.install_address, "venue": i.venue,
    }  # fmt: skip


def filing_snapshot(i: Instrument) -> dict[str, Any]:
    """All that was filled in, which a filing clerk judges by."""
    filled = {field.key: getattr(i, field.key) for field in FIELDS}
    filled["declared_verified_on"] = filled.pop("last_verified_on")
    return snapshot(i) | filled | {"code": i.code, "units": i.units, "details": i.details}


def certificates_event(
    verb: str,
    org_id: UUID,
    institution_id: UUID,
    booking_id: UUID | None,
    pairs: Sequence[tuple[Certificate, Instrument]],
) -> Event:
    """verb: issued or superseded. The dates of the instrument are those after the certificate."""
    items = [
        {
            "instrument_id": i.id, "version": i.version, "certificate_id": c.id, "number": c.number, "unit": c.unit,
            "kind": c.kind, "verified_on": c.verified_on, "valid_until": c.valid_until, "result": i.result,
            "instrument_valid_until": i.valid_until, "rotate_on": i.rotate_on, "public_code": c.public_code,
        } | _units(i)
        for c, i in pairs
    ]  # fmt: skip
    data = {"org_id": org_id, "institution_id": institution_id, "booking_id": booking_id, "items": items}
    return Event(f"certificate.{verb}", new_id(), data)


def reminders_due(org_id: UUID, reason: str, rows: Sequence[Any]) -> Iterator[Event]:
    """One reason an event: it is told in one sentence. rows: id, version, name, due_on."""
    for start in range(0, len(rows), MAX_ITEMS):
        items = [
            {"instrument_id": row.id, "version": row.version, "name": row.name, "reason": reason, "due_on": row.due_on}
            for row in rows[start : start + MAX_ITEMS]
        ]
        yield Event("instrument.reminder_due", new_id(), {"org_id": org_id, "items": items})


def catalog_changed(kinds: Sequence[Kind]) -> Iterator[Event]:
    for start in range(0, len(kinds), MAX_ITEMS):
        rows = [
            {
                "code": k.code, "name": k.name, "category": k.category, "supervision": k.supervision, "mode": k.mode,
                "period_months": k.period_months, "term_months": k.term_months, "valid_from": k.valid_from,
                "valid_to": k.valid_to, "successor": k.successor,
            }
            for k in kinds[start : start + MAX_ITEMS]
        ]  # fmt: skip
        yield Event("catalog.changed", new_id(), {"version": kinds[start].version, "kinds": rows})


def _batches(
    kind: str, instruments: Iterable[Instrument], item: Callable[[Instrument], dict[str, Any]], **more: Any
) -> Iterator[Event]:
    groups: dict[UUID, list[Instrument]] = {}
    for instrument in instruments:
        groups.setdefault(instrument.org_id, []).append(instrument)
    for org_id, group in groups.items():
        for start in range(0, len(group), MAX_ITEMS):
            items = [item(i) for i in group[start : start + MAX_ITEMS]]
            yield Event(kind, new_id(), {"org_id": org_id, **more, "items": items})
