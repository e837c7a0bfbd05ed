"""Fields that hold what PostgreSQL can store, paging, sorting, selections."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields
from sqlalchemy import SQLColumnExpression, column

from chassis.errors import Invalid
from chassis.ids import new_id
from chassis.paging import MAX_PAGE, MAX_SIZE, PageArgs, ordering, page_schema
from chassis.schema import Passed, Phone, Schema, Text, storable
from chassis.selections import MAX_IDS, freeze, selection_schema


class Form(Schema):
    name = Text(max=5, min=1)
    note = Text(max=5)
    code = Text(pattern="[A-Z]{2}")
    phone = Phone()
    passed = Passed()


def codes(body: dict[str, Any]) -> dict[str, str]:
    """field -> code of its one error."""
    from chassis.problems import field_errors

    try:
        Form().load(body)
    except ValidationError as error:
        return {found.field: found.code for found in field_errors(error.messages)}
    return {}


@pytest.mark.parametrize("value", ["a\x00", float("nan"), [float("inf")], {"\ud800": 1}, {"a": [{"b": "\x00"}]}])
def test_what_is_passed_on_can_be_stored_whatever_it_holds(value: Any) -> None:
    assert list(codes({"passed": {"a": value}}).values()) == ["invalid_character"]
    assert codes({"passed": {"a": [1, 1.5, None, True, "x", {"b": []}]}}) == {}


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "\ud800", "x\udfff"])
def test_what_cannot_be_stored_is_refused(text: str) -> None:
    assert codes({"name": text, "note": text}) == {"name": "invalid_character", "note": "invalid_character"}
    assert not storable(text)


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u3000"])
def test_blank_is_nothing_where_something_is_needed(text: str) -> None:
    assert codes({"name": text}) == {"name": "required"}
    assert Form().load({"note": text}) == {"note": ""}


def test_text_is_trimmed_and_then_measured() -> None:
    assert Form().load({"name": "  水表 "}) == {"name": "水表"}
    assert codes({"name": "12345"}) == {}
    assert codes({"name": "123456"}) == {"name": "too_long"}
    assert codes({"name": "  12345  "}) == {}
    assert codes({"name": "𠮷" * 5}) == {}


@pytest.mark.parametrize("value", [5, 1.5, True, [], {}])
def test_text_is_text(value: Any) -> None:
    assert codes({"name": value}) == {"name": "not_text"}


@pytest.mark.parametrize(("text", "fits"), [("AB", True), ("ABC", False), ("xAB", False), ("AB\nC", False)])
def test_a_pattern_is_for_the_whole(text: str, fits: bool) -> None:
    assert bool(codes({"code": text})) is not fits


@pytest.mark.parametrize("phone", ["13800138000", "19912345678", " 13800138000 "])
def test_a_mobile_number(phone: str) -> None:
    assert Form().load({"phone": phone}) == {"phone": phone.strip()}


@pytest.mark.parametrize("phone", ["", "1380013800", "138001380000", "12800138000", "+8613800138000", "1380013800a", "１３８００１３８０００"])  # fmt: skip
def test_no_mobile_number(phone: str) -> None:
    assert set(codes({"phone": phone})) == {"phone"}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5))
def test_any_short_text_that_can_be_stored_is_taken(text: str) -> None:
    assert Form().load({"note": text}) == {"note": text.strip()}


# -- pages -----------------------------------------------------------------------------------------------------


def test_a_page_has_bounds() -> None:
    assert PageArgs().load({}) == {"page": None, "page_size": 15, "cursor": None, "sort": ""}
    for wrong in ({"page": 0}, {"page": MAX_PAGE + 1}, {"page": 10**30}, {"page_size": 0}, {"page_size": MAX_SIZE + 1},
                  {"cursor": "x"}, {"cursor": "1; --"}, {"cursor": "", "page": 1}, {"cursor": "", "sort": "a"}):  # fmt: skip
        with pytest.raises(ValidationError):
            PageArgs().load(wrong)


COLUMNS: dict[str, SQLColumnExpression[Any]] = {"name": column("name"), "at": column("created_at")}


@pytest.mark.parametrize(
    ("sort", "sql"),
    [
        ("", []),
        (",,", []),
        ("name", ["name ASC NULLS LAST"]),
        ("-at, name", ["created_at DESC NULLS LAST", "name ASC NULLS LAST"]),
    ],
)
def test_sort_is_read_left_to_right(sort: str, sql: list[str]) -> None:
    assert [str(one) for one in ordering(sort, COLUMNS)] == sql


@pytest.mark.parametrize("sort", ["created_at", "--name", "name desc", "name,secret", "-"])
def test_only_what_is_named_can_be_sorted_by(sort: str) -> None:
    with pytest.raises(Invalid) as caught:
        ordering(sort, COLUMNS)
    assert [(e.field, e.code) for e in caught.value.errors] == [("sort", "not_sortable")]
    assert "name, at" in caught.value.errors[0].zh


def test_the_envelope_is_named_after_its_items() -> None:
    class PenView(Schema):
        name = fields.String()

    assert page_schema(PenView).__name__ == "PenPage"
    assert page_schema(PenView) is page_schema(PenView)


# -- selections ------------------------------------------------------------------------------------------------


class Filter(Schema):
    state = Text()


Selection = selection_schema(Filter, "Pen")


@pytest.mark.parametrize("body", [{"ids": [str(new_id())]}, {"filter": {}}, {"filter": {"state": "x"}, "expect": 0}, {"all": True}])  # fmt: skip
def test_a_selection_is_one_of_three(body: dict[str, Any]) -> None:
    assert set(Selection().load(body)) == set(body)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"all": False}, {"ids": []}, {"ids": ["7"]}, {"ids": [str(new_id())], "all": True}, {"expect": 3},
        {"filter": {"stat": "x"}}, {"all": True, "expect": -1}, {"filter": {}, "all": True}, {"everything": True},
        {"ids": [str(new_id())] * (MAX_IDS + 1)},
    ],
    ids=lambda body: str(body)[:40],
)  # fmt: skip
def test_anything_else_is_none(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Selection().load(body)


def test_ids_stay_in_their_order_and_once() -> None:
    one, two = new_id(), new_id()

    def never(*_: Any) -> Any:
        raise AssertionError("named ids are not looked up")

    session: Any = None
    assert freeze(session, {"ids": [two, one, two]}, by_filter=never, every=never) == [two, one]
