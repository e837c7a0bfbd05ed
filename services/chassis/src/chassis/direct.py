"""Hot writes: a transaction whose statements were compiled once and go to PostgreSQL together.

What a session does for a few rows (a unit of work, a round trip a statement, rows as objects) costs several times what
PostgreSQL needs to write them. Here what is asked goes with BEGIN and the scope, and what is written goes with COMMIT.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from chassis.db import ALL, SET_SCOPE, Database, Scope
from chassis.errors import ServiceError
from chassis.reads import Row, Statement, connection_of

Asked = tuple[Statement, Mapping[str, Any]]


class Direct:
    """One transaction. It begins with the first statement that is sent."""

    def __init__(self, connection: psycopg.Connection[Any], scope: Scope | None) -> None:
        self._connection = connection
        self._scope = scope
        self._begun = False
        self._later: list[Asked] = []

    def run(self, *asked: Asked) -> list[list[Row]]:
        """The rows of each statement, now, in one round trip."""
        cursors = [self._connection.cursor(binary=True) for _ in asked]
        with self._connection.pipeline():
            self._begin()
            for cursor, (statement, values) in zip(cursors, asked, strict=True):
                cursor.execute(statement.sql, statement.values(values))
        return [statement.rows(cursor) for cursor, (statement, _) in zip(cursors, asked, strict=True)]

    def later(self, statement: Statement, values: Mapping[str, Any]) -> None:
        """Send it with COMMIT: nobody waits for its answer, but without it nothing is committed."""
        self._later.append((statement, values))

    def commit(self) -> None:
        if self._begun and not self._later:  # alone it needs no pipeline, which costs as much again
            self._connection.execute("COMMIT")
            return
        with self._connection.pipeline():  # the first that fails takes the rest with it, COMMIT too
            self._begin()
            for statement, values in self._later:
                self._connection.execute(statement.sql, statement.values(values))
            self._connection.execute("COMMIT")

    def roll_back(self) -> None:
        if self._begun:
            self._connection.execute("ROLLBACK")

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._connection.execute("BEGIN")
            if self._scope is not None:
                self._connection.execute(SET_SCOPE, self._scope.settings())


@contextmanager
def transaction(database: Database, scope: Scope | None = ALL) -> Iterator[Direct]:
    """Committed at the end of the block, rolled back when it raises. scope: None where no table has row-level security;
    one that has it shows nothing then."""
    refused: ServiceError | None = None
    with connection_of(database) as connection:
        direct = Direct(connection, scope)
        try:
            yield direct
        except ServiceError as error:  # a plain refusal: the connection is as good as before
            refused = error
            direct.roll_back()
        else:
            direct.commit()
    if refused is not None:
        raise refused
