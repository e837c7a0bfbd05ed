"""The modules of the hostile tests; every test finds accounts that nobody has tried to guess."""

import sys
from pathlib import Path

import psycopg
import pytest

from launcher.servers import Platform

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "contracts")]


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
