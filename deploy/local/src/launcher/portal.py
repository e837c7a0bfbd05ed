"""Builds the browser portal from clients/portal if its sources changed. The gateway serves it from DIST.

It uses the machine's Node if that is new enough, else installs one from PyPI into .venv. No other module knows Node.
"""

import fcntl
import hashlib
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher import binaries
from launcher.errors import LauncherError
from launcher.paths import CONTRACTS, ROOT

PORTAL = ROOT / "clients" / "portal"
DIST = PORTAL / "dist"
OLDEST_NODE = (20, 19)
NODE = ROOT / "requirements" / "node.txt"
LEFT_OUT = {"node_modules", "dist", "generated", "components.d.ts"}  # of the fingerprint: made by a build
HOW_TO_GO_WITHOUT = "PORTAL=off starts the platform with a plain page instead"


def wanted() -> bool:
    return os.environ.get("PORTAL") != "off"


def build(report: Callable[[str], None]) -> bool:
    """Builds DIST if it is stale. Returns whether there is a portal to serve.

    If npm fails, raises LauncherError with the end of its output."""
    if not wanted() or not (PORTAL / "package-lock.json").exists():
        return False
    with _alone():
        sources = fingerprint(PORTAL, CONTRACTS / "openapi", CONTRACTS / "reference")
        stamp = PORTAL / "node_modules" / ".built-from"
        if (DIST / "index.html").exists() and _read(stamp) == sources:
            return True
        path = path_with_node(report)
        if path is None:
            report("no portal, a plain page instead: Node {}.{} or later is not available".format(*OLDEST_NODE))
            return False
        _install(path, report)
        report("building the portal")
        _npm(path, "run", "build")
        if not (DIST / "index.html").exists():
            raise LauncherError(f"the portal's build made no {DIST / 'index.html'}")
        stamp.write_text(sources)
    return True


def check(script: str, report: Callable[[str], None]) -> int:
    """Runs a script of its package.json (`test`, `check`) and shows its output. Returns its exit code.

    Without Node it skips the script with a message; in CI it raises LauncherError."""
    with _alone():
        path = path_with_node(report)
        if path is None and os.environ.get("CI"):
            raise LauncherError(f"the portal's {script} needs Node, and there is none")
        if path is None:
            report(f"no Node, so the portal's {script} is left out")
            return 0
        _install(path, report)
        return subprocess.call(["npm", "--prefix", PORTAL, "run", script], env=_environment(path), cwd=ROOT)


def fingerprint(*folders: Path) -> str:
    """A hash of everything that a build depends on."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(_files(folder)):
            digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for above, inside, names in os.walk(folder):
        inside[:] = [name for name in inside if name not in LEFT_OUT]
        yield from (Path(above, name) for name in names if name not in LEFT_OUT)


# -- Node ------------------------------------------------------------------------------------------------------


def path_with_node(report: Callable[[str], None]) -> str | None:
    """Returns PATH with node and npm in front, or None if there are none."""
    found = node_of_the_machine() or binaries.find("node", carried_only=True) or _brought(report)
    if found is None:
        return None
    folder = found.folder if found.tier == "installed" else _shims(found.folder)
    return f"{folder}{os.pathsep}{os.environ.get('PATH', '/usr/bin:/bin')}"


def node_of_the_machine() -> binaries.Binaries | None:
    """Returns the node on PATH if it is new enough and has npm beside it."""
    found = binaries.find("node")
    if found is None or found.tier == "carried" or not os.access(found.path("npm"), os.X_OK):
        return None
    said = subprocess.run([found.path("node"), "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)\.", said)
    return found if version and (int(version[1]), int(version[2])) >= OLDEST_NODE else None


def _brought(report: Callable[[str], None]) -> binaries.Binaries | None:
    """Installs Node from PyPI into .venv. Returns None if PyPI cannot be reached."""
    if NODE.exists():
        report("installing Node from PyPI")
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", NODE], capture_output=True, check=False)
        importlib.invalidate_caches()
    return binaries.find("node", carried_only=True)


def _shims(wheel: Path) -> Path:
    """Makes a folder with the wheel's node and a working npm. The wheel's own npm is a copy instead of a link and fails."""
    folder = Path(sys.prefix) / "node"
    folder.mkdir(exist_ok=True)
    for name, target in (("node", wheel / "node"), ("npm", wheel.parent / "lib/node_modules/npm/bin/npm-cli.js")):
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        target.chmod(target.stat().st_mode | 0o111)
    return folder


# -- npm -------------------------------------------------------------------------------------------------------


def _install(path: str, report: Callable[[str], None]) -> None:
    lock, stamp = _digest(PORTAL / "package-lock.json"), PORTAL / "node_modules" / ".installed-from"
    if _read(stamp) != lock:
        report("installing the portal's packages (npm ci)")
        _npm(path, "ci", "--no-audit", "--no-fund")
        stamp.parent.mkdir(exist_ok=True)  # without packages this folder is missing
        stamp.write_text(lock)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _npm(path: str, *words: str) -> None:
    done = subprocess.run(
        ["npm", "--prefix", PORTAL, *words],
        env=_environment(path),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n".join(done.stdout.rstrip().splitlines()[-30:])
        raise LauncherError(f"npm {' '.join(words)} failed in {PORTAL}:\n{said}\n\n{HOW_TO_GO_WITHOUT}")


def _environment(path: str) -> dict[str, str]:
    return {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}


@contextmanager
def _alone() -> Iterator[None]:
    """A lock: two builds at the same time would damage dist."""
    with (PORTAL / "package.json").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
