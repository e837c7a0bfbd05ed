"""Access tokens (ES256, 15 minutes, keys from files) and refresh tokens (random, kept as hashes)."""

import base64
import hashlib
import itertools
import os
import secrets
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chassis import auth, log
from identity.models import Holder

ACCESS_SECONDS = 900
NAME = "%Y%m%dT%H%M%SZ.pem"  # of a key's file: from when it signs
LEAD = timedelta(seconds=auth.JWKS_SECONDS + 60)  # by then every service has fetched it
RETIRED_AFTER = timedelta(seconds=ACCESS_SECONDS + 300)
LOOK_SECONDS = 1.0  # between two looks at the folder


class TokenSigner:
    """The private keys of a folder, read anew when it changes: rotation needs no restart.

    A key whose name is a time, 20260131T080000Z.pem, signs from then on; one of another name signs at once. The last by
    name among those signs. All are published, also the one to come, so that every service knows it before it signs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._listing: list[tuple[str, int]] = []
        self._keys: list[SigningKey] = []
        self._current()

    def jwks(self) -> dict[str, Any]:
        return {"keys": [auth.jwk(key.kid, key.private.public_key()) for key in self._current()]}

    def _current(self) -> list["SigningKey"]:
        """By name. A folder that is empty or broken for a moment changes nothing."""
        with self._lock:
            if time.monotonic() - self._looked_at > LOOK_SECONDS:
                self._looked_at = time.monotonic()
                listing = sorted((path.name, path.stat().st_mtime_ns) for path in self._folder.glob("*.pem"))
                if listing != self._listing:
                    try:
                        keys = [_read(self._folder / name) for name, _ in listing]
                    except (OSError, ValueError) as error:
                        log.get().error("token_key_unreadable", error=repr(error))
                        keys = []
                    if keys:
                        self._keys, self._listing = keys, listing
            if not self._keys:
                raise FileNotFoundError(f"no *.pem key in {self._folder}")
            return self._keys

    def _signing(self, now: datetime) -> "SigningKey":
        keys = self._current()
        return next((key for key in reversed(keys) if key.begins is None or key.begins <= now), keys[0])

    def sign(self, account: Holder, session_id: Any, now: datetime) -> str:
        at = now.timestamp()  # with its fraction: a token made in the second of a revocation is after it, or not
        claims = {
            "sub": str(account.id), "org": str(account.belongs_to) if account.belongs_to else None,
            "kind": account.kind, "status": account.standing, "tier": account.tier,
            "division": account.division_code, "roles": account.roles, "sid": str(session_id),
            "name": account.name, "username": account.username,
            "iat": at, "exp": int(at) + ACCESS_SECONDS, "iss": auth.ISSUER, "aud": auth.AUDIENCE,
        }  # fmt: skip
        key = self._signing(now)
        return jwt.encode(claims, key.private, algorithm="ES256", headers={"kid": key.kid})


def rotate_keys(folder: Path, now: datetime) -> list[str]:
    """Add a key that signs once every service knows it, and remove those whose last token has expired. What was done,
    a line each."""
    begins = now + LEAD
    path = folder / begins.strftime(NAME)
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    fresh.rename(path)  # whole or not at all
    done = [f"added {path.name}, signs from {begins:%Y-%m-%d %H:%M:%S} UTC"]
    names = sorted(path.name for path in folder.glob("*.pem"))
    for name, follower in itertools.pairwise(names):
        replaced = _begins(follower)
        if replaced is not None and replaced < now - RETIRED_AFTER:
            (folder / name).unlink()
            done.append(f"removed {name}, replaced {replaced:%Y-%m-%d %H:%M:%S} UTC")
    return done


def new_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Returns the digest that is stored of a refresh token or an SMS code."""
    return hashlib.sha256(secret.encode()).digest()


@dataclass(frozen=True)
class SigningKey:
    kid: str
    private: ec.EllipticCurvePrivateKey
    begins: datetime | None


def _read(path: Path) -> SigningKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} is no EC key")
    return SigningKey(_kid(key), key, _begins(path.name))


def _begins(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, NAME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _kid(key: Any) -> str:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()[:12]).decode()
