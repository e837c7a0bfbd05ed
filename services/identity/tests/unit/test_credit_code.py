"""Unified social credit codes: the last character catches any single slip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.domain.credit_code import ALPHABET, check_character, is_valid

FIRST_17 = st.text(alphabet=ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize(
    "code", ["91440101MA59KQ1H8R"[:17] + check_character("91440101MA59KQ1H8"), "91350100M000100Y43"]
)
def test_a_right_code(code: str) -> None:
    assert is_valid(code)


@given(FIRST_17)
def test_each_code_has_one_check_character(first: str) -> None:
    fits = [c for c in ALPHABET if is_valid(first + c)]
    assert fits == [check_character(first)]


@given(FIRST_17, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_changed_character_is_refused(first: str, place: int, other: str) -> None:
    code = first + check_character(first)
    if other != code[place]:
        assert not is_valid(code[:place] + other + code[place + 1 :])


@given(FIRST_17, st.integers(0, 16))
def test_two_neighbours_in_the_wrong_order_are_refused(first: str, place: int) -> None:
    code = first + check_character(first)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert swapped == code or not is_valid(swapped)


@pytest.mark.parametrize(
    "code",
    ["", "91350100M000100Y4", "91350100M000100Y433", "91350100m000100y43", "91350100M0001O0Y43", "９１350100M000100Y43", " 91350100M000100Y43", "I" * 18],
)  # fmt: skip
def test_what_has_not_the_form_is_refused(code: str) -> None:
    assert not is_valid(code)
