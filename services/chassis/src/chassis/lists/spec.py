"""The declaration of a list. Its query schema and its statements follow from it."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, Text, Uuid, bindparam, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import array

from chassis.actor import Actor
from chassis.lists.columns import Choice, Column, Condition, Filter, Sql
from chassis.lists.fast import COUNTED, Listing, OrderKey
from chassis.reads import Read, Reader

VIEWER = "viewer"  # the parameter with the id of the caller in the index of the search
SEARCH = "q"
FEW = 100  # owners; the rows of more owners are found faster by a walk


class Question(NamedTuple):
    """Everything that the statement of a list depends on. The values come with each call."""

    caller: Hashable = ()  # the kind of account, the size of its area: what its scope depends on
    filters: tuple[str, ...] = ()
    choices: tuple[tuple[str, Hashable], ...] = ()
    is_search: bool = False
    walked: bool = False  # the search is a condition on single rows
    owners: str = "few"  # how many owners the search finds: none, few or many

    def choice(self, name: str) -> Any:
        return dict(self.choices)[name]

    def choosing(self, name: str, value: Hashable) -> "Question":
        return self._replace(choices=tuple((one, value if one == name else was) for one, was in self.choices))


class Caller(NamedTuple):
    """The caller. shape: what the statement depends on. values: the parameters of the scope's conditions."""

    shape: Hashable = ()
    values: Mapping[str, Any] = {}


class Scope(NamedTuple):
    """The rows that a caller may see.

    made: the order of creation, by the columns of the index that holds the scope (None: the key).
    order: the list's own order, if it is another one.
    has_viewer: whether the index of the search has entries for this caller.
    split: the name of a choice. An index holds the rows of each of its values in order, so several values are merged.
    """

    where: tuple[Condition, ...]
    made: OrderKey | None = None
    order: OrderKey | None = None
    has_viewer: bool = True
    split: str = ""


@dataclass(frozen=True)
class Owners:
    """The replica of the organisations that own the rows. found_by: whether a search of this caller includes owners."""

    owner: Sql  # of a row of the list
    table: Table  # with columns id and words
    rows_of: Callable[[Select[Any]], Select[Any]]  # the keys of the rows of these owners
    found_by: Callable[[Question], bool]

    def called(self, parameter: str) -> Select[Any]:
        o = self.table.c
        return select(o.id).where(o.words.like(func.search_pattern(bindparam(parameter, type_=Text))))


@dataclass(frozen=True)
class Search:
    """The table of a list's search: `key`, `viewers` and `words` of each row, in one index. Triggers keep it; it has no
    row-level security. help: the description of `q` in OpenAPI."""

    table: Table
    key: str
    help: str
    owners: Owners | None = None


@dataclass(frozen=True)
class ListSpec:
    """A list.

    name: of its schemas. key: the name of the unique column, in the order of creation.
    caller: makes the Caller from the actor and the arguments. scope: the rows that such a caller sees.
    filters: those that belong to no column.
    counter: a read of one row and one column, if a counter holds the total.
    counted_to: the limit of other totals. chooses_fields: whether a caller may choose the fields of an item.
    """

    name: str
    key: str
    columns: tuple[Column, ...]
    caller: Callable[[Actor, Mapping[str, Any]], Caller]
    scope: Callable[[Question], Scope]
    filters: tuple[Filter, ...] = ()
    choices: tuple[Choice, ...] = ()
    search: Search | None = None
    counter: Callable[[Question], Read | None] = lambda _question: None
    counted_to: int | None = None
    chooses_fields: bool = False

    @cached_property
    def by_name(self) -> dict[str, Filter]:
        found = [*(one for column in self.columns for one in column.made_filters()), *self.filters]
        return {one.name: one for one in found}

    @cached_property
    def sortable(self) -> dict[str, Sql]:
        return {column.name: column.by for column in self.columns if column.sort}

    @cached_property
    def shown(self) -> dict[str, Sql]:
        return {column.name: column.sql for column in self.columns if column.shown}

    # -- asking ------------------------------------------------------------------------------------------------------

    def page(self, reader: Reader, actor: Actor, args: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        """Returns one page: by `page` with a total, or by `cursor`. more: further parameters of the conditions.
        Raises: Invalid for an unknown field or order."""
        question, values = self.asked(actor, args, **more)
        if self._by_owner(question):
            question = question._replace(owners=self._how_many(reader, values))
        return self.listing.page(reader, question, args, values, total=self.counter(question))

    def ids(self, actor: Actor, args: Mapping[str, Any], **more: Any) -> Select[UUID]:
        """Selects the keys of all rows that a list with these filters shows."""
        question, values = self.asked(actor, args, **more)
        key = self.listing.columns[self.key]
        return select(key).where(*self.conditions(question)).order_by(key).params(**values)

    def asked(self, actor: Actor, args: Mapping[str, Any], **more: Any) -> tuple[Question, dict[str, Any]]:
        """Returns the question and the values of its parameters."""
        caller = self.caller(actor, args)
        given = {name: one for name, one in self.by_name.items() if args.get(name) is not None}
        names, values = tuple(given), {name: one.value(args[name]) for name, one in given.items()}
        is_search = any(one.is_search for one in given.values())
        if self.search is not None and args.get(SEARCH):
            names, values, is_search = (*names, SEARCH), {**values, SEARCH: args[SEARCH]}, True
        choices = tuple((one.name, one.value(args.get(one.name))) for one in self.choices)
        return Question(caller.shape, names, choices, is_search), {**values, **caller.values, **more}

    # -- statements --------------------------------------------------------------------------------------------------

    @cached_property
    def listing(self) -> Listing[Question]:
        return Listing(
            self.shown, self.key, self.sortable, self.conditions,
            is_search=lambda question: question.is_search,
            made=lambda question: self.scope(question).made or OrderKey((self.shown[self.key],)),
            order=lambda question: self.scope(question).order,
            counted_to=lambda question: COUNTED if question.is_search else self.counted_to,
            walked=_walked,
            parts=self._parts,
        )  # fmt: skip

    def _parts(self, question: Question) -> tuple[Question, ...]:
        name = self.scope(question).split
        values = question.choice(name) if name else ()
        if len(values) < 2:
            return (question,)
        return tuple(question.choosing(name, (value,)) for value in values)

    def conditions(self, question: Question) -> list[Condition]:
        """Returns the WHERE: the scope and the filters."""
        scope = self.scope(question)
        found = [*scope.where]
        for choice in self.choices:
            condition = choice.where(question.choice(choice.name))
            if condition is not None:
                found.append(condition)
        for name in question.filters:
            if name == SEARCH:
                found.append(self._searched(question, scope, name))
                continue
            asked = self.by_name[name]
            found.append(asked.where(bindparam(name, type_=asked.type)))
            if asked.narrowed and self.search is not None and not question.walked:
                found.append(self._searched(question, scope, name))
        return found

    def _searched(self, question: Question, scope: Scope, name: str) -> Condition:
        """Returns the condition for rows that contain the parameter `name`. The index of the search holds viewers and words."""
        assert self.search is not None
        s, key = self.search.table.c, self.shown[self.key]
        pattern = func.search_pattern(bindparam(name, type_=Text))
        owners = self.search.owners if name == SEARCH and self._by_owner(question) else None
        if question.walked:  # the planner assumes 50 % selectivity for an opaque boolean, so it keeps walking
            holds: ColumnElement[bool] = (
                select(s.words.like(pattern)).where(s[self.search.key] == key).scalar_subquery()
            )
            return holds if owners is None else or_(holds, owners.owner.in_(owners.called(name)))
        found: Any = select(s[self.search.key]).where(s.words.like(pattern))
        if scope.has_viewer:
            found = found.where(s.viewers.contains(array([bindparam(VIEWER, type_=Uuid)])))
        if owners is None or question.owners == "none":
            return key.in_(found)
        called = owners.called(name)
        if question.owners == "many":
            return or_(key.in_(found), owners.owner.in_(called))
        return key.in_(union_all(found, owners.rows_of(called)))

    def _by_owner(self, question: Question) -> bool:
        owners = self.search.owners if self.search is not None else None
        return owners is not None and SEARCH in question.filters and owners.found_by(question)

    def _how_many(self, reader: Reader, values: Mapping[str, Any]) -> str:
        """Says whether no, few or many owners have this name. Each case has its own plan."""
        [rows] = reader.run((self._owners_found, values))
        n = rows[0]["n"]
        return "none" if n == 0 else "few" if n <= FEW else "many"

    @cached_property
    def _owners_found(self) -> Read:
        assert self.search is not None
        assert self.search.owners is not None
        called = self.search.owners.called(SEARCH).limit(FEW + 1)
        return Read(select(func.count().label("n")).select_from(called.subquery()))


def _walked(question: Question) -> tuple[Question, Question]:
    return question._replace(walked=True, is_search=False), question._replace(filters=(), is_search=False)
