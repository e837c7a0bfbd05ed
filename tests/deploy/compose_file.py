"""docker-compose.yml as Compose reads it: merged, with variables replaced."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SECRETS = "./deploy/docker/secrets"
_VARIABLE = re.compile(r"\$\{([A-Z_]+)(?:(:?-)((?:[^${}]|\$\{[^}]*\})*))?\}")


def read(path: str = "docker-compose.yml", env: dict[str, str] | None = None) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(fill((ROOT / path).read_text("utf-8"), env or {}))
    return document


def fill(text: str, env: dict[str, str]) -> str:
    """Replaces ${NAME}, ${NAME-default} (if unset) and ${NAME:-default} (if unset or empty); defaults may nest."""

    def value(match: re.Match[str]) -> str:
        name, sign, default = match.groups()
        given = env.get(name)
        if sign is not None and (given is None or (sign == ":-" and not given)):
            return fill(default, env)
        assert given is not None, f"{name} has no default"
        return given

    return _VARIABLE.sub(value, text)


def mounts(service: dict[str, Any]) -> dict[str, str]:
    """target -> source of each volume, in long or short form"""
    found = {}
    for volume in service.get("volumes", []):
        source, target = volume.split(":")[:2] if isinstance(volume, str) else (volume["source"], volume["target"])
        found[target] = source
    return found


def on_this_machine(service: dict[str, Any], path: str, secrets: Path) -> Path:
    """Returns the path on this machine for a path inside the container. secrets: the folder that replaces the ignored one."""
    for target, source in mounts(service).items():
        if path == target or path.startswith(target + "/"):
            base = secrets / source.removeprefix(SECRETS + "/") if source.startswith(SECRETS) else ROOT / source
            return base / path.removeprefix(target).lstrip("/")
    raise AssertionError(f"{path} is not mounted")


def as_here(service: dict[str, Any], env: dict[str, str], secrets: Path) -> dict[str, str]:
    """Returns `env` with paths of secrets replaced by paths of this machine."""
    found = dict(env)
    for name, value in env.items():
        if str(value).startswith("/run/") and (name.endswith(("_FILE", "_DIR"))) and name != "PROMETHEUS_MULTIPROC_DIR":
            found[name] = str(on_this_machine(service, value, secrets))
    return {name: value if isinstance(value, str) else str(value).lower() for name, value in found.items()}
