"""Tokens of other makers, keys that come and go, sessions that are stolen or fixed, and cookies of other sites."""

import base64
import dataclasses
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from callers import bearer, sign_in
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy import text as sql

from chassis import clock
from chassis.auth import KeySet, read_access_token
from chassis.errors import Unauthorized
from chassis.runtime import Runtime
from chassis.testing import KEY, Caller, applicant, token
from identity import queries
from identity.app import rotate
from identity.parts import Parts
from identity.tokens import LEAD, RETIRED_AFTER, TokenSigner

pytestmark = pytest.mark.usefixtures("seeded")
ME = "/api/identity/me"
REFRESH = "/api/identity/sessions/refresh"


def public_pem() -> bytes:
    return KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def unsigned(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part(header)}.{part(claims)}.{signature}"


def forged() -> Iterator[tuple[str, str]]:
    actor = applicant()
    good = token(actor)
    claims = jwt.decode(good, options={"verify_signature": False})
    yield "no signature", unsigned({"alg": "none", "kid": "test"}, claims)
    yield "no signature, spelt otherwise", unsigned({"alg": "NoNe", "kid": "test"}, claims)
    yield "signature cut off", good.rpartition(".")[0] + "."
    # the public key, which everybody can fetch, taken for a secret (PyJWT refuses to make such a token, so by hand)
    head = unsigned({"alg": "HS256", "kid": "test"}, claims).rpartition(".")[0]
    mac = hmac.new(public_pem(), head.encode(), hashlib.sha256).digest()
    yield "HS256 with the public key", f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    yield "another key under our kid", token(actor, key=ec.generate_private_key(ec.SECP256R1()))
    yield "a kid that nobody has", token(actor, kid="nobody")
    own = ec.generate_private_key(ec.SECP256R1())
    numbers = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(own.public_key()))
    yield "a key brought along", jwt.encode(claims, own, "ES256", headers={"kid": "test", "jwk": numbers})
    yield "another audience", token(actor, aud="other")
    yield "between services", token(actor, aud="identity", iss="filing")
    yield "another issuer", token(actor, iss="somebody")
    yield "expired", token(actor, exp=int(clock.now().timestamp()) - 60)
    for claim in ("exp", "iat", "aud", "iss"):
        less = {name: value for name, value in claims.items() if name != claim}
        yield f"without {claim}", jwt.encode(less, KEY, "ES256", headers={"kid": "test"})
    yield (
        "another kind in the middle",
        ".".join([good.split(".")[0], unsigned({}, claims | {"kind": "admin"}).split(".")[1], good.split(".")[2]]),
    )


@pytest.mark.parametrize(("what", "forgery"), list(forged()), ids=[what for what, _ in forged()])
def test_a_token_that_is_not_ours_is_refused(stranger: Caller, what: str, forgery: str) -> None:
    answer = stranger.get(ME, headers={"Authorization": f"Bearer {forgery}"})
    assert answer.status_code == 401, what
    assert answer.headers["WWW-Authenticate"] == "Bearer"


# -- keys that come and go -------------------------------------------------------------------------------------


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    rotate_by_hand(tmp_path, "0001.pem")
    return tmp_path


def rotate_by_hand(folder: Path, name: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / name).write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


class Elsewhere:
    """Another service: it fetches the key set as its cache says, at its own times."""

    def __init__(self, signer: TokenSigner) -> None:
        self.keys = KeySet(signer.jwks)

    def accepts(self, text: str) -> bool:
        self.keys.verified.clear()
        try:
            read_access_token(text, self.keys)
        except Unauthorized:
            return False
        return True


def signed(signer: TokenSigner, runtime: Runtime, now: datetime) -> str:
    with runtime.database.transaction() as db:
        account = queries.account_by_login(db, "applicant")
        assert account is not None
        return signer.sign(account.holder(), "00000000-0000-7000-8000-000000000001", now)


def look_again(signer: TokenSigner) -> None:
    signer._looked_at = float("-inf")


def test_a_rotation_signs_nobody_out_and_needs_no_restart(keys: Path, runtime: Runtime) -> None:
    """Hour by hour: a key is added, published at once, signs once everybody knows it; the old one goes at last."""
    began = clock.now()
    signer = TokenSigner(keys)
    other = Elsewhere(signer)
    first = signed(signer, runtime, began)
    assert other.accepts(first)
    with clock.use(lambda: began):
        rotate(_settings(runtime, keys))
    look_again(signer)
    assert len(signer.jwks()["keys"]) == 2, "published before it signs"
    before = began + LEAD - timedelta(seconds=1)
    assert _kid(signed(signer, runtime, before)) == _kid(first)
    late = Elsewhere(signer)  # fetched now, and not again for ten minutes
    assert late.accepts(first)
    after = began + LEAD + timedelta(seconds=1)
    with clock.use(lambda: after):
        second = signed(signer, runtime, after)
        assert _kid(second) != _kid(first)
        assert late.accepts(second), "a service with a key set of before the switch"
        assert late.accepts(first), "and nobody's token became void"
        rotate(_settings(runtime, keys))
    look_again(signer)
    assert len(list(keys.glob("*.pem"))) == 3, "the first key's tokens are still good, so it stays"
    much_later = after + LEAD + RETIRED_AFTER + timedelta(seconds=2)
    with clock.use(lambda: much_later):
        said = rotate(_settings(runtime, keys))
    look_again(signer)
    assert "removed 0001.pem" in said
    with clock.use(lambda: much_later):
        assert not Elsewhere(signer).accepts(signed(TokenSigner(_with_only_old(keys)), runtime, much_later))


def _with_only_old(keys: Path) -> Path:
    folder = keys / "elsewhere"
    folder.mkdir()
    rotate_by_hand(folder, "0001.pem")
    return folder


def _settings(runtime: Runtime, keys: Path) -> Any:
    return dataclasses.replace(runtime.settings, token_keys_dir=keys)  # type: ignore[call-arg]


def _kid(text: str) -> str:
    return str(jwt.get_unverified_header(text)["kid"])


def test_a_key_file_that_is_half_written_or_gone_changes_nothing(keys: Path, runtime: Runtime) -> None:
    signer = TokenSigner(keys)
    first = _kid(signed(signer, runtime, clock.now()))
    (keys / "0002.pem").write_text("-----BEGIN PRIVATE KEY-----\nhalf")
    look_again(signer)
    assert _kid(signed(signer, runtime, clock.now())) == first
    for file in keys.glob("*.pem"):
        file.unlink()
    look_again(signer)
    assert _kid(signed(signer, runtime, clock.now())) == first


def test_a_folder_without_a_key_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        TokenSigner(tmp_path)


def test_a_new_key_is_for_its_owner_alone(keys: Path, runtime: Runtime) -> None:
    rotate(_settings(runtime, keys))
    [fresh] = [path for path in keys.glob("2*.pem")]
    assert fresh.stat().st_mode & 0o077 == 0


# -- sessions --------------------------------------------------------------------------------------------------


def test_a_sign_in_never_takes_over_what_a_browser_brings(app: Flask) -> None:
    """Fixation: a refresh token, cookie or session id that was planted is neither used nor kept."""
    planted = sign_in(Caller(app, None), "applicant2").json["refresh_token"]
    browser = app.test_client()
    browser.set_cookie("qj_refresh", planted, path="/api/identity/sessions")
    body = {"username": "applicant", "password": "Demo-2026!"}
    answer = browser.post("/api/identity/sessions", json=body, headers={"X-Client": "portal"})
    assert answer.json["account"]["username"] == "applicant"
    kept = browser.get_cookie("qj_refresh", path="/api/identity/sessions")
    assert kept is not None
    assert kept.value != planted
    refreshed = browser.post(
        "/api/identity/sessions/refresh", json={}, headers={"X-Client": "portal", "Origin": "http://127.0.0.1:8080"}
    )
    assert refreshed.json["account"]["username"] == "applicant"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Client": "portal"},
        {"Origin": "http://127.0.0.1:8080"},
        {"X-Client": "portal", "Origin": "http://evil.example"},
        {"X-Client": "portal", "Origin": "null"},
        {"X-Client": "portal", "Origin": "http://127.0.0.1:8080.evil.example"},
        {"X-Client": "portal", "Referer": "http://127.0.0.1:8080/"},
    ],
    ids=str,
)
def test_the_cookie_is_honoured_only_for_our_own_pages(app: Flask, headers: dict[str, str]) -> None:
    browser = app.test_client()
    body = {"username": "applicant", "password": "Demo-2026!"}
    browser.post("/api/identity/sessions", json=body, headers={"X-Client": "portal"})
    assert browser.post(REFRESH, json={}, headers=headers).status_code == 401
    ours = {"X-Client": "portal", "Origin": "http://127.0.0.1:8080"}
    assert browser.post(REFRESH, json={}, headers=ours).status_code == 200, "the refusal has not ended the session"


def test_no_other_route_reads_the_cookie(app: Flask) -> None:
    browser = app.test_client()
    body = {"username": "applicant", "password": "Demo-2026!"}
    browser.post("/api/identity/sessions", json=body, headers={"X-Client": "portal"})
    for method, path in (("GET", ME), ("GET", "/api/identity/sessions"), ("DELETE", "/api/identity/sessions/current")):
        headers = {"X-Client": "portal", "Origin": "http://127.0.0.1:8080"}
        assert browser.open(path, method=method, headers=headers).status_code == 401


def test_sessions_are_listed_and_ended_one_by_one(stranger: Caller, runtime: Runtime) -> None:
    one, two = sign_in(stranger), sign_in(stranger, headers={"X-Client": "miniprogram"})
    listed = stranger.get("/api/identity/sessions", headers=bearer(one)).json["items"]
    assert [(s["client"], s["current"]) for s in listed] == [("miniprogram", False), (listed[1]["client"], True)]
    other = sign_in(stranger, "applicant2")
    path = f"/api/identity/sessions/{listed[0]['id']}"
    assert stranger.delete(path, headers=bearer(other)).status_code == 404
    assert stranger.delete(path, headers=bearer(one)).status_code == 204
    runtime.revoked.forget()
    assert stranger.get(ME, headers=bearer(two)).status_code == 401
    assert stranger.get(ME, headers=bearer(one)).status_code == 200


def test_what_is_kept_of_a_session_opens_nothing(stranger: Caller, runtime: Runtime) -> None:
    """Who reads the database finds hashes: of refresh tokens, codes, links, states, passwords."""
    session = sign_in(stranger)
    with runtime.database.transaction() as db:
        rows = db.execute(sql("SELECT row_to_json(s)::text FROM session s")).scalars().all()
    assert all(session.json["refresh_token"] not in row for row in rows)


def test_the_parts_of_a_process_hold_one_signer(runtime: Runtime) -> None:
    parts: Parts = runtime.parts["identity"]
    assert parts.signer.jwks()["keys"][0]["kid"]
