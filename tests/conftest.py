"""One whole platform for all tests below this folder: on free ports, with its own data, deleted afterwards."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chassis.testing.collector import Collector, collector
from launcher.servers import Platform, platform

sys.path.insert(0, str(Path(__file__).parent / "journeys"))  # pytest's importlib mode leaves it out

if TYPE_CHECKING:
    from story import Story

# pgmq redelivers the messages of a killed consumer after so many seconds (default 60); RabbitMQ does so at once.
REDELIVERY = 5


@pytest.fixture(scope="session")
def collected() -> Iterator[Collector]:
    """Collects the spans of the whole platform."""
    with collector() as found:
        yield found


@pytest.fixture(scope="session")
def whole_platform(tmp_path_factory: pytest.TempPathFactory, collected: Collector) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("platform")
    settings = {"OTLP_ENDPOINT": collected.url, "REDELIVERY_SECONDS": str(REDELIVERY)}
    with platform(folder, with_portal=True, **settings) as running:
        yield running


@pytest.fixture(scope="session")
def begun_story(whole_platform: Platform) -> "Story":
    """The journey of this session. Its own tests take the steps one by one."""
    from story import Story

    return Story(whole_platform.gateway_url, whole_platform.sandbox_url, seed=random.randrange(10**9))


@pytest.fixture(scope="session")
def told_story(begun_story: "Story") -> "Story":
    """The same journey after every step: it takes those that no test has taken."""
    from journey import STEPS

    for _, step in STEPS:
        begun_story.take(step)
    return begun_story
