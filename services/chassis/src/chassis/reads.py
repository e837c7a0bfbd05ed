"""Hot reads: a SELECT compiled once, sent with its transaction and scope in one round trip, rows as plain dicts.

What SQLAlchemy does around a statement (building it, finding its compiled form, a session, rows as objects) costs more
time than PostgreSQL needs for a page of a list. A `Read` pays for it once. The rows of all reads of one call come from
one snapshot, so that a total always equals its list.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import orjson
import psycopg
from psycopg.types.json import set_json_loads
from sqlalchemy import ClauseElement, Select
from sqlalchemy.dialects.postgresql import psycopg as dialect
from sqlalchemy.orm import Session

from chassis.db import SET_SCOPE, Database, Scope

set_json_loads(orjson.loads)

DIALECT = dialect.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
Row = dict[str, Any]
Rows = TypeVar("Rows")


class Statement:
    """A statement compiled once. Its parameters are its `bindparam`s without a value: each must be given at every run, so
    that no value of an earlier caller can stay behind."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled: Any = statement.compile(dialect=DIALECT)
        self.sql: str = compiled.string
        if "POSTCOMPILE" in self.sql:
            raise TypeError("no IN (…) over a list here: its length would be part of the statement")
        self._asked = tuple(name for name, bind in compiled.binds.items() if bind.required)
        self._constants = {name: value for name, value in compiled.params.items() if name not in self._asked}
        self._columns: tuple[str, ...] = ()
        if isinstance(statement, Select):
            self._columns = tuple(str(column.key) for column in statement.selected_columns)

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Raises: KeyError for a parameter that is not given."""
        return self._constants | {name: given[name] for name in self._asked}

    def rows(self, cursor: psycopg.Cursor[Any]) -> list["Row"]:
        """Returns the rows. The SELECT knows its columns: asking the cursor for them takes longer than reading the rows."""
        columns = self._columns
        if not columns:
            if cursor.description is None:
                return []
            columns = tuple(column.name for column in cursor.description)
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


class Read(Statement):
    """A SELECT. `prepare`: False where the best plan depends on the values (a search)."""

    def __init__(self, statement: Select[*tuple[Any, ...]], *, prepare: bool | None = None) -> None:
        super().__init__(statement)
        self.prepare = prepare


class Reader(Protocol):
    def run(self, *asked: tuple[Read, Mapping[str, Any]]) -> list[list[Row]]:
        """The rows of each read, all in one scope and of one snapshot."""


@dataclass(frozen=True)
class Snapshot:
    """Reads of what is committed, in one round trip."""

    database: Database
    scope: Scope

    def run(self, *asked: tuple[Read, Mapping[str, Any]]) -> list[list[Row]]:
        return _once_more(self.database, lambda: self._run(asked))

    def _run(self, asked: Sequence[tuple[Read, Mapping[str, Any]]]) -> list[list[Row]]:
        with connection_of(self.database) as connection:
            cursors = []
            several = len(asked) > 1  # what is sent together is one transaction anyway, but each statement sees its own
            with connection.pipeline():
                if several:
                    connection.execute(_BEGIN)
                connection.execute(SET_SCOPE, self.scope.settings())
                for read, given in asked:
                    cursors.append(connection.execute(read.sql, read.values(given), prepare=read.prepare, binary=True))
                if several:
                    connection.execute("COMMIT")  # after a ROLLBACK psycopg forgets what it has prepared
            return [read.rows(cursor) for (read, _), cursor in zip(asked, cursors, strict=True)]


@dataclass(frozen=True)
class Within:
    """Reads in a transaction that is open already, and so of its own changes too."""

    session: Session

    def run(self, *asked: tuple[Read, Mapping[str, Any]]) -> list[list[Row]]:
        connection = self.session.connection()
        return [
            [dict(row) for row in connection.exec_driver_sql(read.sql, read.values(given)).mappings()]
            for read, given in asked
        ]


def alone(database: Database, read: Read, given: Mapping[str, Any]) -> list[Row]:
    """The rows of one read of tables without row-level security: with no transaction around it, and no scope. A table
    that has it shows nothing here."""

    def run() -> list[Row]:
        with connection_of(database) as connection:
            return read.rows(connection.execute(read.sql, read.values(given), prepare=read.prepare, binary=True))

    return _once_more(database, run)


def _once_more(database: Database, read: Callable[[], Rows]) -> Rows:
    """A connection that broke meanwhile is replaced once: nothing was written."""
    try:
        return read()
    except psycopg.OperationalError as error:
        if error.sqlstate is not None and not error.sqlstate.startswith("57P"):
            raise
        database.engine.dispose()
        return read()


@contextmanager
def connection_of(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the database's own pool, below SQLAlchemy and with transactions in our own hands; one that broke,
    or that an error left in a transaction, does not go back to it."""
    proxied = database.engine.raw_connection()
    connection: psycopg.Connection[Any] = proxied.driver_connection  # type: ignore[assignment]
    try:
        connection.autocommit = True
        yield connection
        connection.autocommit = False
    except BaseException:
        proxied.invalidate()
        raise
    finally:
        proxied.close()
