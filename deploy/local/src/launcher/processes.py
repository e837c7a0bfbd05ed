"""Starts programs, waits until they are ready, restarts those that die, and stops them in reverse order.

Start programs only from the main thread: the kernel ties PR_SET_PDEATHSIG to the thread that forked.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LauncherError

BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
CALM_SECONDS = 60.0  # a process that ran this long restarts without delay
LOG_BYTES = 20_000_000  # a longer log is renamed at the next start
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)  # loaded before any fork


@dataclass(frozen=True)
class Program:
    """A program to run. ready: polled until true; it must not block for more than a second or two."""

    name: str
    argv: list[str]
    env: Mapping[str, str]
    ready: Callable[[], bool] = lambda: True
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 25.0  # longer than a service needs to finish its requests
    user: tuple[int, int] | None = None  # (uid, gid), as root only
    cwd: str = "/"


@dataclass
class Process:
    program: Program
    log: Path
    batch: int = 0
    is_ready: bool = False
    popen: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0  # in a row
    restarts: int = 0
    retry_at: float | None = None
    exit_code: int | None = None

    @property
    def pid(self) -> int | None:
        return self.popen.pid if self.popen else None

    def running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None


def die_with_parent(stop_signal: int) -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, stop_signal)


def spawn(program: Program, log: Path) -> subprocess.Popen[bytes]:
    """Starts it in its own session and appends its output to `log`. If we die, the kernel signals it to stop."""
    parent = os.getpid()

    def in_the_child() -> None:
        die_with_parent(program.stop_signal)  # after the change of user, because that would clear it
        if os.getppid() != parent:
            os._exit(1)

    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.old"))
    with log.open("ab") as output:
        try:
            return subprocess.Popen(
                program.argv,
                env=dict(program.env),
                cwd=program.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=in_the_child,
                user=program.user[0] if program.user else None,
                group=program.user[1] if program.user else None,
                extra_groups=[] if program.user else None,
            )
        except OSError as error:
            raise LauncherError(f"{program.name} could not be started: {error}") from error


class Processes:
    """The programs of one platform. `changed` is called after each start, restart and death."""

    def __init__(
        self,
        logs: Path,
        changed: Callable[[], None] = lambda: None,
        report: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.logs = logs
        self.all: list[Process] = []
        self._changed = changed
        self._report = report

    def start(self, *programs: Program, seconds: float = 60.0) -> None:
        """Starts all and returns when all are ready. Raises like wait()."""
        self.wait(self.launch(*programs), seconds)

    def launch(self, *programs: Program) -> list[Process]:
        """Starts all and returns at once; wait() for them later."""
        batch = len(self.all)
        fresh = [Process(program, self.logs / f"{program.name}.log", batch) for program in programs]
        for process in fresh:
            self.all.append(process)
            self._launch(process)
        return fresh

    def wait(self, launched: list[Process], seconds: float = 60.0) -> None:
        """Returns when all are ready.

        If one dies or is not ready in time, raises LauncherError with the end of its log."""
        waiting, deadline = list(launched), time.monotonic() + seconds
        while waiting:
            for process in list(waiting):
                if not process.running():
                    raise LauncherError(f"{process.program.name} stopped while starting:\n{tail(process.log)}")
                if process.program.ready():
                    process.is_ready = True
                    waiting.remove(process)
            if waiting and time.monotonic() > deadline:
                name, log = waiting[0].program.name, waiting[0].log
                raise LauncherError(f"{name} was not ready within {seconds:.0f} s:\n{tail(log)}")
            if waiting:
                time.sleep(0.03)
        self._changed()

    def run_all(self, *programs: Program, seconds: float = 300.0) -> None:
        """Runs one-time programs in parallel to their end. Raises LauncherError if one fails."""
        running = [Process(program, self.logs / f"{program.name}.log") for program in programs]
        try:
            for process in running:
                process.popen = spawn(process.program, process.log)
            deadline = time.monotonic() + seconds
            for process in running:
                assert process.popen is not None
                try:
                    code = process.popen.wait(max(0.1, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    raise LauncherError(f"{process.program.name} did not end:\n{tail(process.log)}") from None
                if code:
                    raise LauncherError(f"{process.program.name} failed ({code}):\n{tail(process.log)}")
        finally:
            for process in running:
                if process.popen is not None:
                    end(process.popen, process.program.stop_signal, 5.0)

    def tend(self) -> None:
        """Detects dead processes, restarts those that are due, and checks whether restarted ones are ready. Call it often."""
        now = time.monotonic()
        for process in self.all:
            if process.popen is not None and process.popen.poll() is not None:
                self._bury(process, now)
            elif process.popen is None and process.retry_at is not None and now >= process.retry_at:
                process.restarts += 1
                try:
                    self._launch(process)
                except LauncherError as error:
                    self._report(str(error))
                    process.retry_at = now + BACKOFF_SECONDS[-1]
            elif process.popen is not None and not process.is_ready and process.program.ready():
                process.is_ready = True
                self._changed()

    def stop(self) -> None:
        """Stops all. Processes started by one call stop together, those of the last call first."""
        for batch in sorted({process.batch for process in self.all}, reverse=True):
            together = [process for process in self.all if process.batch == batch]
            for process in together:
                process.retry_at = None
                if process.popen is not None and process.running():
                    _signal(process.popen.pid, process.program.stop_signal)
            for process in together:
                if process.popen is not None:
                    _wait_or_kill(process.popen, process.program.stop_seconds)
        self._changed()

    def _launch(self, process: Process) -> None:
        process.popen = spawn(process.program, process.log)
        process.started_at, process.retry_at, process.is_ready = time.monotonic(), None, False
        self._changed()

    def _bury(self, process: Process, now: float) -> None:
        assert process.popen is not None
        process.exit_code = process.popen.returncode
        _signal(process.popen.pid, signal.SIGKILL, whole_group=True)  # its remaining children
        process.popen, process.is_ready = None, False
        process.deaths = 1 if now - process.started_at > CALM_SECONDS else process.deaths + 1
        wait = BACKOFF_SECONDS[min(process.deaths, len(BACKOFF_SECONDS)) - 1]
        process.retry_at = now + wait
        self._report(f"{process.program.name} ended ({process.exit_code}); starting it again in {wait:g} s")
        self._changed()


def end(popen: subprocess.Popen[bytes], stop_signal: signal.Signals, seconds: float) -> None:
    """Stops one: sends its signal, after `seconds` SIGKILL, then kills the rest of its group."""
    if popen.poll() is None:
        _signal(popen.pid, stop_signal)
    _wait_or_kill(popen, seconds)


def _wait_or_kill(popen: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        popen.wait(seconds)
    except subprocess.TimeoutExpired:
        _signal(popen.pid, signal.SIGKILL, whole_group=True)
        popen.wait()
    _signal(popen.pid, signal.SIGKILL, whole_group=True)


def _signal(pid: int, number: signal.Signals, whole_group: bool = False) -> None:
    """Our processes lead their groups, so the pid names the group even after the process has ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        (os.killpg if whole_group else os.kill)(pid, number)


def start_time(pid: int) -> str | None:
    """Returns the start time [clock ticks since boot]. It distinguishes the process from a later one with the same pid."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def sweep(known: Mapping[str, tuple[int, str]], seconds: float = 5.0) -> list[str]:
    """Ends the processes that a crashed supervisor left: name -> (pid, start time). Returns the names of those found."""
    found = [name for name, (pid, began) in known.items() if start_time(pid) == began]
    for name in found:
        _signal(known[name][0], signal.SIGINT if name == "postgres" else signal.SIGTERM)
    deadline = time.monotonic() + seconds
    for name in found:
        pid, began = known[name]
        while start_time(pid) == began and time.monotonic() < deadline:
            time.sleep(0.05)
        if start_time(pid) == began:
            _signal(pid, signal.SIGKILL, whole_group=True)
    return found


def tail(log: Path, lines: int = 25) -> str:
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return "(no log)"
    return "\n".join("  | " + line for line in text.splitlines()[-lines:]) or "(its log is empty)"
