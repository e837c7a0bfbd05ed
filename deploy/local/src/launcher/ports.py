"""Free TCP ports on loopback. A platform keeps its ports from start to start while they are free."""

import json
import os
import random
import socket
from pathlib import Path

from launcher.errors import LauncherError

# Below the ports of outgoing connections on Linux (32768 and up), so that no connection takes one by chance.
RANGE = (20000, 29999)


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(taken: set[int] | None = None) -> int:
    """Returns a free port of the range (PORT_RANGE=from-to narrows it). Raises LauncherError if there is none."""
    low, high = RANGE
    if given := os.environ.get("PORT_RANGE"):
        low, high = (int(part) for part in given.split("-"))
    for _ in range(2000):
        port = random.randint(low, high)  # noqa: S311 (no secret)
        if port not in (taken or set()) and is_free(port):
            return port
    raise LauncherError(f"no free port found between {low} and {high}; set PORT_RANGE=from-to")


def fixed_port(variable: str, default: int) -> int:
    """Returns the port that a person set. Raises LauncherError, with the variable's name, if it is taken or not a port."""
    given = os.environ.get(variable, "") or str(default)
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise LauncherError(f"{variable}={given} is not a port number")
    if not is_free(int(given)):
        raise LauncherError(f"port {given} is taken by another program; choose another: {variable}={int(given) + 1}")
    return int(given)


class Ports:
    """Ports by name, stored in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        self._given: dict[str, int] = {}

    def of(self, name: str) -> int:
        """Returns the last port of this name if it is still free, else a new one."""
        if name not in self._given:
            port = self._known.get(name)
            if port is None or port in self._given.values() or not is_free(port):
                port = free_port(taken={*self._known.values(), *self._given.values()})
            self._given[name] = self._known[name] = port
            self._file.write_text(json.dumps(self._known, indent=1))
        return self._given[name]
