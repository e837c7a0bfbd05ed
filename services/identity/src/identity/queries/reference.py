"""Divisions, institutions and what they are capable of, on a day."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    SQLColumnExpression,
    Text,
    and_,
    any_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from chassis.reads import Read, Reader
from identity.models import Bureau, Capability, Division, Institution


def _in_force(
    table: type[Division] | type[Capability], on: date | SQLColumnExpression[date]
) -> SQLColumnExpression[bool]:
    """Both ends belong to the period; an end that is missing is open."""
    return and_(
        or_(table.valid_from.is_(None), table.valid_from <= on), or_(table.valid_to.is_(None), table.valid_to >= on)
    )


_ON = bindparam("on", type_=Date)
_ALL_DIVISIONS = select(*Division.__table__.c).order_by(Division.code)
_DIVISIONS, _DIVISIONS_ON = Read(_ALL_DIVISIONS), Read(_ALL_DIVISIONS.where(_in_force(Division, _ON)))


def divisions(reader: Reader, on: date | None = None) -> list[dict[str, Any]]:
    """The tree by code: of a day, or with what was and what will be."""
    [rows] = reader.run((_DIVISIONS, {}) if on is None else (_DIVISIONS_ON, {"on": on}))
    return rows


def division(db: Session, code: str) -> Division:
    """Locked. Raises: NotFound."""
    found = db.scalars(select(Division).where(Division.code == code).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def is_leaf(db: Session, code: str, on: date) -> bool:
    """Whether `code` may be an organisation's division or an area of use on that day."""
    return bool(db.scalar(select(Division.is_leaf).where(Division.code == code, _in_force(Division, on))))


def institutions(reader: Reader, args: Mapping[str, Any], on: date) -> list[dict[str, Any]]:
    """Active institutions whose area contains `division_code`, of a `tier`, capable of `kind_code` on that day."""
    code = args.get("division_code") or ""
    given = {**args, "on": on, "areas": [code[:2] + "0000", code[:4] + "00", code[:6]]}
    [rows] = reader.run((_institutions(*(name for name in _INSTITUTIONS_BY if args.get(name))), given))
    return rows


_INSTITUTIONS_BY: dict[str, ColumnElement[bool]] = {
    "division_code": Institution.division_code == any_(bindparam("areas", type_=ARRAY(Text))),
    "tier": Institution.tier == bindparam("tier"),
    "kind_code": exists().where(
        Capability.institution_id == Institution.id,
        or_(Capability.kind_code == "*", Capability.kind_code == bindparam("kind_code")),
        _in_force(Capability, _ON),
    ),
}


@cache
def _institutions(*by: str) -> Read:
    i = Institution
    columns = (i.id, i.name, i.alias, i.tier, i.division_code, i.parent_id, i.contact, i.demo, i.verified)
    conditions = (_INSTITUTIONS_BY[name] for name in by)
    return Read(select(*columns).where(i.active, *conditions).order_by(i.division_code, i.id))


def institution(db: Session, institution_id: UUID) -> Institution:
    """Raises: NotFound."""
    found = db.get(Institution, institution_id)
    if found is None:
        raise NotFound
    return found


def institution_to_change(db: Session, institution_id: UUID) -> Institution:
    """Locked: its capabilities change under the same lock. Raises: NotFound."""
    found = db.scalars(select(Institution).where(Institution.id == institution_id).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def bureau_to_change(db: Session, bureau_id: UUID) -> Bureau:
    """Locked. Raises: NotFound."""
    found = db.scalars(select(Bureau).where(Bureau.id == bureau_id).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def sheet_rows(db: Session, table: str) -> list[dict[str, Any]]:
    """Everything of a sheet of reference data, in its order."""
    order = {
        "divisions": (Division, (Division.code,)),
        "institutions": (Institution, (Institution.division_code, Institution.id)),
        "bureaus": (Bureau, (Bureau.division_code, Bureau.id)),
        "capabilities": (
            Capability,
            (Capability.institution_id, Capability.kind_code, Capability.mode, Capability.valid_from),
        ),
    }
    model, by = order[table]
    return [dict(row) for row in db.execute(select(*model.__table__.c).order_by(*by)).mappings()]
