"""A whole platform of its own for the fault tests; the journey's modules are next door."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.servers import Platform, platform

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "journeys"), str(HERE.parent / "contracts")]


@pytest.fixture(scope="session")
def whole_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with platform(tmp_path_factory.mktemp("platform"), tier=os.environ.get("TIER")) as running:
        yield running
