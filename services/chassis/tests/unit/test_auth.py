"""Tokens that are taken, tokens that are not, and who may do what."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from keys import write_key_pair

from chassis import auth, clock
from chassis.actor import Actor
from chassis.auth import KeySet, NotApproved, Permission, RoleMissing, ServiceTokens, check, read_access_token
from chassis.errors import Forbidden, Unauthorized, Unavailable
from chassis.testing import KEY, KID, admin, applicant, jwks, staff, supervisor, token

ACTOR = applicant()


@pytest.fixture
def keys() -> KeySet:
    return KeySet(jwks)


# -- access tokens ---------------------------------------------------------------------------------------------


def test_a_good_token_tells_who_acts(keys: KeySet) -> None:
    actor = staff()
    assert read_access_token(token(actor), keys) == actor


def unsigned(algorithm: str) -> str:
    """A token of the attacker's own making with the claims of a good one."""
    claims = token(ACTOR).split(".")[1]
    header = _b64(json.dumps({"alg": algorithm, "typ": "JWT", "kid": KID}).encode())
    return f"{header}.{claims}."


def hs256_with_the_public_key() -> str:
    """The confusion of algorithms: our public key taken as a shared secret."""
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    header = _b64(json.dumps({"alg": "HS256", "typ": "JWT", "kid": KID}).encode())
    signed = f"{header}.{token(ACTOR).split('.')[1]}"
    return f"{signed}.{_b64(hmac.new(public, signed.encode(), hashlib.sha256).digest())}"


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def changed_claims() -> str:
    header, claims, signature = token(ACTOR).split(".")
    body = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return f"{header}.{_b64(json.dumps(body | {'kind': 'admin'}).encode())}.{signature}"


def rs256() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = jwt.decode(token(ACTOR), options={"verify_signature": False})
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": KID})


def ago(seconds: int) -> int:
    return int((clock.now() - timedelta(seconds=seconds)).timestamp())


STRANGER = ec.generate_private_key(ec.SECP256R1())
REFUSED: dict[str, Callable[[], str]] = {
    "no token": lambda: "",
    "no JWT": lambda: "a.b.c",
    "algorithm none": lambda: unsigned("none"),
    "algorithm None": lambda: unsigned("None"),
    "HS256 with the public key": hs256_with_the_public_key,
    "RS256": rs256,
    "another's key under our kid": lambda: token(ACTOR, key=STRANGER),
    "changed claims": changed_claims,
    "no signature": lambda: token(ACTOR).rpartition(".")[0] + ".",
    "another audience": lambda: token(ACTOR, aud="registry"),
    "another issuer": lambda: token(ACTOR, iss="registry"),
    "expired": lambda: token(ACTOR, exp=ago(6)),
    "expiry that is no number": lambda: token(ACTOR, exp="soon"),
    "an account id that is none": lambda: token(ACTOR, sub="7"),
    "a session id that is none": lambda: token(ACTOR, sid="7"),
    "an organisation that is none": lambda: token(ACTOR, org="7"),
    "not valid yet": lambda: token(ACTOR, nbf=ago(-60)),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_bad_token_is_no_sign_in(keys: KeySet, why: str) -> None:
    with pytest.raises(Unauthorized):
        read_access_token(REFUSED[why](), keys)


@pytest.mark.parametrize("claim", ["exp", "iat", "aud", "iss", "sub", "kind", "status", "sid"])
def test_a_token_without_a_claim_is_no_sign_in(keys: KeySet, claim: str) -> None:
    claims = jwt.decode(token(ACTOR), options={"verify_signature": False})
    del claims[claim]
    with pytest.raises(Unauthorized):
        read_access_token(jwt.encode(claims, KEY, algorithm="ES256", headers={"kid": KID}), keys)


def test_a_clock_that_is_a_little_off_is_forgiven(keys: KeySet) -> None:
    assert read_access_token(token(ACTOR, exp=ago(3)), keys) == ACTOR


def test_the_platforms_clock_decides_about_expiry(keys: KeySet) -> None:
    good = token(ACTOR)
    later = clock.now() + timedelta(minutes=16)
    with clock.use(lambda: later), pytest.raises(Unauthorized):
        read_access_token(good, keys)


# -- key sets --------------------------------------------------------------------------------------------------


@pytest.fixture
def monotonic(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, float]]:
    now = {"t": 10_000.0}
    monkeypatch.setattr("chassis.auth.time.monotonic", lambda: now["t"])
    return now  # type: ignore[return-value]


class Identity:
    """Serves key sets; `kids` are published, `away` answers nothing."""

    def __init__(self) -> None:
        self.kids = ["one"]
        self.away = False
        self.asked = 0

    def fetch(self) -> dict[str, Any]:
        self.asked += 1
        if self.away:
            raise requests.ConnectionError
        return {"keys": [auth.jwk(kid, KEY.public_key()) for kid in self.kids]}


def test_keys_are_kept_and_fetched_anew_when_old(monotonic: dict[str, float]) -> None:
    identity = Identity()
    keys = KeySet(identity.fetch)
    for _ in range(3):
        keys.key("one")
    assert identity.asked == 1
    monotonic["t"] += auth.JWKS_SECONDS + 1
    keys.key("one")
    assert identity.asked == 2


def test_an_unknown_kid_is_looked_for_but_not_at_every_request(monotonic: dict[str, float]) -> None:
    identity = Identity()
    keys = KeySet(identity.fetch)
    keys.key("one")
    for _ in range(20):
        with pytest.raises(Unauthorized):
            keys.key("two")
    assert identity.asked == 1
    monotonic["t"] += 6
    identity.kids.append("two")
    keys.key("two")
    assert identity.asked == 2


def test_an_old_key_set_is_better_than_none(monotonic: dict[str, float]) -> None:
    identity = Identity()
    keys = KeySet(identity.fetch)
    keys.key("one")
    identity.away = True
    monotonic["t"] += auth.JWKS_SECONDS + 1
    keys.key("one")


def test_without_any_keys_the_answer_is_to_come_back(monotonic: dict[str, float]) -> None:
    identity = Identity()
    identity.away = True
    keys = KeySet(identity.fetch)
    with pytest.raises(Unavailable):
        keys.key("one")
    identity.away = False
    keys.key("one")


# -- service tokens --------------------------------------------------------------------------------------------


@pytest.fixture
def services(tmp_path: Path) -> dict[str, ServiceTokens]:
    for name in ("shop", "depot", "bank"):
        write_key_pair(tmp_path, name)
    return {name: ServiceTokens(name, tmp_path / f"{name}.key", tmp_path) for name in ("shop", "depot", "bank")}


def test_a_service_is_known_by_its_key(services: dict[str, ServiceTokens]) -> None:
    good = services["depot"].make("shop")
    assert services["shop"].caller(good, frozenset({"depot", "bank"})) == "depot"
    claims = jwt.decode(good, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 60


def test_a_service_that_is_not_named_is_refused(services: dict[str, ServiceTokens]) -> None:
    with pytest.raises(Forbidden):
        services["shop"].caller(services["bank"].make("shop"), frozenset({"depot"}))


def test_a_token_for_another_or_too_old_or_of_another_key_is_refused(
    services: dict[str, ServiceTokens], tmp_path: Path
) -> None:
    allowed = frozenset({"depot"})
    forged = jwt.encode(
        jwt.decode(services["depot"].make("shop"), options={"verify_signature": False}), STRANGER, "ES256"
    )
    old = services["depot"].make("shop")
    later = clock.now() + timedelta(seconds=66)
    for bad in (services["depot"].make("bank"), forged, "x", ""):
        with pytest.raises(Unauthorized):
            services["shop"].caller(bad, allowed)
    with clock.use(lambda: later), pytest.raises(Unauthorized):
        services["shop"].caller(old, allowed)


def test_an_issuer_is_no_path(services: dict[str, ServiceTokens]) -> None:
    forged = jwt.encode({"iss": "../depot", "aud": "shop"}, STRANGER, "ES256")
    with pytest.raises(Forbidden):
        services["shop"].caller(forged, frozenset({"depot"}))


# -- permissions -----------------------------------------------------------------------------------------------

EVERYONE = {"applicant": applicant(), "institution": staff(), "supervisor": supervisor(), "admin": admin()}


@pytest.mark.parametrize("kind", EVERYONE)
@pytest.mark.parametrize("allowed", [(), ("applicant",), ("institution", "supervisor"), tuple(EVERYONE)])
def test_only_the_named_kinds_may(kind: str, allowed: tuple[str, ...]) -> None:
    permission = Permission(kinds=frozenset(allowed))
    if kind in allowed:
        check(permission, EVERYONE[kind])
    else:
        with pytest.raises(Forbidden):
            check(permission, EVERYONE[kind])


@pytest.mark.parametrize("status", ["pending", "rejected", "disabled", "withdrawn", ""])
def test_before_approval_only_what_is_open_to_it(status: str) -> None:
    actor = applicant(status=status)
    check(Permission(kinds=frozenset({"applicant"}), pending=True), actor)
    with pytest.raises(NotApproved):
        check(Permission(kinds=frozenset({"applicant"})), actor)


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (staff(roles=("filing_clerk",)), True),
        (staff(roles=("front_desk", "booking_clerk")), True),
        (staff(roles=("front_desk",)), False),
        (staff(roles=()), False),
        (applicant(roles=frozenset({"owner"})), False),
        (supervisor(), True),  # these kinds have no such roles
        (admin(), True),
    ],
)
def test_one_of_the_roles_is_needed(actor: Actor, may: bool) -> None:
    permission = Permission(kinds=frozenset(EVERYONE), roles=frozenset({"filing_clerk", "booking_clerk"}))
    if may:
        check(permission, actor)
    else:
        with pytest.raises(RoleMissing):
            check(permission, actor)


def test_a_kind_is_refused_before_its_roles_and_status_are_told() -> None:
    with pytest.raises(Forbidden) as caught:
        check(Permission(kinds=frozenset({"institution"}), roles=frozenset({"x"})), applicant(status="pending"))
    assert type(caught.value) is Forbidden
