"""The database takes the states that the table of contracts/reference has, and no others."""

import re

import pytest
from sqlalchemy import text

from chassis.runtime import Runtime
from filing.domain.states import State


@pytest.mark.parametrize(("constraint", "states"), [("filing_state_check", set(State))])
def test_the_database_knows_the_states_of_the_table(runtime: Runtime, constraint: str, states: set[str]) -> None:
    with runtime.database.transaction() as db:
        definition = db.scalars(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"), {"name": constraint}
        ).one()
    assert set(re.findall("'([^']+)'", definition)) == states
