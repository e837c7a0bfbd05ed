"""The journey of `make demo`, each step and the final state asserted."""

import random
from typing import Any

import pytest
from journey import STEPS
from story import Story


@pytest.fixture(scope="module")
def story(whole_platform: Any) -> Story:
    return Story(whole_platform.gateway_url, whole_platform.sandbox_url, seed=random.randrange(10**9))


@pytest.mark.parametrize("step", [step for _, step in STEPS], ids=[step.__name__ for _, step in STEPS])
def test_journey(story: Story, step: Any) -> None:
    if story.facts.get("broken"):
        pytest.fail(f"an earlier step failed: {story.facts['broken']}")
    story.facts["broken"] = step.__name__
    step(story)
    story.facts["broken"] = None
