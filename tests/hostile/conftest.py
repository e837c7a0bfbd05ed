"""A whole platform of its own to be nasty to; the journey's client is next door."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from launcher.servers import Platform, platform

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "journeys"), str(HERE.parent / "contracts")]


@pytest.fixture(scope="session")
def whole_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform(tmp_path_factory.mktemp("platform"), tier=os.environ.get("TIER")) as running:
        yield running


@pytest.fixture(autouse=True, scope="module")
def _forgiven(whole_platform: Platform) -> None:
    _forgive(whole_platform)


@pytest.fixture(autouse=True)
def _forgiven_again(whole_platform: Platform) -> None:
    _forgive(whole_platform)


def _forgive(platform: Platform) -> None:
    """Earlier tests tried many wrong passwords for the demo accounts, which ask for a captcha since."""
    with psycopg.connect(platform.database_urls["identity"]) as db:
        db.execute("TRUNCATE login_guard")
