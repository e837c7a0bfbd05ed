"""Migrations go up, down and up again. The tables they make are those of the models."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from service_apps import PACKAGES, service
from sqlalchemy import Integer, MetaData, create_engine, text
from sqlalchemy.schema import SchemaItem

from chassis import migrations
from chassis.db import sqlalchemy_url
from chassis.testing import servers

# Tables without a mapped class: only SQL reads and writes them.
UNMAPPED = {
    "registry": {"import_row", "import_error", "certificate_counter", "certificate_prefix", "reminder"},
}
LEFT = text("""
    SELECT 'table ' || tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
    UNION ALL SELECT 'sequence ' || sequencename FROM pg_sequences WHERE schemaname = 'public'
""")


def models_of(package: str) -> MetaData:
    metadata: MetaData = importlib.import_module(f"{package}.models").Base.metadata
    return metadata


def left(url: str) -> list[str]:
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            return sorted(connection.execute(LEFT).scalars())
    finally:
        engine.dispose()


@pytest.mark.parametrize("package", PACKAGES)
def test_up_down_and_up_again(package: str) -> None:
    folder, url = service(package).migrations, servers.create_database(package)
    migrations.upgrade(folder, url)
    full = left(url)
    assert {f"table {name}" for name in migrations.CHASSIS_TABLES} <= set(full)
    migrations.downgrade(folder, url, "base")
    assert left(url) == []
    migrations.upgrade(folder, url)
    assert left(url) == full
    migrations.upgrade(folder, url)  # a second run changes nothing
    assert left(url) == full


@pytest.mark.parametrize("package", PACKAGES)
def test_the_migrations_make_what_the_models_say(package: str, migrated: Callable[[str], str]) -> None:
    assert differences(migrated(package), models_of(package), UNMAPPED.get(package, set())) == []


def test_a_difference_is_seen() -> None:
    url = servers.create_database("filing")
    migrations.upgrade(service("filing").migrations, url)
    engine = create_engine(sqlalchemy_url(url))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE org DROP COLUMN phone, ADD COLUMN nick text"))
        connection.execute(text("ALTER TABLE day_change ALTER COLUMN name DROP NOT NULL"))
        connection.execute(text("ALTER TABLE institution ALTER COLUMN active TYPE text"))
        connection.execute(text("CREATE TABLE stray (x int)"))
    engine.dispose()
    found = differences(url, models_of("filing"), set())
    assert [" ".join(words.split()[:2]) for words in found] == [
        "add_column org.phone", "modify_nullable day_change.name", "modify_type institution.active", "remove_column org.nick",
        "remove_table stray",
    ]  # fmt: skip


def differences(url: str, metadata: MetaData, unmapped: set[str]) -> list[str]:
    """Returns what alembic would change in the database to match the models: tables, columns, types, nullability.
    It ignores indexes, constraints and defaults, because only the migrations declare them."""
    ignored = {*migrations.CHASSIS_TABLES, *unmapped}

    def included(item: SchemaItem, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
        return not (kind == "table" and reflected and other is None and name in ignored)

    engine = create_engine(sqlalchemy_url(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": _types_differ, "compare_server_default": False, "include_object": included},
        )
        found = compare_metadata(context, metadata)
    engine.dispose()
    return sorted(filter(None, map(_words, _flat(found))))


def _types_differ(_context: Any, _inspected: Any, _column: Any, stored: Any, declared: Any) -> bool | None:
    """None lets alembic decide. A model says int; the migration decides how wide the column is."""
    return False if isinstance(stored, Integer) and isinstance(declared, Integer) else None


def _flat(found: Any) -> list[tuple[Any, ...]]:
    return [one for item in found for one in (item if isinstance(item, list) else [item])]


def _words(one: tuple[Any, ...]) -> str | None:
    verb = one[0]
    if verb in ("add_table", "remove_table"):
        return f"{verb} {one[1].name}"
    if verb in ("add_column", "remove_column"):
        return f"{verb} {one[2]}.{one[3].name} {one[3].type}"
    if verb.startswith("modify_"):
        return f"{verb} {one[2]}.{one[3]} {one[-2]!r} -> {one[-1]!r}"
    return None  # indexes, constraints, foreign keys
