"""Memory of the whole idle platform as `make run` starts it: private memory plus its share of shared memory."""

import tempfile
import time
from pathlib import Path

from harness import Line, tell

from launcher import background
from launcher.servers import Platform, platform

GOAL_MB = 1228.8


def measure(_platform: Platform | None = None) -> list[Line]:
    """Measures a new platform with one web worker per service."""
    with tempfile.TemporaryDirectory(prefix="qj-bench-") as folder, platform(Path(folder) / "run") as running:
        time.sleep(10)
        now = background.running(running.run_dir)
        assert now is not None
        by_process = {name: _with_children(one.pid) for name, one in now.processes.items() if one.pid}
        by_process["launcher"] = _pss(now.pid)
    total = sum(by_process.values()) / 1024
    more = {name: round(size / 1024, 1) for name, size in sorted(by_process.items(), key=lambda item: -item[1])}
    return [Line("memory, everything idle", total, GOAL_MB, "MB", len(by_process), more)]


def _with_children(pid: int) -> int:
    """[KiB]"""
    total = _pss(pid)
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        total += sum(_with_children(int(child)) for child in task.read_text().split())
    return total


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    for line in measure():
        tell(line)
