"""One whole platform for all tests under this folder that need one: on free ports, with its own data, gone afterwards."""

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

# After so many seconds pgmq hands out again what a killed consumer held (a minute by default); RabbitMQ does so at once.
REDELIVERY = 5


@pytest.fixture(scope="session")
def collected() -> Iterator[Collector]:
    """Takes the spans of the whole platform."""
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
    """The journey of this session. Its own tests take the steps, one by one."""
    from story import Story

    return Story(whole_platform.gateway_url, whole_platform.sandbox_url, seed=random.randrange(10**9))


@pytest.fixture(scope="session")
def told_story(begun_story: "Story") -> "Story":
    """The same with every step taken: those that no test took are taken now."""
    from journey import STEPS

    for _, step in STEPS:
        begun_story.take(step)
    return begun_story
