"""Shared by all benchmarks: a platform, load by wrk, alternating rounds, and one line of JSON per figure.

A figure is a ratio to the bare means, measured in the same run: bare means and ours alternate, so that other load on the
machine disturbs both. Figures are medians of the rounds, with minimum and maximum.
"""

import json
import os
import platform as machine_facts
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import requests

from launcher.servers import Platform, platform

ROUNDS = 3
SECONDS = 4  # of one load
CONNECTIONS = 16
PASSWORD = "Demo-2026!"  # of the demo accounts


class CannotMeasure(Exception):
    """A tool for the measurement is missing; the text says how to get it."""


@dataclass
class Line:
    """One figure. `ratio` is ours / limit for rates and limit / ours for times, so that 1 is the limit of the bare means and
    higher is always better. `n`: number of measurements."""

    name: str
    ours: float
    limit: float
    unit: str
    n: int
    more: dict[str, Any] = field(default_factory=dict)
    ratio: float = 0.0
    machine: str = ""

    def __post_init__(self) -> None:
        less_is_better = not self.unit.endswith("/s")
        self.ratio = round(self.limit / self.ours if less_is_better else self.ours / self.limit, 3) if self.limit else 0
        self.ours, self.limit = round(self.ours, 3), round(self.limit, 3)
        self.machine = machine()


def tell(line: Line) -> None:
    print(json.dumps(asdict(line), ensure_ascii=False), flush=True)


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@cache
def machine() -> str:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        machine_facts.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {model}, Python {machine_facts.python_version()}"


@contextmanager
def platform_to_measure(**settings: str) -> Iterator[Platform]:
    """A whole platform with durable storage, two web workers per service, and no rate limit."""
    unlimited = {"GATEWAY_RATE": "1000000r/s", "GATEWAY_BURST": "100000",
                 "GATEWAY_ANONYMOUS_RATE": "1000000r/s", "GATEWAY_ANONYMOUS_BURST": "100000"}  # fmt: skip
    with (
        tempfile.TemporaryDirectory(prefix="qj-bench-") as folder,
        platform(Path(folder) / "run", **{"WEB_WORKERS": "2", "WEB_THREADS": "4", **unlimited, **settings}) as running,
    ):
        note(f"platform: {running.tiers}")
        yield running


def sign_in(gateway: str, username: str) -> dict[str, Any]:
    """Signs in and returns the answer: access_token, account, …"""
    answer = requests.post(
        f"{gateway}/api/identity/sessions", json={"username": username, "password": PASSWORD}, timeout=10
    )
    answer.raise_for_status()
    session: dict[str, Any] = answer.json()
    return session


# -- loads -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """The result of one load by wrk."""

    rate: float  # [requests/s]
    p50: float  # [ms]
    p99: float  # [ms]
    bad: int  # answers other than 2xx and 3xx, and broken connections
    cpu: float  # CPU time per request of all processes on this machine except wrk [ms]


def wrk(
    url: str, headers: Sequence[str] = (), seconds: int = SECONDS, paths: Sequence[str] = (),
    post: tuple[str, str] | None = None,
) -> Load:  # fmt: skip
    """Loads `url` (its `paths` in turn, or `post`: path and body) with CONNECTIONS connections.
    Raises CannotMeasure if there is no wrk."""
    program = shutil.which("wrk")
    if program is None:
        raise CannotMeasure("no wrk found: apt-get install -y --no-install-recommends wrk")
    command = [program, "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if paths:
            listed = ",".join(json.dumps(path) for path in paths)
            script.write(f"local p={{{listed}}}\nlocal i=0\nrequest=function()\n i=i+1\n"
                         " return wrk.format('GET', p[i % #p + 1])\nend\n")  # fmt: skip
            script.flush()
        if post:
            script.write(
                f"request=function()\n return wrk.format('POST', {json.dumps(post[0])}, nil, {json.dumps(post[1])})\nend\n"
            )
            script.flush()
        if paths or post:
            command += ["-s", script.name]
        before = _busy()
        said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
        used = _busy() - before
    rate = float(_find(r"Requests/sec:\s+([\d.]+)", said))
    total = int(_find(r"(\d+) requests in", said))
    bad = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", said))
    bad += sum(int(n) for errors in re.findall(r"Socket errors: (.*)", said) for n in re.findall(r"\d+", errors))
    return Load(rate, _ms(said, "50%"), _ms(said, "99%"), bad, 1000 * used / max(total, 1))


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise CannotMeasure(f"unexpected output of wrk:\n{text}")
    return found.group(1)


def _ms(said: str, percentile: str) -> float:
    value, unit = re.findall(rf"^\s+{percentile}\s+([\d.]+)(us|ms|s)\s*$", said, re.MULTILINE)[0]
    return float(value) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


def _busy() -> float:
    """Returns the CPU time used on this machine since its start. [seconds]"""
    ticks = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


@contextmanager
def watched(pid: int | None) -> Iterator[list[float]]:
    """Samples the memory of a worker and its child processes ten times a second while the block runs. [MB]"""
    found: list[float] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.1):
            lists = Path(f"/proc/{pid}/task").glob("*/children")
            children = [word for path in lists for word in path.read_text().split()]
            found.append(round(sum(_resident_kb(one) for one in (str(pid), *children)) / 1024, 1))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield found
    finally:
        stop.set()
        watching.join()


def _resident_kb(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def quiet(limit: float = 0.2, seconds: float = 60) -> None:
    """Waits until the machine is idle. After a minute it prints a warning and continues."""
    deadline = time.monotonic() + seconds
    while True:
        before = _busy()
        time.sleep(1)
        if (load := _busy() - before) < limit:
            return
        if time.monotonic() > deadline:
            note(f"the machine is not quiet: {load:.2f} cores busy")
            return


def in_turn(
    limit: Callable[[], float], ours: Callable[[], float], rounds: int = ROUNDS
) -> tuple[list[float], list[float]]:
    """Measures both `rounds` times, alternating."""
    limits, own = [], []
    for _ in range(rounds):
        quiet()
        limits.append(limit())
        quiet()
        own.append(ours())
    return limits, own


def spread(values: Sequence[float]) -> list[float]:
    return [round(min(values), 3), round(max(values), 3)]


def percentile(values: Sequence[float], share: float) -> float:
    """Returns the value below which `share` (0…1) of `values` are."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def compare_loads(name: str, limit: Callable[[], Load], ours: Callable[[], Load], n: int, rounds: int = ROUNDS) -> Line:
    """Returns two alternating loads as a line: rates, with tail latency and CPU time of each."""
    limits: list[Load] = []
    own: list[Load] = []
    for _ in range(rounds):
        quiet()
        limits.append(limit())
        quiet()
        own.append(ours())
    if bad := sum(load.bad for load in (*limits, *own)):
        raise CannotMeasure(f"{name}: {bad} answers were errors, so the rate does not count")

    def middle(loads: list[Load], what: str) -> float:
        return statistics.median(getattr(load, what) for load in loads)

    more = {
        "ours_spread": spread([load.rate for load in own]), "limit_spread": spread([load.rate for load in limits]),
        "p50_ms": middle(own, "p50"), "p99_ms": middle(own, "p99"), "limit_p99_ms": middle(limits, "p99"),
        "cpu_ms": round(middle(own, "cpu"), 3), "limit_cpu_ms": round(middle(limits, "cpu"), 3),
    }  # fmt: skip
    return Line(name, middle(own, "rate"), middle(limits, "rate"), "requests/s", n, more)
