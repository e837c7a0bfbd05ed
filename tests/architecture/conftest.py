"""One application a service for all tests of this folder."""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

sys.path.insert(0, str(Path(__file__).parent))  # pytest's importlib mode leaves it out
sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))

from service_apps import build


@pytest.fixture(scope="session")
def app_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Flask]:
    """`app_of("filing")`: its application, without a server."""
    return cache(lambda package: build(package, tmp_path_factory.mktemp(package)))
