"""A whole platform of its own for the journeys: on free ports, with its own data, gone afterwards."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from launcher.servers import platform

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def whole_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with platform(tmp_path_factory.mktemp("platform"), tier=os.environ.get("TIER")) as running:
        yield running
