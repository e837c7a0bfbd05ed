"""Every test: decides on the servers, starts them once, runs pytest once a service, sums up.

    .venv/bin/python tests/suite.py [--only unit|services|bus|platform|journeys|hostile|browser|smoke …] [--service booking]

Servers, in this order: TEST_DATABASE_URL and TEST_BUS_URL; a Docker engine, if one answers; private local ones
(installed, else carried; TIER=carried and BUS=rabbitmq decide as they do for `make run`). The last line is
"N passed, N failed, N skipped" over all runs; the exit code is 0 only if nothing failed and something ran.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from launcher import backing, servers
from launcher.errors import LauncherError
from launcher.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 2
PARTS = ("unit", "services", "bus", "platform", "journeys", "hostile", "browser", "smoke")
EVERYTHING = ("services", "platform", "journeys", "hostile", "smoke")  # of the browser, what CI adds takes minutes
BUS_TESTS = "services/chassis/tests/bus"


@dataclass
class Run:
    """One pytest process."""

    name: str
    paths: list[str]
    report: Path
    env: dict[str, str]
    output: Path
    popen: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--service", help="booking, instrument-registry or registry, chassis, sandbox, local …")
    words = parser.parse_args()
    parts = words.only or (["services"] if words.service else list(EVERYTHING))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    began = time.monotonic()
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="qj-suite-") as folder:
        try:
            if "unit" in parts:
                runs += run_all(folder, unit_tests(words.service), dict(os.environ), AT_ONCE)
            if {"services", "bus", "platform"} & set(parts):
                with test_servers(Path(folder)) as env:
                    if "services" in parts:
                        runs += run_all(folder, service_tests(words.service), env, AT_ONCE)
                    if "bus" in parts:
                        runs += run_all(folder, {"bus": [BUS_TESTS]}, env, 1)
                    if "platform" in parts:
                        runs += run_all(folder, platform_tests(), env, 1)
            if "hostile" in parts:
                runs += run_all(folder, {"hostile": ["tests/hostile"]}, dict(os.environ), 1)
            if "journeys" in parts:
                runs += run_all(
                    folder, {name: [f"tests/{name}"] for name in ("journeys", "faults")}, dict(os.environ), 1
                )
            if "browser" in parts:
                runs += run_all(folder, {"browser": ["tests/browser"]}, dict(os.environ), 1)
            elif "smoke" in parts:
                runs += run_all(folder, {"smoke": ["-m", "smoke", "tests/browser"]}, dict(os.environ), 1)
        except LauncherError as error:
            print(f"\n{error}", flush=True)
            return 1
        except KeyboardInterrupt:
            print("\ninterrupted", flush=True)
            return 130
    return summary(runs, time.monotonic() - began)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


# -- what there is to run --------------------------------------------------------------------------------------


def unit_tests(service: str | None) -> dict[str, list[str]]:
    return {name: [f"{path}/unit"] for name, (path,) in service_tests(service).items() if _has(f"{path}/unit")}


def service_tests(service: str | None) -> dict[str, list[str]]:
    """Name -> its test folder, one run each: equal file names would collide in one."""
    folders = sorted(ROOT.glob("services/*/tests"))
    if service:
        folders = sorted((*folders, *ROOT.glob("deploy/*/tests")))
        names = {service, f"instrument-{service}"}
        folders = [folder for folder in folders if folder.parent.name in names]
        if not folders:
            raise SystemExit(f"no tests of {service}")
    return {folder.parent.name: [str(folder.relative_to(ROOT))] for folder in folders}


def platform_tests() -> dict[str, list[str]]:
    paths = [path for path in ("tests/architecture", "tests/contracts", "tests/gateway", "tests/deploy") if _has(path)]
    runs = {path.replace("tests/", ""): [path] for path in paths}
    return runs | {name: [f"deploy/{name}/tests"] for name in ("local", "sandbox") if _has(f"deploy/{name}/tests")}


def _has(path: str) -> bool:
    return any((ROOT / path).rglob("test_*.py"))


# -- servers ---------------------------------------------------------------------------------------------------


@contextmanager
def test_servers(folder: Path) -> Iterator[dict[str, str]]:
    """Yields: the environment with TEST_DATABASE_URL (a superuser's) and TEST_BUS_URL."""
    env = dict(os.environ)
    with contextlib.ExitStack() as stack:
        docker = not (env.get("TEST_DATABASE_URL") and env.get("TEST_BUS_URL")) and _docker_answers()
        if not env.get("TEST_DATABASE_URL"):
            source = _docker_postgres() if docker else servers.private_postgres(folder / "servers")
            env["TEST_DATABASE_URL"] = stack.enter_context(source)
        if not env.get("TEST_BUS_URL"):
            env["TEST_BUS_URL"] = stack.enter_context(_bus(folder, docker, env["TEST_DATABASE_URL"]))
        kind = env["TEST_BUS_URL"].partition(":")[0]
        print(f"servers: {'Docker' if docker else 'local or given'}, bus {kind}", flush=True)
        yield env


@contextmanager
def _bus(folder: Path, docker: bool, database_url: str) -> Iterator[str]:
    if docker:
        with _docker_rabbitmq() as url:
            yield url
        return
    kind = backing.bus_kind(lambda text: print(text, flush=True))
    if kind == "given":
        yield os.environ["BUS_URL"]
        return
    with servers.private_bus(folder / "servers", kind, database_url) as url:
        yield url


def _docker_answers() -> bool:
    if os.environ.get("TIER") == "carried" or os.environ.get("BUS"):
        return False  # asked for by name
    try:
        import docker

        return bool(docker.from_env(timeout=2).ping())
    except Exception:
        return False


@contextmanager
def _docker_postgres() -> Iterator[str]:
    from testcontainers.postgres import PostgresContainer

    with PostgresContainer("postgres:18", driver=None).with_command("postgres -c fsync=off") as container:
        yield container.get_connection_url()


@contextmanager
def _docker_rabbitmq() -> Iterator[str]:
    from testcontainers.rabbitmq import RabbitMqContainer

    with RabbitMqContainer("rabbitmq:4") as container:
        parameters = container.get_connection_params()
        yield (
            f"amqp://{container.username}:{container.password}@{parameters.host}:{parameters.port}/{container.vhost}"
        )


# -- running ---------------------------------------------------------------------------------------------------


def run_all(folder: str, tests: dict[str, list[str]], env: dict[str, str], at_once: int) -> list[Run]:
    """Run each under pytest, `at_once` side by side; print the output of each when it is done."""
    waiting = deque(
        Run(name, paths, Path(folder) / f"{name}.xml", env, Path(folder) / f"{name}.out")
        for name, paths in tests.items()
    )
    running: list[Run] = []
    done: list[Run] = []
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                running.append(_start(waiting.popleft()))
            for run in [run for run in running if run.popen is not None and run.popen.poll() is not None]:
                running.remove(run)
                _finish(run)
                done.append(run)
            time.sleep(0.05)
    except BaseException:
        for run in running:
            _stop(run)
        raise
    return done


def _start(run: Run) -> Run:
    parent = os.getpid()

    def in_the_child() -> None:
        die_with_parent(signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    run.report.unlink(missing_ok=True)
    run.began = time.monotonic()
    command = [sys.executable, "-m", "pytest", *run.paths, f"--junitxml={run.report}", "-p", "no:cacheprovider"]
    with run.output.open("wb") as output:
        run.popen = subprocess.Popen(
            command,
            cwd=ROOT,
            env=run.env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=in_the_child,
        )
    return run


def _finish(run: Run) -> None:
    assert run.popen is not None
    _kill_group(run)
    run.counts = _counts(run)
    text = run.output.read_text(errors="replace").rstrip()
    print(f"\n── {run.name} ({time.monotonic() - run.began:.1f} s) " + "─" * 60, flush=True)
    print(text, flush=True)


def _counts(run: Run) -> dict[str, int]:
    """From pytest's own report. A run that broke off, or found no test, counts as one failure."""
    assert run.popen is not None
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with contextlib.suppress(OSError, ElementTree.ParseError):
        for suite in ElementTree.parse(run.report).getroot().iter("testsuite"):
            number = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
            bad = number["failures"] + number["errors"]
            counts["failed"] += bad
            counts["skipped"] += number["skipped"]
            counts["passed"] += max(0, number["tests"] - bad - number["skipped"])
    if run.popen.returncode != 0 and not counts["failed"]:
        counts["failed"] = 1
    return counts


def _stop(run: Run) -> None:
    """Give pytest the chance to end its own servers, then end it."""
    if run.popen is None:
        return
    if run.popen.poll() is None:
        run.popen.send_signal(signal.SIGINT)
        try:
            run.popen.wait(30)
        except subprocess.TimeoutExpired:
            run.popen.kill()
            run.popen.wait()
    _kill_group(run)


def _kill_group(run: Run) -> None:
    if run.popen is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(run.popen.pid, signal.SIGKILL)


def summary(runs: list[Run], seconds: float) -> int:
    total = {"passed": 0, "failed": 0, "skipped": 0}
    print("\n── summary " + "─" * 70)
    for run in runs:
        print(f"  {run.name:<22}" + "".join(f"{run.counts[key]:>6} {key}" for key in total))
        for key, number in run.counts.items():
            total[key] += number
    print(f"  {seconds:.0f} s")
    print(", ".join(f"{number} {key}" for key, number in total.items()), flush=True)
    return 0 if runs and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
