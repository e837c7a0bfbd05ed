"""Paths: the checkout, the run directory, and folders that another user can reach."""

import hashlib
import os
import shutil
import stat
from pathlib import Path

from launcher.errors import LauncherError

ROOT = Path(__file__).resolve().parents[4]
GATEWAY = ROOT / "gateway"
CONTRACTS = ROOT / "contracts"


def run_dir() -> Path:
    """`.run` in the checkout, or RUN_DIR."""
    given = os.environ.get("RUN_DIR")
    return Path(given).resolve() if given else ROOT / ".run"


def private_folder(path: Path) -> Path:
    """Creates `path` for its owner only (mode 700)."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def passable_folder(path: Path) -> Path:
    """Creates `path` so that other users may pass through it but not list it (mode 711)."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o711)
    return path


def everyone_reaches(path: Path) -> bool:
    """Says whether every user of the machine can pass through all folders above `path`, which may not exist yet."""
    above = path.absolute()
    while not above.exists():
        above = above.parent
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (above, *above.parents))


def reachable(path: Path) -> Path:
    """Returns `path`, or a replacement under /var/tmp if a closed folder (such as a home with mode 700) is above it.

    Only root needs it: PostgreSQL then runs as another user, who must pass through every folder above its data.
    Raises LauncherError if the replacement belongs to another user."""
    if everyone_reaches(path.parent):
        return path
    stand_in = stand_in_for(path)
    try:
        stand_in.mkdir(mode=0o711)
    except FileExistsError:
        held = stand_in.lstat()
        if not stat.S_ISDIR(held.st_mode) or held.st_uid != os.getuid():
            raise LauncherError(f"{stand_in} belongs to another user; remove it or set RUN_DIR") from None
    stand_in.chmod(0o711)
    return stand_in / path.name


def stand_in_for(path: Path) -> Path:
    digest = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]
    return Path("/var/tmp") / f"qj-{os.getuid()}-{digest}"  # noqa: S108 (owner and kind are checked)


def forget(path: Path) -> None:
    """Deletes a folder and its replacement, if there is one."""
    stand_in = stand_in_for(path)
    if stand_in.is_dir() and not stand_in.is_symlink() and stand_in.stat().st_uid == os.getuid():
        shutil.rmtree(stand_in, ignore_errors=True)
    shutil.rmtree(path, ignore_errors=True)
