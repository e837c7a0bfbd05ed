"""The state of a running platform: .run/state.json (mode 600, because it contains database passwords), and the lock."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Literal

from launcher.processes import start_time

Phase = Literal["starting", "healthy", "stopping"]


@dataclass
class ProcessState:
    pid: int | None
    began: str | None  # clock ticks since boot
    restarts: int
    ready: bool


@dataclass
class State:
    phase: Phase
    pid: int
    began: str
    gateway_url: str = ""
    sandbox_url: str = ""
    tiers: dict[str, str] = field(default_factory=dict)
    database_urls: dict[str, str] = field(default_factory=dict)
    bus_url: str = ""
    took_seconds: float = 0.0
    processes: dict[str, ProcessState] = field(default_factory=dict)

    def alive(self) -> bool:
        """Says whether the supervisor that wrote this still runs."""
        return start_time(self.pid) == self.began


def write(run_dir: Path, state: State) -> None:
    fresh = run_dir / "state.json.new"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(state), file, indent=1)
    fresh.replace(run_dir / "state.json")


def read(run_dir: Path) -> State | None:
    """Returns the last state written, or None. Its supervisor may have ended: ask alive()."""
    try:
        raw = json.loads((run_dir / "state.json").read_text())
        raw["processes"] = {name: ProcessState(**process) for name, process in raw["processes"].items()}
        return State(**raw)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def lock(run_dir: Path) -> IO[str] | None:
    """Locks the run directory as long as the file is open. Returns None if another supervisor holds the lock."""
    run_dir.mkdir(parents=True, exist_ok=True)
    file = (run_dir / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
