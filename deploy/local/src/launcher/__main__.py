"""python -m launcher run | up | down | clean | migrate | status | logs [service] | portal [script] | check-copies | dead-letters | replay"""

import argparse
import os
import sys
import time

from launcher import background, operating, portal, supervisor
from launcher.errors import LauncherError
from launcher.paths import forget, run_dir
from launcher.probes import http_status

STARTED = time.monotonic()


def report(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


def run() -> int:
    """Run the platform in the foreground, until Ctrl-C."""
    if told_that_it_runs():
        return 0
    portal.build(report)
    supervisor.supervise(run_dir(), report)
    return 0


def supervise() -> int:
    supervisor.supervise(run_dir(), report)
    return 0


def up() -> int:
    """Run the platform in the background; returns when it is healthy."""
    if told_that_it_runs():
        return 0
    portal.build(report)
    background.start(run_dir(), lambda line: print(line, flush=True))
    print("  Runs in the background: make status, make logs, make down")
    return 0


def told_that_it_runs() -> bool:
    now = background.running(run_dir())
    if now is None:
        return False
    print(f"already running ({now.phase}): {now.gateway_url or 'not yet reachable'}; make down stops it")
    return True


def migrate() -> int:
    """Migrate the five databases and nothing else."""
    supervisor.migrate(run_dir(), report)
    return 0


def down() -> int:
    """Stop exactly what was started; keep the data."""
    print("stopped" if background.stop(run_dir()) else "nothing was running")
    return 0


def clean() -> int:
    """Stop, and delete all data, secrets and logs."""
    folder = run_dir()
    if folder.exists() and any(folder.iterdir()) and not (folder / "lock").exists():
        raise LauncherError(f"{folder} does not look like a run directory; nothing was removed")
    background.stop(folder)
    for name in ("postgres", ""):
        forget(folder / name)
    print(f"{folder} is deleted")
    return 0


def status() -> int:
    """Show what runs; exit code 1 if the platform is not healthy."""
    now = background.running(run_dir())
    if now is None:
        print("not running; make up starts it")
        return 1
    health = http_status(f"{now.gateway_url}/healthz") if now.gateway_url else None
    print(f"{now.phase}, {now.gateway_url}/healthz answers {health or 'nothing'}")
    for piece, tier in now.tiers.items():
        print(f"  {piece}: {tier}")
    print(f"\n  {'process':<22}{'pid':>8}{'restarts':>10}  ready")
    for name, process in now.processes.items():
        print(f"  {name:<22}{process.pid or '-':>8}{process.restarts:>10}  {'yes' if process.ready else 'no'}")
    return 0 if health == 200 else 1


def build_portal(script: str | None) -> int:
    """Build the browser portal, or run a script of it (test, check)."""
    if script:
        return portal.check(script, report)
    if not portal.build(report):
        return 1
    report(f"the portal is in {portal.DIST}")
    return 0


def logs(service: str | None) -> int:
    """Show the logs (of one service); on a terminal, follow them."""
    folder = run_dir() / "logs"
    files = sorted(str(file) for file in folder.glob(f"{service or ''}*.log"))
    if not files:
        raise LauncherError(f"no log of {service or 'anything'} in {folder}")
    follow = ["-F"] if sys.stdout.isatty() else []
    os.execvp("tail", ["tail", "-n", "40", *follow, *files])  # noqa: S606 (no shell is meant)


def main() -> int:
    parser = argparse.ArgumentParser(prog="launcher", description=__doc__)
    commands = {
        "run": run,
        "up": up,
        "down": down,
        "clean": clean,
        "status": status,
        "migrate": migrate,
        "supervise": supervise,
    }
    parser.add_argument("command", choices=[*commands, "logs", "portal", *operating.COMMANDS])
    parser.add_argument("service", metavar="service|script", nargs="?", default=None)
    words = parser.parse_args()
    try:
        if words.command in operating.COMMANDS:
            return operating.ask_all(run_dir(), words.command)
        if words.command == "portal":
            return build_portal(words.service)
        return logs(words.service) if words.command == "logs" else commands[words.command]()
    except LauncherError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
