"""Runs the platform in the background. Starts it detached, follows it until it is healthy, stops it by its state file."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from launcher import state
from launcher.errors import LauncherError
from launcher.paths import passable_folder, private_folder
from launcher.processes import start_time, sweep

START_SECONDS = 420.0


def running(run_dir: Path) -> state.State | None:
    """Returns the state of the platform if its supervisor runs."""
    now = state.read(run_dir)
    return now if now is not None and now.alive() else None


def start(
    run_dir: Path, show: Callable[[str], None], env: Mapping[str, str] | None = None
) -> tuple[state.State, subprocess.Popen[bytes]]:
    """Starts a supervisor in its own session and shows its output until the platform is healthy.

    Raises LauncherError if the supervisor ends or takes too long."""
    logs = private_folder(passable_folder(run_dir) / "logs")
    log = logs / "launcher.log"
    with log.open("w") as output:
        popen = subprocess.Popen(
            [sys.executable, "-m", "launcher", "supervise"],
            env={**os.environ, **(env or {}), "RUN_DIR": str(run_dir), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        with log.open(encoding="utf-8") as words:
            return _follow(run_dir, popen, words.readline, show), popen
    except BaseException:
        _stop_process(popen)
        raise


def _follow(
    run_dir: Path, popen: subprocess.Popen[bytes], read_line: Callable[[], str], show: Callable[[str], None]
) -> state.State:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        ended = popen.poll() is not None
        now = running(run_dir)
        while line := read_line():
            show(line.rstrip("\n"))
        if ended:
            raise LauncherError(f"the platform did not come up; logs are in {run_dir / 'logs'}")
        if now is not None and now.pid == popen.pid and now.phase == "healthy":
            time.sleep(0.05)
            while line := read_line():  # the summary
                show(line.rstrip("\n"))
            return now
        time.sleep(0.1)
    raise LauncherError(f"the platform did not come up within {START_SECONDS:.0f} s; logs are in {run_dir / 'logs'}")


def _stop_process(popen: subprocess.Popen[bytes]) -> None:
    if popen.poll() is None:
        popen.send_signal(signal.SIGTERM)
    popen.wait()


def stop(run_dir: Path, seconds: float = 90.0) -> bool:
    """Stops the platform and all its processes. Returns whether there was anything to stop.

    A supervisor that does not end in time is killed. The kernel then stops its children, and we kill those that remain."""
    now = state.read(run_dir)
    if now is None:
        return False
    was_alive = now.alive()
    if was_alive:
        os.kill(now.pid, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while now.alive() and time.monotonic() < deadline:
            if _is_zombie(now.pid):
                break
            time.sleep(0.05)
        if now.alive() and not _is_zombie(now.pid):
            os.kill(now.pid, signal.SIGKILL)
    left = sweep({name: (p.pid, p.began) for name, p in now.processes.items() if p.pid and p.began}, seconds=20)
    (run_dir / "state.json").unlink(missing_ok=True)
    return was_alive or bool(left)


def _is_zombie(pid: int) -> bool:
    """Says whether the process is our own child, has ended, and nobody has waited for it yet."""
    if start_time(pid) is None:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
