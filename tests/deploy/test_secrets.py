"""Runs deploy/docker/secrets.sh. Secrets are complete, made once and protected, and the halves of key pairs match."""

import base64
import hashlib
import json
import os
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from manifests import KUBECTL, ROOT
from service_apps import PACKAGES

from chassis.auth import ServiceTokens
from identity.tokens import LEAD, NAME, TokenSigner

pytestmark = pytest.mark.usefixtures("secrets")  # the fixture skips if there is no openssl


def run(folder: Path, *words: str) -> None:
    subprocess.run([ROOT / "deploy/docker/secrets.sh", folder, *words], check=True)


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_second_run_changes_nothing(secrets: Path) -> None:
    before = contents(secrets)
    run(secrets)
    assert contents(secrets) == before


def test_two_platforms_share_no_secret(secrets: Path, tmp_path: Path) -> None:
    run(tmp_path)
    one, other = contents(secrets / "values"), contents(tmp_path / "values")
    assert set(one) == set(other)
    assert not set(one.values()) & set(other.values())


def test_a_value_of_ones_own_reaches_who_needs_it(tmp_path: Path) -> None:
    run(tmp_path)
    (tmp_path / "values" / "wechat-official-appid").write_text("wx0123456789abcdef")
    run(tmp_path, "db.example", "bus.example")
    for user in ("identity", "notification", "sandbox"):
        assert (tmp_path / user / "wechat-official-appid").read_text() == "wx0123456789abcdef"
    assert "@db.example:5432/filing" in (tmp_path / "filing" / "database-url").read_text()
    assert "@bus.example:5672/" in (tmp_path / "filing" / "bus-url").read_text()


def test_only_their_owner_passes_the_door(secrets: Path) -> None:
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert stat.S_IMODE((secrets / "values").stat().st_mode) == 0o700
    for path in (secrets / "values").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    for folder in secrets.iterdir():
        if folder.name != "values":  # a container's user must be able to read them
            assert stat.S_IMODE(folder.stat().st_mode) == 0o755
            assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o644}


@pytest.mark.parametrize("caller", PACKAGES)
def test_every_service_knows_every_other_by_its_key(secrets: Path, caller: str) -> None:
    public = secrets / "service-public-keys"
    token = ServiceTokens(caller, secrets / caller / "service-key.pem", public).make("filing")
    callee = ServiceTokens("filing", secrets / "filing" / "service-key.pem", public)
    assert callee.caller(token, frozenset({caller})) == caller


def test_the_broker_is_given_a_hash_of_the_very_password_in_the_urls(secrets: Path) -> None:
    user = json.loads((secrets / "rabbitmq" / "definitions.json").read_text())["users"][0]
    kept = base64.b64decode(user["password_hash"])
    for package in PACKAGES:
        password = urlsplit((secrets / package / "bus-url").read_text()).password or ""
        assert kept[4:] == hashlib.sha256(kept[:4] + password.encode()).digest()


def test_the_callback_key_is_43_characters_of_32_bytes(secrets: Path) -> None:
    key = (secrets / "notification" / "wechat-callback-aes-key").read_text()
    assert len(key) == 43
    assert len(base64.b64decode(key + "=", validate=True)) == 32


def test_they_become_secrets_of_the_same_names_and_keys(tmp_path: Path) -> None:
    """The real kubectl makes them. Only `apply`, which needs a cluster, is recorded instead."""
    stand_in = tmp_path / "bin" / "kubectl"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\ncase $1 in apply) cat; echo ---;; *) exec {KUBECTL} "$@";; esac\n')
    stand_in.chmod(0o755)
    env = {"PATH": f"{stand_in.parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    script = ROOT / "deploy/kubernetes/secrets.sh"
    done = subprocess.run([script, "qj", tmp_path / "made"], env=env, check=True, capture_output=True, text=True)
    made = {one["metadata"]["name"]: one for one in yaml.safe_load_all(done.stdout) if one}
    assert {one["metadata"]["namespace"] for one in made.values()} == {"qj"}
    for folder in (*PACKAGES, "sandbox", "service-public-keys", "token-keys", "bus-user"):
        data = made[folder]["data"]
        assert {key: base64.b64decode(value).decode() for key, value in data.items()} == contents(
            tmp_path / "made" / folder
        )
    for package in PACKAGES:
        database, url = (
            made[f"database-{package}"],
            urlsplit((tmp_path / "made" / package / "database-url").read_text()),
        )
        assert database["type"] == "kubernetes.io/basic-auth"
        assert base64.b64decode(database["data"]["username"]).decode() == url.username
        assert base64.b64decode(database["data"]["password"]).decode() == url.password
        assert url.hostname == "postgres-rw"  # CloudNativePG's Service for the primary of `postgres`


def test_a_new_token_key_signs_after_every_service_knows_it_and_the_old_one_can_go(tmp_path: Path) -> None:
    script, folder = ROOT / "deploy/docker/secrets.sh", tmp_path / "secrets"
    subprocess.run([script, folder], check=True)
    subprocess.run([script, folder], check=True, env=os.environ | {"NEW_TOKEN_KEY": "yes"})
    first, fresh = sorted(path.name for path in (folder / "token-keys").iterdir())
    assert first == "0001.pem"
    begins = datetime.strptime(fresh, NAME).replace(tzinfo=UTC)
    assert LEAD - timedelta(minutes=1) < begins - datetime.now(UTC) <= LEAD
    signer = TokenSigner(folder / "token-keys")
    assert len(signer.jwks()["keys"]) == 2
    (folder / "values" / "token-key.pem").unlink()
    (folder / "token-keys" / first).unlink()
    subprocess.run([script, folder], check=True)
    assert [path.name for path in (folder / "token-keys").iterdir()] == [fresh], "the old one is not made again"
