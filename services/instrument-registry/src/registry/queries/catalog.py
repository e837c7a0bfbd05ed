"""Reads of the catalog: as it is, as it is on a day, and the versions that made it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from chassis.paging import paginate
from registry.models import CatalogVersion, Kind, KindRevision

SHOWN = ("version", "title", "valid_from", "added", "changed", "withdrawn", "loaded_by", "loaded_at")  # of a version


def kinds(db: Session) -> list[dict[str, Any]]:
    """Every kind as it is, withdrawn ones too."""
    return [dict(row) for row in db.execute(select(*Kind.__table__.c).order_by(Kind.code)).mappings()]


def kinds_on(db: Session, day: date) -> list[dict[str, Any]]:
    """Every kind with the values that it has on a day, also those that are not in force then."""
    r = KindRevision
    revised = (
        select(r.code, r.version, r.facts)
        .ext(distinct_on(r.code))
        .where(r.valid_from <= day)
        .order_by(r.code, r.valid_from.desc())
    )
    revisions = {row.code: row.facts | {"version": row.version} for row in db.execute(revised)}
    return [kind | revisions.get(kind["code"], {}) for kind in kinds(db)]


def in_force(kind: Mapping[str, Any], day: date) -> bool:
    begun = kind["valid_from"] is None or kind["valid_from"] <= day
    return begun and (kind["valid_to"] is None or day <= kind["valid_to"])


def versions(db: Session, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the lists that were loaded, newest first."""
    v = CatalogVersion
    return paginate(db, select(*v.__table__.c), args, key=v.id, sortable={name: v.__table__.c[name] for name in SHOWN})
