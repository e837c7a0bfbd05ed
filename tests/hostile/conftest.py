"""Shared by the hostile tests. Each test starts with accounts without failed sign-ins."""

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
    """Resets failed sign-ins: earlier tests tried many wrong passwords, so demo accounts would need a captcha."""
    with psycopg.connect(platform.database_urls["identity"]) as db:
        db.execute("TRUNCATE login_guard")
