import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher import processes
from launcher.errors import LauncherError
from launcher.processes import Process, Processes, Program, start_time, sweep


def python(name: str, code: str, ready: Callable[[], bool] = lambda: True) -> Program:
    return Program(name, [sys.executable, "-c", code], dict(os.environ), ready, stop_seconds=2.0)


SLEEP = "import time; time.sleep(100)"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Processes]:
    some = Processes(tmp_path / "logs")
    yield some
    some.stop()


def pid_of(process: Process) -> int:
    assert process.pid is not None
    return process.pid


def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def test_start_returns_when_the_program_is_ready(kept: Processes, tmp_path: Path) -> None:
    sign = tmp_path / "sign"
    code = f"import time, pathlib; time.sleep(.3); pathlib.Path({str(sign)!r}).touch(); time.sleep(100)"
    kept.start(python("slow", code, sign.exists), seconds=10)
    assert sign.exists()


def test_one_that_dies_while_starting_is_told_with_its_log(kept: Processes) -> None:
    with pytest.raises(LauncherError, match="out of cheese"):
        kept.start(python("bad", "raise SystemExit('out of cheese')", lambda: False))


def test_one_that_is_never_ready_is_told(kept: Processes) -> None:
    with pytest.raises(LauncherError, match="not ready within"):
        kept.start(python("idle", SLEEP, lambda: False), seconds=0.3)


def test_a_failing_one_time_program_is_told_with_its_log(kept: Processes) -> None:
    good, bad = python("good", "pass"), python("bad", "raise SystemExit('no table')")
    with pytest.raises(LauncherError, match=r"bad failed(.|\n)*no table"):
        kept.run_all(good, bad)


def test_what_dies_is_started_again(kept: Processes) -> None:
    kept.start(python("worker", SLEEP))
    first = pid_of(kept.all[0])
    os.kill(first, signal.SIGKILL)
    until(lambda: tended(kept).all[0].pid not in (None, first))
    assert kept.all[0].restarts == 1


def test_one_that_keeps_dying_is_started_ever_less_often(kept: Processes) -> None:
    waits: list[str] = []
    kept._report = waits.append
    kept.start(python("doomed", "import sys, time; time.sleep(.1); sys.exit(3)"))
    until(lambda: len(waits) == 3 or tended(kept) is None)
    seconds = [float(text.split(" in ")[1].split()[0]) for text in waits]
    assert seconds == list(processes.BACKOFF_SECONDS[:3])
    assert "ended (3)" in waits[0]


def test_stop_goes_backwards_and_leaves_nothing(kept: Processes, tmp_path: Path) -> None:
    book = tmp_path / "book"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(book)!r}, 'a').write(sys.argv[1]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        f"open({str(tmp_path)!r} + '/' + sys.argv[1], 'w').close()\n"
        "time.sleep(100)"
    )
    for name in "abc":
        program = python(name, code, (tmp_path / name).exists)
        kept.start(Program(name, [*program.argv, name], program.env, program.ready))
    pids = [pid_of(process) for process in kept.all]
    kept.stop()
    assert book.read_text() == "cba"
    assert [start_time(pid) for pid in pids] == [None, None, None]


def test_one_that_will_not_stop_is_killed_with_its_children(kept: Processes, tmp_path: Path) -> None:
    child = tmp_path / "child"
    code = (
        "import pathlib, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'])\n"
        f"pathlib.Path({str(child)!r}).write_text(str(one.pid) + '.')\n"
        "time.sleep(100)"
    )
    program = python("stubborn", code, lambda: child.exists() and child.read_text().endswith("."))
    kept.start(Program("stubborn", program.argv, program.env, program.ready, stop_seconds=0.3))
    kept.stop()
    pid = int(child.read_text().rstrip("."))
    until(lambda: gone(pid))


def test_children_end_when_their_keeper_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\nfrom pathlib import Path\n"
        "from launcher.processes import Processes, Program\n"
        f"kept = Processes(Path({str(tmp_path)!r}))\n"
        f"kept.start(Program('one', [sys.executable, '-c', {SLEEP!r}], dict(os.environ)))\n"
        "print(kept.all[0].pid, flush=True)\ntime.sleep(100)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout is not None
        pid = int(keeper.stdout.readline())
        keeper.kill()
    until(lambda: gone(pid))


def test_sweep_ends_only_the_very_process_it_knows() -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP]) as one:
        began = start_time(one.pid)
        assert began is not None
        assert sweep({"one": (one.pid, "1")}) == []  # another process has this pid
        assert one.poll() is None
        assert sweep({"one": (one.pid, began)}, seconds=0.2) == ["one"]
        assert one.wait(5) == -signal.SIGTERM


def tended(kept: Processes) -> Processes:
    kept.tend()
    return kept


def gone(pid: int) -> bool:
    """Says whether it has ended; its new parent may not have waited for it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
