"""A search by parts: any case and width, never across two texts."""

import pytest

from chassis.searching import sought, words


@pytest.mark.parametrize(
    ("q", "found"), [("ａcs", True), ("天河路", True), ("30 天", False), ("30天", False), ("ACS-30", True), ("", True)]
)
def test_a_part_of_one_text_is_found(q: str, found: bool) -> None:
    assert (sought(q) in words(["ACS-30", "天河路 39 号"])) is found
