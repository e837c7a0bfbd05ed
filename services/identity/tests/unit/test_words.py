"""Every refusal of identity says something in Chinese and in English, and the manual's sentences stand as it has them."""

import ast
import inspect
import re
import string
from pathlib import Path

import pytest

import identity
from chassis.errors import ServiceError
from identity.domain import errors

HAN = re.compile(r"[\u4e00-\u9fff]")
CLASSES = [
    one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, ServiceError) and one.__module__ == errors.__name__
]  # fmt: skip
FILES = sorted(Path(identity.__file__).parent.rglob("*.py"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.code)
def test_an_error_has_words_in_both_languages(error: type[ServiceError]) -> None:
    assert HAN.search(error.zh)
    assert error.en
    assert not HAN.search(error.en)
    assert placeholders(error.zh) == placeholders(error.en)


def test_codes_are_of_one_error_each() -> None:
    codes = [error.code for error in CLASSES]
    assert len(set(codes)) == len(codes)


def field_messages() -> list[tuple[str, str, str]]:
    """(where, Chinese, English) of every FieldError and every `invalid(…)` that the code makes."""
    found = []
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("FieldError", "invalid")
            ):
                words = [_text(argument) for argument in node.args]
                if len(words) == 4 and words[2] is not None and words[3] is not None:
                    found.append((f"{file.name}:{node.lineno}", words[2], words[3]))
    return found


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def test_a_wrong_field_is_told_in_both_languages() -> None:
    messages = field_messages()
    assert len(messages) > 12
    wrong = [where for where, zh, en in messages if not HAN.search(zh) or HAN.search(en) or not en]
    assert wrong == []


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (errors.NotEnterprise, "以个人身份注册"),
        (errors.NotEnterprise, "不会被通过"),
        (errors.NotEnterprise, "以“企业/单位”身份注册"),
        (errors.NotApplicant, "以其它账号类型注册的不会被通过"),
        (errors.NotApplicant, "作为仪器的使用者，需要送检仪器，请注册“申请方”类型的账号"),
    ],
)
def test_the_manuals_sentences(error: type[ServiceError], sentence: str) -> None:
    """Source: the manual, 一、2 注册须知."""
    assert sentence in error.zh
