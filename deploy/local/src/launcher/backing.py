"""Databases and bus. Each is given by URL, else runs by installed programs, else by programs from PyPI."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launcher import pgmq_bus, postgres, rabbitmq
from launcher.errors import LauncherError
from launcher.generated import Secrets
from launcher.ports import Ports
from launcher.processes import Process, Processes
from launcher.services import SERVICES


@dataclass(frozen=True)
class Backing:
    database_urls: dict[str, str]
    bus_url: str
    tiers: dict[str, str]
    broker: list[Process]  # still starting: wait for it before using the bus


def start(
    run_dir: Path, secrets: Secrets, ports: Ports, processes: Processes, report: Callable[[str], None]
) -> Backing:
    """Starts the servers that are not given and creates missing databases and queues. Raises LauncherError."""
    given = {name: os.environ[f"DATABASE_URL_{name.upper()}"] for name in SERVICES if _given(name)}
    kind = bus_kind(report)
    tiers: dict[str, str] = {}
    missing = [name for name in SERVICES if name not in given]
    private = None
    broker: list[Process] = []
    if missing or kind == "pgmq":
        private = postgres.prepare(run_dir / "postgres", ports.of("postgres"), secrets.password("postgres"))
        report(f"PostgreSQL {private.version} ({private.tier})")
    if kind == "rabbitmq":
        node = rabbitmq.prepare(
            run_dir / "rabbitmq",
            secrets.password("rabbitmq"),
            *(ports.of(name) for name in ("rabbitmq", "rabbitmq-dist", "epmd")),
        )
        report("RabbitMQ (installed)")
        name_server, server = node.programs
        processes.start(name_server)
        broker = processes.launch(server)  # takes seconds; migrations run meanwhile
    if private:
        processes.start(private.program, seconds=90)
    urls = dict(given)
    if private:
        urls |= postgres.make_databases(private.url, {n: secrets.password(f"database-{n}") for n in missing})
        tiers["PostgreSQL"] = f"{private.tier} {private.version}" + (" and given by URL" if given else "")
    else:
        tiers["PostgreSQL"] = "given by URL"
    if kind == "rabbitmq":
        bus_url, tiers["bus"] = node.url, "installed RabbitMQ"
    elif kind == "pgmq":
        assert private is not None
        bus_url = pgmq_bus.prepare(private.url, secrets.password("database-bus"))
        tiers["bus"] = "pgmq in that PostgreSQL"
    else:
        bus_url, tiers["bus"] = os.environ["BUS_URL"], "given by URL"
    return Backing(urls, bus_url, tiers, broker)


def _given(service: str) -> bool:
    return bool(os.environ.get(f"DATABASE_URL_{service.upper()}"))


def bus_kind(report: Callable[[str], None] = lambda text: None) -> str:
    """Returns given, rabbitmq or pgmq. BUS=rabbitmq or BUS=pgmq decides; else RabbitMQ if it is installed.

    Raises LauncherError if BUS=rabbitmq and RabbitMQ cannot be installed."""
    wanted = os.environ.get("BUS", "")
    if os.environ.get("BUS_URL"):
        return "given"
    if wanted not in ("", "rabbitmq", "pgmq"):
        raise LauncherError(f"BUS={wanted} is unknown: rabbitmq or pgmq")
    carried = os.environ.get("TIER") == "carried"
    if wanted == "rabbitmq":
        if carried:
            raise LauncherError("BUS=rabbitmq contradicts TIER=carried: no wheel contains RabbitMQ")
        if not rabbitmq.found():
            rabbitmq.install(report)
        return "rabbitmq"
    return "rabbitmq" if not wanted and not carried and rabbitmq.found() else "pgmq"
