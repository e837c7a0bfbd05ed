"""No service reads another's database: each role can connect only to its own."""

import contextlib
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql
from service_apps import PACKAGES

from chassis.testing import servers
from launcher import postgres


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    """Package -> URL. The launcher creates the databases, under names of this run."""
    run = secrets.token_hex(3)
    admin = servers.database_url()
    names = {package: f"a_{run}_{package}" for package in PACKAGES}
    made = postgres.make_databases(admin, {name: secrets.token_hex(8) for name in names.values()})
    yield {package: made[name] for package, name in names.items()}
    with psycopg.connect(admin, autocommit=True) as db:
        for name in names.values():
            db.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            db.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_role_is_let_into_its_own_database_alone(urls: dict[str, str], package: str) -> None:
    own = urlsplit(urls[package])
    with psycopg.connect(urls[package]) as db:
        assert db.execute("SELECT current_user = %s", (own.username,)).fetchone() == (True,)
    others = [urlsplit(url).path for name, url in urls.items() if name != package]
    for path in [*others, "/postgres", "/template1"]:
        with (
            pytest.raises(psycopg.OperationalError, match="permission denied for database"),
            contextlib.closing(psycopg.connect(urlunsplit(own._replace(path=path)))),
        ):
            pass


@pytest.mark.parametrize("package", PACKAGES)
def test_a_role_is_no_superuser_and_cannot_go_around_row_security(urls: dict[str, str], package: str) -> None:
    with psycopg.connect(urls[package]) as db:
        row = db.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
    assert row == (False,) * 5


def test_running_it_again_keeps_the_data(urls: dict[str, str]) -> None:
    with psycopg.connect(urls["filing"], autocommit=True) as db:
        db.execute("CREATE TABLE kept (x int)")
    parts = urlsplit(urls["filing"])
    assert parts.username is not None
    assert parts.password is not None
    again = postgres.make_databases(servers.database_url(), {parts.username: parts.password})
    with psycopg.connect(again[parts.username]) as db:
        assert db.execute("SELECT count(*) FROM kept").fetchone() == (0,)
