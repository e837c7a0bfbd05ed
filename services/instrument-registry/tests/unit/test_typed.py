"""The form stores what the import stores, so that an export can be imported again without a change."""

from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from marshmallow import ValidationError

from registry.api.schemas import InstrumentChanges
from registry.domain.rules import Reference
from registry.workbooks.judge import judge_one

FORM = InstrumentChanges()
NOTHING = Reference(date(2026, 11, 24), {}, {})


def by_form(key: str, text: str) -> Any:
    """The stored value; None where it is refused."""
    try:
        return FORM.load({key: text})[key]
    except ValidationError:
        return None


def by_import(key: str, header: str, text: str) -> Any:
    row, values = judge_one(2, {header: text}, NOTHING)
    return None if any(h == header and f.code != "kind_unknown" for h, _, f in row.errors) else values[key]


@given(st.text(st.characters(codec="utf-8"), max_size=20))
@example("\u3000a\u3000")
@example("e\u0301")
@example("\x85")
@example("a\u3000 ")
@example("#NULL!")
def test_what_the_form_stored_is_what_the_import_would_store(text: str) -> None:
    stored = by_form("remark", text)
    if stored is not None:
        assert by_import("remark", "备注", stored) == stored


@pytest.mark.parametrize(
    ("text", "stored"),
    [("020-8765 4321", "02087654321"), ("１３８00138000", "13800138000"), ("", ""), ("12345", None), ("电话", None)],
)
def test_a_phone_is_stored_without_blanks_and_dashes(text: str, stored: str | None) -> None:
    assert by_form("phone", text) == stored == by_import("phone", "联系电话", text)


def test_full_width_codes_are_half_width_and_control_characters_are_refused() -> None:
    assert by_form("kind_code", "０２０１００") == "020100"
    assert by_form("name", "a\x07b") is None
    assert by_form("name", "\u3000") is None
    assert by_form("remark", "a\r\nb") == "a\nb"


@pytest.mark.parametrize("text", ["#N/A", " #REF! ", "＃DIV/0!"])
def test_the_error_value_of_a_spreadsheet_is_no_value(text: str) -> None:
    assert by_form("kind_code", text) is None
    assert text.startswith("＃") or by_form("remark", text) is None
