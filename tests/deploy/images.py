"""Reads the parts of the Dockerfiles that tests need."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "deploy" / "docker"
DOCKERFILES = sorted(DOCKER.glob("*.Dockerfile"))


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """Yields (INSTRUCTION, its arguments), with continued lines joined and without comments."""
    lines = [line for line in dockerfile.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines() if line.strip()]


def environment(dockerfile: Path) -> dict[str, str]:
    """Returns ENV of the last stage."""
    env: dict[str, str] = {}
    for word, rest in instructions(dockerfile):
        if word == "FROM":
            env = {}
        elif word == "ENV":
            env |= {name: value.strip('"') for name, value in re.findall(r'(\w+)=("[^"]*"|\S+)', rest)}
    return env


def copied(dockerfile: Path, arguments: dict[str, str]) -> list[str]:
    """Returns the sources of COPY from the build context, with build arguments replaced."""
    found = []
    for word, rest in instructions(dockerfile):
        if word == "COPY" and "--from" not in rest:
            found += rest.split()[:-1]
    return [re.sub(r"\$\{(\w+)\}", lambda match: arguments[match[1]], source) for source in found]


def gateway_reads() -> set[str]:
    """Returns the names that the gateway's template or start script reads."""
    template = set(re.findall(r"\$\{([A-Z_]+)\}", (ROOT / "gateway/nginx.conf.template").read_text("utf-8")))
    return template | set(re.findall(r'ENVIRON\["([A-Z_]+)"\]', (DOCKER / "gateway.sh").read_text("utf-8")))
