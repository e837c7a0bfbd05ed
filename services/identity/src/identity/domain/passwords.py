"""Passwords: long enough and not common; no rules of composition. Kept as argon2id, rehashed when the cost changes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

MIN_LENGTH = 8
MAX_LENGTH = 128
# One word a line, lower case, at least MIN_LENGTH characters. Source: the file's first lines.
_COMMON = frozenset(
    line
    for line in (Path(__file__).parent / "common_passwords.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
)


def weakness(password: str, username: str) -> str | None:
    """Why a password will not do: too_short, common, like_username; None when it will."""
    if len(password) < MIN_LENGTH:
        return "too_short"
    if password.lower() in _COMMON or len(set(password)) < 3:
        return "common"
    if username and username.casefold() in (password.casefold(), password.casefold()[::-1]):
        return "like_username"
    return None


class Hasher:
    """argon2id with the cost of the settings; a stand-in hash makes unknown names take as long as known ones.

    at_once: how many are worked on at the same time in this process, the others wait their turn: each needs a core and
    `memory_kib` of memory, and more of them than cores only take longer, all together."""

    def __init__(self, time_cost: int, memory_kib: int, at_once: int = 1) -> None:
        self._argon = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._at_work = ThreadPoolExecutor(at_once, "argon2")  # first come, first served, which a semaphore is not
        self._nobody = self._argon.hash("nobody has this password")

    def hash(self, password: str) -> str:
        return self._at_work.submit(self._argon.hash, password).result()

    def verify(self, stored: str | None, password: str) -> bool:
        try:
            right = self._at_work.submit(self._argon.verify, stored or self._nobody, password).result()
            return right and stored is not None
        except (VerifyMismatchError, InvalidHashError):
            return False

    def outdated(self, stored: str) -> bool:
        return self._argon.check_needs_rehash(stored)
