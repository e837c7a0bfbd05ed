"""Migrations: alembic, run by code, one runner at a time, with time limits on locks.

A service's `migrations/env.py` is two lines that call `run_env`. The chassis's own tables are created by each
service's first migration through `create_chassis_tables`.
"""

import re
from importlib import resources
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, text

from chassis.db import sqlalchemy_url

CHASSIS_TABLES = (
    "outbox", "inbox", "seen_version", "revoked_session", "idempotency_key",
    "job_failure", "job", "schedule_run", "audit",
)  # fmt: skip
CHASSIS_FUNCTIONS = ("outbox_wake", "job_wake", "audit_is_append_only")
_LOCK = 4_471_001  # advisory lock of a migration run


def upgrade(folder: Path, database_url: str, revision: str = "head") -> None:
    """Bring the database of `database_url` to `revision`."""
    command.upgrade(_config(folder, database_url), revision)


def downgrade(folder: Path, database_url: str, revision: str) -> None:
    command.downgrade(_config(folder, database_url), revision)


def _config(folder: Path, database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["database_url"] = database_url
    return config


def run_env(metadata: MetaData) -> None:
    """Runs the migrations, for every `migrations/env.py`."""
    url = context.config.attributes["database_url"]
    engine = create_engine(sqlalchemy_url(url))
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text("SELECT set_config('qj.everything', 'on', false)"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        try:
            context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
            context.run_migrations()
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            connection.commit()
    engine.dispose()


def create_chassis_tables(op: Any, version: int = 1) -> None:
    """Create the chassis's tables of `version`, from a migration."""
    op.execute(text((resources.files("chassis") / f"sql/v{version}.sql").read_text(encoding="utf-8")))


def create_search_functions(op: Any) -> None:
    """`search_words`, `search_pattern` and `area_viewer`, for a service whose lists have a search (chassis.lists)."""
    op.execute(text((resources.files("chassis") / "sql/search.sql").read_text(encoding="utf-8")))


def drop_search_functions(op: Any) -> None:
    for name in ("search_words", "search_pattern", "area_viewer"):
        op.execute(text(f"DROP FUNCTION {name}"))


def drop_chassis_tables(op: Any) -> None:
    for table in CHASSIS_TABLES:
        op.execute(text(f"DROP TABLE IF EXISTS {table}"))
    for function in CHASSIS_FUNCTIONS:
        op.execute(text(f"DROP FUNCTION IF EXISTS {function}"))


def enable_row_security(op: Any, table: str, using: str) -> None:
    """Row-level security on `table`, also for its owner. `using` is SQL over the columns of the table; the helpers
    `qj_org()`, `qj_institution()`, `qj_area()` give the scope of the transaction (see chassis.db.Scope)."""
    op.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    op.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
    op.execute(text(f"CREATE POLICY scope ON {table} USING ({_once(using)})"))


def set_row_security(op: Any, table: str, using: str) -> None:
    """Another rule for a table that has one."""
    op.execute(text(f"ALTER POLICY scope ON {table} USING ({_once(using)})"))


def _once(using: str) -> str:
    """The helpers as sub-selects: PostgreSQL then asks each once a statement, not once a row."""
    return re.sub(r"qj_\w+\(\)", r"(SELECT \g<0>)", f"qj_everything() OR {using}")


def create_scope_functions(op: Any) -> None:
    op.execute(
        text("""
        CREATE FUNCTION qj_everything() RETURNS boolean LANGUAGE sql STABLE
            AS $$ SELECT current_setting('qj.everything', true) = 'on' $$;
        CREATE FUNCTION qj_org() RETURNS uuid LANGUAGE sql STABLE
            AS $$ SELECT nullif(current_setting('qj.org', true), '')::uuid $$;
        CREATE FUNCTION qj_institution() RETURNS uuid LANGUAGE sql STABLE
            AS $$ SELECT nullif(current_setting('qj.institution', true), '')::uuid $$;
        CREATE FUNCTION qj_area() RETURNS text LANGUAGE sql STABLE
            AS $$ SELECT nullif(current_setting('qj.area', true), '') $$;
        """)
    )


def drop_scope_functions(op: Any) -> None:
    for name in ("qj_everything", "qj_org", "qj_institution", "qj_area"):
        op.execute(text(f"DROP FUNCTION IF EXISTS {name}"))
