"""Hot writes: all or nothing, in one scope, and the connection is as good afterwards as before."""

from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Text, bindparam, column, select, table, text

from chassis import direct
from chassis.db import ALL, Scope
from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.reads import Statement
from chassis.runtime import Runtime

PUT = Statement(text("INSERT INTO item (id, org_id, name) VALUES (:id, :org, :name)"))
RENAME = Statement(text("UPDATE item SET name = :name RETURNING name, org_id"))
NAMES = Statement(
    select(column("name").label("called"), bindparam("asked", type_=Text).label("asked")).select_from(table("item"))
)
ONE, OTHER = new_id(), new_id()


def item(name: str, org: UUID = ONE, key: UUID | None = None) -> dict[str, UUID | str]:
    return {"id": key or new_id(), "org": org, "name": name}


def kept(runtime: Runtime) -> list[str]:
    with runtime.database.transaction(ALL) as db:
        return list(db.scalars(text("SELECT name FROM item ORDER BY name")))


def test_what_is_written_later_is_committed_with_what_was_written_at_once(runtime: Runtime) -> None:
    with direct.transaction(runtime.database) as writes:
        assert writes.run((PUT, item("now")), (RENAME, {"name": "new"})) == [[], [{"name": "new", "org_id": ONE}]]
        writes.later(PUT, item("later"))
        assert kept(runtime) == []
    assert kept(runtime) == ["later", "new"]


def test_rows_have_the_names_that_a_statement_gives_to_its_columns(runtime: Runtime) -> None:
    with direct.transaction(runtime.database) as writes:
        assert writes.run((NAMES, {"asked": "before"}), (PUT, item("pen")), (NAMES, {"asked": "after"})) == [
            [], [], [{"called": "pen", "asked": "after"}],
        ]  # fmt: skip


def test_a_refusal_writes_nothing_and_spoils_no_connection(runtime: Runtime) -> None:
    def refused() -> None:
        with direct.transaction(runtime.database) as writes:
            writes.run((PUT, item("half")))
            writes.later(PUT, item("later"))
            raise NotFound

    for _ in range(20):  # more often than there are connections in the pool
        with pytest.raises(NotFound):
            refused()
    assert kept(runtime) == []


def test_a_statement_that_fails_at_the_commit_takes_everything_with_it(runtime: Runtime) -> None:
    def put_twice() -> None:
        twice = new_id()
        with direct.transaction(runtime.database) as writes:
            writes.run((PUT, item("one", key=twice)))
            writes.later(PUT, item("again", key=twice))
            writes.later(PUT, item("other"))

    for _ in range(20):
        with pytest.raises(psycopg.IntegrityError):
            put_twice()
    assert kept(runtime) == []


def test_the_scope_holds_within(runtime: Runtime) -> None:
    with direct.transaction(runtime.database) as writes:
        writes.run((PUT, item("mine")), (PUT, item("theirs", OTHER)))
    with direct.transaction(runtime.database, Scope(org_id=str(ONE))) as writes:
        assert writes.run((RENAME, {"name": "changed"})) == [[{"name": "changed", "org_id": ONE}]]
    assert kept(runtime) == ["changed", "theirs"]


def test_without_a_scope_nothing_is_seen_that_a_policy_guards(runtime: Runtime) -> None:
    with direct.transaction(runtime.database) as writes:
        writes.run((PUT, item("mine")))
    with direct.transaction(runtime.database, scope=None) as writes:
        assert writes.run((RENAME, {"name": "changed"})) == [[]]
    assert kept(runtime) == ["mine"]
