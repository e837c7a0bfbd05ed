"""The README's map of the manual names tests that are there."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
NAMED = re.findall(r"`((?:unit|db|api|messages)/\w+\.py)::(test_\w+)`", (TESTS.parent / "README.md").read_text("utf-8"))


def test_every_test_that_the_readme_names_is_there() -> None:
    assert len(NAMED) > 30
    missing = [f"{file}::{name}" for file, name in NAMED if f"def {name}(" not in (TESTS / file).read_text("utf-8")]
    assert missing == []
