"""Access tokens (ES256, 15 minutes, keys from files) and refresh tokens (random, kept as hashes)."""

import base64
import hashlib
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chassis import auth
from identity.models import Account

ACCESS_SECONDS = 900


class TokenSigner:
    """The last key by file name signs; all are published, so that rotation is: add a file, restart, later remove."""

    def __init__(self, folder: Path) -> None:
        keys = [load_pem_private_key(path.read_bytes(), password=None) for path in sorted(folder.glob("*.pem"))]
        if not keys:
            raise FileNotFoundError(f"no *.pem key in {folder}")
        self._keys = {_kid(key): key for key in keys}
        self._kid = _kid(keys[-1])

    def jwks(self) -> dict[str, Any]:
        return {"keys": [auth.jwk(kid, key.public_key()) for kid, key in self._keys.items()]}

    def sign(self, account: Account, session_id: Any, now: datetime) -> str:
        at = now.timestamp()  # with its fraction: a token made in the second of a revocation is after it, or not
        claims = {
            "sub": str(account.id), "org": str(account.belongs_to) if account.belongs_to else None,
            "kind": account.kind, "status": account.standing, "tier": account.tier,
            "division": account.division_code, "roles": account.roles, "sid": str(session_id),
            "name": account.name, "username": account.username,
            "iat": at, "exp": int(at) + ACCESS_SECONDS, "iss": auth.ISSUER, "aud": auth.AUDIENCE,
        }  # fmt: skip
        return jwt.encode(claims, self._keys[self._kid], algorithm="ES256", headers={"kid": self._kid})  # type: ignore[arg-type]


def new_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of a refresh token or an SMS code."""
    return hashlib.sha256(secret.encode()).digest()


def _kid(key: Any) -> str:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()[:12]).decode()
