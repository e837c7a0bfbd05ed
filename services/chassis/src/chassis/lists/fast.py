"""The statements of a list. Each shape of a question is compiled once; page and total take one round trip.

The table at the head of `chassis.lists` explains the strategies.
"""

import copy
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)

from chassis.errors import invalid
from chassis.paging import PageArgs, cursor_value, ordering
from chassis.reads import Read, Reader, Row
from chassis.schema import Schema, Text

SHAPES = 1000  # compiled statements in the cache; people ask in far fewer shapes
COUNTED = 1000  # hits of a search that are counted; nobody turns pages beyond them
DEEP = 10_000  # items before a page; from here on, reading from the end may be shorter
STRETCH = 20_000  # newest rows that a walk tests; beyond them, sorting all hits is cheaper
_FOUND = "found"
Question = TypeVar("Question", bound=Hashable)
_LIMIT, _OFFSET = bindparam("limit", type_=BigInteger), bindparam("offset", type_=BigInteger)


class ListingArgs(PageArgs):
    """The query fields of a Listing."""

    fields = Text(  # type: ignore[assignment]
        max=1000, load_default="", metadata={"description": "only these fields of each item, by comma"}
    )


class OrderKey(NamedTuple):
    """An order of items. columns: most significant first, all in one direction. of: turns a key into the value of the
    only column; used by a cursor."""

    columns: tuple[Any, ...]
    of: Callable[[Any], Any] = lambda key: key
    ascending: bool = False

    @property
    def column(self) -> Any:
        [column] = self.columns
        return column

    def expressions(self, columns: Sequence[Any] = (), backwards: bool = False) -> list[Any]:
        """Returns the terms of ORDER BY. columns: other columns with the same values."""
        up = self.ascending != backwards
        return [column.asc() if up else column.desc() for column in columns or self.columns]

    def labelled(self) -> list[Any]:
        return [column.label(f"order{n}") for n, column in enumerate(self.columns)]

    def of_labels(self, rows: Any, backwards: bool = False) -> list[Any]:
        """Returns the same order for a sub-query that selects `labelled`."""
        return self.expressions([rows.c[f"order{n}"] for n in range(len(self.columns))], backwards)


@cache
def row_schema(item: type[Schema], key: str = "id") -> type[Schema]:
    """Returns the schema of an item with chosen fields: the fields of `item`, of which only the key is required."""
    fields_of = {name: copy.copy(field) for name, field in item._declared_fields.items()}
    for name, field in fields_of.items():
        field.required = name == key
    return type(f"{item.__name__.removesuffix('View')}Row", (Schema,), fields_of)


class Listing(Generic[Question]):
    """The statements of one list. A question holds everything that a statement depends on, except the values.

    columns: name -> column of an item. key: the name of the unique column, in the order of creation.
    sortable: name -> column.
    where: question -> conditions; each call gives the values of their `bindparam`s.
    is_search: question -> whether the best plan depends on the values. If so, each call is planned anew.
    made: question -> the order of creation, by the columns of the index that holds the scope.
    order: question -> the order without `sort`, if it is not the order of creation.
    counted_to: question -> the limit of a total that no counter holds; above it, the page says `total_at_least`. None: no limit.
    walked: a search -> two questions: the search as a condition on single rows, and its scope without the search.
    parts: question -> disjoint questions that together make it up. An index holds each of them in the list's order.
    """

    def __init__(
        self,
        columns: Mapping[str, Any],
        key: str,
        sortable: Mapping[str, SQLColumnExpression[Any]],
        where: Callable[[Question], list[ColumnElement[bool]]],
        is_search: Callable[[Question], bool] = lambda _question: False,
        made: Callable[[Question], OrderKey] | None = None,
        counted_to: Callable[[Question], int | None] | None = None,
        walked: Callable[[Question], tuple[Question, Question]] = lambda question: (question, question),
        order: Callable[[Question], OrderKey | None] = lambda _question: None,
        parts: Callable[[Question], tuple[Question, ...]] = lambda question: (question,),
    ) -> None:
        self.columns = columns
        self._key_name = key
        self._key = columns[key]
        self._sortable = sortable
        self._where = where
        self._is_search = is_search
        self.made = made or (lambda _question: OrderKey((self._key,)))
        self._default = order
        self._counted_to = counted_to or (lambda question: COUNTED if is_search(question) else None)
        self._walked = walked
        self._parts = parts
        self._reads: dict[Hashable, Read] = {}

    def page(
        self,
        reader: Reader,
        question: Question,
        args: Mapping[str, Any],
        values: Mapping[str, Any],
        total: Read | None = None,
    ) -> dict[str, Any]:
        """Returns one page in the shape of `page_schema`. args: page, page_size, cursor, sort, fields. total: a read of one
        row and one column, if a counter holds the total. Raises: Invalid for an unknown field or order."""
        size, sort, fields = args["page_size"], args.get("sort") or "", args.get("fields") or ""
        given = dict(values)
        if args.get("cursor") is not None:
            given |= {"limit": size + 1}
            if args["cursor"]:
                given |= {"cursor": cursor_value(args["cursor"], self._key)}
            walk = self._read(
                ("walk", question, fields, bool(args["cursor"])), self._walk, question, fields, args["cursor"]
            )
            [rows] = reader.run((walk, given))
            more, rows = len(rows) > size, rows[:size]
            last = rows[-1][self._key_name] if more else None
            return {"items": rows, "page_size": size, "next_cursor": str(last) if more else None}
        page = args.get("page") or 1
        given |= {"limit": size, "offset": (page - 1) * size}
        most = None if total else self._counted_to(question)
        if most is not None and self._is_search(question):
            return _enveloped(*self._found(reader, question, sort, fields, given, most), page, size, most)
        if total is not None and not sort and given["offset"] >= DEEP:
            page_near_end = self._from_the_end(reader, question, fields, given, total)
            if page_near_end is not None:
                return _enveloped(*page_near_end, page, size, None)
        items = self._read(("page", question, sort, fields), self._page, question, sort, fields)
        count = total or self._read(("total", question), self._total, question)
        rows, counted = reader.run((items, given), (count, given))
        return _enveloped(rows, next(iter(counted[0].values())), page, size, most)

    def _from_the_end(
        self, reader: Reader, question: Question, fields: str, given: Mapping[str, Any], count: Read
    ) -> tuple[list[Row], int] | None:
        """Returns a page and its total, read from the end of the list: OFFSET skips the rows behind the page instead of those
        before it. Returns None if the page is not nearer to the end, or if the total changed meanwhile."""
        [[counted]] = reader.run((count, given))
        (total,) = counted.values()
        behind = total - given["offset"] - given["limit"]
        if behind >= given["offset"]:
            return None
        back = {"limit": max(given["limit"] + min(behind, 0), 0), "offset": max(behind, 0)}
        upwards = self._read(("upwards", question, fields), self._upwards, question, fields)
        rows, [again] = reader.run((upwards, {**given, **back}), (count, given))
        return (rows[::-1], total) if again == counted else None

    def _found(
        self, reader: Reader, question: Question, sort: str, fields: str, given: Mapping[str, Any], most: int
    ) -> tuple[list[Row], int]:
        """Returns a page of a search and its total. Up to `most` hits: the index gives all of them, and the page is among
        them. More hits: the walk of the newest rows usually fills the page. If it does not, all hits are sorted."""
        hits = self._read(("hits", question, sort, fields), self._hits, question, sort, fields, most)
        [rows] = reader.run((hits, given))
        found = [row.pop(_FOUND) for row in rows][-1]
        if found <= most:
            return [row for row in rows if row[self._key_name] is not None], found
        if sort:
            [rows] = reader.run(
                (self._read(("page", question, sort, fields), self._page, question, sort, fields), given)
            )
            return rows, found
        [rows] = reader.run((self._read(("newest", question, fields), self._newest, question, fields), given))
        if len(rows) < given["limit"]:
            [rows] = reader.run((self._read(("oldest", question, fields), self._oldest, question, fields), given))
        return rows, found

    def _read(self, shape: Hashable, make: Callable[..., Select[Any]], *words: Any) -> Read:
        found = self._reads.get(shape)
        if found is None:
            search = self._is_search(words[0])
            found = Read(make(*words), prepare=False if search else None)
            if len(self._reads) >= SHAPES:
                self._reads.clear()
            self._reads[shape] = found
        return found

    def select(self, question: Question, fields: str = "") -> Any:
        """Selects the items of a question, with their `fields` (if none is named, all)."""
        return select(*(self.columns[name].label(name) for name in self._names(fields))).where(*self._where(question))

    def _names(self, fields: str) -> list[str]:
        names = [name.strip() for name in fields.split(",") if name.strip()]
        for name in names:
            if name not in self.columns:
                known = ", ".join(self.columns)
                raise invalid(
                    "fields", "no_such_field", f"没有“{name}”这一项，可用：{known}。", f"No field {name}; use {known}."
                )
        return list(dict.fromkeys([self._key_name, *names])) if names else list(self.columns)

    def _page(self, question: Question, sort: str, fields: str) -> Any:
        if not sort and len(self._parts(question)) > 1:
            page = self._first_keys(question, _LIMIT + _OFFSET).limit(_LIMIT).offset(_OFFSET).subquery("page")
            shown = select(*(self.columns[name].label(name) for name in self._names(fields)))
            shown = shown.where(self._key == page.c.key)
            return shown.order_by(*self._order(question).of_labels(page))
        return self._ordered(self.select(question, fields), sort, self._order(question, sort).expressions())

    def _upwards(self, question: Question, fields: str) -> Any:
        order = self._order(question).expressions(backwards=True)
        return self.select(question, fields).order_by(*order).limit(_LIMIT).offset(_OFFSET)

    def _hits(self, question: Question, sort: str, fields: str, most: int) -> Any:
        """Selects a page and the number of hits, counted up to `most` + 1. If there are more hits, or none, it gives one row
        with the number alone."""
        hits = select(self._key.label("key")).where(*self._where(question)).limit(most + 1).cte("hits")
        found = select(func.count()).select_from(hits).scalar_subquery()
        keys = func.array(select(hits.c.key).where(found <= most).scalar_subquery())
        shown = select(*(self.columns[name].label(name) for name in self._names(fields))).where(self._key == any_(keys))
        page = self._ordered(shown, sort, self._order(question, sort).expressions()).subquery("page")
        one = select(literal(1)).subquery("one")
        return select(found.label(_FOUND), *page.c).select_from(one.outerjoin(page, true()))

    def _newest(self, question: Question, fields: str) -> Any:
        """Selects the page from the newest STRETCH rows of the scope. OFFSET 0 keeps the condition inside the sub-query, so
        that the planner tests these rows one by one and stops when the page is full. Without it, it reads the table."""
        walked, scope = self._walked(question)
        newest = self._first_keys(scope, STRETCH).subquery("newest")
        tested = self.select(walked, fields).where(self._key == newest.c.key).correlate(newest)
        hit = tested.offset(literal_column("0")).lateral("hit")
        page = select(*hit.c).select_from(newest.join(hit, true()))
        return page.order_by(*self._order(scope).of_labels(newest)).limit(_LIMIT).offset(_OFFSET)

    def _first_keys(self, question: Question, most: Any) -> Any:
        """Selects the first keys in the list's own order, with the columns of that order. It reads the first keys of each
        part by its own index and merges them."""
        order = self._order(question)
        each = [
            select(self._key.label("key"), *order.labelled())
            .where(*self._where(part))
            .order_by(*order.expressions())
            .limit(most)
            for part in self._parts(question)
        ]
        if len(each) == 1:
            return each[0]
        keys = union_all(*each).subquery("parts")
        return select(*keys.c).order_by(*order.of_labels(keys)).limit(most)

    def _oldest(self, question: Question, fields: str) -> Any:
        """Selects the page from all hits. MATERIALIZED keeps the planner from walking the scope instead."""
        order = self._order(question)
        hits = select(self._key.label("key"), *order.labelled()).where(*self._where(question))
        found = hits.cte("hits").prefix_with("MATERIALIZED")
        page = select(found.c.key).order_by(*order.of_labels(found)).limit(_LIMIT).offset(_OFFSET)
        shown = select(*(self.columns[name].label(name) for name in self._names(fields)))
        shown = shown.where(self._key == any_(func.array(page.scalar_subquery())))
        return shown.order_by(*order.expressions())

    def _order(self, question: Question, sort: str = "") -> OrderKey:
        """Returns the list's own order; with `sort`, the order of creation, which decides between equal rows."""
        return (None if sort else self._default(question)) or self.made(question)

    def _ordered(self, statement: Any, sort: str, last: list[Any]) -> Any:
        return statement.order_by(*ordering(sort, self._sortable), *last).limit(_LIMIT).offset(_OFFSET)

    def _walk(self, question: Question, fields: str, cursor: str) -> Any:
        made = self.made(question)
        statement = self.select(question, fields).order_by(*made.expressions()).limit(_LIMIT)
        if not cursor:
            return statement
        return statement.where(made.column < made.of(bindparam("cursor", type_=self._key.type)))

    def _total(self, question: Question) -> Select[Any]:
        matching = select(self._key).where(*self._where(question)).select_from(self._key.expression.table)
        most = self._counted_to(question)
        if most is not None:
            matching = matching.limit(most + 1)
            return select(func.count().label("total")).select_from(matching.subquery())
        return matching.with_only_columns(func.count().label("total"))


def _enveloped(rows: list[Row], found: int, page: int, size: int, most: int | None) -> dict[str, Any]:
    if most is not None and found > most:
        return {"items": rows, "page": page, "page_size": size, "total": most, "total_at_least": True}
    return {"items": rows, "page": page, "page_size": size, "total": found}
