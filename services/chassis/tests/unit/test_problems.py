"""The sentences of the libraries below, in the user's language."""

import inspect
import re

import marshmallow as ma
import pytest
from marshmallow import fields, validate

from chassis.problems import field_errors

WORD = re.compile(r"[A-Za-z]{2,}")
TECHNICAL = {"RFC", "true", "false"}
VALIDATORS = [
    validate.Length(min=1, max=20), validate.Length(min=2), validate.Length(max=20), validate.Length(equal=5),
    validate.OneOf(["safety", "medical"]), validate.Regexp("[0-9]{6}"), validate.Equal("x"),
    validate.Range(min=1, max=9), validate.Range(min=1), validate.Range(max=9), validate.Range(min=0, min_inclusive=False),
    validate.Range(max=9, max_inclusive=False),
]  # fmt: skip


def said(validator: validate.Validator) -> str:
    for wrong in ("", "x" * 50, -1, 100):
        try:
            validator(wrong)
        except ma.ValidationError as error:
            return str(error.messages[0])
        except TypeError:
            continue
    raise AssertionError(validator)


# `Field` itself, and what is not a value that a client sends, have messages that no answer holds.
OF_FIELDS = {
    f"{name}.{key}": message.format(input="x", obj_type="datetime", choices="a, b", awareness="naive")
    for name, field in inspect.getmembers(fields, inspect.isclass)
    if issubclass(field, fields.Field)
    for key, message in field.default_error_messages.items()
    if key not in ("validator_failed", "special", "format") and not name.startswith(("IP", "Tuple", "Mapping", "Url", "URL", "Email", "Enum"))
}  # fmt: skip
MESSAGES = list(OF_FIELDS.values()) + [said(one) for one in VALIDATORS] + ["Unknown field.", "Invalid input type."]


@pytest.mark.parametrize("message", sorted(set(MESSAGES)))
def test_no_english_sentence_reaches_a_chinese_answer(message: str) -> None:
    [error] = field_errors({"json": {"x": [message]}})
    assert [word for word in WORD.findall(error.zh) if word not in TECHNICAL] == []
    assert (error.field, error.en != "") == ("x", True)
    assert error.code != "invalid", "it has words of its own"


def test_what_is_not_known_is_no_english_either() -> None:
    [error] = field_errors({"json": {"x": ["Something new of the library."]}})
    assert (error.code, WORD.findall(error.zh), error.en) == ("invalid", [], "Something new of the library.")


def test_a_length_and_an_option_say_what_would_be_right() -> None:
    [length] = field_errors({"json": {"roles": [said(validate.Length(min=1, max=20))]}})
    assert length.zh == "应为 1 到 20 个字符（或项）。"
    [option] = field_errors({"json": {"purpose": [said(validate.OneOf(["safety", "medical"]))]}})
    assert (option.code, option.en) == ("not_an_option", "Must be one of: safety, medical.")
