"""Whose an instrument is: from the copy of the organisations, which carries no row-level security and gives no more than
what is shown beside an instrument that the caller may see."""

from typing import Any

from sqlalchemy import Select, Text, bindparam, func, select

from registry.models import Instrument, Org

FILTER = "org_name_contains"  # a part of the name or of the credit code


def _of_owner(column: Any) -> Any:
    return select(column).where(Org.id == Instrument.org_id).scalar_subquery()


SHOWN = {"org_name": _of_owner(Org.name), "org_credit_code": _of_owner(Org.credit_code)}
CONTACT = {"org_contact_name": _of_owner(Org.contact_name), "org_phone": _of_owner(Org.phone)}


def called(parameter: str) -> Select[Any]:
    """The organisations whose name or credit code holds what the parameter says."""
    return select(Org.id).where(Org.words.like(func.search_pattern(bindparam(parameter, type_=Text))))
