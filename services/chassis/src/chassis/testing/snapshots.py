"""Rows that tests find in the database. A session makes them once, keeps them, and restores them by one COPY per table."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from chassis.testing import servers

Made = TypeVar("Made")


class Snapshots:
    """The tables of one test database. Works as the superuser: no trigger runs and no row is hidden meanwhile."""

    def __init__(self, database_url: str) -> None:
        admin = urlsplit(servers.database_url())
        self._db = psycopg.connect(admin._replace(path=urlsplit(database_url).path).geturl(), autocommit=True)
        self._db.execute("SET session_replication_role = replica")  # rows come back as they were: no trigger runs
        self._kept: dict[str, tuple[Any, dict[str, bytes]]] = {}
        tables = self._db.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        self._filled = sql.SQL("SELECT array_remove(ARRAY[{}], NULL)").format(
            sql.SQL(", ").join(
                sql.SQL("CASE WHEN EXISTS (SELECT FROM {}) THEN {} END").format(sql.Identifier(name), sql.Literal(name))
                for (name,) in tables
            )
        )

    def put(self, name: str, make: Callable[[], Made]) -> Made:
        """Bring the database to where `make` brings it: by `make` itself the first time, then by a copy of all rows.

        Returns the value that `make` returned the first time; tests must not change it."""
        if name not in self._kept:
            made = make()
            self._kept[name] = made, {table: self._read(table) for table in self._with_rows()}
            return made
        kept, rows = self._kept[name]
        self.empty()
        for table, data in rows.items():
            with self._db.cursor().copy(_copy("COPY {} FROM STDIN (FORMAT binary)", table)) as into:
                into.write(data)
        return cast(Made, kept)

    def empty(self) -> None:
        """Empty the tables that hold rows. Sequences go on: an id of a kept row is never given again."""
        if tables := self._with_rows():
            self._db.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, tables))))

    def close(self) -> None:
        self._db.close()

    def _with_rows(self) -> list[str]:
        [tables] = self._db.execute(self._filled).fetchone() or [[]]
        return list(tables)

    def _read(self, table: str) -> bytes:
        with self._db.cursor().copy(_copy("COPY {} TO STDOUT (FORMAT binary)", table)) as out:
            return b"".join(bytes(part) for part in out)


def _copy(statement: str, table: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))
