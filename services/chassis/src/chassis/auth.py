"""Sign-in and permission: access tokens by identity's JWKS, service tokens by key files, and one declared permission
a route. Closed by default: a route without `@allow` does not start (chassis.web.Blueprint)."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import jwt
import requests
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from chassis import clock
from chassis.actor import Actor
from chassis.errors import Forbidden, Unauthorized, Unavailable
from chassis.rules import States

AUDIENCE = "qj"
ISSUER = "identity"
JWKS_SECONDS = 600  # how long a fetched key set is good for
SERVICE_TOKEN_SECONDS = 60
VERIFIED_SECONDS = 60
VERIFIED_MAX = 10_000
View = TypeVar("View", bound=Callable[..., Any])

APPLICANT = "applicant"
INSTITUTION = "institution"
SUPERVISOR = "supervisor"
ADMIN = "admin"
SIGNED_IN = (APPLICANT, INSTITUTION, SUPERVISOR, ADMIN)


class NotApproved(Forbidden):
    code = "not_approved"
    zh = "账号尚未通过审核，目前只能查看、修改或注销注册申请。"
    en = "The account is not approved yet; for now you can only see, correct or withdraw the registration."


class RoleMissing(Forbidden):
    code = "role_missing"
    zh = "此操作需要岗位：{roles}。"
    en = "This needs one of the roles: {roles}."


@dataclass(frozen=True)
class Permission:
    """The callers that a route admits. `kinds`: kinds of account, or empty for anyone; `roles`: one of them is needed, for
    the kinds that have such roles; `pending`: open before approval too; `services`: callers by service token."""

    kinds: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    pending: bool = False
    services: frozenset[str] = frozenset()
    anyone: bool = False


def allow(*kinds: str, roles: Iterable[str] = (), pending: bool = False) -> Callable[[View], View]:
    """Declare who may call a route: `@allow("institution", roles=["filing_clerk"])`."""
    return _declare(Permission(kinds=frozenset(kinds), roles=frozenset(roles), pending=pending))


def allow_move(states: States[Any], move: str) -> Callable[[View], View]:
    """Declare a route that makes `move`: the table of its states says who may call it."""
    permitted = states.permitted[move]
    return allow(*permitted.kinds, roles=permitted.roles)


def allow_anyone(view: View) -> View:
    """Declare that a route needs no sign-in."""
    return _declare(Permission(anyone=True))(view)


def allow_service(*callers: str) -> Callable[[View], View]:
    """Declare an internal route for the named services."""
    return _declare(Permission(services=frozenset(callers)))


def _declare(permission: Permission) -> Callable[[View], View]:
    def mark(view: View) -> View:
        @wraps(view)
        def marked(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        marked.permission = permission  # type: ignore[attr-defined]
        return marked  # type: ignore[return-value]

    return mark


def check(permission: Permission, actor: Actor) -> None:
    """Raises: Forbidden (or one of its kinds) where `actor` may not."""
    if actor.kind not in permission.kinds:
        raise Forbidden
    if actor.status != "approved" and not permission.pending:
        raise NotApproved
    if permission.roles and actor.kind in (INSTITUTION, APPLICANT) and not permission.roles & actor.roles:
        raise RoleMissing(roles="、".join(sorted(permission.roles)))


@dataclass(frozen=True)
class Verified:
    """A token whose signature was right. Whether its session was revoked meanwhile is asked at every request anyway."""

    actor: Actor
    expires: float  # [Unix time]
    until: float  # then its signature is looked at anew: its key may have been withdrawn [monotonic seconds]


class KeySet:
    """Public keys by kid, from a function that gives a JWKS; fetched anew when old or when a kid is unknown."""

    def __init__(self, fetch: Callable[[], dict[str, Any]]) -> None:
        self.fetch = fetch
        self.verified: dict[str, Verified] = {}
        self._keys: dict[str, Any] = {}
        self._fetched = 0.0
        self._lock = threading.Lock()

    def key(self, kid: str) -> Any:
        """Raises: Unauthorized for an unknown kid, Unavailable while no key set can be had."""
        age = time.monotonic() - self._fetched
        if not self._keys or age > JWKS_SECONDS or (kid not in self._keys and age > 5):
            self._refresh()
        try:
            return self._keys[kid]
        except KeyError:
            raise Unauthorized from None

    def _refresh(self) -> None:
        with self._lock:
            try:
                jwks = self.fetch()
            except (requests.RequestException, OSError, ValueError) as error:
                if not self._keys:
                    raise Unavailable(retry_after=2) from error
                return  # an old key set is better than none
            self._keys = {key["kid"]: jwt.PyJWK.from_dict(key, algorithm="ES256").key for key in jwks["keys"]}
            self._fetched = time.monotonic()


def fetch_jwks(identity_url: str) -> Callable[[], dict[str, Any]]:
    def fetch() -> dict[str, Any]:
        answer = requests.get(f"{identity_url}/api/identity/.well-known/jwks.json", timeout=3)
        answer.raise_for_status()
        jwks: dict[str, Any] = answer.json()
        return jwks

    return fetch


def read_access_token(token: str, keys: KeySet) -> Actor:
    """The actor of a valid access token. Raises: Unauthorized."""
    known = keys.verified.get(token)
    if known is not None and time.monotonic() < known.until and clock.now().timestamp() <= known.expires:
        return known.actor
    claims = _decode(token, lambda header: keys.key(str(header.get("kid", ""))), AUDIENCE, ISSUER)
    actor = _actor(claims)
    if len(keys.verified) >= VERIFIED_MAX:
        keys.verified.clear()
    keys.verified[token] = Verified(actor, claims["exp"], time.monotonic() + VERIFIED_SECONDS)
    return actor


def _actor(claims: dict[str, Any]) -> Actor:
    try:
        return Actor(
            account_id=UUID(claims["sub"]),
            kind=claims["kind"],
            org_id=UUID(claims["org"]) if claims.get("org") else None,
            status=claims["status"],
            tier=claims.get("tier"),
            division=claims.get("division"),
            roles=frozenset(claims.get("roles", ())),
            session_id=UUID(claims["sid"]),
            name=claims.get("name", ""),
            username=claims.get("username", ""),
            issued_at=float(claims["iat"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise Unauthorized from error


class ServiceTokens:
    """Tokens between services: ES256, 60 seconds, `iss` the caller with its own key, `aud` the callee."""

    def __init__(self, service: str, private_key_file: Path, public_keys_dir: Path) -> None:
        self.service = service
        self._private = load_pem_private_key(private_key_file.read_bytes(), password=None)
        self._public_keys_dir = public_keys_dir

    def make(self, audience: str) -> str:
        at = int(clock.now().timestamp())
        claims = {"iss": self.service, "aud": audience, "iat": at, "exp": at + SERVICE_TOKEN_SECONDS}
        return jwt.encode(claims, self._private, algorithm="ES256")  # type: ignore[arg-type]

    def caller(self, token: str, allowed: frozenset[str]) -> str:
        """The service that made `token`. Raises: Unauthorized, Forbidden."""
        try:
            issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss"))
        except jwt.InvalidTokenError as error:
            raise Unauthorized from error
        if issuer not in allowed:
            raise Forbidden
        public = load_pem_public_key((self._public_keys_dir / f"{issuer}.pem").read_bytes())
        _decode(token, lambda _header: public, self.service, issuer)
        return issuer


def _decode(token: str, key_of: Callable[[dict[str, Any]], Any], audience: str, issuer: str) -> dict[str, Any]:
    required: Sequence[str] = ("exp", "iat", "aud", "iss")
    try:
        header = jwt.get_unverified_header(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key_of(header),
            algorithms=["ES256"],
            audience=audience,
            issuer=issuer,
            options={"require": list(required), "verify_exp": False, "verify_iat": False},
            leeway=5,
        )
    except jwt.InvalidTokenError as error:
        raise Unauthorized from error
    # the platform's one clock decides, so that tests can move it
    if not isinstance(claims["exp"], int | float) or clock.now().timestamp() > claims["exp"] + 5:
        raise Unauthorized
    return claims


def jwk(kid: str, public_key: Any) -> dict[str, Any]:
    """A public key as a member of a JWKS."""
    data: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(public_key))
    return data | {"kid": kid, "use": "sig", "alg": "ES256"}
