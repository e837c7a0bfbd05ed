"""What supervision asks: how many instruments are in a state today, and month by month what was verified.

All of it is read from counters by area, kind and institution (registry.queries.areas)."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from chassis.actor import Actor
from chassis.reads import Read, Reader, Row
from registry.domain.rounds import rate
from registry.domain.views import DUE_DAYS
from registry.queries import figures
from registry.queries.areas import Depth, area_asked, area_values, depth, entries
from registry.tables import SUPERVISION_COUNT, VERIFICATION_COUNT, VERIFICATION_FIGURES
from registry.view_sql import TODAY

NARROWED_BY: dict[str, Any] = {"kind_code": Text(), "institution_id": Uuid()}
GROUPS = {"division": "area", "kind": "kind_code", "institution": "institution_id"}


def supervision(reader: Reader, actor: Actor, today: date, args: Mapping[str, Any]) -> dict[str, Any]:
    """The counts of today and the figures of a month (or of all time till today), narrowed by `args`."""
    (answer,) = _asked(reader, actor, today, args, "")
    return answer


def breakdown(reader: Reader, actor: Actor, today: date, by: str, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same for each division, kind or institution, in the order of their codes."""
    return _asked(reader, actor, today, args, GROUPS[by])


def _asked(reader: Reader, actor: Actor, today: date, args: Mapping[str, Any], group: str) -> list[dict[str, Any]]:
    narrowed = {name: args[name] for name in NARROWED_BY if args.get(name) is not None}
    first, last = _period(args.get("month"), today)
    area = area_asked(actor, args.get("division_code"))
    given = narrowed | area_values(area) | {"today": today, "first": first, "last": last}
    shape = depth(area), tuple(sorted(narrowed)), group
    states, flows = reader.run((_states(actor.kind, *shape), given), (_flows(*shape), given))
    by_key: dict[Any, Row] = {}
    for row in [*states, *flows]:
        by_key.setdefault(row.pop("key"), {}).update(row)
    keys = sorted(by_key, key=str)
    return [({"key": str(key)} if group else {}) | _answer(by_key[key]) for key in keys]


def _answer(found: Row) -> dict[str, Any]:
    state = {name: int(found.get(name) or 0) for name in figures(SUPERVISION_COUNT.c)}
    n = {name: int(found.get(f"month_{name}") or 0) for name in VERIFICATION_FIGURES}
    due = n["due"] + int(found.get("still_due") or 0)
    return state | {
        "verified": n["verified"], "passed": n["passed"], "first_verified": n["first"], "first_passed": n["first_passed"],
        "first_pass_rate": rate(n["first_passed"], n["first"]), "due_in_period": due, "verified_on_time": n["on_time"],
        "on_time_rate": rate(n["on_time"], due),
        "days_to_certificate": round(n["days"] / n["filed"], 1) if n["filed"] else None,
    }  # fmt: skip


@cache
def _states(kind: str, deep: Depth, names: tuple[str, ...], group: str) -> Read:
    """The counts of today, and how many were due in the period, are late and were not verified since."""
    n = SUPERVISION_COUNT.c
    late = case((n.phase == "unverified", n.phase_day + DUE_DAYS), else_=n.phase_day)
    still_due = and_(
        or_(n.phase == "verified", n.phase == "unverified"),
        late >= bindparam("first", type_=Date), late <= bindparam("last", type_=Date), late < TODAY,
    )  # fmt: skip
    counted: Mapping[str, ColumnElement[bool]] = {**figures(n), "still_due": still_due}
    sums = [func.coalesce(cast(func.sum(n.n).filter(c), BigInteger), 0).label(name) for name, c in counted.items()]
    where = _scope(n, deep, names, group)
    if kind == "supervisor":
        where.append(n.filing_state != "none")
    return _grouped(n, sums, where, group)


@cache
def _flows(deep: Depth, names: tuple[str, ...], group: str) -> Read:
    n = VERIFICATION_COUNT.c
    sums = [
        func.coalesce(cast(func.sum(n[name]), BigInteger), 0).label(f"month_{name}") for name in VERIFICATION_FIGURES
    ]
    month = [n.month >= bindparam("first", type_=Date), n.month <= bindparam("last", type_=Date)]
    return _grouped(n, sums, [*_scope(n, deep, names, group), *month], group)


def _grouped(n: Any, sums: list[Any], where: list[Any], group: str) -> Read:
    key = n[group] if group else literal(1)
    statement = select(key.label("key"), *sums).where(*where)
    return Read(statement.group_by(key) if group else statement)


def _scope(n: Any, deep: Depth, names: tuple[str, ...], group: str) -> list[ColumnElement[bool]]:
    asked = {*names, group}
    found = entries(n, deep, "kind_code" in asked, "institution_id" in asked, by_division=group == "area")
    return found + [n[name] == bindparam(name, type_=NARROWED_BY[name]) for name in names]


def _period(month: str | None, today: date) -> tuple[date, date]:
    """First and last day of a month; without one, of all time till today."""
    if not month:
        return date.min, today
    first = date.fromisoformat(month + "-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
