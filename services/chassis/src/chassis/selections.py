"""Selections: which things a bulk command is about, frozen to ids before anything is done or answered.

{"ids": […]}  |  {"filter": {…as in the list…}, "expect": n?}  |  {"all": true, "expect": n?}
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from marshmallow import RAISE, ValidationError, fields, validate, validates_schema
from sqlalchemy import Select
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from chassis.problems import Message
from chassis.schema import Flag, Schema

MAX_IDS = 10_000  # named one by one; more come by filter or all

_ONE = Message(
    "selection_invalid",
    "selection 须为 ids、filter、all 三者之一。",
    "selection is exactly one of ids, filter, all.",
)


class SelectionChanged(Conflict):
    code = "selection_changed"
    zh = "符合条件的数量已变为 {count}，请确认后重试。"
    en = "The selection now holds {count}. Check and try again."
    members = ("count",)


def selection_schema(filters: type[Schema], name: str) -> type[Schema]:
    """The schema of a selection over a list with the fields of `filters`."""

    class Selection(Schema):
        ids = fields.List(fields.UUID(), validate=validate.Length(min=1, max=MAX_IDS))
        filter = fields.Nested(filters(unknown=RAISE))
        all = Flag(validate=validate.Equal(True))
        expect = fields.Integer(validate=validate.Range(min=0))

        @validates_schema
        def _exactly_one(self, data: Mapping[str, Any], **_: Any) -> None:
            if sum(key in data for key in ("ids", "filter", "all")) != 1:
                raise ValidationError(_ONE)

    return type(f"{name}Selection", (Selection,), {})


def freeze(
    db: Session,
    selection: Mapping[str, Any],
    *,
    by_filter: Callable[[Mapping[str, Any]], Select[*tuple[Any, ...]]],
    every: Callable[[], Select[*tuple[Any, ...]]],
) -> list[UUID]:
    """The ids that `selection` means for this caller now. Each function gives a SELECT of ids within the caller's
    scope. Ids that the caller named but may not see stay in the list: they fail one by one as not found.
    Raises: SelectionChanged when their number is not the one expected."""
    if "ids" in selection:
        return list(dict.fromkeys(selection["ids"]))
    statement = by_filter(selection["filter"]) if "filter" in selection else every()
    ids = list(db.execute(statement).scalars())
    expect = selection.get("expect")
    if expect is not None and expect != len(ids):
        raise SelectionChanged(count=len(ids))
    return ids
