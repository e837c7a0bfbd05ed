"""The tables that serve lists say the same, whether triggers kept them row by row or a migration filled them."""

import pytest
from service_apps import service
from sqlalchemy import create_engine, text

from chassis import migrations
from chassis.db import sqlalchemy_url
from chassis.testing import servers

FILINGS = (
    """INSERT INTO org (id, name, division_code)
    SELECT CAST(lpad(CAST(i AS text), 32, '0') AS uuid), '商户 ' || i, '440106' FROM generate_series(1, 9) AS i""",
    """INSERT INTO submission (id, org_id, institution_id, authorize_province, selection, state, submitted_at)
    VALUES (CAST(repeat('a', 32) AS uuid), CAST(repeat('b', 32) AS uuid), CAST(repeat('c', 32) AS uuid), false, '{}', 'done', now())""",
    """INSERT INTO filing (id, number, submission_id, instrument_id, instrument_version, org_id, kind_code, division_code, snapshot,
        search, state, city_id, institution_id, participants, authorize_province, submitted_at, due_on, version)
    SELECT CAST(lpad(to_hex(i), 32, '0') AS uuid), 'BA-' || i, CAST(repeat('a', 32) AS uuid), gen_random_uuid(), 1,
        CAST(lpad(CAST(i % 9 + 1 AS text), 32, '0') AS uuid), '020100', (ARRAY['440106', '440304', '441302'])[i % 3 + 1], '{}',
        '电子秤' || E'\\n' || 'sn' || i, 'submitted', d.institution, d.institution, ARRAY[d.institution], false, now(), current_date, 1
    FROM generate_series(1, 300) AS i, LATERAL (SELECT CAST(lpad(CAST(i % 4 AS text), 32, 'd') AS uuid) AS institution) AS d""",
    """UPDATE filing SET state = 'approved', holder_id = institution_id, decided_at = now() WHERE number LIKE '%1'""",
    """UPDATE filing SET division_code = '440105', search = search WHERE number LIKE '%2'""",
    """UPDATE filing SET participants = participants || CAST(repeat('e', 32) AS uuid), institution_id = CAST(repeat('e', 32) AS uuid),
        state = 'awaiting_confirmation' WHERE number LIKE '%3'""",
    """UPDATE filing SET latest = false WHERE number LIKE '%4'""",
    """DELETE FROM filing WHERE number LIKE '%5'""",
)
BOOKINGS = (
    """INSERT INTO org (id, name, division_code, phone_last4)
    SELECT CAST(lpad(CAST(i AS text), 32, '0') AS uuid), '商户 ' || i, '440106', '0000' FROM generate_series(1, 9) AS i""",
    """INSERT INTO instrument (instrument_id, org_id, name, serial_no, division_code, search, filing_state, approved_on, version)
    SELECT CAST(lpad(to_hex(i), 32, '0') AS uuid), CAST(lpad(CAST(i % 9 + 1 AS text), 32, '0') AS uuid), '电子秤', 'SN' || i, '440106',
        '电子秤' || E'\\n' || 'sn' || i, 'approved', current_date, 1 FROM generate_series(1, 300) AS i""",
    """INSERT INTO booking (id, number, org_id, institution_id, division_code, areas, mode, date, period, state, phone_last4, created_at,
        version)
    SELECT CAST(lpad(to_hex(i), 32, '0') AS uuid), 'YY' || i, CAST(lpad(CAST(i % 9 + 1 AS text), 32, '0') AS uuid),
        CAST(lpad(CAST(i % 4 AS text), 32, 'd') AS uuid), '440106', ARRAY['44', '4401', '440106'], 'deliver', current_date, 'am',
        'pending', '0000', now(), 1 FROM generate_series(1, 300) AS i""",
    """INSERT INTO booking_item (booking_id, instrument_id, position, state, instrument)
    SELECT CAST(lpad(to_hex(i), 32, '0') AS uuid), CAST(lpad(to_hex(i), 32, '0') AS uuid), 0, 'verified',
        jsonb_build_object('name', '电子秤', 'serial_no', 'SN' || i, 'division_code', '440106') FROM generate_series(1, 300) AS i""",
    """UPDATE booking SET state = 'confirmed' WHERE number LIKE '%1'""",
    """UPDATE instrument SET search = 'renamed' WHERE serial_no LIKE '%2'""",
    """DELETE FROM booking_item WHERE instrument ->> 'serial_no' LIKE '%3'""",
    """DELETE FROM booking WHERE number LIKE '%3'""",
    """DELETE FROM instrument WHERE serial_no LIKE '%3'""",
)
KEPT = {
    "filing": {
        "filing_part": "SELECT institution_id, filing_id, state, submitted_at, decided_at FROM filing_part ORDER BY 1, 2",
        "filing_search": "SELECT filing_id, ARRAY(SELECT unnest(viewers) ORDER BY 1), words FROM filing_search ORDER BY 1",
        "filing_count": "SELECT viewer_id, area, state, held, turn, sum(n) FROM filing_count GROUP BY 1, 2, 3, 4, 5"
        " HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4, 5",
    },
    "booking": {
        "booking_area": "SELECT area, booking_id, state FROM booking_area ORDER BY 1, 2",
        "booking_search": "SELECT booking_id, ARRAY(SELECT unnest(viewers) ORDER BY 1), words FROM booking_search ORDER BY 1",
        "instrument_search": "SELECT instrument_id, viewers, words FROM instrument_search ORDER BY 1",
        "booking_count": "SELECT viewer_id, state, sum(n) FROM booking_count GROUP BY 1, 2 HAVING sum(n) <> 0 ORDER BY 1, 2",
    },
}


@pytest.mark.parametrize(("package", "before", "changes"), [("filing", "0006", FILINGS), ("booking", "0006", BOOKINGS)])
def test_a_migration_fills_what_triggers_keep(package: str, before: str, changes: tuple[str, ...]) -> None:
    folder, url = service(package).migrations, servers.create_database(package)
    migrations.upgrade(folder, url)
    engine = create_engine(sqlalchemy_url(url))

    def kept() -> dict[str, list[tuple[object, ...]]]:
        with engine.connect() as connection:
            connection.execute(text("SET qj.everything = 'on'"))
            return {
                table: [tuple(row) for row in connection.execute(text(sql))] for table, sql in KEPT[package].items()
            }

    with engine.begin() as connection:
        connection.execute(text("SET LOCAL qj.everything = 'on'"))
        for statement in changes:
            connection.execute(text(statement.replace(":", "\\:")))
    by_triggers = kept()
    migrations.downgrade(folder, url, before)
    migrations.upgrade(folder, url)
    by_migration = kept()
    engine.dispose()
    for table, rows in by_triggers.items():
        assert len(rows) > 10, table
        assert rows == by_migration[table], table
