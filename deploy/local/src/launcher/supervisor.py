"""Starts the whole platform, keeps it running, and stops it. All other processes are its children."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from launcher import backing, nginx, services, state
from launcher.errors import LauncherError
from launcher.generated import Secrets
from launcher.paths import passable_folder, private_folder
from launcher.ports import Ports, fixed_port
from launcher.probes import http_ok
from launcher.processes import Processes, die_with_parent, start_time, sweep, tail

ACCOUNTS = (
    "applicant, applicant2 · city-clerk, city-verifier, city-checker · county-clerk · province-clerk"
    " · supervisor · admin"
)
PASSWORD = "Demo-2026!"  # noqa: S105 (published with the demo data)


class Stopped(BaseException):
    """A signal asked us to stop."""


def supervise(run_dir: Path, report: Callable[[str], None]) -> None:
    """Runs until SIGINT or SIGTERM. Raises LauncherError if the platform cannot start."""
    _die_with_whoever_started_us()
    passable_folder(run_dir)
    for name in ("logs", "files"):
        private_folder(run_dir / name)
    held = state.lock(run_dir)
    if held is None:
        raise LauncherError(f"the platform in {run_dir} is already running")
    began = time.monotonic()
    _end_leftovers(run_dir, report)
    now = state.State("starting", os.getpid(), start_time(os.getpid()) or "")
    processes = Processes(run_dir / "logs", changed=lambda: _tell(run_dir, now, processes), report=report)
    _tell(run_dir, now, processes)
    _raise_when_told_to_stop()
    try:
        _bring_up(run_dir, now, processes, report)
        now.took_seconds = round(time.monotonic() - began, 1)
        now.phase = "healthy"
        _tell(run_dir, now, processes)
        report(summary(now))
        while True:
            processes.tend()
            time.sleep(0.1)
    except Stopped:
        report("stopping")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave processes behind
        now.phase = "stopping"
        processes.stop()
        (run_dir / "state.json").unlink(missing_ok=True)
        held.close()


def _bring_up(run_dir: Path, now: state.State, processes: Processes, report: Callable[[str], None]) -> None:
    gateway_port = fixed_port("GATEWAY_PORT", 8080)
    sandbox_port = fixed_port("SANDBOX_PORT", 8090)
    if gateway_port == sandbox_port:
        raise LauncherError(f"GATEWAY_PORT and SANDBOX_PORT are both {gateway_port}")
    secrets, ports = Secrets(run_dir / "secrets"), Ports(run_dir / "ports.json")
    base = backing.start(run_dir, secrets, ports, processes, report)
    wiring = _wiring(run_dir, secrets, ports, base.database_urls, base.bus_url, gateway_port, sandbox_port)
    now.database_urls, now.bus_url, now.tiers = base.database_urls, base.bus_url, base.tiers
    _migrate(wiring, processes, report, "--seed", "--profile", "demo")
    processes.wait(base.broker, seconds=90)
    report("starting sandbox and services")
    processes.start(*services.long_running(wiring), seconds=120)
    report("starting the gateway")
    gateway = nginx.prepare(run_dir / "gateway", gateway_port, wiring.http_ports)
    processes.start(gateway.program)
    now.tiers["gateway"] = f"{gateway.tier} nginx"
    now.gateway_url, now.sandbox_url = gateway.url, wiring.sandbox_url
    _wait_until_healthy(gateway.url, processes, run_dir)


def _wiring(
    run_dir: Path,
    secrets: Secrets,
    ports: Ports,
    database_urls: dict[str, str],
    bus_url: str,
    gateway_port: int,
    sandbox_port: int,
) -> services.Wiring:
    return services.Wiring(
        run_dir=run_dir,
        database_urls=database_urls,
        bus_url=bus_url,
        public_url=os.environ.get("PUBLIC_URL") or f"http://127.0.0.1:{gateway_port}",
        sandbox_port=sandbox_port,
        http_ports={name: ports.of(f"{name}-serve") for name in services.SERVICES},
        work_ports={name: ports.of(f"{name}-work") for name in services.SERVICES},
        secrets=secrets,
    )


def _migrate(wiring: services.Wiring, processes: Processes, report: Callable[[str], None], *seed: str) -> None:
    report("migrating five databases" + (", loading reference and demo data" if seed else ""))
    processes.run_all(*(services.one_time(name, wiring, "migrate", *seed) for name in services.SERVICES))


def migrate(run_dir: Path, report: Callable[[str], None]) -> None:
    """Migrates the databases of the running platform, or starts the servers just for this.

    Raises LauncherError with the output of a migration that failed."""
    passable_folder(run_dir)
    private_folder(run_dir / "logs")
    processes = Processes(run_dir / "logs", report=report)
    secrets, ports = Secrets(run_dir / "secrets"), Ports(run_dir / "ports.json")
    now = state.read(run_dir)
    try:
        if now is not None and now.alive():
            urls, bus_url = now.database_urls, now.bus_url
        else:
            _end_leftovers(run_dir, report)
            base = backing.start(run_dir, secrets, ports, processes, report)
            urls, bus_url = base.database_urls, base.bus_url
        _migrate(_wiring(run_dir, secrets, ports, urls, bus_url, 0, 0), processes, report)
    finally:
        processes.stop()


def _wait_until_healthy(url: str, processes: Processes, run_dir: Path, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not http_ok(f"{url}/healthz"):
        if time.monotonic() > deadline:
            log = tail(run_dir / "logs" / "identity-serve.log")
            raise LauncherError(f"{url}/healthz did not become healthy within {seconds:.0f} s:\n{log}")
        processes.tend()
        time.sleep(0.1)


def summary(now: state.State) -> str:
    tiers = " · ".join(f"{piece}: {tier}" for piece, tier in now.tiers.items())
    return (
        f"healthy after {now.took_seconds:g} s\n\n"
        f"  Open      {now.gateway_url}/\n"
        f"  API       {now.gateway_url}/api/docs\n"
        f"  Sandbox   {now.sandbox_url}  (stand-in for WeChat and SMS)\n"
        f"  Accounts  {ACCOUNTS}\n"
        f"  Password  {PASSWORD}  (of all)\n"
        f"  Running   {tiers}\n"
    )


def _tell(run_dir: Path, now: state.State, processes: Processes) -> None:
    now.processes = {
        process.program.name: state.ProcessState(
            pid=process.pid,
            began=start_time(process.pid) if process.pid else None,
            restarts=process.restarts,
            ready=process.is_ready,
        )
        for process in processes.all
    }
    state.write(run_dir, now)


def _end_leftovers(run_dir: Path, report: Callable[[str], None]) -> None:
    """Ends processes of a killed supervisor. The kernel has signalled them to stop, but they may be slow."""
    last = state.read(run_dir)
    if last is None:
        return
    left = {name: (p.pid, p.began) for name, p in last.processes.items() if p.pid and p.began}
    if found := sweep(left, seconds=20):
        report(f"ended what an earlier run left: {', '.join(found)}")


def _raise_when_told_to_stop() -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def _die_with_whoever_started_us() -> None:
    """For tests: the platform ends with the test run that started it, however the run ends."""
    parent = os.environ.get("LAUNCHER_PARENT")
    if parent:
        die_with_parent(signal.SIGTERM)
        if os.getppid() != int(parent):
            sys.exit(1)
