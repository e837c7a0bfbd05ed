"""Whose an instrument is: from the copy of the organisations, which carries no row-level security and gives no more than
what is shown beside an instrument that the caller may see."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, Text, bindparam, func, select
from sqlalchemy.orm import aliased

from chassis.reads import Read, Reader
from registry.models import Instrument, Org

_Owned = aliased(Instrument)
FILTER = "org_name_contains"  # a part of the name or of the credit code


def _of_owner(column: Any) -> Any:
    return select(column).where(Org.id == Instrument.org_id).scalar_subquery()


SHOWN = {"org_name": _of_owner(Org.name), "org_credit_code": _of_owner(Org.credit_code)}
CONTACT = {"org_contact_name": _of_owner(Org.contact_name), "org_phone": _of_owner(Org.phone)}


def called(parameter: str) -> Select[Any]:
    """The organisations whose name or credit code holds what the parameter says."""
    return select(Org.id).where(Org.words.like(func.search_pattern(bindparam(parameter, type_=Text))))


def owned(parameter: str) -> Select[Any]:
    """Their instruments."""
    return select(_Owned.id).where(_Owned.org_id.in_(called(parameter)))


FEW = 100  # organisations; what more of them own is found faster by a walk than gathered
_HOW_MANY = Read(select(func.count().label("n")).select_from(called("q").limit(FEW + 1).subquery()))


def how_many(reader: Reader, values: Mapping[str, Any]) -> str:
    """Whether no, few or many organisations are called so: each has a plan of its own."""
    [rows] = reader.run((_HOW_MANY, values))
    n = rows[0]["n"]
    return "none" if n == 0 else "few" if n <= FEW else "many"
