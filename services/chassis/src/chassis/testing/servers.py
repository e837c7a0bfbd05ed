"""The database and the bus that tests run against: given by URL, else containers, else private local instances."""

import atexit
import contextlib
import os
import secrets
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg


@cache
def database_url() -> str:
    """A superuser's URL of a PostgreSQL for this run."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        return url
    from launcher.servers import private_postgres  # the launcher is there in every development set-up

    return _until_exit(private_postgres(_folder("postgres"), fsync=False))


@cache
def bus_url() -> str:
    """The bus of this run."""
    if url := os.environ.get("TEST_BUS_URL"):
        return url
    from launcher.servers import private_bus

    return _until_exit(private_bus(_folder("bus"), postgres=database_url()))


def _until_exit(manager: contextlib.AbstractContextManager[str]) -> str:
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(manager)


def _folder(name: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=f"qj-test-{name}-"))


def create_database(name: str) -> str:
    """A new empty database with a role of its own that is no superuser; its URL. Dropped when the process ends."""
    admin = database_url()
    unique, password = f"t_{name}_{os.getpid()}_{secrets.token_hex(3)}", secrets.token_hex(8)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {unique} LOGIN PASSWORD '{password}'")
        connection.execute(f"CREATE DATABASE {unique} OWNER {unique} TEMPLATE template0")
    atexit.register(_drop, admin, unique)
    parts = urlsplit(admin)
    return f"postgresql://{unique}:{password}@{parts.hostname}:{parts.port}/{unique}"


def _drop(admin: str, name: str) -> None:
    with contextlib.suppress(psycopg.Error), psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"DROP ROLE IF EXISTS {name}")
