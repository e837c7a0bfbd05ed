"""The services of this checkout and their applications, built without a server, for tests that only inspect them.

This module defines which services there are: every folder services/*/src/<package> except the chassis. If a service cannot
be imported, each test that uses it fails.
"""

import dataclasses
import importlib
import typing
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from chassis.app import create_app
from chassis.runtime import Runtime, Service

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:1"


def _packages() -> dict[str, Path]:
    found = sorted(path.parent for path in ROOT.glob("services/*/src/*/__init__.py"))
    return {path.name: path for path in found if path.name != "chassis"}


PACKAGES = _packages()  # package -> its folder under src
CHASSIS = ROOT / "services" / "chassis" / "src" / "chassis"


@cache
def service(package: str) -> Service:
    """Returns the SERVICE of a package. Raises ImportError if the package has no app.py."""
    found: Service = importlib.import_module(f"{package}.app").SERVICE
    return found


def build(package: str, folder: Path) -> Flask:
    """Builds the web application of a service with invented settings and keys under `folder`, without a database."""
    chosen = service(package)
    app = create_app(chosen, Runtime(chosen, settings(chosen, folder)))
    app.testing = True
    return app


def settings(service: Service, folder: Path) -> Any:
    """Returns settings for `service`: every field without a default gets a value of its type."""
    keys = folder / "keys"
    keys.mkdir(exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (keys / "key.pem").write_bytes(private)
    values: dict[str, Any] = {
        "database_url": "postgresql://nobody:none@127.0.0.1:1/none",
        "bus_url": "amqp://nobody:none@127.0.0.1:1/",
        "contracts_dir": ROOT / "contracts",
        "files_dir": folder / "files",
        "service_key_file": keys / "key.pem",
        "log_level": "ERROR",
    }
    hints = typing.get_type_hints(service.settings)
    for field in dataclasses.fields(service.settings):
        if field.name in values or field.default is not dataclasses.MISSING:
            continue
        if hints[field.name] is Path:
            values[field.name] = keys
        else:  # 43 letters are a valid key
            values[field.name] = NOWHERE if field.name.endswith("_url") else "a" * 43
    return service.settings(**values)
