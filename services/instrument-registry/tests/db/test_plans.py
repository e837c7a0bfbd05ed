"""A walk goes on from where it was by an index, at any depth: under row-level security not every condition reaches one."""

from datetime import date

import pytest

from chassis.actor import Actor
from chassis.db import SET_SCOPE, Scope
from chassis.ids import new_id
from chassis.lists.fast import Listing
from chassis.reads import Statement, connection_of
from chassis.runtime import Runtime
from chassis.testing import applicant, staff, supervisor
from registry import queries
from registry.queries import certificates

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "by", [applicant(), staff(), supervisor("440100"), supervisor("440106")], ids=lambda by: by.kind
)
@pytest.mark.parametrize("what", ["instruments", "certificates"])
def test_a_walk_goes_on_by_the_index_of_its_scope(runtime: Runtime, by: Actor, what: str) -> None:
    if what == "instruments":
        plan = _plan(
            runtime, by, queries.LISTING, queries.Question.of(by, {"view": "any"}), queries.values(by, {}, TODAY)
        )
    else:
        question, values = certificates._question(by, {}), certificates._values(by, {}, TODAY)
        plan = _plan(runtime, by, certificates.LISTING, question, values)
    [condition] = [line for line in plan if "Index Cond" in line and " < " in line]
    assert condition.count(" = ") == 1, plan


def _plan(runtime: Runtime, by: Actor, listing: Listing, question: object, values: dict[str, object]) -> list[str]:
    walk = Statement(listing._walk(question, "id", "cursor"))
    with connection_of(runtime.database) as connection, connection.transaction():
        for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            connection.execute(f"SET LOCAL {setting} = off")
        connection.execute(SET_SCOPE, Scope.of(by).settings())
        assert connection.execute("SELECT row_security_active('instrument')").fetchone() == (True,)
        given = walk.values(values | {"cursor": new_id(), "limit": 15})
        return [row[0] for row in connection.execute(f"EXPLAIN {walk.sql}", given)]
