"""Reads for the fault tests: waiting work, differences, metrics of a process."""

import re

import psycopg
import requests
from client import wait_for

from chassis.bus import Bus
from chassis.events import Contracts
from launcher.paths import CONTRACTS
from launcher.servers import Platform

COPIERS = ("registry", "filing", "booking", "notification")
_QUESTIONS = {
    "outbox": "SELECT count(*) FROM outbox WHERE published_at IS NULL",
    "retry": "SELECT count(*) FROM inbox WHERE state = 'retry'",
    "dead": "SELECT count(*) FROM inbox WHERE state = 'dead'",
    "jobs": "SELECT count(*) FROM job WHERE state IN ('queued', 'running')",
}


def superuser(platform: Platform, database: str = "postgres") -> str:
    """Returns the superuser's URL of one database."""
    password = (platform.run_dir / "secrets" / "postgres").read_text()
    host = platform.database_urls["registry"].rpartition("@")[2].partition("/")[0]
    return f"postgresql://postgres:{password}@{host}/{database}"


def waiting(platform: Platform) -> dict[str, int]:
    """Returns, over all services, how much is not yet published, delivered, consumed or done, and how much failed."""
    counts = {f"{name} queue": count for name, count in _undelivered(platform).items() if count}
    for name, url in platform.database_urls.items():
        with psycopg.connect(url) as db:
            for what, question in _QUESTIONS.items():
                row = db.execute(question).fetchone()
                if row and row[0]:
                    counts[f"{name} {what}"] = row[0]
    return counts


def _undelivered(platform: Platform) -> dict[str, int]:
    """Service -> messages in its queue. On pgmq this includes messages that a killed consumer still holds; RabbitMQ
    requeues them at once."""
    bus = Bus(platform.bus_url, Contracts(CONTRACTS).topology)
    try:
        if platform.bus == "rabbitmq":
            return {name: bus.waiting(name) for name in COPIERS}
        with psycopg.connect(platform.bus_url.replace("pgmq://", "postgresql://", 1)) as db:
            tables = [f"q_qj_{name}" for name in COPIERS]
            return {t: (db.execute(f"SELECT count(*) FROM pgmq.{t}").fetchone() or (0,))[0] for t in tables}
    finally:
        bus.close()


def assert_settled(platform: Platform, seconds: float = 60) -> None:
    """Asserts that every event is published, delivered and consumed, every job is done, and every replica equals its owner."""
    assert wait_for(lambda: waiting(platform), lambda counts: not counts, seconds) == {}
    for service in COPIERS:
        checked = platform.ask(service, "check-copies", "--patience", "2")
        assert checked.returncode == 0, checked.stdout + checked.stderr


def figure(platform: Platform, process: str, name: str) -> float:
    """Returns a metric of one process. Raises AssertionError if it has none."""
    shown = requests.get(f"http://127.0.0.1:{platform.port(process)}/metrics", timeout=5).text
    found = re.search(rf"^{name}(?:\{{.*\}})? ([-+.\de]+)$", shown, re.MULTILINE)
    assert found, f"{process} has no {name}"
    return float(found.group(1))


def execute(url: str, statement: str, *values: object) -> list[tuple[object, ...]]:
    """Runs one statement as the service, with the scope of everything."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SET qj.everything = 'on'")
        cursor = db.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
