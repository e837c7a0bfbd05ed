"""Whole sheets of reference data: what they would change, and the change itself by the same functions as one by one.

Rows that a sheet does not name stay as they are. Only capabilities are replaced as a whole, institution by institution.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import FieldError, Invalid, NotFound
from identity.actions.reference import (
    add_bureau,
    add_division,
    add_institution,
    change_bureau,
    change_division,
    change_institution,
    set_capabilities,
)
from identity.models import Bureau, Capability, Division, Institution

Values = Mapping[str, Any]
Row = tuple[int, Values]  # the row number as Excel shows it, and its fields


@dataclass
class Diff:
    """What a sheet changes. `changes`: {row, key, field, before, after} for every field of rows that were there, and
    without field for rows that are added or removed. `errors`: (row, error of a field)."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    errors: list[tuple[int, FieldError]] = field(default_factory=list)

    def attempt(self, row: int, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Invalid as error:
            self.errors += [(row, one) for one in error.errors]
            return None


def import_divisions(db: Session, rows: Sequence[Row]) -> Diff:
    return _import(
        db, rows, Division, "code", add_division, lambda code, changes: change_division(db, code, None, changes)
    )


def import_institutions(db: Session, rows: Sequence[Row]) -> Diff:
    return _import(
        db, rows, Institution, "id", add_institution, lambda key, changes: change_institution(db, key, None, changes)
    )


def import_bureaus(db: Session, rows: Sequence[Row]) -> Diff:
    return _import(db, rows, Bureau, "id", add_bureau, lambda key, changes: change_bureau(db, key, None, changes))


def _import(
    db: Session,
    rows: Sequence[Row],
    table: type[Division | Institution | Bureau],
    key: str,
    add: Callable[[Session, Values], Any],
    change: Callable[[Any, Values], bool],
) -> Diff:
    diff, seen = Diff(), set()
    for number, values in rows:
        name = values.get(key)
        if name is not None and name in seen:
            diff.errors.append(
                (number, FieldError(key, "twice", f"“{name}”在文件中出现了两次。", f"{name} stands twice in the file."))
            )
            continue
        seen.add(name)
        row = db.get(table, name) if name is not None else None
        if row is None:
            diff.attempt(number, partial(add, db, values))
            diff.added += 1
            diff.changes.append({"row": number, "key": str(name or values["name"])})
            continue
        before = {field: getattr(row, field) for field in values}
        changed = [field for field in values if before[field] != values[field]]
        diff.changed, diff.unchanged = diff.changed + bool(changed), diff.unchanged + (not changed)
        diff.changes += [
            {"row": number, "key": str(name), "field": f, "before": _shown(before[f]), "after": _shown(values[f])}
            for f in changed
        ]
        if changed:
            diff.attempt(number, partial(change, name, values))
    return diff


def import_capabilities(db: Session, rows: Sequence[Row]) -> Diff:
    diff = Diff()
    of: dict[UUID, list[Row]] = {}
    for number, values in rows:
        of.setdefault(values["institution_id"], []).append((number, values))
    for institution_id, theirs in of.items():
        wanted = [{k: v for k, v in values.items() if k != "institution_id"} for _, values in theirs]
        before = _capabilities(db, institution_id)
        try:
            added, removed = set_capabilities(db, institution_id, None, wanted)
        except NotFound:
            unknown = FieldError(
                "institution_id",
                "institution_unknown",
                f"没有编号为 {institution_id} 的技术机构。",
                "No such institution.",
            )
            diff.errors.append((theirs[0][0], unknown))
            continue
        except Invalid as error:  # fields are `<index>.<field>`
            for one in error.errors:
                index, _, name = one.field.partition(".")
                diff.errors.append((theirs[int(index)][0], FieldError(name, one.code, one.zh, one.en)))
            continue
        after = _capabilities(db, institution_id)
        diff.added, diff.removed = diff.added + added, diff.removed + removed
        diff.unchanged += len(before & after)
        diff.changes += [
            {"row": None, "key": f"{institution_id} {' '.join(one)}", "removed": True} for one in sorted(before - after)
        ]
        diff.changes += [{"row": None, "key": f"{institution_id} {' '.join(one)}"} for one in sorted(after - before)]
    return diff


def _capabilities(db: Session, institution_id: UUID) -> set[tuple[str, ...]]:
    c = Capability
    rows = db.execute(
        select(c.kind_code, c.mode, c.valid_from, c.valid_to).where(c.institution_id == institution_id)
    )  # fmt: skip
    return {(row.kind_code, row.mode, _shown(row.valid_from) or "…", _shown(row.valid_to) or "…") for row in rows}


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) else str(value)


IMPORTS = {
    "divisions": import_divisions, "institutions": import_institutions, "bureaus": import_bureaus,
    "capabilities": import_capabilities,
}  # fmt: skip
