"""One application and one migrated database for each service, shared by all tests of this folder."""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

sys.path.insert(0, str(Path(__file__).parent))  # pytest's importlib mode leaves it out
sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))

from service_apps import build, service

from chassis import migrations
from chassis.testing import servers


@pytest.fixture(scope="session")
def app_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Flask]:
    """`app_of("filing")`: its application, without a server."""
    return cache(lambda package: build(package, tmp_path_factory.mktemp(package)))


@pytest.fixture(scope="session")
def migrated() -> Callable[[str], str]:
    """`migrated("filing")`: the URL of a database at its newest migration. Tests only read it."""

    @cache
    def url_of(package: str) -> str:
        url = servers.create_database(package)
        migrations.upgrade(service(package).migrations, url)
        return url

    return url_of


@pytest.fixture
def empty_database() -> str:
    return servers.create_database("triggers")
