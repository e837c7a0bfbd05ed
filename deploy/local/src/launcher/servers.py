"""Private servers and whole platforms for tests. They end with the `with` block, or with the process."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher import background, operating, pgmq_bus, portal, postgres, rabbitmq, state
from launcher.errors import LauncherError
from launcher.generated import Secrets
from launcher.paths import forget, passable_folder
from launcher.ports import free_port
from launcher.processes import Processes


@contextmanager
def private_postgres(folder: Path, fsync: bool = False) -> Iterator[str]:
    """A PostgreSQL with its data under `folder`. Yields the superuser's URL. Raises LauncherError."""
    password = Secrets(passable_folder(folder) / "secrets").password("postgres")
    server = postgres.prepare(folder / "postgres", free_port(), password, fsync=fsync)
    try:
        with _running(folder) as processes:
            processes.start(server.program)
            yield server.url
    finally:
        forget(folder / "postgres")


@contextmanager
def private_bus(folder: Path, kind: str = "rabbitmq", postgres: str | None = None) -> Iterator[str]:
    """A broker under `folder`, or (pgmq) a queue database in the PostgreSQL of the given superuser URL.

    Yields BUS_URL. Raises LauncherError if there is no RabbitMQ, and ValueError for pgmq without a PostgreSQL."""
    password = Secrets(folder / "secrets").password("bus")
    if kind == "pgmq":
        if postgres is None:
            raise ValueError("pgmq needs the superuser URL of a PostgreSQL")
        yield pgmq_bus.prepare(postgres, password)
        return
    node = rabbitmq.prepare(folder / "rabbitmq", password, free_port(), free_port(), free_port())
    with _running(folder) as processes:
        for program in node.programs:
            processes.start(program)
        yield node.url


@contextmanager
def _running(folder: Path) -> Iterator[Processes]:
    processes = Processes(folder / "logs")
    try:
        yield processes
    finally:
        processes.stop()


@dataclass(frozen=True)
class Platform:
    """A whole platform that runs beside others. Process names: postgres, rabbitmq, epmd, sandbox, gateway,
    <service>-serve, <service>-work."""

    gateway_url: str
    sandbox_url: str
    database_urls: dict[str, str]
    bus_url: str
    tiers: dict[str, str]
    run_dir: Path

    @property
    def bus(self) -> str:
        """The bus that really runs: rabbitmq or pgmq."""
        return "pgmq" if self.bus_url.startswith("pgmq") else "rabbitmq"

    def processes(self) -> list[str]:
        """The names of the running processes."""
        return list(self._now().processes)

    def pid(self, process: str) -> int | None:
        """Returns None while the process is down. Raises KeyError for an unknown name."""
        return self._now().processes[process].pid

    def port(self, process: str) -> int:
        """Returns the port of <service>-serve or <service>-work on loopback."""
        return int(json.loads((self.run_dir / "ports.json").read_text())[process])

    def ask(self, service: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs `python -m <service>.cli words…` to its end, in the environment of the service's processes."""
        return operating.ask(self.run_dir, service, *words)

    def environment(self, service: str) -> dict[str, str]:
        """Returns the environment of a service's processes."""
        return operating.environment_of(self.run_dir, service)

    def kill(self, process: str) -> None:
        """Sends SIGKILL. The supervisor restarts the process."""
        self._signal(process, signal.SIGKILL)

    def restart(self, process: str, seconds: float = 60.0) -> None:
        """Stops it gracefully and waits until it is ready again. Raises TimeoutError."""
        before = self._now().processes[process].restarts
        self._signal(process, signal.SIGINT if process == "postgres" else signal.SIGTERM)
        self.wait_ready(process, before + 1, seconds)

    def wait_ready(self, process: str, restarts: int = 0, seconds: float = 60.0) -> None:
        """Waits until it is ready and has restarted at least `restarts` times. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            one = self._now().processes[process]
            if one.ready and one.restarts >= restarts:
                return
            time.sleep(0.05)
        raise TimeoutError(f"{process} was not ready again within {seconds:.0f} s")

    def _signal(self, process: str, number: signal.Signals) -> None:
        if pid := self.pid(process):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _now(self) -> state.State:
        now = background.running(self.run_dir)
        if now is None:
            raise LauncherError("the platform is not running")
        return now


@contextmanager
def platform(run_dir: Path, tier: str | None = None, with_portal: bool = False, **settings: str) -> Iterator[Platform]:
    """Starts a whole platform on free ports, and stops it at the end. Call it from the main thread.

    tier: "carried" forces the wheels. with_portal: builds and serves the browser portal. settings: more environment
    variables (WEB_WORKERS="2", GATEWAY_RATE=…).
    If it does not become healthy, raises LauncherError with the launcher's output."""
    words: list[str] = []
    gateway_port = free_port()
    env = {
        "GATEWAY_PORT": str(gateway_port),
        "SANDBOX_PORT": str(free_port({gateway_port})),
        "LAUNCHER_PARENT": str(os.getpid()),
        "PUBLIC_URL": "",
        "PORTAL": "" if with_portal else "off",
        **({"TIER": tier} if tier else {}),
        **settings,
    }
    try:
        if with_portal:
            portal.build(words.append)
        now, popen = background.start(run_dir, words.append, env)
    except LauncherError as error:
        raise LauncherError("\n".join([*words, str(error)])) from None
    try:
        yield Platform(now.gateway_url, now.sandbox_url, now.database_urls, now.bus_url, now.tiers, run_dir.resolve())
    finally:
        background.stop(run_dir)
        popen.wait()
        forget(run_dir / "postgres")
        if sys.exc_info()[0] is None and popen.returncode not in (0, -signal.SIGTERM):
            raise LauncherError(f"the platform ended with {popen.returncode}:\n" + "\n".join(words[-20:]))
