"""Each scope's list is read by an index that holds it in its order, and no list, search or count scans the table. The plans
are those that PostgreSQL chooses by itself."""

from itertools import product
from typing import Any
from uuid import UUID

import pytest

from booking.queries.bookable import BOOKABLES
from booking.queries.bookings import BOOKINGS
from chassis import clock
from chassis.actor import Actor
from chassis.db import SET_SCOPE, Scope
from chassis.ids import new_id
from chassis.lists import ListSpec
from chassis.reads import Read, connection_of
from chassis.runtime import Runtime
from chassis.testing import applicant, staff, supervisor
from chassis.testing.snapshots import Snapshots

OWNER = applicant(UUID(f"{7:032}"))
SCOPES = {
    "applicant": (OWNER, "booking_org_id"),
    "institution": (staff(UUID("7".rjust(32, "d"))), "booking_institution_id"),
    "county": (supervisor("440106"), "booking_area"),
    "city": (supervisor("440100"), "booking_area"),
    "province": (supervisor("440000"), "booking_area"),
}
ROWS = 40_000
LOAD = """
INSERT INTO org (id, name, division_code, phone_last4)
SELECT CAST(lpad(CAST(i AS text), 32, '0') AS uuid), '商户 ' || i, '440106', '0000' FROM generate_series(1, 100) AS i;
INSERT INTO instrument (instrument_id, org_id, name, serial_no, division_code, search, filing_state, approved_on, version)
SELECT CAST(lpad(to_hex(i), 32, '0') AS uuid), CAST(lpad(CAST(CASE WHEN i % 2 = 0 THEN 7 ELSE i % 100 + 1 END AS text), 32, '0') AS uuid),
    '电子秤 ' || i % 7, 'SN' || lpad(CAST(i AS text), 7, '0'), '440106',
    '电子秤 ' || i % 7 || E'\n' || 'sn' || lpad(CAST(i AS text), 7, '0'), 'approved', current_date, 1
FROM generate_series(1, %(rows)s) AS i;
INSERT INTO booking (id, number, org_id, institution_id, division_code, areas, mode, date, period, state, phone_last4,
    created_at, version)
SELECT CAST(lpad(to_hex(i), 32, '0') AS uuid), 'YY' || lpad(CAST(i AS text), 11, '0'),
    CAST(lpad(CAST(CASE WHEN i % 4 = 0 THEN 7 ELSE i % 100 + 1 END AS text), 32, '0') AS uuid),
    CAST(lpad(CAST(i % 20 AS text), 32, 'd') AS uuid), '440106',
    ARRAY['44', CASE WHEN i % 2 = 0 THEN '4401' ELSE '4403' END, CASE WHEN i % 2 = 0 THEN '440106' ELSE '440304' END],
    'deliver', current_date + i % 30, 'am', (ARRAY['pending', 'confirmed', 'completed', 'cancelled'])[i / 100 % 4 + 1], '0000',
    now() + i * INTERVAL '1 second', 1
FROM generate_series(1, %(rows)s) AS i;
INSERT INTO booking_item (booking_id, instrument_id, position, state, instrument)
SELECT CAST(lpad(to_hex(i), 32, '0') AS uuid), CAST(lpad(to_hex(i), 32, '0') AS uuid), 0, 'verified',
    jsonb_build_object('name', '电子秤 ' || i % 7, 'serial_no', 'SN' || lpad(CAST(i AS text), 7, '0'), 'division_code', '440106')
FROM generate_series(1, %(rows)s) AS i;
ANALYZE
"""


@pytest.fixture
def loaded(runtime: Runtime, snapshots: Snapshots) -> Runtime:
    """Bookings of 100 organisations, one of which has a quarter of them, at 20 institutions in two cities."""

    def load() -> None:
        with connection_of(runtime.database) as connection:
            connection.execute("SET qj.everything = 'on'")
            for statement in LOAD.replace("%(rows)s", str(ROWS)).split(";\n"):
                connection.execute(statement)
            connection.execute("RESET qj.everything")

    snapshots.put("many bookings", load)
    with connection_of(runtime.database) as connection:
        connection.execute("ANALYZE")
    return runtime


def test_the_first_page_is_read_by_an_index_in_its_order(loaded: Runtime) -> None:
    for (by, index), args in product(SCOPES.values(), ({}, {"state": "completed"})):
        question, values = BOOKINGS.asked(by, args)
        plan = _plan(loaded, by, Read(BOOKINGS.listing._page(question, "", "id")), values)
        assert any(f"using {index}_" in line for line in plan), plan
        assert not _scans(plan), plan
        assert not any("Sort" in line for line in plan), plan


def test_a_walk_goes_on_by_an_index(loaded: Runtime) -> None:
    for by, index in SCOPES.values():
        question, values = BOOKINGS.asked(by, {})
        plan = _plan(loaded, by, Read(BOOKINGS.listing._walk(question, "id", "cursor")), values)
        assert any(f"using {index}_" in line for line in plan), plan
        assert [line for line in plan if "Index Cond" in line and " < " in line], plan


RARE = {"q": "SN0000124"}  # even: of every scope but the institution's
FREQUENT = {"q": "电子秤"}


def test_a_search_is_answered_by_its_index(loaded: Runtime) -> None:
    rare = (RARE, {"instruments_contains": "SN0000124"}, {"q": "YY00000000124"})
    for (by, _), args in product(SCOPES.values(), rare):
        plan = _hits(loaded, BOOKINGS, by, args)
        assert any("booking_search_words_idx" in line for line in plan), plan
        assert not _scans(plan), plan


def test_a_frequent_fragment_is_found_in_a_walk_of_the_first_of_the_scope(loaded: Runtime) -> None:
    for by, index in SCOPES.values():
        question, values = BOOKINGS.asked(by, FREQUENT)
        plan = _plan(loaded, by, Read(BOOKINGS.listing._newest(question, "id")), values)
        assert any(f"using {index}_" in line for line in plan), plan


def test_what_can_be_booked_is_read_and_searched_by_its_indexes(loaded: Runtime) -> None:
    question, values = BOOKABLES.asked(OWNER, {}, today=clock.today())
    page = _plan(loaded, OWNER, Read(BOOKABLES.listing._page(question, "", "instrument_id")), values)
    assert any("using instrument_org_id_idx" in line for line in page), page
    for args in (RARE, {"serial_no_contains": "SN0000124"}):
        hits = _hits(loaded, BOOKABLES, OWNER, args, today=clock.today())
        assert any("instrument_search_words_idx" in line for line in hits), hits
        assert not _scans(hits), hits


def test_a_total_is_read_from_the_counters(loaded: Runtime) -> None:
    for (by, _), args in product(SCOPES.values(), ({}, {"state": "completed,cancelled"})):
        question, values = BOOKINGS.asked(by, args)
        counter = BOOKINGS.counter(question)
        assert counter is not None
        counted = Read(BOOKINGS.listing._total(question))
        with connection_of(loaded.database) as connection, connection.transaction():
            connection.execute(SET_SCOPE, Scope.of(by).settings())
            totals = [connection.execute(read.sql, read.values(values)).fetchone() for read in (counter, counted)]
        assert totals[0] == totals[1]


def test_others_filters_are_counted() -> None:
    for args in ({"mode": "deliver"}, {"to_sign": True}, {"to_check": True}, {"q": "x"}):
        assert BOOKINGS.counter(BOOKINGS.asked(OWNER, args)[0]) is None


def _hits(runtime: Runtime, spec: ListSpec, by: Actor, args: dict[str, Any], **more: Any) -> list[str]:
    question, values = spec.asked(by, args, **more)
    return _plan(runtime, by, Read(spec.listing._hits(question, "", spec.key, 1000)), values)


def _scans(plan: list[str]) -> bool:
    return any(f"Seq Scan on {table}" in line for line in plan for table in ("booking", "instrument"))


def _plan(runtime: Runtime, by: Actor, read: Read, values: dict[str, Any]) -> list[str]:
    values = values | {"limit": 15, "offset": 0, "cursor": new_id()}
    with connection_of(runtime.database) as connection, connection.transaction():
        connection.execute(SET_SCOPE, Scope.of(by).settings())
        assert connection.execute("SELECT row_security_active('booking')").fetchone() == (True,)
        return [row[0] for row in connection.execute(f"EXPLAIN {read.sql}", read.values(values))]
