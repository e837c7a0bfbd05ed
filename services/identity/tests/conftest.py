"""Fixtures of identity's tests."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.actor import Actor
from chassis.runtime import Runtime, Service
from chassis.testing import Caller, outside
from chassis.testing.snapshots import Snapshots
from identity.app import SERVICE

sys.path.append(str(Path(__file__).parent))  # pytest imports test files by path: their helpers need one

pytest_plugins = ["chassis.testing.plugin"]


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture(scope="session")
def world() -> Iterator[outside.Outside]:
    """WeChat and the SMS provider."""
    with outside.outside() as running:
        yield running


@pytest.fixture(scope="session")
def extra_settings(tmp_path_factory: pytest.TempPathFactory, world: outside.Outside) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("token-keys")
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / "1.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    nowhere = "http://127.0.0.1:1"
    urls = {f"{name}_url": nowhere for name in ("registry", "filing", "booking", "notification")}
    wechat = {name: value for name, value in outside.settings(world.url).items() if "callback" not in name}
    return (
        urls
        | wechat
        | {"token_keys_dir": folder, "wechat_open_url": world.url, "password_time_cost": 1, "password_memory_kib": 64}
    )


@pytest.fixture
def stranger(signed_in: Callable[[Actor | None], Caller]) -> Caller:
    return signed_in(None)


@pytest.fixture
def seeded(runtime: Runtime, snapshots: Snapshots) -> Runtime:
    """With reference data and the demo accounts."""
    assert SERVICE.seed is not None
    snapshots.put("demo", partial(SERVICE.seed, runtime, "demo"))
    return runtime
