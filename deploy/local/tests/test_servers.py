"""Real private servers, installed or from PyPI as this run chose."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from launcher import postgres, rabbitmq
from launcher.servers import private_bus, private_postgres


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with private_postgres(tmp_path_factory.mktemp("postgres")) as url:
        yield url


@pytest.fixture
def databases(server: str) -> dict[str, str]:
    return postgres.make_databases(server, {"identity": "one", "booking": "two"})


def test_a_service_opens_its_own_database(databases: dict[str, str]) -> None:
    with psycopg.connect(databases["identity"]) as db:
        db.execute("CREATE TABLE IF NOT EXISTS thing (name text)")
        db.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        db.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        assert db.execute("SELECT show_trgm('水表')").fetchone() != ([],)


@pytest.mark.parametrize("other", ["booking", "postgres", "template1"])
def test_and_no_other(databases: dict[str, str], other: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(databases["identity"].rpartition("/")[0] + "/" + other)


def test_nobody_enters_without_the_password(databases: dict[str, str]) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(databases["identity"].replace(":one@", ":guess@"))


def test_making_the_databases_again_keeps_what_is_in_them(server: str, databases: dict[str, str]) -> None:
    with psycopg.connect(databases["booking"]) as db:
        db.execute("CREATE TABLE kept AS SELECT 1 AS one")
    again = postgres.make_databases(server, {"identity": "one", "booking": "new"})
    with psycopg.connect(again["booking"]) as db:
        assert db.execute("SELECT one FROM kept").fetchone() == (1,)


def test_text_is_utf8_and_compares_by_code_point(server: str) -> None:
    with psycopg.connect(server) as db:
        assert db.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        row = db.execute("SELECT datcollate, datctype FROM pg_database WHERE datname = 'template1'").fetchone()
        assert row == ("C.UTF-8", "C.UTF-8")


def test_the_queue_schema_is_made_once(server: str, tmp_path: Path) -> None:
    for _ in range(2):
        with private_bus(tmp_path, "pgmq", server) as url:
            assert url.startswith("pgmq://bus:")
    with psycopg.connect(url.replace("pgmq://", "postgresql://")) as db:
        db.execute("SELECT pgmq.create('trial')")
        db.execute("""SELECT pgmq.send('trial', '{"a": 1}')""")
        assert db.execute("SELECT count(*) FROM pgmq.read('trial', 30, 1)").fetchone() == (1,)


@pytest.mark.skipif(
    not rabbitmq.found() and os.environ.get("BUS") != "rabbitmq",
    reason="starts a RabbitMQ, and none is installed: apt-get install rabbitmq-server",
)
def test_a_private_broker_takes_and_gives(tmp_path: Path) -> None:
    kombu = pytest.importorskip("kombu")
    with private_bus(tmp_path, "rabbitmq") as url:
        with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
            queue = connection.SimpleQueue("trial", queue_args={"x-queue-type": "quorum"})
            queue.put({"a": 1})
            message = queue.get(timeout=5)
            assert message.payload == {"a": 1}
            message.ack()
            queue.close()
        assert stat.S_IMODE((tmp_path / "rabbitmq" / "rabbitmq.conf").stat().st_mode) == 0o600
    log = (tmp_path / "logs" / "rabbitmq.log").read_text()
    assert "CRASH" not in log
