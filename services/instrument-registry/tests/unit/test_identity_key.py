"""The same instrument, however it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.identity_key import identity_key, normal

ONE = ("电子计价秤", "ACS-30", "A0001", "")
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@pytest.mark.parametrize(
    "typed",
    [
        ("电子计价秤", "ＡＣＳ－３０", "Ａ０００１", ""),  # full width
        ("电子计价秤", "acs-30", "a0001", ""),
        (" 电子计价秤 ", "\tACS-30\n", "\u3000A0001\u3000", "  "),
        ("电子计价秤", "ＡcＳ-30 ", "a０001", "\u3000"),
    ],
)
def test_width_case_and_blanks_around_do_not_matter(typed: tuple[str, str, str, str]) -> None:
    assert identity_key(*typed) == identity_key(*ONE)


@pytest.mark.parametrize(
    "other",
    [
        ("电子计价秤", "ACS-30", "A0002", ""),
        ("电子计价秤", "ACS-30", "A0001", "1"),
        ("电子计价秤", "ACS-30", "", "A0001"),
        ("电子 计价秤", "ACS-30", "A0001", ""),
        ("电子计价秤ACS-30", "", "A0001", ""),
        ("电子计价秤", "ACS30", "A0001", ""),
    ],
)
def test_anything_else_is_another(other: tuple[str, str, str, str]) -> None:
    assert identity_key(*other) != identity_key(*ONE)


def test_case_is_folded_not_only_lowered() -> None:
    assert normal("STRASSE") == normal("straße")
    assert normal("ΣΑΣ") == normal("σας")


@given(st.tuples(TEXT, TEXT, TEXT, TEXT), st.tuples(TEXT, TEXT, TEXT, TEXT))
def test_keys_are_equal_exactly_for_equal_normal_forms(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    same = [normal(part) for part in one] == [normal(part) for part in two]
    assert (identity_key(*one) == identity_key(*two)) is same


@given(TEXT)
def test_a_key_has_32_bytes(text: str) -> None:
    assert len(identity_key(text, text, text, text)) == 32
