"""Checks the direction of imports: every import under services/*/src against one table of rooms (folders or modules).

To import a room means to import any of its modules. Imports inside functions and behind TYPE_CHECKING count too, because
they can also form a cycle.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Room -> height. A module imports its own room and lower rooms. Add a new room here first. If another service has the same
# room under another name, rename yours: the same rooms have the same names.
HEIGHT = {
    "cli": 10,
    "app": 9,
    "api": 8,  # HTTP routes
    "consumers": 8,  # consumers of events
    "background": 8,  # jobs and schedules
    "sign_in": 7,  # shared by several routes
    "platform_health": 7,
    "seed": 6,
    "actions": 6,
    "captchas": 5,
    "counted": 2,
    "queries": 5,
    "parts": 4,  # clients, built from settings
    "events": 3,
    "facts": 3,
    "view_sql": 3,
    "tokens": 3,
    "pdfs": 3,
    "letters": 3,
    "workbooks": 3,
    "migrations": 3,
    "models": 2,
    "tables": 1,
    "clients": 2,
    "codes": 1,
    "settings": 1,
    "metrics": 1,
    "prefetch": 1,
    "domain": 1,
}
# The domain may import the standard library, itself, and these modules of the chassis.
DOMAIN_CHASSIS = {"chassis.errors", "chassis.rules", "chassis.workdays"}
# Libraries of pure computation (no clock, no network, no file) that a file of the domain needs for its rule.
DOMAIN_LIBRARIES: dict[tuple[str, str], set[str]] = {
    ("identity", "passwords.py"): {"argon2"},
    ("notification", "cipher.py"): {"cryptography"},
}
# The launcher and the sandbox belong to no service. Only test fixtures start servers with them.
NEVER = {"launcher", "sandbox"}
CHASSIS_MAY = {("testing", "launcher"), ("testing", "sandbox")}


@dataclass(frozen=True)
class Import:
    file: Path
    line: int
    module: str  # absolute: registry.domain.views


def offences(packages: Mapping[str, Path], chassis: Path) -> list[str]:
    """Returns every import in a wrong direction, as `file:line: why`. packages: name -> folder."""
    return list(_all(packages, chassis))


def _all(packages: Mapping[str, Path], chassis: Path) -> Iterator[str]:
    for package, folder in packages.items():
        for one in imports_of(folder, package):
            if why := _of_service(one, package, folder, packages):
                yield f"{package}/{one.file.relative_to(folder)}:{one.line}: {why}"
    for one in imports_of(chassis, "chassis"):
        if why := _of_chassis(one, chassis, packages):
            yield f"chassis/{one.file.relative_to(chassis)}:{one.line}: {why}"


def imports_of(folder: Path, package: str) -> Iterator[Import]:
    for file in sorted(folder.rglob("*.py")):
        inside = [package, *file.relative_to(folder).parent.parts]
        for node in ast.walk(ast.parse(file.read_text("utf-8"), str(file))):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(file, node.lineno, alias.name)
            elif isinstance(node, ast.ImportFrom):
                base = ".".join(inside[: len(inside) - node.level + 1]) if node.level else ""
                module = ".".join(filter(None, (base, node.module)))
                for alias in node.names:  # the name may be a module: `from registry import queries`
                    yield Import(file, node.lineno, f"{module}.{alias.name}")


def room_of(file: Path, folder: Path) -> str:
    return file.relative_to(folder).parts[0].removesuffix(".py")


def _of_service(one: Import, package: str, folder: Path, packages: Mapping[str, Path]) -> str | None:
    parts = one.module.split(".")
    if parts[0] in NEVER or (parts[0] in packages and parts[0] != package):
        return f"a service imports the chassis and itself, not {parts[0]}"
    room = room_of(one.file, folder)
    if room == "__init__":
        return f"the package itself imports nothing, but it imports {one.module}" if parts[0] == package else None
    if room not in HEIGHT:
        return f"the room {room} has no place in HEIGHT"
    if room == "domain" and (why := _of_domain(one, package)):
        return why
    if parts[0] != package or len(parts) < 2 or parts[1] == room:
        return None
    if parts[1] not in HEIGHT:
        return f"the room {parts[1]} has no place in HEIGHT"
    if HEIGHT[parts[1]] >= HEIGHT[room]:
        return f"{room} imports {parts[1]}"
    return None


def _of_domain(one: Import, package: str) -> str | None:
    parts = one.module.split(".")
    if parts[0] in sys.stdlib_module_names:
        return None
    if parts[0] == package:
        return None if parts[1:2] == ["domain"] else f"domain imports {one.module}"
    if parts[0] == "chassis" and ".".join(parts[:2]) in DOMAIN_CHASSIS:
        return None
    if parts[0] in DOMAIN_LIBRARIES.get((package, one.file.name), ()):
        return None
    return f"domain imports {one.module}"


def _of_chassis(one: Import, folder: Path, packages: Mapping[str, Path]) -> str | None:
    top = one.module.split(".")[0]
    if top in packages or (top in NEVER and (room_of(one.file, folder), top) not in CHASSIS_MAY):
        return f"the chassis imports {top}"
    return None
