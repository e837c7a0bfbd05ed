"""Divisions, institutions and what they are capable of, on a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import SQLColumnExpression, and_, exists, or_, select
from sqlalchemy.orm import Session

from chassis.errors import NotFound
from identity.models import Bureau, Capability, Division, Institution


def divisions(db: Session, on: date | None = None) -> list[dict[str, Any]]:
    """The tree by code: of a day, or with what was and what will be."""
    statement = select(*Division.__table__.c).order_by(Division.code)
    if on is not None:
        statement = statement.where(_in_force(Division, on))
    return [dict(row) for row in db.execute(statement).mappings()]


def division(db: Session, code: str) -> Division:
    """Locked. Raises: NotFound."""
    found = db.scalars(select(Division).where(Division.code == code).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def is_leaf(db: Session, code: str, on: date) -> bool:
    """Whether `code` may be an organisation's division or an area of use on that day."""
    return bool(db.scalar(select(Division.is_leaf).where(Division.code == code, _in_force(Division, on))))


def institutions(db: Session, args: Mapping[str, Any], on: date) -> list[dict[str, Any]]:
    """Active institutions whose area contains `division_code`, of a `tier`, capable of `kind_code` on that day."""
    i = Institution
    statement = select(
        i.id, i.name, i.alias, i.tier, i.division_code, i.parent_id, i.contact, i.demo, i.verified
    ).where(i.active)
    if code := args.get("division_code"):
        statement = statement.where(i.division_code.in_([code[:2] + "0000", code[:4] + "00", code[:6]]))
    if tier := args.get("tier"):
        statement = statement.where(i.tier == tier)
    if kind := args.get("kind_code"):
        able = exists().where(
            Capability.institution_id == i.id, Capability.kind_code.in_(["*", kind]), _in_force(Capability, on)
        )
        statement = statement.where(able)
    return [dict(row) for row in db.execute(statement.order_by(i.division_code, i.id)).mappings()]


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


def _in_force(table: type[Division] | type[Capability], on: date) -> SQLColumnExpression[bool]:
    """Both ends belong to the period; an end that is missing is open."""
    return and_(
        or_(table.valid_from.is_(None), table.valid_from <= on), or_(table.valid_to.is_(None), table.valid_to >= on)
    )
