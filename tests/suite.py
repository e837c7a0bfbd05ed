"""Runs every test: chooses the servers, starts them once, runs pytest once per part, two parts in parallel, and sums up.

    .venv/bin/python tests/suite.py [--only unit|services|bus|platform|whole|documents|browser …] [--service booking]

LEAVE_OUT=documents leaves out parts of the whole suite.

Servers, in this order: TEST_DATABASE_URL and TEST_BUS_URL; a Docker engine, if one answers; private local ones
(installed, else from PyPI; TIER=carried and BUS=rabbitmq work as for `make run`). The last line is "N passed, N failed,
N skipped" over all runs, after the reason of each skipped test. The exit code is 0 only if nothing failed and something
ran.
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
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from launcher import backing, binaries, servers
from launcher.errors import LauncherError
from launcher.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 2
PARTS = ("unit", "services", "bus", "platform", "whole", "documents", "browser")
EVERYTHING = (
    "services",
    "platform",
    "whole",
    "documents",
)  # all browser tests take minutes: only CI and `make test-browser` run them
# One whole platform serves all of these, in this order: kills and fuzzing come last.
WHOLE = ["tests/journeys", "tests/browser", "tests/faults", "tests/hostile", "--ignore=tests/hostile/test_documents.py",
         "-m", "smoke or not browser"]  # fmt: skip
LONGEST_FIRST = ("whole", "browser", "documents", "instrument-registry", "local", "deploy", "chassis", "notification")


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
    seconds: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)  # the reason of each skipped test


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--service", help="booking, instrument-registry or registry, chassis, sandbox, local …")
    words = parser.parse_args()
    left_out = os.environ.get("LEAVE_OUT", "").split()
    everything = [part for part in EVERYTHING if part not in left_out]
    parts = words.only or (["services"] if words.service else everything)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    began = time.monotonic()
    tests = chosen(parts, words.service)
    with tempfile.TemporaryDirectory(prefix="qj-suite-") as folder:
        try:
            needs_servers = bool({"services", "bus", "platform"} & set(parts))
            with test_servers(Path(folder)) if needs_servers else contextlib.nullcontext(dict(os.environ)) as env:
                runs = run_all(folder, tests, env)
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


def chosen(parts: list[str], service: str | None) -> dict[str, list[str]]:
    """Returns name of a run -> pytest's arguments, the longest run first."""
    tests: dict[str, list[str]] = {}
    if "unit" in parts:
        tests |= unit_tests(service)
    if "services" in parts:
        tests |= service_tests(service)
    if "bus" in parts:
        tests["bus"] = ["services/chassis/tests/bus"]
    if "platform" in parts:
        tests |= platform_tests()
    if "whole" in parts:
        tests["whole"] = WHOLE
    if "documents" in parts:
        tests["documents"] = ["tests/hostile/test_documents.py"]
    if "browser" in parts:
        tests["browser"] = ["tests/browser"]
    order = {name: place for place, name in enumerate(LONGEST_FIRST)}
    return dict(sorted(tests.items(), key=lambda one: order.get(one[0], len(order))))


def unit_tests(service: str | None) -> dict[str, list[str]]:
    return {name: [f"{path}/unit"] for name, (path,) in service_tests(service).items() if _has(f"{path}/unit")}


def service_tests(service: str | None) -> dict[str, list[str]]:
    """Returns name -> test folder. Each gets its own run, because equal file names would collide."""
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
    """Yields the environment with TEST_DATABASE_URL (of a superuser) and TEST_BUS_URL."""
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
    if os.environ.get("TIER") == "carried" or os.environ.get("BUS") or binaries.hidden("docker"):
        return False  # only on request
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


def run_all(folder: str, tests: dict[str, list[str]], env: dict[str, str]) -> list[Run]:
    """Runs each under pytest, AT_ONCE in parallel. Prints the output of each when it is done."""
    waiting = deque(
        Run(name, paths, Path(folder) / f"{name}.xml", env, Path(folder) / f"{name}.out")
        for name, paths in tests.items()
    )
    running: list[Run] = []
    done: list[Run] = []
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
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
    run.seconds = time.monotonic() - run.began
    _read_report(run)
    text = run.output.read_text(errors="replace").rstrip()
    print(f"\n── {run.name} ({run.seconds:.1f} s) " + "─" * 60, flush=True)
    print(text, flush=True)


def _read_report(run: Run) -> None:
    """Reads counts and reasons from pytest's report. A run that aborted or found no test counts as one failure."""
    assert run.popen is not None
    run.counts = {"passed": 0, "failed": 0, "skipped": 0}
    with contextlib.suppress(OSError, ElementTree.ParseError):
        report = ElementTree.parse(run.report).getroot()
        for suite in report.iter("testsuite"):
            number = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
            bad = number["failures"] + number["errors"]
            run.counts["failed"] += bad
            run.counts["skipped"] += number["skipped"]
            run.counts["passed"] += max(0, number["tests"] - bad - number["skipped"])
        run.skipped = [one.get("message") or "no reason given" for one in report.iter("skipped")]
    if run.popen.returncode != 0 and not run.counts["failed"]:
        run.counts["failed"] = 1


def _stop(run: Run) -> None:
    """Lets pytest stop its servers, then ends it."""
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
        counts = "".join(f"{run.counts[key]:>6} {key}" for key in total)
        print(f"  {run.name:<22}{counts}{run.seconds:>8.0f} s")
        for key, number in run.counts.items():
            total[key] += number
    for reason, number in Counter(reason for run in runs for reason in run.skipped).items():
        print(f"  skipped {number}: {reason}")
    print(f"  {seconds:.0f} s")
    print(", ".join(f"{number} {key}" for key, number in total.items()), flush=True)
    return 0 if runs and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
