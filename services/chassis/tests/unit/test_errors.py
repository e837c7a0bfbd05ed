"""Errors and the problem document: one table of words, both languages, stable codes."""

from collections.abc import Iterator

import pytest
from flask import Flask
from marshmallow import ValidationError, fields, validate

from chassis import context, errors
from chassis.errors import FieldError, IllegalMove, Invalid, NotFound, ServiceError, TooMany, invalid
from chassis.problems import Message, field_errors, problem
from chassis.schema import Schema, Text


def families(root: type[ServiceError] = ServiceError) -> Iterator[type[ServiceError]]:
    for one in root.__subclasses__():
        if one.__module__ == errors.__name__:
            yield one
            yield from families(one)


def test_the_families_fix_the_status() -> None:
    found = {one.__name__: one.status for one in families()}
    assert found == {
        "Malformed": 400, "Unauthorized": 401, "Forbidden": 403, "NotFound": 404, "Conflict": 409, "IllegalMove": 409,
        "Stale": 412, "TooLarge": 413, "Unsupported": 415, "Invalid": 422, "Precondition": 428, "TooMany": 429,
        "Unavailable": 503, "WorkbookInvalid": 422,
    }  # fmt: skip


def test_codes_are_unique_and_words_exist_in_both_languages() -> None:
    codes = [one.code for one in families()]
    assert len(set(codes)) == len(codes)
    for one in families():
        assert one.en.isascii(), one
        assert not one.zh.isascii(), one


def test_words_are_filled_with_values() -> None:
    error = IllegalMove(state="approved", move="withdraw")
    assert error.message("en") == "Not possible in state approved: withdraw."
    assert error.message("zh") == "当前状态（approved）不允许此操作（withdraw）。"
    assert str(error) == error.message("en")


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("words")
    with app.app_context(), context.work(context.Context(request_id="request-1", language="en")):
        yield app


@pytest.mark.usefixtures("app")
def test_a_problem_document_has_the_envelope_of_the_api() -> None:
    response = problem(invalid("org.name", "too_long", "太长", "Too long."))
    assert (response.status_code, response.content_type) == (422, "application/problem+json")
    assert response.get_json() == {
        "type": "urn:qj:problem:invalid", "title": "Invalid", "status": 422, "code": "invalid",
        "detail": "Some fields are wrong.", "request_id": "request-1",
        "errors": [{"field": "org.name", "code": "too_long", "message": "Too long."}],
    }  # fmt: skip


@pytest.mark.usefixtures("app")
def test_the_language_of_the_request_decides_the_words() -> None:
    error = Invalid(errors=[FieldError("a", "b", "中文", "English")])
    with context.work(context.Context(language="zh")):
        body = problem(error).get_json()
    assert body["detail"] == Invalid.zh
    assert body["errors"][0]["message"] == "中文"


@pytest.mark.usefixtures("app")
def test_headers_that_belong_to_an_error_are_sent() -> None:
    assert problem(TooMany(retry_after=7)).headers["Retry-After"] == "7"
    assert problem(errors.Unauthorized()).headers["WWW-Authenticate"] == "Bearer"
    assert "Retry-After" not in problem(NotFound()).headers


# -- field errors ----------------------------------------------------------------------------------------------


class Inner(Schema):
    name = Text(max=3, min=1, required=True)


class Outer(Schema):
    inner = fields.Nested(Inner)
    items = fields.List(fields.Nested(Inner), validate=validate.Length(max=2))
    count = fields.Integer(validate=validate.Range(min=1, max=5))
    low = fields.Integer(validate=validate.Range(min=1))
    high = fields.Float(validate=validate.Range(max=2.5))
    day = fields.Date()
    at = fields.AwareDateTime()
    id = fields.UUID()
    yes = fields.Boolean()
    word = fields.String(validate=validate.OneOf(["a", "b"]))
    exact = fields.String(validate=validate.Length(equal=2))


@pytest.mark.parametrize(
    ("body", "field", "code", "en"),
    [
        ({"inner": {}}, "inner.name", "required", "This field is required."),
        ({"inner": {"name": None}}, "inner.name", "required", "This field may not be null."),
        ({"inner": {"name": "  "}}, "inner.name", "required", "This field is required."),
        ({"inner": {"name": 5}}, "inner.name", "not_text", "Must be text."),
        ({"inner": {"name": "abcd"}}, "inner.name", "too_long", "At most 3 characters or items."),
        ({"inner": []}, "inner", "not_an_object", "Must be an object."),
        ({"items": [{"name": "a"}, {"name": "abcd"}]}, "items.1.name", "too_long", "At most 3 characters or items."),
        ({"items": [{"name": "a"}] * 3}, "items", "too_long", "At most 2 characters or items."),
        ({"items": {}}, "items", "not_a_list", "Must be a list."),
        ({"count": 0}, "count", "out_of_range", "Must be from 1 to 5."),
        ({"count": 6}, "count", "out_of_range", "Must be from 1 to 5."),
        ({"count": "x"}, "count", "not_an_integer", "Must be a whole number."),
        ({"low": 0}, "low", "too_small", "Must not be less than 1."),
        ({"high": 3}, "high", "too_large", "Must not be more than 2.5."),
        ({"high": "x"}, "high", "not_a_number", "Must be a number."),
        ({"day": "2026-02-30"}, "day", "date_invalid", "Write the date as 2026-01-31."),
        ({"at": "yesterday"}, "at", "date_invalid", "Not a valid time (RFC 3339)."),
        ({"id": "7"}, "id", "not_an_id", "Not a valid id."),
        ({"yes": "perhaps"}, "yes", "not_a_boolean", "Must be true or false."),
        ({"word": "c"}, "word", "not_an_option", "Must be one of: a, b."),
        ({"exact": "abc"}, "exact", "wrong_length", "Must be 2 characters or items."),
        ({"other": 1}, "other", "unknown_field", "There is no such field."),
    ],
)  # fmt: skip
def test_every_sentence_of_the_framework_has_our_words(body: object, field: str, code: str, en: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Outer().load(body)  # type: ignore[arg-type]
    (found,) = field_errors({"json": caught.value.messages})
    assert (found.field, found.code, found.en) == (field, code, en)
    assert not found.zh.isascii()


def test_a_validators_own_message_keeps_its_code() -> None:
    (found,) = field_errors({"query": {"a": [Message("own", "中文", "English")]}})
    assert found == FieldError("a", "own", "中文", "English")


def test_a_sentence_that_nobody_knows_is_passed_on() -> None:
    (found,) = field_errors({"a": ["Strange."]})
    assert (found.field, found.code, found.en) == ("a", "invalid", "Strange.")


def test_a_field_called_like_a_place_keeps_its_name() -> None:
    (found,) = field_errors({"json": {"query": {"form": ["Missing data for required field."]}}})
    assert found.field == "query.form"
