"""Facts and their copies: a fact has one owner, others keep a copy fed by events, and a check holds them together.

A service says in `facts.py` what it owns (`Fact`) and what it keeps of others (`Copy`), each as one SELECT. The owner
serves its rows to those who copy them; chassis.copies compares.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, String, Uuid
from sqlalchemy.orm import Session

from chassis.errors import Invalid
from chassis.events import jsonable
from chassis.rawjson import dumps

PAGE = 5000
Row = dict[str, Any]


@dataclass(frozen=True)
class Fact:
    """A fact that this service owns and others copy. rows: a SELECT whose first column, `key`, is unique. copied_by: services."""

    rows: Select[*tuple[Any, ...]]
    copied_by: Collection[str]


@dataclass(frozen=True)
class Copy:
    """A replica of another service's fact. rows: the rows of the replica, with names as in the owner's SELECT (some of them
    are enough). needed: the rows of the owner that the replica must hold; others are not compared."""

    owner: str
    fact: str
    rows: Select[*tuple[Any, ...]]
    needed: Mapping[str, Collection[Any]] = field(default_factory=dict)


def page(db: Session, rows: Select[*tuple[Any, ...]], after: str, limit: int) -> list[Row]:
    """The rows after a key, in the order of keys, as JSON values. Raises: Invalid for what is no key."""
    key: Any = rows.selected_columns[0]
    order = key if isinstance(key.type, Uuid) else key.cast(String).collate("C")
    statement = rows.order_by(order).limit(limit)
    if after:
        try:
            statement = statement.where(order > (UUID(after) if isinstance(key.type, Uuid) else after))
        except ValueError:
            raise Invalid from None
    return [_plain(dict(row)) for row in db.execute(statement).mappings()]


def _plain(row: Row) -> Row:
    values: Row = orjson.loads(dumps(jsonable(row)))
    return {name: sorted(value, key=dumps) if isinstance(value, list) else value for name, value in values.items()}
