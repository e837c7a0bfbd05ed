"""The columns of a list, each with its filters."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import ARRAY, BindParameter, ColumnElement, Date, Integer, SQLColumnExpression, Uuid, any_, func
from sqlalchemy import Text as TextType
from sqlalchemy.types import TypeEngine

from chassis.paging import business_day
from chassis.schema import Text

Field = fields.Field[Any]
Sql = SQLColumnExpression[Any]
Condition = ColumnElement[bool]


def _as_given(value: Any) -> Any:
    return value


def _type(sql: Sql) -> TypeEngine[Any]:
    found: TypeEngine[Any] = sql.type  # type: ignore[attr-defined]  # every column has it, mapped ones too
    return found


@dataclass(frozen=True)
class Filter:
    """A query field of a list. field: makes its marshmallow field. where: the condition, made of the parameter that
    holds the value. value: what the parameter is of what the caller typed. is_search: the best plan depends on the value.
    narrowed: the index of the search finds the rows that contain the value."""

    name: str
    field: Callable[[], Field]
    where: Callable[[BindParameter[Any]], Condition]
    type: TypeEngine[Any] = TextType()  # noqa: RUF009 (never changed)
    value: Callable[[Any], Any] = _as_given
    is_search: bool = False
    narrowed: bool = False


@dataclass(frozen=True)
class Choice:
    """A query field of few values, each a condition of its own in the statement (None: no condition), so that the planner
    knows it. value: what the statement depends on, of what the caller asked, or of None."""

    name: str
    field: Callable[[], Field]
    where: Callable[[Any], Condition | None]
    value: Callable[[Any], Hashable] = _as_given


FilterMaker = Callable[[str, Sql], tuple[Filter, ...]]


@dataclass(frozen=True)
class Column:
    """One column of a list. filters: of the makers below. sort: whether the list can be sorted by it. shown: whether an item
    has it; another column only filters or sorts. by: what sorts and filters in its place."""

    name: str
    sql: Sql
    filters: tuple[FilterMaker, ...]
    sort: bool
    shown: bool
    by: Sql

    def __init__(
        self, name: str, sql: Sql, *filters: FilterMaker, sort: bool = False, shown: bool = True, by: Sql | None = None
    ) -> None:
        for key, value in {
            "name": name, "sql": sql, "filters": filters, "sort": sort, "shown": shown,
            "by": sql if by is None else by,
        }.items():  # fmt: skip
            object.__setattr__(self, key, value)

    def made_filters(self) -> tuple[Filter, ...]:
        return tuple(one for make in self.filters for one in make(self.name, self.by))


def equals(max: int = 100) -> FilterMaker:
    """The field `name`; max: characters, if it is text."""

    def make(name: str, sql: Sql) -> tuple[Filter, ...]:
        def typed() -> Field:
            if isinstance(_type(sql), Uuid):
                return fields.UUID()
            return fields.Date() if isinstance(_type(sql), Date) else Text(max=max)

        return (Filter(name, typed, lambda value: sql == value, _type(sql)),)

    return make


def contains(searched: bool = False) -> FilterMaker:
    """The field `name_contains`: any case, any width. searched: the list's search looks at this column too."""

    def make(name: str, sql: Sql) -> tuple[Filter, ...]:
        def holds(value: BindParameter[Any]) -> Condition:
            return func.search_words(sql).like(func.search_pattern(value))

        return (Filter(f"{name}_contains", part, holds, is_search=True, narrowed=searched),)

    return make


def part() -> Field:
    """The field of a part of a text."""
    return Text(max=100, min=1)


def days(called: str = "") -> FilterMaker:
    """The fields `name_from` and `name_to`, both inclusive; a moment counts by its business day."""

    def make(name: str, sql: Sql) -> tuple[Filter, ...]:
        day = sql if isinstance(_type(sql), Date) else business_day(sql)
        return (
            Filter(f"{called or name}_from", fields.Date, lambda value: day >= value, Date()),
            Filter(f"{called or name}_to", fields.Date, lambda value: day <= value, Date()),
        )

    return make


def amounts() -> FilterMaker:
    """The fields `name_from` and `name_to`, whole numbers, both inclusive."""

    def whole() -> Field:
        return fields.Integer(validate=validate.Range(min=0, max=1_000_000_000))

    def make(name: str, sql: Sql) -> tuple[Filter, ...]:
        return (
            Filter(f"{name}_from", whole, lambda value: sql >= value, Integer()),
            Filter(f"{name}_to", whole, lambda value: sql <= value, Integer()),
        )

    return make


def own(filter: Filter) -> FilterMaker:
    """A filter with a condition of its own."""
    return lambda _name, _sql: (filter,)


def one_of_ids(name: str, sql: Sql, field: Callable[[], Field]) -> Filter:
    """Several ids in one parameter, however many they are."""
    return Filter(name, field, lambda value: sql == any_(value), ARRAY(Uuid))
