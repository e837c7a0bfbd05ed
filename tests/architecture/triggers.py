"""Writes the list of database triggers to each TRIGGERS.md, from a freshly migrated database of each service.

.venv/bin/python tests/architecture/triggers.py
"""

import sys
from pathlib import Path

from sqlalchemy import create_engine, text

sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))

from service_apps import CHASSIS, PACKAGES, ROOT, service

from chassis import migrations
from chassis.db import sqlalchemy_url
from chassis.testing import servers

# Service -> trigger function -> what it does: what it writes and for whom. "" holds the functions of the chassis.
SENTENCES = {
    "": {
        "audit_is_append_only": "Refuses to change or delete a line of the audit trail.",
        "job_wake": "Sends NOTIFY so that a job worker looks for the new job at once.",
        "outbox_wake": "Sends NOTIFY so that the relay publishes the new event at once.",
    },
    "booking": {
        "count_bookings": "Appends to `booking_count` how many bookings entered or left each state, for each viewer and area.",
        "drop_booking_search": "Deletes the rows of a deleted booking from `booking_search`.",
        "keep_areas": "Keeps `booking_area`, the areas of use of a booking's instruments, with its state.",
        "keep_booking_search": "Adds the words of a booking's new items to `booking_search`.",
        "keep_instrument_search": "Keeps `instrument_search` equal to the replicas of instruments.",
    },
    "filing": {
        "count_filings": "Appends to `filing_count` how many latest filings entered or left each state, for each viewer and area.",
        "follow_search": "Updates the viewers and words of a filing in `filing_search` when one of them changes.",
        "keep_parts": "Keeps `filing_part`, the institutions that took part in a filing, with its state and times.",
        "keep_search": "Adds the row of a new filing to `filing_search`, and deletes that of a deleted filing.",
    },
    "registry": {
        "count_instruments": "Appends to `instrument_count` how many instruments entered or left each state, for each organisation and institution that lists them.",
        "count_supervised": "Appends to `supervision_count` how many instruments entered or left each state, for each area, kind and institution.",
        "count_verifications": "Appends to `verification_count` what a verification adds to the figures of its month, for each area, kind and institution.",
        "follow_search": "Updates the viewers and words of an instrument in `instrument_search` when one of them changes.",
        "keep_certificate_search": "Keeps `certificate_search` equal to the certificates.",
        "keep_parts": "Keeps `instrument_part`, the institutions that took part in an instrument's filing or verification.",
        "keep_search": "Adds the row of a new instrument to `instrument_search`, and deletes that of a deleted instrument.",
    },
}
HEAD = """# Triggers

This list is generated from the migrated database; `make triggers` writes it.

| table | trigger | when | function | what it does |
| --- | --- | --- | --- | --- |
"""
TRIGGERS = text("""
    SELECT c.relname AS "table", t.tgname AS name, p.proname AS function,
           concat_ws(' ',
               CASE WHEN t.tgtype & 64 > 0 THEN 'INSTEAD OF' WHEN t.tgtype & 2 > 0 THEN 'BEFORE' ELSE 'AFTER' END,
               concat_ws(' OR ', CASE WHEN t.tgtype & 4 > 0 THEN 'INSERT' END, CASE WHEN t.tgtype & 16 > 0 THEN 'UPDATE' END,
                         CASE WHEN t.tgtype & 8 > 0 THEN 'DELETE' END, CASE WHEN t.tgtype & 32 > 0 THEN 'TRUNCATE' END),
               CASE WHEN t.tgtype & 1 > 0 THEN 'for each row' ELSE 'for each statement' END,
               CASE WHEN t.tgqual IS NOT NULL THEN 'if WHEN holds' END) AS "when"
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_proc AS p ON p.oid = t.tgfoid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
    ORDER BY c.relname COLLATE "C", t.tgname COLLATE "C"
""")


def path_of(package: str, shared: bool) -> Path:
    """The file of a service's own triggers; if `shared`, that of the triggers which the chassis gives to every service."""
    return (CHASSIS / "sql" if shared else PACKAGES[package].parents[1]) / "TRIGGERS.md"


def lists_of(package: str, url: str) -> dict[Path, str]:
    """File -> its text, for the migrated database at `url`. Raises LookupError if a function has no sentence."""
    engine = create_engine(sqlalchemy_url(url))
    with engine.connect() as connection:
        rows = connection.execute(TRIGGERS).mappings().all()
    engine.dispose()
    made: dict[Path, str] = {}
    for row in rows:
        shared = row["table"] in migrations.CHASSIS_TABLES
        owner = "" if shared else package
        sentence = SENTENCES.get(owner, {}).get(row["function"])
        if sentence is None:
            raise LookupError(f"say in SENTENCES of tests/architecture/triggers.py what {owner} {row['function']} does")
        path = path_of(package, shared)
        line = f"| `{row['table']}` | `{row['name']}` | {row['when']} | `{row['function']}` | {sentence} |\n"
        made[path] = made.get(path, HEAD) + line
    return made


def main() -> None:
    for package in PACKAGES:
        url = servers.create_database(package)
        migrations.upgrade(service(package).migrations, url)
        made = lists_of(package, url)
        path_of(package, shared=False).unlink(missing_ok=True)
        for path, body in made.items():
            path.write_text(body, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
