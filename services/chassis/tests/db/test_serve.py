"""`serve` as its own process with two web workers: one answer to how much was done, and an end that waits."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from waiting import eventually

from chassis.runtime import Runtime
from launcher.ports import free_port

ROUTE = 'qj_request_seconds_count{method="GET",route="/api/shop/greeting",status="200"}'
PROGRAM = "from chassis.cli import main; from shop_service.app import SERVICE; main(SERVICE, ['serve'])"


@pytest.fixture
def served(runtime: Runtime) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    chosen, port = runtime.settings, free_port()
    environment = {name.upper(): str(value) for name, value in vars(chosen).items()}
    environment |= {"HTTP_BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "2", "PATH": os.environ["PATH"]}
    environment |= {"PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: _answers(url), 30)
        yield url, process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=2).ok
    except requests.ConnectionError:
        return False


def _counted(url: str) -> float:
    lines = requests.get(f"{url}/metrics", timeout=5).text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(ROUTE))


def test_the_figures_are_those_of_all_workers(served: tuple[str, subprocess.Popen[bytes]]) -> None:
    url, _ = served
    for _ in range(40):  # each over a connection of its own, so that both workers take some
        assert requests.get(f"{url}/api/shop/greeting", timeout=5, headers={"Connection": "close"}).ok
    assert {_counted(url) for _ in range(10)} == {40.0}


def test_it_ends_when_told_to(served: tuple[str, subprocess.Popen[bytes]]) -> None:
    _, process = served
    process.send_signal(signal.SIGTERM)
    assert process.wait(25) == 0
