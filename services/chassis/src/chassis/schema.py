"""Marshmallow schemas and fields that every service uses, corrected once."""

import re
from collections.abc import Callable
from itertools import chain
from math import isfinite
from typing import Any

import marshmallow as ma
from marshmallow import RAISE, ValidationError, fields, validate

from chassis.problems import Message

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
PHONE = r"1[3-9][0-9]{9}"
BINARY = {"type": "string", "format": "binary"}  # what a download is, in OpenAPI


def download_of(*kinds: str) -> dict[str, Any]:
    """The answers of a route that gives a file of one of these content types, for `@blp.doc(responses=…)`."""
    return {"200": {"description": "The file", "content": {kind: {"schema": BINARY} for kind in kinds}}}


_NUL = Message("invalid_character", "含有不能保存的字符。", "Contains a character that cannot be stored.")
BLANK = Message("required", "此项必填。", "This field is required.")
_PHONE = Message("phone_invalid", "手机号应为 11 位数字，不带 +86。", "A phone number has 11 digits, without +86.")


class Schema(ma.Schema):
    """Fields that are not declared are refused: nothing is assigned by chance."""

    class Meta:
        unknown = RAISE
        ordered = True


class Text(fields.String):
    """Text that PostgreSQL can store, trimmed, of bounded length; `blank=False` refuses an empty one."""

    def __init__(self, *, max: int = 200, min: int = 0, pattern: str | None = None, **kwargs: Any) -> None:
        rules: list[Any] = [validate.Length(max=max)]
        if pattern:
            rules.append(validate.Regexp(f"^(?:{pattern})$"))
        if min:
            kwargs["metadata"] = kwargs.get("metadata", {}) | {"minLength": min}
        self._min = min
        given = kwargs.pop("validate", None)
        if given is not None:
            rules += given if isinstance(given, list) else [given]
        super().__init__(validate=rules, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        check_storable(text)
        text = text.strip()
        if self._min and len(text) < self._min:
            raise ValidationError(
                BLANK
                if self._min == 1
                else Message("too_short", f"至少 {self._min} 个字符。", f"At least {self._min} characters.")
            )
        return text


class Passed(fields.Dict):
    """An object that another service judges: here it only has to be one that PostgreSQL can store."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        _check_json(found)
        return found


def _check_json(value: Any, deep: int = 20) -> None:
    if isinstance(value, str):
        check_storable(value)
    elif deep == 0 or (isinstance(value, float) and not isfinite(value)):
        raise ValidationError(_NUL)
    elif isinstance(value, dict | list):
        for inner in chain(value, value.values()) if isinstance(value, dict) else value:
            _check_json(inner, deep - 1)


class Flag(fields.Boolean):
    """true or false of JSON, and not 0, "yes" or whatever else could be meant."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Phone(Text):
    """A mainland mobile number, 11 digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max=11, **kwargs)
        self.metadata = {**self.metadata, "pattern": f"^{PHONE}$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(PHONE, text):
            raise ValidationError(_PHONE)
        return text


def contained(*names: str) -> dict[str, Any]:
    """The fields `name_contains` of a list's filters (paging.narrowed)."""
    return {f"{name}_contains": Text(max=100, min=1) for name in names}


def between(*names: str) -> dict[str, Any]:
    """The fields `name_from` and `name_to`, days, both inclusive."""
    return {f"{name}_{end}": fields.Date() for name in names for end in ("from", "to")}


def amounts(*names: str) -> dict[str, Any]:
    """The fields `name_from` and `name_to`, whole numbers, both inclusive."""
    bounds = validate.Range(min=0, max=1_000_000_000)
    return {f"{name}_{end}": fields.Integer(validate=bounds) for name in names for end in ("from", "to")}


def storable(text: str) -> bool:
    """Whether PostgreSQL takes this text: no U+0000, no lone surrogate."""
    return _UNSTORABLE.search(text) is None


def check_storable(text: str) -> None:
    """Raises: ValidationError."""
    if not storable(text):
        raise ValidationError(_NUL)


def one_of(*values: str) -> validate.OneOf:
    return validate.OneOf(values)


def some_of(*values: str) -> Callable[[str], None]:
    """One of the values, or several by comma. Raises: ValidationError."""
    known = validate.OneOf(values)

    def check(text: str) -> None:
        for one in text.split(","):
            known(one)

    return check
