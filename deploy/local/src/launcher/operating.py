"""Commands of the services on the running platform: each in the environment that its own processes have."""

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from launcher import background
from launcher.errors import LauncherError
from launcher.generated import Secrets
from launcher.services import SERVICES, Wiring, environment, one_time

# What can be asked of the running platform, with the services that are asked.
COMMANDS = {
    "check-copies": ("compare what each service keeps of others with its owner", SERVICES),
    "dead-letters": ("list the events that a service could not take", SERVICES),
    "replay": ("try them again", SERVICES),
    "rotate-keys": ("begin a new key for access tokens; nobody is signed out", ("identity",)),
}


def ask(run_dir: Path, service: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m <service>.cli words…` to its end. Raises: LauncherError when nothing runs there."""
    program = one_time(service, _wiring(run_dir), *words)
    return subprocess.run(
        program.argv, env=dict(program.env), cwd=program.cwd, capture_output=True, text=True, check=False
    )


def environment_of(run_dir: Path, service: str) -> dict[str, str]:
    """What the processes of a service are given. Raises: LauncherError when nothing runs there."""
    return environment(service, _wiring(run_dir))


def ask_all(run_dir: Path, command: str) -> int:
    """Ask the services and show what each said; 1 where one of them ended badly."""
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
