"""The journey of `make demo`, each step and the final state asserted."""

from typing import Any

import pytest
from journey import STEPS
from story import Story

NAMES = [step.__name__ for _, step in STEPS]


@pytest.mark.parametrize("step", [step for _, step in STEPS], ids=NAMES)
def test_journey(begun_story: Story, step: Any) -> None:
    for earlier in NAMES[: NAMES.index(step.__name__)]:
        if earlier not in begun_story.taken:
            pytest.fail(f"an earlier step failed: {earlier}")
    begun_story.take(step)
