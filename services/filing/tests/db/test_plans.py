"""Each scope's list is read by an index that holds it in its order, and no list, search or count scans the table."""

from collections.abc import Sequence
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from chassis.actor import Actor
from chassis.db import SET_SCOPE, Scope
from chassis.ids import new_id
from chassis.lists import Question
from chassis.reads import Read, Snapshot, connection_of
from chassis.runtime import Runtime
from chassis.testing import applicant, staff, supervisor
from chassis.testing.snapshots import Snapshots
from filing.queries.filings import FILINGS

ADMIN = Actor(new_id(), "admin", None)
SCOPES = {
    "applicant": (applicant(UUID(f"{7:032}")), "filing_org_id"),
    "institution": (staff(UUID("7".rjust(32, "d"))), "filing_part"),
    "city": (supervisor("440100"), "filing_city_code"),
    "county": (supervisor("440106"), "filing_county_code"),
    "province": (supervisor("440000"), "filing"),
    "admin": (ADMIN, "filing"),
}
ROWS = 20_000
LOAD = """
INSERT INTO org (id, name, division_code) SELECT CAST(lpad(CAST(i AS text), 32, '0') AS uuid), '商户 ' || i, '440106'
FROM generate_series(1, 100) AS i;
INSERT INTO submission (id, org_id, institution_id, authorize_province, selection, state, submitted_at)
VALUES (CAST(repeat('a', 32) AS uuid), CAST(repeat('b', 32) AS uuid), CAST(repeat('c', 32) AS uuid), false, '{}', 'done', now());
INSERT INTO filing (id, number, submission_id, instrument_id, instrument_version, org_id, kind_code, division_code, snapshot,
    search, state, city_id, institution_id, participants, authorize_province, submitted_at, decided_at, due_on, version)
SELECT CAST(lpad(to_hex(i), 32, '0') AS uuid), 'BA-' || i, CAST(repeat('a', 32) AS uuid), gen_random_uuid(), 1,
    CAST(lpad(CAST(i % 100 + 1 AS text), 32, '0') AS uuid), '020100',
    (ARRAY['440106', '440105', '440304', '441302'])[i % 4 + 1], jsonb_build_object('name', '电子秤 ' || i % 7),
    '电子秤 ' || i % 7 || E'\n' || 'sn' || lpad(CAST(i AS text), 7, '0'), s.state,
    CAST(lpad(CAST(i % 20 AS text), 32, 'd') AS uuid), CAST(lpad(CAST(i % 20 AS text), 32, 'd') AS uuid),
    ARRAY[CAST(lpad(CAST(i % 20 AS text), 32, 'd') AS uuid)], false, now() + i * INTERVAL '1 second',
    CASE WHEN s.state <> 'submitted' THEN now() + i * INTERVAL '1 second' END, current_date, 1
FROM generate_series(1, %(rows)s) AS i,
    LATERAL (SELECT (ARRAY['submitted', 'approved', 'returned', 'withdrawn'])[i / 100 % 4 + 1] AS state) AS s;
ANALYZE
"""


@pytest.fixture
def loaded(runtime: Runtime, snapshots: Snapshots) -> Runtime:
    """Filings of 100 organisations and 20 institutions in three cities."""

    def load() -> None:
        with connection_of(runtime.database) as connection:
            connection.execute("SET qj.everything = 'on'")
            for statement in LOAD.replace("%(rows)s", str(ROWS)).split(";\n"):
                connection.execute(statement)
            connection.execute("RESET qj.everything")

    snapshots.put("many filings", load)
    with connection_of(runtime.database) as connection:
        connection.execute("ANALYZE")
    return runtime


def test_a_state_is_read_by_the_index_that_holds_it_in_order(loaded: Runtime) -> None:
    for (by, index), (state, holds) in product(
        SCOPES.values(), (("submitted", "open_idx"), ("approved", "decided_idx"))
    ):
        plan = _page(loaded, by, {"state": state})
        assert any(f"using {index}_{holds}" in line for line in plan), plan
        assert not _scans_or_sorts(plan), plan


def test_several_states_are_merged_in_order(loaded: Runtime) -> None:
    """The planner has all its means."""
    for (by, index), state in product(SCOPES.values(), ("approved,returned", "submitted,awaiting_confirmation")):
        question, values = FILINGS.asked(by, {"state": state})
        plan = _explained(loaded, by, _made(question), values | {"limit": 15, "offset": 0})
        holds = "decided_idx" if "approved" in state else "open_idx"
        assert any(f"using {index}_{holds}" in line for line in plan), plan  # a state without rows needs none
        assert not any("Seq Scan on filing" in line for line in plan), plan


def test_several_states_come_in_the_order_of_one(loaded: Runtime) -> None:
    several = ("approved,returned,withdrawn", "submitted,awaiting_confirmation", "submitted,returned")
    for (by, _), state, page in product(SCOPES.values(), several, (1, 3)):
        reader = Snapshot(loaded.database, Scope.of(by))
        shown = FILINGS.page(reader, by, {"state": state, "page": page, "page_size": 7})
        question, values = FILINGS.asked(by, {"state": state})
        listing = FILINGS.listing
        order = listing._order(question)
        plain = listing.select(question, "id").order_by(*order.expressions()).limit(7).offset(7 * (page - 1))
        [rows] = reader.run((Read(plain), values))
        assert [row["id"] for row in shown["items"]] == [row["id"] for row in rows]
        assert rows


def test_the_first_page_is_read_by_an_index_in_its_order(loaded: Runtime) -> None:
    for scope in SCOPES:
        by, index = SCOPES[scope]
        plan = _page(loaded, by, {})
        assert any(f"using {index}_" in line for line in plan), plan
        assert not _scans_or_sorts(plan), plan


def test_a_walk_goes_on_by_an_index(loaded: Runtime) -> None:
    for scope in SCOPES:
        by, _ = SCOPES[scope]
        question, values = FILINGS.asked(by, {})
        read = FILINGS.listing._read(("walk", question), FILINGS.listing._walk, question, "id", "cursor")
        plan = _plan(loaded, by, read, values | {"cursor": new_id(), "limit": 15})
        assert [line for line in plan if "Index Cond" in line and " < " in line], plan
        assert not _scans_or_sorts(plan), plan


@pytest.mark.parametrize("args", [{"q": "SN0000123"}, {"serial_no_contains": "SN0000123"}, {"number": "BA-12345"}])
def test_a_search_is_answered_by_its_index(loaded: Runtime, args: dict[str, Any]) -> None:
    for scope in [scope for scope in SCOPES if scope != "applicant"]:  # he has 200: walked sooner
        by, _ = SCOPES[scope]
        question, values = FILINGS.asked(by, args)
        read = Read(FILINGS.listing._hits(question, "", "id", 1000))
        plan = _plan(loaded, by, read, values | {"limit": 15, "offset": 0}, sort=True, bitmap=True)
        assert any("filing_search_words_idx" in line for line in plan), plan
        assert not any("Seq Scan on filing" in line for line in plan), plan


@pytest.mark.parametrize("args", [{"q": "电子"}, {"name_contains": "电子"}])
def test_what_is_frequent_is_looked_for_among_the_first(loaded: Runtime, args: dict[str, Any]) -> None:
    """The planner has all its means: it reads rows one by one in the order of the scope, until the page is full."""
    for scope in SCOPES:
        by, _ = SCOPES[scope]
        question, values = FILINGS.asked(by, args)
        plan = _explained(
            loaded, by, Read(FILINGS.listing._newest(question, "id")), values | {"limit": 15, "offset": 0}
        )
        assert not any("Seq Scan on filing" in line for line in plan), plan
        assert any("using filing_pkey" in line for line in plan), plan


def test_a_rare_search_of_an_applicant_reads_no_more_than_his_own(loaded: Runtime) -> None:
    """The planner has all its means: he has few, so that his own index is as good as the search's."""
    by, _ = SCOPES["applicant"]
    question, values = FILINGS.asked(by, {"q": "SN0000123"})
    read = Read(FILINGS.listing._hits(question, "", "id", 1000))
    plan = _explained(loaded, by, read, values | {"limit": 15, "offset": 0})
    assert not any("Seq Scan on filing" in line for line in plan), plan
    assert any("filing_org_id" in line or "filing_search_words_idx" in line for line in plan), plan


@pytest.mark.parametrize("args", [{}, {"state": "approved,returned"}])
def test_a_total_is_read_from_the_counters(args: dict[str, Any]) -> None:
    for scope in SCOPES:
        question, _ = FILINGS.asked(SCOPES[scope][0], args)
        counter = FILINGS.counter(question)
        assert counter is not None
        assert "filing_count" in counter.sql


def _scans_or_sorts(plan: list[str]) -> bool:
    return any(word in line for line in plan for word in ("Seq Scan", "Sort"))


def _page(runtime: Runtime, by: Actor, args: dict[str, Any]) -> list[str]:
    question, values = FILINGS.asked(by, args)
    return _plan(runtime, by, _made(question), values | {"limit": 15, "offset": 0})


def _made(question: Question) -> Read:
    return Read(FILINGS.listing._page(question, "", "id"))


def _plan(
    runtime: Runtime, by: Actor, read: Read, values: dict[str, Any], sort: bool = False, bitmap: bool = False
) -> list[str]:
    off = ["enable_seqscan", *(["enable_sort"] if not sort else []), *(["enable_bitmapscan"] if not bitmap else [])]
    return _explained(runtime, by, read, values, off)


def _explained(runtime: Runtime, by: Actor, read: Read, values: dict[str, Any], off: Sequence[str] = ()) -> list[str]:
    with connection_of(runtime.database) as connection, connection.transaction():
        for setting in off:
            connection.execute(f"SET LOCAL {setting} = off")
        connection.execute(SET_SCOPE, Scope.of(by).settings())
        assert connection.execute("SELECT row_security_active('filing')").fetchone() == (True,)
        return [row[0] for row in connection.execute(f"EXPLAIN {read.sql}", read.values(values))]
