"""The catalog of contracts/reference. Loading the same version twice changes nothing and tells nothing; once an official
list was loaded, the sample has nothing more to say."""

import json
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.events import MAX_ITEMS
from chassis.runtime import Runtime
from registry.events import catalog_changed, instruments_changed
from registry.models import CatalogVersion, Instrument, Kind


def seed(runtime: Runtime, _profile: str | None) -> None:
    path = runtime.contracts.folder.parent / "reference" / "catalog.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    with runtime.database.transaction() as db:
        load_catalog(db, str(data["version"]), data["kinds"])


def load_catalog(db: Session, version: str, rows: list[dict[str, Any]]) -> int:
    """Take over the kinds that are new or changed; returns how many."""
    if db.scalar(select(CatalogVersion.id).limit(1)) is not None:
        return 0
    known = {kind.code: kind for kind in db.scalars(select(Kind))}
    changed = []
    for row in rows:
        values = {
            "category": row["category"], "name": row["name"], "supervision": row["supervision"], "mode": row["mode"],
            "period_months": row["period_months"], "term_months": row["term_months"],
            "purposes": row.get("purposes") or [], "scope_note": row.get("scope_note") or "",
            "details_schema": row.get("details_schema"), "valid_from": _day(row["valid_from"]),
            "valid_to": _day(row["valid_to"]), "successor": row["successor"], "demo": bool(row.get("demo")),
            "verified": row.get("verified") or {},
        }  # fmt: skip
        kind = known.get(row["code"])
        if kind is None:
            kind = Kind(code=row["code"], version=version, **values)
            db.add(kind)
            changed.append(kind)
        elif any(getattr(kind, key) != value for key, value in values.items()):
            for key, value in values.items():
                setattr(kind, key, value)
            kind.version = version
            changed.append(kind)
    db.flush()
    outbox.record(db, *catalog_changed(changed))
    return len(changed)


def tell_catalog(db: Session) -> int:
    kinds = list(db.scalars(select(Kind).order_by(Kind.code)))
    outbox.record(db, *catalog_changed(kinds))
    return len(kinds)


def tell_instruments(db: Session) -> int:
    """All whose filing is approved, for booking's copies."""
    filed = select(Instrument).where(Instrument.filing_state == "approved").order_by(Instrument.org_id, Instrument.id)
    count = 0
    for rows in db.scalars(filed.execution_options(yield_per=MAX_ITEMS)).partitions():
        outbox.record(db, *instruments_changed(rows))
        count += len(rows)
        db.expunge_all()
    return count


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
