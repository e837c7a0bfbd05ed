"""Fixtures of the chassis's tests: the shop (shop_service) takes the part of a service."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

sys.path.insert(0, str(Path(__file__).parent))  # pytest's importlib mode leaves it out

from keys import write_key_pair
from shop_service import background, consumers
from shop_service.app import SERVICE

from chassis.app import create_app
from chassis.auth import KeySet
from chassis.runtime import Runtime, Service
from chassis.testing import jwks

pytest_plugins = ["chassis.testing.plugin"]
CONTRACTS = Path(__file__).parent / "shop_service" / "contracts"


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """<name>.key the private, <name>.pem the public keys of the shop and of its depot."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("shop", "depot"):
        write_key_pair(folder, name)
    return folder


def shop_settings(database_url: str, key_folder: Path, files: Path, **more: Any) -> Any:
    values: dict[str, Any] = {
        "database_url": database_url,
        "bus_url": "amqp://guest:guest@127.0.0.1:1/",
        "contracts_dir": CONTRACTS,
        "files_dir": files,
        "service_key_file": key_folder / "shop.key",
        "service_public_keys_dir": key_folder,
        "public_url": "http://127.0.0.1:8080",
        "identity_url": "http://127.0.0.1:1",
        "log_level": "ERROR",
    } | more
    return SERVICE.settings(**values)


@pytest.fixture(scope="session")
def session_runtime(database_url: str, key_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    runtime = Runtime(SERVICE, shop_settings(database_url, key_folder, tmp_path_factory.mktemp("files")))
    runtime.keys = KeySet(jwks)
    yield runtime
    runtime.database.dispose()


@pytest.fixture(scope="session")
def session_app(session_runtime: Runtime) -> Flask:
    """As in production: what a view does not catch is answered, not raised."""
    return create_app(SERVICE, session_runtime)


@pytest.fixture(autouse=True)
def _nothing_is_left_over() -> Iterator[None]:
    yield
    consumers.failures["left"] = 0
    background.between.clear()
    background.given_back.clear()
