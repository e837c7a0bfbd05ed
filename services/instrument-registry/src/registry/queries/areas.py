"""Which entries of the counters of supervision make up an area (migration 0014).

Every change is counted for the whole (area ""), the province, city, county and town that it lies in. In each of these
stand sums for all kinds and institutions together, for each kind, and for each institution; for a kind at an institution
only the divisions themselves (`leaf`) have entries.
"""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, bindparam

from chassis.actor import Actor, area_of
from registry.tables import ALL_INSTITUTIONS, ALL_KINDS, NOBODY

AREA, WITHIN, COUNTY = (bindparam(name, type_=Text) for name in ("area", "within", "county"))
NOWHERE = "-"
LEVELS = (0, 2, 4, 6, 9)  # digits of an area that has entries
CITY = 4  # digits
NEAR = 6  # digits from which on an area is a division, or holds few
Depth = Literal["near", "wide"]


def area_asked(actor: Actor, division_code: str | None) -> str:
    """The area that a question is about: the actor's own, the part of it that is asked for, or none."""
    own = "" if actor.kind == "admin" else actor.area
    asked = area_of(division_code or "")
    return asked if asked.startswith(own) else own if own.startswith(asked) else NOWHERE


def has_entries(area: str) -> bool:
    return len(area) in LEVELS or area == NOWHERE


def area_values(area: str) -> dict[str, str]:
    return {"area": area, "within": area + "%", "county": area[:6]}


def viewer(area: str) -> UUID:
    """Returns the viewer id of an area of at most a city: see area_viewer in migration 0016."""
    return UUID(area[: NEAR if len(area) > CITY else CITY].rjust(32, "0")) if area.isdigit() else NOBODY


def lies_in(i: Any, digits: int) -> Any:
    """Whether an instrument stands in the area; where that is a city or less, by an index that has them in order."""
    if digits < CITY:
        return i.division_code.like(WITHIN)
    if digits == CITY:
        return i.city_code == AREA
    return i.county_code == COUNTY if digits == 6 else and_(i.county_code == COUNTY, i.division_code.like(WITHIN))


def depth(area: str) -> Depth:
    return "near" if len(area) >= NEAR else "wide"


def entries(
    n: Any, deep: Depth, by_kind: bool, by_institution: bool, by_division: bool = False
) -> list[ColumnElement[bool]]:
    """The entries that make up an area once. n: columns of the counters. by_…: whether the question names one, or asks
    for each; the condition on which one is the caller's."""
    if (by_kind and by_institution) or ((by_kind or by_institution) and (by_division or deep == "near")):
        return [n.leaf, n.area.like(WITHIN), n.kind_code != ALL_KINDS, n.institution_id != ALL_INSTITUTIONS]
    kind = n.kind_code != ALL_KINDS if by_kind else n.kind_code == ALL_KINDS
    institution = n.institution_id != ALL_INSTITUTIONS if by_institution else n.institution_id == ALL_INSTITUTIONS
    where = [n.leaf, n.area.like(WITHIN)] if by_division else [n.area == AREA]
    return [*where, kind, institution]
