"""A whole platform of its own for the journeys: on free ports, with its own data, gone afterwards."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.testing.collector import Collector, collector
from launcher.servers import Platform, platform

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def collected() -> Iterator[Collector]:
    """Takes the spans of the whole platform."""
    with collector() as found:
        yield found


@pytest.fixture(scope="session")
def whole_platform(tmp_path_factory: pytest.TempPathFactory, collected: Collector) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("platform")
    with platform(folder, tier=os.environ.get("TIER"), OTLP_ENDPOINT=collected.url) as running:
        yield running
