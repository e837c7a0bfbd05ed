"""Imports that change what is there: 更新地址 of the three meters, 更换加油枪 of fuel dispensers. A row finds its
instrument by the four fields that identify it; nothing else of the instrument changes, and each change is history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.actor import Actor
from chassis.errors import ServiceError
from chassis.events import jsonable
from chassis.jobs import Job
from registry import events, queries
from registry.actions.certificates import change_units, settle
from registry.actions.checking import Checking
from registry.actions.histories import Line, tell
from registry.domain.errors import (
    BookingOpen,
    FilingOpen,
    InstrumentGone,
    NozzlesChanged,
    RevokedFrozen,
    WrongStatus,
)
from registry.domain.fields import LAYOUTS
from registry.domain.filing_states import OPEN_FILING
from registry.domain.nozzles import MOST_NOZZLES, nozzle_fault, with_change
from registry.domain.rules import Fault
from registry.models import STATUS_LABELS, Import, Instrument, Kind
from registry.workbooks.judge import Row

CHUNK = 2000
METERS = ("water_meter", "gas_meter", "electricity_meter")
I = Instrument  # noqa: E741
_FOUND = (
    I.id,
    I.identity_key,
    I.kind_code,
    I.division_code,
    I.install_address,
    I.details,
    I.status,
    I.filing_state,
    I.claim_id,
    I.open_booking_id,
)


def schemas(db: Session) -> dict[str, str | None]:
    return {code: schema for code, schema in db.execute(select(Kind.code, Kind.details_schema))}


def stage(db: Session, checking: Checking, rows: Sequence[Row]) -> None:
    """Find the instrument of each row, note what is wrong with it, and keep the changes that are left to make."""
    record = checking.record
    keys = [row.identity_key for row in rows]
    found = {
        bytes(one.identity_key): one
        for one in db.execute(select(*_FOUND).where(I.org_id == record.org_id, I.identity_key.in_(keys)))
    }
    staged = []
    for row in rows:
        values = row.values(checking.columns)
        instrument = found.get(row.identity_key)
        if not row.errors:
            row.errors += [(_header(record.kind, fault), str(values.get(fault.field) or ""), fault)
                           for fault in _faults(record.kind, instrument, values, checking.schemas)]  # fmt: skip
        if row.errors or instrument is None:
            continue
        change = {"install_address": values["install_address"]} if record.kind == "addresses" else values
        if _same(record.kind, instrument, change):
            checking.skipped += 1
            continue
        added = record.kind == "nozzles" and not instrument.details.get("nozzles")
        staged.append((record.id, row.number, instrument.id, row.identity_key,
                       orjson.dumps(jsonable(change) | {"added": added}).decode()))  # fmt: skip
    with (
        db.connection()
        .connection.cursor()
        .copy("COPY import_row (import_id, row, id, identity_key, fields) FROM STDIN") as copy
    ):
        for one in staged:
            copy.write_row(one)


def _header(kind: str, fault: Fault) -> str:
    return next(field.header for field in LAYOUTS[kind].fields if field.key == fault.field)


def _faults(kind: str, instrument: Any, values: Mapping[str, Any], by_kind: Mapping[str, str | None]) -> list[Fault]:
    if instrument is None:
        return [Fault("serial_no", "instrument_unknown", "台账中没有这台仪器，仪器名称、型号规格、出厂编号、自编号须与台账一致",
                      "There is no such instrument in the ledger.", "台账中的仪器")]  # fmt: skip
    schema = by_kind.get(instrument.kind_code)
    if kind == "addresses" and schema not in METERS:
        return [Fault("name", "not_a_meter", "“更新地址”只用于三表（水表、燃气表、电能表）", "Only for water, gas and electricity meters.", "三表")]  # fmt: skip
    if kind == "nozzles" and schema != "fuel_dispenser":
        return [Fault("name", "not_a_dispenser", "“更换加油枪”只用于加油机", "Only for fuel dispensers.", "加油机")]
    where = "install_address" if kind == "addresses" else "nozzle_no"
    if error := _locked(instrument):
        return [Fault(where, error.code, error.message("zh"), error.message("en"))]
    if kind == "nozzles":
        fault = nozzle_fault(instrument.details.get("nozzles") or [], values)
        return [] if fault is None else [fault]
    if values["division_code"] and values["division_code"] != instrument.division_code:
        return [Fault("division_code", "division_differs", f"只能在原使用区域（{instrument.division_code}）之内更新地址",
                      f"The address stays within {instrument.division_code}.", instrument.division_code)]  # fmt: skip
    return []


def _locked(instrument: Any) -> ServiceError | None:
    """Why its address and nozzles may not change now: the same reasons as at the form."""
    if instrument.status == "scrapped":
        return WrongStatus(status=STATUS_LABELS["scrapped"], move="修改")
    if instrument.filing_state == "revoked":
        return RevokedFrozen()
    if instrument.filing_state in OPEN_FILING or instrument.claim_id is not None:
        return FilingOpen()
    return None


def _same(kind: str, instrument: Any, change: Mapping[str, Any]) -> bool:
    if kind == "addresses":
        return bool(instrument.install_address == change["install_address"])
    nozzles = instrument.details.get("nozzles") or []
    return bool(with_change(nozzles, change) == nozzles)


_CHANGE = text("""
    UPDATE instrument AS i SET install_address = v.address, details = v.details, version = i.version + 1, updated_at = :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:addresses AS text[]), CAST(:details AS jsonb[])) AS v(id, address, details)
    WHERE i.id = v.id
""")


@dataclass
class Changing:
    """An instrument while the rows of a chunk change it."""

    address: str
    details: dict[str, Any]
    booked: bool = False  # in an open booking, which counts on the nozzles as they are
    nozzles: list[dict[str, Any]] | None = None  # before the first of the changes
    told: list[tuple[list[dict[str, Any]], str | None]] = field(
        default_factory=list
    )  # changes and reason, a line of history each

    def change(self, kind: str, change: Mapping[str, Any]) -> None:
        """Raises: NozzlesChanged, BookingOpen."""
        before: Any
        after: Any
        if kind == "addresses":
            name, before, after, reason = "install_address", self.address, change["install_address"], "更新地址"
            self.address = after
        else:
            before = list(self.details.get("nozzles") or [])
            if not change["added"] and nozzle_fault(before, change):
                raise NozzlesChanged
            after = with_change(before, change)
            if len(after) > MOST_NOZZLES:
                raise NozzlesChanged
            if self.booked and [one["nozzle_no"] for one in after] != [one["nozzle_no"] for one in before]:
                raise BookingOpen
            self.details = self.details | {"nozzles": after}
            self.nozzles = before if self.nozzles is None else self.nozzles
            name, reason = "nozzles", f"更换加油枪 {change['replaced_on'] or ''}".strip()
        self.told.append(([{"field": name, "before": before, "after": after}], reason))


def commit_chunk(db: Session, by: Actor, job: Job) -> int:
    """Make the changes of at most CHUNK rows; returns how many rows were taken, 0 at the end. What does not fit any
    more, because the instrument changed meanwhile, is counted as wrong."""
    rows = db.execute(
        text("SELECT row, id, fields FROM import_row WHERE import_id = :id AND row > :after ORDER BY row LIMIT :n"),
        {"id": job.id, "after": job.position, "n": CHUNK},
    ).all()
    if not rows:
        return 0
    record = db.get_one(Import, job.id)
    locked = select(*_FOUND).where(I.id.in_({row.id for row in rows}), I.org_id == by.org_id).order_by(I.id)
    found = {one.id: one for one in db.execute(locked.with_for_update())}
    changed: dict[UUID, Changing] = {}
    late = 0
    for row in rows:
        try:
            one = found.get(row.id)
            if one is None:
                raise InstrumentGone
            if error := _locked(one):
                raise error
            changed.setdefault(
                one.id, Changing(one.install_address, one.details, one.open_booking_id is not None)
            ).change(record.kind, row.fields)
        except ServiceError as refused:
            _note(db, record, row.row, refused)
            late += 1
    _write(db, by, record, {key: one for key, one in changed.items() if one.told})
    approved = [key for key, one in changed.items() if one.told and found[key].filing_state == "approved"]
    outbox.record(db, *events.instruments_changed(queries.by_ids(db, approved).values()))
    record.updated += len(rows) - late
    record.invalid += late
    record.valid -= late
    db.flush()
    job.progress(db, position=rows[-1].row, done=len(rows) - late, failed=late)
    return len(rows)


def _write(db: Session, by: Actor, record: Import, changed: Mapping[UUID, Changing]) -> None:
    now, ones = clock.now(), changed.values()
    db.execute(
        _CHANGE,
        {"now": now, "ids": list(changed), "addresses": [one.address for one in ones],
         "details": [orjson.dumps(one.details).decode() for one in ones]},
    )  # fmt: skip
    lines = [Line(key, *told, str(record.id)) for key, one in changed.items() for told in one.told]
    tell(db, by, now, "changed", lines)
    others = queries.by_ids(db, [key for key, one in changed.items() if one.nozzles is not None])
    settle(db, [i for i in others.values() if change_units(i, changed[i.id].nozzles or [], now)], now)


def _note(db: Session, record: Import, row: int, error: ServiceError) -> None:
    db.execute(
        text('INSERT INTO import_error (import_id, seq, row, "column", field, code, value, message, message_en, expected)'
             " SELECT :id, 1 + coalesce(max(seq), 0), :row, '出厂编号', 'serial_no', :code, '', :zh, :en, ''"
             " FROM import_error WHERE import_id = :id"),
        {"id": record.id, "row": row, "code": error.code, "zh": error.message("zh"), "en": error.message("en")},
    )  # fmt: skip
