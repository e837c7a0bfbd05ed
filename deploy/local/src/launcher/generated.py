"""Secrets of one platform, made once and kept in files that only their owner can read."""

import base64
import os
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from launcher.paths import private_folder


class Secrets:
    """Each method returns the same value as long as the folder exists."""

    def __init__(self, folder: Path) -> None:
        self.folder = private_folder(folder)

    def password(self, name: str) -> str:
        """48 characters [0-9a-f], safe in a URL."""
        return self._once(name, lambda: secrets.token_hex(24))

    def appid(self, name: str) -> str:
        """Shaped like a WeChat appid: wx and 16 characters [0-9a-f]."""
        return self._once(name, lambda: "wx" + secrets.token_hex(8))

    def aes_key(self, name: str) -> str:
        """43 characters: base64 of 32 bytes without padding, as the official account's settings page requires."""
        return self._once(name, lambda: base64.b64encode(secrets.token_bytes(32)).decode().rstrip("="))

    def key_pairs(self, names: list[str]) -> tuple[Path, Path]:
        """Makes ES256 key pairs. Returns (folder of private <name>.pem, folder of public <name>.pem)."""
        private, public = private_folder(self.folder / "service-keys"), self.folder / "service-public-keys"
        private_folder(public)
        for name in names:
            pem = self._once(f"service-keys/{name}.pem", _private_key)
            self._once(f"service-public-keys/{name}.pem", partial(_public_of, pem))
        return private, public

    def token_keys(self) -> Path:
        """Returns the folder of the private keys of access tokens. The key with the newest name signs."""
        folder = private_folder(self.folder / "token-keys")
        self._once("token-keys/0001.pem", _private_key)
        return folder

    def _once(self, name: str, make: Callable[[], str]) -> str:
        path = self.folder / name
        if not path.exists():
            fresh = path.with_name(path.name + ".new")
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(make())
            fresh.rename(path)  # atomic
        return path.read_text()


def _private_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _public_of(private_pem: str) -> str:
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
