"""Reference data in the administrator's hands: divisions, institutions with their capabilities, bureaus.

Every change raises the version of its row and tells the services that keep a copy. Nothing is deleted: a division gets
a last day, an institution or a bureau is no longer active.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.errors import FieldError, Invalid, Stale
from chassis.ids import new_id
from identity import events, queries
from identity.domain.errors import DivisionExists
from identity.domain.periods import Period, backwards, overlap
from identity.models import Bureau, Capability, Division, Institution

PARENT_LEVEL = {"city": "province", "county": "city", "town": None}
Values = Mapping[str, Any]


def add_division(db: Session, values: Values) -> Division:
    """Raises: DivisionExists, Invalid."""
    if db.get(Division, values["code"]) is not None:
        raise DivisionExists(code=values["code"])
    division = Division(**values)
    _check_division(db, division)
    db.add(division)
    db.flush()
    outbox.record(db, events.division_changed(division))
    return division


def change_division(db: Session, code: str, version: int | None, changes: Values) -> bool:
    """Whether anything changed. version: None where the caller holds the lock. Raises: NotFound, Stale, Invalid."""
    division = queries.division(db, code)
    _check_version(division.version, version)
    if not _assign(division, changes):
        return False
    _check_division(db, division)
    outbox.record(db, events.division_changed(division))
    return True


def add_institution(db: Session, values: Values) -> Institution:
    """Raises: Invalid."""
    institution = Institution(
        **({"id": new_id(), "alias": "", "contact": None, "parent_id": None, "active": True} | dict(values)),
        demo=False, verified="no", version=1, capabilities=[],
    )  # fmt: skip
    _check_institution(db, institution)
    db.add(institution)
    db.flush()
    outbox.record(db, events.institution_changed(institution))
    return institution


def change_institution(db: Session, institution_id: UUID, version: int | None, changes: Values) -> bool:
    """Whether anything changed. Raises: NotFound, Stale, Invalid."""
    institution = queries.institution_to_change(db, institution_id)
    _check_version(institution.version, version)
    if not _assign(institution, changes):
        return False
    _check_institution(db, institution)
    outbox.record(db, events.institution_changed(institution))
    return True


def set_capabilities(
    db: Session, institution_id: UUID, version: int | None, wanted: Sequence[Values]
) -> tuple[int, int]:
    """Make `wanted` the institution's capabilities; how many were added and removed. Raises: NotFound, Stale, Invalid
    for periods that run backwards or overlap."""
    institution = queries.institution_to_change(db, institution_id)
    _check_version(institution.version, version)
    _check_periods(wanted)
    known = {(c.kind_code, c.mode, c.valid_from, c.valid_to): c for c in institution.capabilities}
    asked = {(o["kind_code"], o["mode"], o.get("valid_from"), o.get("valid_to")): o for o in wanted}
    gone = [capability for key, capability in known.items() if key not in asked]
    fresh = [one for key, one in asked.items() if key not in known]
    if not gone and not fresh:
        return 0, 0
    for capability in gone:
        institution.capabilities.remove(capability)
    institution.capabilities += [Capability(**one) for one in fresh]
    institution.version += 1
    db.flush()
    db.expire(institution, ["capabilities"])  # read again in their order
    outbox.record(db, events.institution_changed(institution))
    return len(fresh), len(gone)


def add_bureau(db: Session, values: Values) -> Bureau:
    """Raises: Invalid."""
    bureau = Bureau(**({"id": new_id(), "active": True} | dict(values)), version=1)
    _check_placed(db, bureau.division_code)
    db.add(bureau)
    db.flush()
    return bureau


def change_bureau(db: Session, bureau_id: UUID, version: int | None, changes: Values) -> bool:
    """Whether anything changed. Its supervisors see the new area with their next token. Raises: NotFound, Stale,
    Invalid."""
    bureau = queries.bureau_to_change(db, bureau_id)
    _check_version(bureau.version, version)
    if not _assign(bureau, changes):
        return False
    _check_placed(db, bureau.division_code)
    return True


def _check_version(actual: int, expected: int | None) -> None:
    if expected is not None and actual != expected:
        raise Stale


def _assign(row: Division | Institution | Bureau, changes: Values) -> bool:
    changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.version += 1
    return bool(changed)


def _check_division(db: Session, division: Division) -> None:
    errors = []
    if backwards((division.valid_from, division.valid_to)):
        errors.append(_period_error("valid_to"))
    if division.level == "province":
        parent_fits = division.parent_code is None
    else:
        with db.no_autoflush:
            parent = db.get(Division, division.parent_code) if division.parent_code else None
        # a town may lie below a city that has no counties
        parent_fits = parent is not None and PARENT_LEVEL[division.level] in (None, parent.level)
    if not parent_fits:
        errors.append(
            FieldError("parent_code", "parent_wrong", f"上级代码“{division.parent_code or ''}”不存在，或级别不符。",
                       f"Parent {division.parent_code or '(none)'} does not exist or is of another level.")
        )  # fmt: skip
    if errors:
        raise Invalid(errors=errors)


def _check_institution(db: Session, institution: Institution) -> None:
    """Tier, division and parent are three separate things; but nobody is below itself."""
    _check_placed(db, institution.division_code)
    above, seen = institution.parent_id, {institution.id}
    while above is not None:
        with db.no_autoflush:
            parent = db.get(Institution, above) if above not in seen else None
        if parent is None:
            raise Invalid(
                errors=[FieldError("parent_id", "parent_wrong", "上级机构不存在，或形成了循环。",
                                   "The parent does not exist, or is below this institution.")]
            )  # fmt: skip
        seen.add(above)
        above = parent.parent_id


def _check_placed(db: Session, code: str) -> None:
    with db.no_autoflush:
        known = db.scalar(select(Division.code).where(Division.code == code))
    if known is None:
        raise Invalid(
            errors=[FieldError("division_code", "division_unknown", f"行政区划代码“{code}”不存在。", f"There is no division {code}.")]
        )  # fmt: skip


def _check_periods(wanted: Sequence[Values]) -> None:
    errors: list[FieldError] = []
    earlier: dict[tuple[str, str], list[Period]] = {}
    for index, one in enumerate(wanted):
        period = one.get("valid_from"), one.get("valid_to")
        if backwards(period):
            errors.append(_period_error(f"{index}.valid_to"))
        before = earlier.setdefault((one["kind_code"], one["mode"]), [])
        if any(overlap(period, other) for other in before):
            errors.append(
                FieldError(f"{index}.valid_from", "periods_overlap", f"种别 {one['kind_code']} 的有效期与另一行重叠。",
                           f"The period of kind {one['kind_code']} overlaps with another one.")
            )  # fmt: skip
        before.append(period)
    if errors:
        raise Invalid(errors=errors)


def _period_error(field: str) -> FieldError:
    return FieldError(field, "period_backwards", "停用日期不能早于启用日期。", "The last day is before the first.")
