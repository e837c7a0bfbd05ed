"""Files of the images, run by real servers: PostgreSQL's init script, RabbitMQ's definitions, and the gateway's start
script."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from images import DOCKER, environment
from service_apps import PACKAGES, ROOT, service

from chassis import migrations
from chassis.bus import Bus
from chassis.events import Contracts
from launcher import binaries, nginx, rabbitmq
from launcher.ports import free_port
from launcher.probes import http_status
from launcher.processes import Processes
from launcher.servers import private_postgres

# -- PostgreSQL ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory, secrets: Path) -> Iterator[str]:
    """A private PostgreSQL on which the init script ran, twice. Yields its superuser's URL."""
    with private_postgres(tmp_path_factory.mktemp("postgres")) as url:
        for _ in range(2):
            run_init_script(url, secrets / "databases")
        yield url


def run_init_script(url: str, passwords: Path) -> None:
    parts, found = urlsplit(url), binaries.find("postgres")
    assert found is not None
    env = {
        "PATH": f"{found.folder}:{os.environ['PATH']}",
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port),
        "PGPASSWORD": parts.password or "",
        "PASSWORDS": str(passwords),
    }
    subprocess.run(["bash", DOCKER / "postgres" / "10-databases.sh"], env=env, check=True)


def own_url(server: str, secrets: Path, package: str, database: str | None = None) -> str:
    """Returns a service's URL from the secrets, changed to the private server."""
    given, here = urlsplit((secrets / package / "database-url").read_text()), urlsplit(server)
    assert given.hostname == "postgres"
    return given._replace(
        netloc=f"{given.username}:{given.password}@{here.hostname}:{here.port}", path=f"/{database or package}"
    ).geturl()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_role_owns_its_database_and_migrates_it(postgres: str, secrets: Path, package: str) -> None:
    url = own_url(postgres, secrets, package)
    migrations.upgrade(service(package).migrations, url)
    with psycopg.connect(url) as db:
        rights = db.execute("SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = user")
        assert rights.fetchone() == (False,)


def test_a_pod_waits_for_the_schema_and_for_no_particular_release_of_it(postgres: str, secrets: Path) -> None:
    with psycopg.connect(postgres, autocommit=True) as db:
        db.execute("CREATE DATABASE empty OWNER filing")
    url = own_url(postgres, secrets, "filing", "empty")
    assert migrated("filing", url, "0.1") == 1
    migrations.upgrade(service("filing").migrations, url)
    assert migrated("filing", url) == 0
    with psycopg.connect(url) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")  # as after a newer release
    assert migrated("filing", url) == 0


def migrated(package: str, url: str, seconds: str = "5") -> int:
    """Returns the exit code of deploy/docker/migrated.py, with which a pod waits. It uses only the database setting
    and the tables of rules."""
    fields = dataclasses.fields(service(package).settings)
    env = {field.name.upper(): "any" for field in fields if field.default is dataclasses.MISSING}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env |= inherited | {"DATABASE_URL": url, "MODULE": f"{package}.cli", "CONTRACTS_DIR": str(ROOT / "contracts")}
    command = [sys.executable, DOCKER / "migrated.py", seconds]
    return subprocess.run(command, env=env, stderr=subprocess.DEVNULL).returncode


@pytest.mark.parametrize("database", ["registry", "postgres", "template1"])
def test_a_role_does_not_open_what_is_not_its_own(postgres: str, secrets: Path, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(own_url(postgres, secrets, "filing", database))


# -- RabbitMQ ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not rabbitmq.found() and not os.environ.get("CI"),
    reason="tries the settings for containers on a RabbitMQ, and none is installed: apt-get install rabbitmq-server",
)
def test_the_broker_takes_the_definitions_and_lets_the_services_work(tmp_path: Path, secrets: Path) -> None:
    port = free_port()
    node = rabbitmq.prepare(tmp_path / "node", "unused", port, free_port(), free_port())
    configured(tmp_path / "node", port, secrets)
    processes = Processes(tmp_path / "logs")
    try:
        for program in node.programs:
            processes.start(program, seconds=60)
        given = urlsplit((secrets / "filing" / "bus-url").read_text())
        bus = Bus(
            f"amqp://{given.username}:{given.password}@127.0.0.1:{port}//", Contracts(ROOT / "contracts").topology
        )
        bus.declare()
        taken: list[object] = []
        bus.publish("filing.approved", {"id": "1"})
        with bus.consuming("registry", taken.append) as drain:
            for _ in range(10):
                if not taken:
                    drain(2.0)
        assert taken == [{"id": "1"}]
        with pytest.raises(Exception, match="ACCESS_REFUSED"):
            bus.connection.channel().exchange_declare("other", "topic", durable=True)
        bus.close()
        listed = subprocess.run(
            [Path(node.programs[1].argv[0]).parent / "rabbitmqctl", "-q", "-n", "qj@localhost", "--formatter", "json", "list_policies"],
            env=node.programs[1].env, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert [policy["name"] for policy in json.loads(listed)] == ["qj-never-drop"]
    finally:
        processes.stop()


def configured(folder: Path, port: int, secrets: Path) -> None:
    """Gives the node the image's configuration, except port and paths. An old broker does not know a limit of -1."""
    text = (secrets / "rabbitmq" / "definitions.json").read_text()
    assert json.loads(text)["policies"][0]["definition"] == {"delivery-limit": -1}
    found = binaries.find("rabbitmq-server")
    if found is not None and "rabbitmq_server-3" in str(list(found.folder.parent.glob("lib/*"))):
        text = text.replace('"delivery-limit": -1', '"delivery-limit": 1000000')
    (folder / "definitions.json").write_text(text)
    conf = (DOCKER / "rabbitmq" / "rabbitmq.conf").read_text()
    for image, here in (
        ("/etc/rabbitmq/", f"{folder}/"),
        ("disk_free_limit.absolute = 1GB", "disk_free_limit.absolute = 100MB"),
    ):
        assert image in conf
        conf = conf.replace(image, here)
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n{conf}")


# -- the gateway ---------------------------------------------------------------------------------------------------


def gateway_environment(tmp_path: Path, **env: str) -> dict[str, str]:
    """Returns the image's environment with paths of this machine. "unset" removes a name."""
    found = binaries.find("nginx")
    assert found is not None
    image = environment(DOCKER / "gateway.Dockerfile")
    upstreams = {
        name: "127.0.0.1:1" for name in image if name.endswith("_UPSTREAM")
    }  # the real names resolve only in the network
    here = {"GATEWAY_DIR": str(ROOT / "gateway"), "RUN_DIR": str(tmp_path / "run")}
    here["STATIC_COMPRESSION"] = nginx.static_compression(found.path("nginx"))
    path = {"PATH": f"{found.folder}:/usr/bin:/bin"}
    return {k: v for k, v in {**image, **upstreams, **here, **path, **env}.items() if v != "unset"}


def gateway(tmp_path: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs the image's start script."""
    command = ["sh", DOCKER / "gateway.sh", *words]
    return subprocess.run(command, env=gateway_environment(tmp_path, **env), capture_output=True, text=True)


def test_it_answers_believes_its_proxy_logs_to_standard_output_and_ends_in_order(tmp_path: Path) -> None:
    port = free_port()
    user = "user root root;" if os.geteuid() == 0 else ""  # as root, nginx would run its workers as another user
    env = gateway_environment(tmp_path, LISTEN=f"127.0.0.1:{port}", TRUSTED_PROXY="0.0.0.0/0", USER=user)
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen(["sh", DOCKER / "gateway.sh"], env=env, stdout=out)
    try:
        deadline = time.monotonic() + 20
        while http_status(f"http://127.0.0.1:{port}/") != 200:
            assert time.monotonic() < deadline
            assert process.poll() is None
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/", headers={"X-Forwarded-For": "203.0.113.9, 203.0.113.7"}
        )
        urllib.request.urlopen(asked, timeout=5).close()
    finally:
        process.send_signal(signal.SIGQUIT)
        assert process.wait(20) == 0
    lines = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    assert {line["address"] for line in lines} == {"127.0.0.1", "203.0.113.7"}  # the last address, which the proxy saw


def test_nginx_takes_what_the_start_script_writes(tmp_path: Path) -> None:
    done = gateway(tmp_path, "-t")
    assert done.returncode == 0, done.stderr
    assert "test is successful" in done.stderr
    assert "\n    set_real_ip_from" not in (tmp_path / "run" / "nginx.conf").read_text()


def test_a_trusted_proxy_is_believed_about_addresses(tmp_path: Path) -> None:
    done = gateway(tmp_path, "-t", TRUSTED_PROXY="0.0.0.0/0")
    assert done.returncode == 0, done.stderr
    assert (
        "set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For;" in (tmp_path / "run" / "nginx.conf").read_text()
    )


@pytest.mark.parametrize(("value", "words"), [("unset", "RATE is missing"), ("1r/s; evil", "RATE is not safe")])
def test_a_wrong_setting_stops_the_start(tmp_path: Path, value: str, words: str) -> None:
    done = gateway(tmp_path, "-t", RATE=value)
    assert done.returncode == 2
    assert words in done.stderr
