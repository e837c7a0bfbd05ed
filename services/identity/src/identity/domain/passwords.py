"""Passwords: long enough and not common; no rules of composition. Kept as argon2id, rehashed when the cost changes."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

MIN_LENGTH = 8
MAX_LENGTH = 128
_COMMON = frozenset(
    [
        "12345678",
        "123456789",
        "1234567890",
        "password",
        "password1",
        "password123",
        "11111111",
        "00000000",
        "88888888",
        "66666666",
        "qwertyui",
        "qwerty123",
        "1qaz2wsx",
        "abc12345",
        "abcd1234",
        "a1234567",
        "a12345678",
        "aa123456",
        "woaini1314",
        "asdfghjk",
        "iloveyou",
        "admin123",
        "admin888",
        "12341234",
        "87654321",
        "123123123",
        "147258369",
        "987654321",
        "password!",
        "p@ssw0rd",
        "passw0rd",
        "letmein1",
        "welcome1",
        "zaq12wsx",
    ]
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
    """argon2id with the cost of the settings; a stand-in hash makes unknown names take as long as known ones."""

    def __init__(self, time_cost: int, memory_kib: int) -> None:
        self._argon = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._nobody = self._argon.hash("nobody has this password")

    def hash(self, password: str) -> str:
        return self._argon.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        try:
            return self._argon.verify(stored or self._nobody, password) and stored is not None
        except (VerifyMismatchError, InvalidHashError):
            return False

    def outdated(self, stored: str) -> bool:
        return self._argon.check_needs_rehash(stored)
