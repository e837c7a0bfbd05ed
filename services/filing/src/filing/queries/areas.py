"""Areas that a question is about, as the indexes, the search and the counters call them (migration 0007)."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, bindparam, false

from chassis.actor import Actor, area_of
from filing.models import Filing

AREA, COUNTY, WITHIN = (bindparam(name, type_=Text) for name in ("area", "county", "within"))
COUNTED = (0, 1, 2, 4, 6, 9)  # digits of an area that has counters, or is nowhere
CITY, NEAR = 4, 6  # digits of the areas that the search knows
NOWHERE = "-"


class Who(NamedTuple):
    """What the statement of a list depends on, of who asks: the kind of account, the digits of the area that its scope is,
    and whether counters know exactly that."""

    kind: str
    digits: int = 0
    counted: bool = True


def area_asked(actor: Actor, division_code: str | None) -> str:
    """The actor's own area, the part of it that is asked for, or none."""
    own = "" if actor.kind == "admin" else actor.area or NOWHERE
    asked = area_of(division_code or "")
    return asked if asked.startswith(own) else own if own.startswith(asked) else NOWHERE


def viewer(area: str) -> UUID:
    """As area_viewer of chassis/sql/search.sql."""
    return UUID(area.rjust(32, "0")) if area.isdigit() or area == "" else UUID(int=(1 << 128) - 1)


def scope_of(area: str) -> str:
    """The smallest area around it that an index holds in order."""
    return area[:CITY] if len(area) == CITY + 1 else area[:2] if len(area) == CITY - 1 else area


def values(area: str) -> dict[str, Any]:
    held = scope_of(area)
    found_by = held[: NEAR if len(held) > CITY else CITY]
    return {
        "area": held, "county": held[:6], "within": held + "%",
        "viewer": viewer(found_by), "counted_for": viewer(area),
    }  # fmt: skip


def lies_in(digits: int) -> ColumnElement[bool]:
    """Whether a filing's instrument stands in the area; of a city or less by an index that holds them in order."""
    if digits == len(NOWHERE):
        return false()
    if digits < CITY:
        return Filing.division_code.like(WITHIN)
    if digits == CITY:
        return Filing.city_code == AREA
    county = Filing.county_code == COUNTY
    return county if digits == NEAR else and_(county, Filing.division_code.like(WITHIN))
