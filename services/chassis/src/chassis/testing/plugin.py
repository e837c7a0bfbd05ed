"""Fixtures for the tests of a service. Its conftest.py says `pytest_plugins = ["chassis.testing.plugin"]` and gives a
session fixture `service`; `extra_settings` where it has settings of its own.

One database a run, made by the real migrations; its tables are emptied after each test that used it. What many tests
begin with is told once and then put back: `snapshots.put(name, make)`.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy.orm import Session

from chassis import clock, migrations
from chassis.actor import Actor
from chassis.app import create_app
from chassis.auth import KeySet
from chassis.db import ALL
from chassis.runtime import Runtime, Service
from chassis.testing import Caller, jwks, servers
from chassis.testing.snapshots import Snapshots

CONTRACTS = Path(os.environ.get("CONTRACTS_DIR") or Path(__file__).resolve().parents[5] / "contracts")


@pytest.fixture(scope="session")
def extra_settings() -> dict[str, Any]:
    """Settings of the service beyond the common ones."""
    return {}


@pytest.fixture(scope="session")
def database_url(service: Service) -> str:
    url = servers.create_database(service.name)
    migrations.upgrade(service.migrations, url)
    return url


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Service keys: <service>.pem the public, <service>.key the private ones."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("identity", "registry", "filing", "booking", "notification"):
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (folder / f"{name}.key").write_bytes(private)
        (folder / f"{name}.pem").write_bytes(public)
    return folder


@pytest.fixture(scope="session")
def session_runtime(
    service: Service, database_url: str, key_folder: Path, tmp_path_factory: pytest.TempPathFactory,
    extra_settings: dict[str, Any],
) -> Iterator[Runtime]:  # fmt: skip
    settings = service.settings(
        database_url=database_url,
        bus_url="amqp://guest:guest@127.0.0.1:1/",
        contracts_dir=CONTRACTS,
        files_dir=tmp_path_factory.mktemp("files"),
        service_key_file=key_folder / f"{service.name}.key",
        service_public_keys_dir=key_folder,
        public_url="http://127.0.0.1:8080",
        identity_url="http://127.0.0.1:1",
        log_level="ERROR",
        **extra_settings,
    )
    runtime = Runtime(service, settings)
    runtime.keys = KeySet(_with_test_key(runtime.keys.fetch))
    yield runtime
    runtime.database.dispose()


def _with_test_key(fetch: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """The service's own key set (where it can be had without a network) and the key that tests sign with."""

    def both() -> dict[str, Any]:
        try:
            keys = fetch()["keys"]
        except OSError:
            keys = []
        return {"keys": [*keys, *jwks()["keys"]]}

    return both


@pytest.fixture(scope="session")
def snapshots(session_runtime: Runtime) -> Iterator[Snapshots]:
    kept = Snapshots(session_runtime.settings.database_url)
    yield kept
    kept.close()


@pytest.fixture
def runtime(session_runtime: Runtime, snapshots: Snapshots) -> Iterator[Runtime]:
    """The service at work on an empty database."""
    session_runtime.revoked.forget()
    yield session_runtime
    snapshots.empty()


@pytest.fixture(scope="session")
def session_app(session_runtime: Runtime) -> Flask:
    app = create_app(session_runtime.service, session_runtime)
    app.testing = True
    return app


@pytest.fixture
def app(session_app: Flask, runtime: Runtime) -> Flask:
    return session_app


@pytest.fixture
def db(runtime: Runtime) -> Iterator[Session]:
    """A session that sees everything; commit what the application is to see."""
    with runtime.database.transaction(ALL) as session:
        yield session


@pytest.fixture
def signed_in(app: Flask) -> Callable[[Actor | None], Caller]:
    """`signed_in(actor)`: a client of the application, signed in as that account; None for a stranger."""
    return lambda actor: Caller(app, actor)


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """`at(moment)` sets the platform's clock."""
    now = {"read": clock.now()}
    moved = {"on": False}

    def set_to(moment: datetime) -> None:
        now["read"], moved["on"] = moment, True

    real = clock._system
    with clock.use(lambda: now["read"] if moved["on"] else real()):
        yield set_to
