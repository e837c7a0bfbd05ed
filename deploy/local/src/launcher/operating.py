"""Runs commands of the services on the running platform, in the environment of their processes."""

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from launcher import background
from launcher.errors import LauncherError
from launcher.generated import Secrets
from launcher.services import SERVICES, Wiring, environment, one_time

# The commands for a running platform, each with its services.
COMMANDS = {
    "check-copies": ("compare what each service keeps of others with its owner", SERVICES),
    "dead-letters": ("list the events that a service could not take", SERVICES),
    "replay": ("try them again", SERVICES),
    "rotate-keys": ("begin a new key for access tokens; nobody is signed out", ("identity",)),
}


def ask(run_dir: Path, service: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m <service>.cli words…` to its end. Raises LauncherError if no platform runs there."""
    program = one_time(service, _wiring(run_dir), *words)
    return subprocess.run(
        program.argv, env=dict(program.env), cwd=program.cwd, capture_output=True, text=True, check=False
    )


def environment_of(run_dir: Path, service: str) -> dict[str, str]:
    """Returns the environment of a service's processes. Raises LauncherError if no platform runs there."""
    return environment(service, _wiring(run_dir))


def ask_all(run_dir: Path, command: str) -> int:
    """Runs the command for each service and shows the output. Returns 1 if one of them fails."""
    code = 0
    for service in COMMANDS[command][1]:
        done = ask(run_dir, service, command)
        print((done.stdout + (done.stderr if done.returncode else "")).rstrip() or f"{service}: nothing", flush=True)
        code = code or int(done.returncode != 0)
    return code


def _wiring(run_dir: Path) -> Wiring:
    now = background.running(run_dir)
    if now is None:
        raise LauncherError("the platform is not running; make up starts it")
    ports = json.loads((run_dir / "ports.json").read_text())
    return Wiring(
        run_dir=run_dir,
        database_urls=now.database_urls,
        bus_url=now.bus_url,
        public_url=now.gateway_url,
        sandbox_port=urlsplit(now.sandbox_url).port or 0,
        http_ports={name: ports[f"{name}-serve"] for name in SERVICES},
        work_ports={name: ports[f"{name}-work"] for name in SERVICES},
        secrets=Secrets(run_dir / "secrets"),
    )
