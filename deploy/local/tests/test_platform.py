"""The whole launcher, with fake services and real servers."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from launcher import background, state
from launcher.errors import LauncherError
from launcher.ports import free_port
from launcher.probes import http_status
from launcher.processes import start_time
from launcher.servers import Platform, platform
from launcher.services import SERVICES


@pytest.fixture(scope="module")
def running(fake_services: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform(tmp_path_factory.mktemp("run"), PYTHONPATH=fake_services) as one:
        yield one


def test_it_is_healthy_through_the_gateway(running: Platform) -> None:
    assert http_status(running.gateway_url + "/healthz") == 200
    for service in SERVICES:
        assert http_status(f"{running.gateway_url}/api/{service}/anything") == 200


def test_each_service_was_migrated_and_loaded_before_it_served(running: Platform) -> None:
    for service in SERVICES:
        calls = (running.run_dir / "files" / service / "calls").read_text().split("\n")
        assert calls[0] == "migrate --seed --profile demo"
        assert set(calls[1:]) == {"serve", "work", ""}


def test_each_database_opens(running: Platform) -> None:
    for service, url in running.database_urls.items():
        with psycopg.connect(url) as db:
            assert db.execute("SELECT current_database(), current_user").fetchone() == (service, service)


def test_what_is_killed_comes_back(running: Platform) -> None:
    before = running.pid("booking-work")
    running.kill("booking-work")
    running.wait_ready("booking-work", restarts=1)
    assert running.pid("booking-work") != before


def test_the_database_can_be_restarted(running: Platform) -> None:
    running.restart("postgres")
    with psycopg.connect(running.database_urls["filing"]) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)


def test_a_second_supervisor_is_refused(running: Platform) -> None:
    with pytest.raises(LauncherError), platform(running.run_dir):
        pass
    assert http_status(running.gateway_url + "/healthz") == 200


def test_nobody_else_reads_passwords_or_logs(running: Platform) -> None:
    assert stat.S_IMODE((running.run_dir / "state.json").stat().st_mode) == 0o600
    for name in ("secrets", "logs", "files"):
        assert stat.S_IMODE((running.run_dir / name).stat().st_mode) == 0o700


def command(run_dir: Path, word: str, pythonpath: str, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RUN_DIR": str(run_dir), "PYTHONPATH": pythonpath, "PORTAL": "off", **env}
    return subprocess.run(
        [sys.executable, "-m", "launcher", word], env=environment, capture_output=True, text=True, timeout=120
    )


def test_up_keeps_data_and_down_leaves_nothing(fake_services: str, tmp_path: Path) -> None:
    ports = {"GATEWAY_PORT": str(free_port()), "SANDBOX_PORT": str(free_port()), "BUS": "pgmq"}
    try:
        first = command(tmp_path, "up", fake_services, **ports)
        assert first.returncode == 0, first.stdout + first.stderr
        assert "Demo-2026!" in first.stdout
        now = state.read(tmp_path)
        assert now is not None
        with psycopg.connect(now.database_urls["registry"]) as db:
            db.execute("CREATE TABLE kept AS SELECT 1 AS one")
        assert "already running" in command(tmp_path, "up", fake_services, **ports).stdout
        assert command(tmp_path, "status", fake_services).returncode == 0

        assert command(tmp_path, "down", fake_services).stdout == "stopped\n"
        assert_all_gone(now)
        assert command(tmp_path, "status", fake_services).returncode == 1

        command(tmp_path, "up", fake_services, **ports)
        again = state.read(tmp_path)
        assert again is not None
        with psycopg.connect(again.database_urls["registry"]) as db:
            assert db.execute("SELECT one FROM kept").fetchone() == (1,)
    finally:
        command(tmp_path, "clean", fake_services)
    assert_all_gone(again)
    assert not (tmp_path / "secrets").exists()


def test_a_killed_supervisor_leaves_nothing_and_can_start_again(fake_services: str, tmp_path: Path) -> None:
    ports = {"GATEWAY_PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
    try:
        assert command(tmp_path, "up", fake_services, **ports).returncode == 0
        now = state.read(tmp_path)
        assert now is not None
        os.kill(now.pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(alive(p.pid, p.began) for p in now.processes.values()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert_all_gone(now)
        assert command(tmp_path, "up", fake_services, **ports).returncode == 0
    finally:
        command(tmp_path, "clean", fake_services)


def test_a_failing_migration_is_told_with_its_words(fake_services: str, tmp_path: Path) -> None:
    ports = {"GATEWAY_PORT": str(free_port()), "SANDBOX_PORT": str(free_port()), "BUS": "pgmq"}
    try:
        done = command(tmp_path, "up", fake_services, FAKE_FAILS="migrate", **ports)
        assert done.returncode == 1
        assert "told to fail" in done.stdout
        assert background.running(tmp_path) is None
    finally:
        command(tmp_path, "clean", fake_services)


def test_a_taken_gateway_port_is_told(fake_services: str, tmp_path: Path, running: Platform) -> None:
    taken = running.gateway_url.rpartition(":")[2]
    done = command(tmp_path, "up", fake_services, GATEWAY_PORT=taken)
    assert done.returncode == 1
    assert f"port {taken} is taken" in done.stdout
    assert "GATEWAY_PORT=" in done.stdout


def alive(pid: int | None, began: str | None) -> bool:
    return pid is not None and began is not None and start_time(pid) == began


def assert_all_gone(now: state.State) -> None:
    left = [name for name, p in now.processes.items() if alive(p.pid, p.began)]
    assert left == []
