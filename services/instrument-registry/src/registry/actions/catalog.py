"""Loading an official list: first what it would change, then the change from a day on.

A code that comes or goes carries its own dates, so that it is known before; other values change on the day itself.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import invalid
from registry.domain.catalog import LIFE, TIMED, Diff, diff, last_day
from registry.domain.errors import CatalogVersionExists
from registry.events import catalog_changed
from registry.models import CatalogVersion, Kind, KindRevision
from registry.queries import catalog

BEGINNING = date.min
Listed = Mapping[str, Mapping[str, Any]]


def compare(db: Session, listed: Listed, valid_from: date) -> Diff:
    """Returns the changes that the list would make. Raises: Invalid for a day before that of the last loaded version."""
    latest = db.scalar(select(func.max(CatalogVersion.valid_from)))
    if latest is not None and valid_from < latest:
        zh = f"启用日期不能早于现有最新版本的启用日期 {latest}。"
        raise invalid("valid_from", "before_latest", zh, f"Not before {latest}, when the latest version begins.")
    return diff({kind["code"]: kind for kind in catalog.kinds_on(db, valid_from)}, listed, valid_from)


def load(
    db: Session, by: Actor, listed: Listed, *, version: str, title: str, valid_from: date, now: datetime, today: date
) -> Diff:
    """Make the list the catalog from `valid_from` on. Raises: CatalogVersionExists, Invalid."""
    db.execute(text("LOCK TABLE catalog_version IN SHARE ROW EXCLUSIVE MODE"))  # one at a time; reading goes on
    if db.scalar(select(CatalogVersion.id).where(CatalogVersion.version == version)) is not None:
        raise CatalogVersionExists(version=version)
    found = compare(db, listed, valid_from)
    db.add(
        CatalogVersion(
            version=version, title=title, valid_from=valid_from, added=len(found.added), changed=len(found.changed),
            withdrawn=len(found.withdrawn), loaded_by=by.name, loaded_at=now,
        )
    )  # fmt: skip
    for row in found.added:
        db.add(Kind(**row, version=version))
    for row in found.withdrawn:
        kind = db.get_one(Kind, row["code"])
        kind.valid_to, kind.version = last_day(valid_from), version
    codes = _change(db, found, version, valid_from) | {row["code"] for row in [*found.added, *found.withdrawn]}
    db.flush()
    apply_due(db, today, told=codes)
    return found


def _change(db: Session, found: Diff, version: str, valid_from: date) -> set[str]:
    """The life of a code is changed at once, all else by a revision; returns the codes of the former."""
    at_once = set()
    before = {kind["code"]: kind for kind in catalog.kinds_on(db, valid_from)}
    for change in found.changed:
        after = {one["field"]: one["after"] for one in change.fields}
        kind = db.get_one(Kind, change.code)
        for key in LIFE:
            if key in after:
                setattr(kind, key, after[key])
                at_once.add(change.code)
        if not any(key in after for key in TIMED):
            kind.version = version
            continue
        held = {key: before[change.code][key] for key in TIMED}
        first = {"code": change.code, "valid_from": BEGINNING, "version": kind.version, "facts": held, "applied": True}
        db.execute(insert(KindRevision).values(first).on_conflict_do_nothing())
        revised = {key: after.get(key, held[key]) for key in TIMED}
        new = {"version": version, "facts": revised, "applied": False}
        statement = insert(KindRevision).values(code=change.code, valid_from=valid_from, **new)
        db.execute(statement.on_conflict_do_update(index_elements=["code", "valid_from"], set_=new))
    return at_once


def apply_due(db: Session, today: date, told: Iterable[str] = ()) -> int:
    """Let the revisions whose day has come take effect, and tell of them and of the codes `told`."""
    r = KindRevision
    waiting = select(r).where(r.applied.is_(False), r.valid_from <= today).order_by(r.valid_from, r.code)
    codes = set(told)
    for revision in db.scalars(waiting.with_for_update()):
        kind = db.get_one(Kind, revision.code)
        for key in TIMED:
            setattr(kind, key, revision.facts[key])
        kind.version = revision.version
        codes.add(kind.code)
    db.execute(update(r).where(r.applied.is_(False), r.valid_from <= today).values(applied=True))
    db.flush()
    changed = list(db.scalars(select(Kind).where(Kind.code.in_(codes)).order_by(Kind.code))) if codes else []
    outbox.record(db, *catalog_changed(changed))
    return len(changed)
