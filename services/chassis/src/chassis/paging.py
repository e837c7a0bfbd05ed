"""Pages of a list: `page` and `page_size` with an exact total where a person looks, `cursor` for walking everything."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy import Date, Select, SQLColumnExpression, Text, Uuid, cast, func, select
from sqlalchemy.orm import Session

from chassis.errors import invalid
from chassis.problems import Message
from chassis.rawjson import json_response
from chassis.schema import Schema
from chassis.schema import Text as TextField

DEFAULT_SIZE = 15
MAX_SIZE = 100
MAX_PAGE = 1_000_000

_CURSOR_SORT = Message("cursor_with_sort", "cursor 不能与 sort、page 同用。", "cursor goes with neither sort nor page.")


class PageArgs(Schema):
    """The query fields of every list; a list adds its filters in a subclass."""

    page = fields.Integer(load_default=None, allow_none=False, validate=validate.Range(min=1, max=MAX_PAGE))
    page_size = fields.Integer(load_default=DEFAULT_SIZE, validate=validate.Range(min=1, max=MAX_SIZE))
    cursor = fields.String(
        load_default=None, allow_none=False, validate=validate.Regexp(r"^(?:|[0-9a-fA-F-]{36}|[0-9]{1,18})\Z"),
        metadata={"description": "empty for the first step, then next_cursor; walks in order of making, newest first"},
    )  # fmt: skip
    sort = TextField(
        max=200, load_default="", metadata={"description": "fields, with - for descending: -created_at,name"}
    )

    @validates_schema
    def _one_way(self, data: Mapping[str, Any], **_: Any) -> None:
        if data.get("cursor") is not None and (data.get("sort") or data.get("page")):
            raise ValidationError(_CURSOR_SORT, "cursor")


@cache
def page_schema(item: type[Schema]) -> type[Schema]:
    """The published envelope of a list of `item`."""
    return type(
        f"{item.__name__.removesuffix('View')}Page",
        (Schema,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "page": fields.Integer(),
            "page_size": fields.Integer(required=True),
            "total": fields.Integer(),
            "total_at_least": fields.Boolean(metadata={"description": "of a list that holds more than it counts"}),
            "next_cursor": fields.String(allow_none=True),
        },
    )


def paginate(
    db: Session,
    statement: Select[*tuple[Any, ...]],
    args: Mapping[str, Any],
    *,
    key: SQLColumnExpression[Any],
    sortable: Mapping[str, SQLColumnExpression[Any]],
    default: Sequence[SQLColumnExpression[Any]] | None = None,
    total: int | None = None,
) -> dict[str, Any]:
    """One page of `statement` as {"items": rows as dicts, …}.

    key: the unique column that orders by making (UUIDv7 or serial). sortable: name -> column.
    default: order without `sort`; newest first where none is given. total: where a counter knows it already.
    Raises: Invalid for a sort field that is not sortable.
    """
    size = args["page_size"]
    if args.get("cursor") is not None:
        if args["cursor"]:
            statement = statement.where(key < cursor_value(args["cursor"], key))
        rows = [dict(row) for row in db.execute(statement.order_by(key.desc()).limit(size + 1)).mappings()]
        more = len(rows) > size
        rows = rows[:size]
        return {
            "items": rows,
            "page_size": size,
            "next_cursor": str(rows[-1][getattr(key, "key", None) or "id"]) if more else None,
        }
    page = args.get("page") or 1
    if total is None:
        total = db.execute(select(func.count()).select_from(statement.order_by(None).subquery())).scalar_one()
    order = [*(ordering(args.get("sort") or "", sortable) or default or []), key.desc()]
    rows = []
    if (page - 1) * size < total:
        found = db.execute(statement.order_by(*order).limit(size).offset((page - 1) * size)).mappings()
        rows = [dict(row) for row in found]
    return {"items": rows, "page": page, "page_size": size, "total": total}


Columns = Mapping[str, SQLColumnExpression[Any]]
NONE: Columns = {}


def narrowed(
    statement: Select[*tuple[Any, ...]],
    args: Mapping[str, Any],
    *,
    equal: Columns = NONE,
    contained: Columns = NONE,
    days: Columns = NONE,
    amounts: Columns = NONE,
) -> Select[*tuple[Any, ...]]:
    """`statement` by the filters of its columns that stand in `args`: `name` of equal; `name_contains` of contained, in any
    case; `name_from` and `name_to` of days and amounts, both inclusive, where a moment counts by its business day.
    `schema.contained`, `schema.between` and `schema.amounts` make the fields."""
    for name, column in equal.items():
        if args.get(name) is not None:
            statement = statement.where(column == args[name])
    for name, column in contained.items():
        if args.get(f"{name}_contains"):
            statement = statement.where(cast(column, Text).icontains(args[f"{name}_contains"], autoescape=True))
    by_day = {
        name: column if isinstance(getattr(column, "type", None), Date) else business_day(column)
        for name, column in days.items()
    }
    for name, value in {**by_day, **amounts}.items():
        if args.get(f"{name}_from") is not None:
            statement = statement.where(value >= args[f"{name}_from"])
        if args.get(f"{name}_to") is not None:
            statement = statement.where(value <= args[f"{name}_to"])
    return statement


def business_day(moment: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """Its calendar day in Asia/Shanghai."""
    return cast(func.timezone("Asia/Shanghai", moment), Date)


def cursor_value(given: str, key: SQLColumnExpression[Any]) -> UUID | int:
    """The cursor as a value of `key`: an id, else a serial number. Raises: Invalid for the cursor of another list."""
    try:
        return UUID(given) if isinstance(getattr(key, "type", None), Uuid) else int(given)
    except ValueError:
        raise invalid("cursor", "invalid", "cursor 无效，请从头开始。", "Not a cursor of this list.") from None


def ordering(sort: str, sortable: Mapping[str, SQLColumnExpression[Any]]) -> list[SQLColumnExpression[Any]]:
    order: list[SQLColumnExpression[Any]] = []
    for part in filter(None, (p.strip() for p in sort.split(","))):
        name = part.removeprefix("-")
        if name not in sortable:
            names = ", ".join(sortable)
            raise invalid(
                "sort",
                "not_sortable",
                f"不能按“{name}”排序，可用：{names}。",
                f"Cannot sort by {name}; use {names}.",
            )
        column = sortable[name]
        order.append(column.desc().nulls_last() if part.startswith("-") else column.asc().nulls_last())
    return order


def page_response(page: Mapping[str, Any]) -> Response:
    return json_response(page)
