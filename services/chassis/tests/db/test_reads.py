"""Hot reads: every value given anew, one scope, one snapshot, and the same pages as the ordinary lists."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Text, Uuid, bindparam, column, func, literal_column, select, table, text

from chassis.db import ALL, Scope
from chassis.errors import Invalid
from chassis.ids import new_id
from chassis.lists.fast import Listing
from chassis.paging import paginate
from chassis.reads import Read, Snapshot, Within, alone
from chassis.runtime import Runtime

ITEM = table("item", column("id", Uuid()), column("org_id", Uuid()), column("name", Text()), column("version"))
NAMED = Read(select(ITEM.c.id, ITEM.c.name).where(ITEM.c.name == bindparam("name", type_=Text)).order_by(ITEM.c.id))
EVERYTHING = Read(select(ITEM.c.name).order_by(ITEM.c.name))
SORTABLE = {"name": ITEM.c.name, "version": ITEM.c.version}
LISTING: Listing[str] = Listing(
    {name: ITEM.c[name] for name in ("id", "name", "version")},
    "id",
    SORTABLE,
    lambda question: [ITEM.c.name != bindparam("hidden", type_=Text)] if question == "shown" else [],
)
ONE, OTHER = new_id(), new_id()


def put(runtime: Runtime, org: UUID, *names: str) -> None:
    with runtime.database.transaction(ALL) as db:
        db.execute(
            text("INSERT INTO item (id, org_id, name, version) VALUES (:id, :org, :name, :n)"),
            [{"id": new_id(), "org": org, "name": name, "n": len(name)} for name in names],
        )


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


def test_a_value_that_is_not_given_is_an_error_and_not_an_earlier_ones(runtime: Runtime) -> None:
    put(runtime, ONE, "pen", "ink")
    snapshot = Snapshot(runtime.database, Scope(org_id=str(ONE)))
    assert names(snapshot.run((NAMED, {"name": "pen"}))[0]) == ["pen"]
    with pytest.raises(KeyError):
        snapshot.run((NAMED, {}))


def test_the_scope_holds_for_one_run_and_not_for_the_next(runtime: Runtime) -> None:
    put(runtime, ONE, "mine")
    put(runtime, OTHER, "theirs")
    for _ in range(3):  # over the same connection
        assert names(Snapshot(runtime.database, Scope(org_id=str(ONE))).run((EVERYTHING, {}))[0]) == ["mine"]
        assert names(Snapshot(runtime.database, Scope(org_id=str(OTHER))).run((EVERYTHING, {}))[0]) == ["theirs"]
        assert Snapshot(runtime.database, Scope()).run((EVERYTHING, {}))[0] == []
        assert names(Snapshot(runtime.database, ALL).run((EVERYTHING, {}))[0]) == ["mine", "theirs"]


def test_after_a_read_the_connection_serves_transactions_again(runtime: Runtime) -> None:
    Snapshot(runtime.database, ALL).run((EVERYTHING, {}))
    session = runtime.database.session(ALL)
    session.execute(
        text("INSERT INTO item (id, org_id, name) VALUES (:id, :org, 'half')"), {"id": new_id(), "org": ONE}
    )
    session.rollback()
    session.close()
    assert Snapshot(runtime.database, ALL).run((EVERYTHING, {}))[0] == [], "rolled back, not committed on the way"


def test_within_a_transaction_it_sees_what_that_has_changed(runtime: Runtime) -> None:
    with runtime.database.transaction(ALL) as db:
        db.execute(text("INSERT INTO item (id, org_id, name) VALUES (:id, :org, 'new')"), {"id": new_id(), "org": ONE})
        assert names(Within(db).run((EVERYTHING, {}))[0]) == ["new"]
        assert Snapshot(runtime.database, ALL).run((EVERYTHING, {}))[0] == []


def test_a_connection_that_the_server_ended_is_replaced(runtime: Runtime) -> None:
    put(runtime, ONE, "pen")
    snapshot = Snapshot(runtime.database, ALL)
    for _ in range(2):
        snapshot.run((EVERYTHING, {}))
        with runtime.database.transaction(ALL) as db:
            db.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                            " AND usename = current_user"
                            " AND pid <> pg_backend_pid()"))  # fmt: skip
            runtime.database.engine.dispose()  # our own connection would be the one that it takes next
        assert names(snapshot.run((EVERYTHING, {}))[0]) == ["pen"]


def test_an_error_does_not_stick_to_the_connection(runtime: Runtime) -> None:
    broken = Read(select((literal_column("1") / func.length(ITEM.c.name)).label("x")))
    put(runtime, ONE, "")
    snapshot = Snapshot(runtime.database, ALL)
    with pytest.raises(Exception, match="division by zero"):
        snapshot.run((broken, {}))
    assert names(snapshot.run((EVERYTHING, {}))[0]) == [""]


def test_a_read_takes_no_list_of_values(runtime: Runtime) -> None:
    with pytest.raises(TypeError):
        Read(select(ITEM.c.id).where(ITEM.c.name.in_(["a", "b"])))


@pytest.mark.parametrize(
    "args",
    [
        {"page_size": 3},
        {"page_size": 3, "page": 2},
        {"page_size": 3, "page": 9},
        {"page_size": 100, "sort": "name"},
        {"page_size": 4, "sort": "-version,name", "page": 2},
    ],
)
def test_a_page_is_the_page_of_an_ordinary_list(runtime: Runtime, args: dict[str, Any]) -> None:
    put(runtime, ONE, *(f"{'x' * (n % 4)}{n}" for n in range(10)))
    mine = Scope(org_id=str(ONE))
    with runtime.database.transaction(mine) as db:
        statement = select(ITEM.c.id, ITEM.c.name, ITEM.c.version)
        ordinary = paginate(db, statement, args, key=ITEM.c.id, sortable=SORTABLE)
    assert LISTING.page(Snapshot(runtime.database, mine), "all", args, {}) == ordinary


def test_walking_by_cursor_visits_everything_once(runtime: Runtime) -> None:
    put(runtime, ONE, *(str(n) for n in range(10)), "hidden")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = LISTING.page(
            Snapshot(runtime.database, ALL), "shown", {"page_size": 4, "cursor": cursor}, {"hidden": "hidden"}
        )
        seen += names(page["items"])
        cursor = page["next_cursor"]
    assert seen == [str(n) for n in reversed(range(10))]


def test_fields_are_chosen_by_name_and_the_key_is_always_there(runtime: Runtime) -> None:
    put(runtime, ONE, "pen")
    snapshot = Snapshot(runtime.database, ALL)
    [item] = LISTING.page(snapshot, "all", {"page_size": 5, "fields": "name, name"}, {})["items"]
    assert set(item) == {"id", "name"}
    with pytest.raises(Invalid):
        LISTING.page(snapshot, "all", {"page_size": 5, "fields": "org_id"}, {})


def test_a_read_alone_sees_what_is_committed_but_nothing_that_a_policy_guards(runtime: Runtime) -> None:
    put(runtime, ONE, "mine")
    with runtime.database.transaction(ALL) as db:
        db.execute(text("INSERT INTO revoked_session (session_id, until) VALUES (:id, now())"), {"id": ONE})
    sessions = Read(select(column("session_id")).select_from(table("revoked_session")))
    for _ in range(3):  # over the same connection, and after one that had a scope
        assert Snapshot(runtime.database, ALL).run((EVERYTHING, {})) == [[{"name": "mine"}]]
        assert alone(runtime.database, EVERYTHING, {}) == []
        assert alone(runtime.database, sessions, {}) == [{"session_id": ONE}]


def test_a_read_alone_survives_a_connection_that_broke(runtime: Runtime) -> None:
    pid = Read(select(func.pg_backend_pid().label("pid")))
    [before] = alone(runtime.database, pid, {})
    with psycopg.connect(runtime.database.url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (before["pid"],))
    assert alone(runtime.database, pid, {}) != [before]
