"""Reads the text of a cell as the value of a field, or returns its fault."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from chassis.schema import storable
from registry.domain.fields import Field
from registry.domain.rules import KIND_REQUIRED, Fault
from registry.domain.typed import CELL_ERRORS, typed, typed_phone

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SERIAL_DAY = re.compile(r"\d{5}(\.\d+)?")  # a date that lost its format: days since the epoch of Excel
_OPTION = re.compile(r"(\d+)(?:[.、．\s]\s*(.*))?")
_ROUNDED = re.compile(r"-?\d(\.\d+)?[eE]\+\d+")
_EXCEL_EPOCH = date(1899, 12, 30)
Meaning = tuple[Any, Fault | None]


def parse(spec: Field, text: str) -> Meaning:
    """The value as stored, and the fault of the cell by itself. text: trimmed."""
    if text in CELL_ERRORS:
        return _PARSERS[spec.kind](spec, "")[0], Fault(
            spec.key, "cell_error", f"{spec.header}的单元格是错误值 {text}，请改正公式或直接填写", f"The cell holds {text}.", "一个值"
        )  # fmt: skip
    value, fault = _PARSERS[spec.kind](spec, text)
    if fault is None and spec.required and not text:
        fault = KIND_REQUIRED if spec.key == "kind_code" else _required(spec)
    return value, fault


def _required(spec: Field) -> Fault:
    return Fault(spec.key, "required", f"{spec.header}不能为空", f"{spec.key} is required.", "必填")


def _text(spec: Field, text: str) -> Meaning:
    kept = typed(text)
    if kept is None or not (kept.isprintable() or storable(kept)):
        return "", Fault(
            spec.key, "invalid_character", f"{spec.header}含有不能保存的字符", "Cannot be stored.", "可见字符"
        )
    text = kept
    if len(text) > spec.max:
        return "", Fault(
            spec.key, "too_long", f"{spec.header}最多 {spec.max} 个字符", f"At most {spec.max} characters.", f"≤ {spec.max} 字"
        )  # fmt: skip
    if _ROUNDED.fullmatch(text) and spec.key in ("serial_no", "own_no", "model", "last_cert_no", "type_approval_no"):
        return "", Fault(
            spec.key, "number_rounded", f"{spec.header}超过 15 位，EXCEL 已把它改写为 {text}；请将单元格格式设为文本后重新填写",
            "Excel keeps 15 digits of a number: format the cell as text.", "文本格式的编号",
        )  # fmt: skip
    return text, None


def _code(spec: Field, text: str) -> Meaning:
    return _text(spec, unicodedata.normalize("NFKC", text))


def _date_value(spec: Field, text: str) -> Meaning:
    if not text:
        return None, None
    plain = unicodedata.normalize("NFKC", text).split(" ")[0]
    if _SERIAL_DAY.fullmatch(plain) and 20_000 <= float(plain) <= 80_000:
        return _EXCEL_EPOCH + timedelta(days=int(float(plain))), None
    match = _DATE.fullmatch(plain)
    if match:
        try:
            return date(*(int(part) for part in match.groups())), None
        except ValueError:
            pass
    return None, Fault(spec.key, "date_invalid", f"{spec.header}不是有效日期", "Not a valid date.", "2026-01-31")


def _option_value(spec: Field, text: str) -> Meaning:
    """The number, `number.name`, or the name."""
    if not text:
        return None, None
    plain = unicodedata.normalize("NFKC", text).strip()
    for index, (value, name) in enumerate(spec.options, 1):
        if plain in (name, value):
            return value, None
        match = _OPTION.fullmatch(plain)
        if match and int(match[1]) == index and (match[2] or name) == name:
            return value, None
    listed = "，".join(f"{index}.{name}" for index, (_, name) in enumerate(spec.options, 1))
    return None, Fault(
        spec.key, "enum_number", f"{spec.header}代码只能为数字：{listed}，请检查确认！",
        f"{spec.key} is one of {listed}.", listed,
    )  # fmt: skip


def _phone(spec: Field, text: str) -> Meaning:
    plain = typed_phone(text)
    if plain is not None:
        return plain, None
    return "", Fault(
        spec.key, "phone_invalid", "联系电话应为 11 位手机号或带区号的座机号", "Not a phone number.", "13800138000"
    )


def _quantity(_spec: Field, text: str) -> Meaning:
    """数量 is empty or 1: each instrument has a number and a certificate of its own."""
    plain = unicodedata.normalize("NFKC", text)
    if not plain or plain == "1":
        return "", None
    if re.fullmatch(r"\d+(\.\d+)?", plain):
        return "", Fault(
            "quantity", "quantity_not_one", "数量只能为空或 1，每台仪器单独一行", "One row, one instrument.", "1"
        )
    return "", Fault(
        "quantity", "number_expected", "对应的字段只能填写相应的数字，不能填写文字！", "A number is expected.", "1"
    )


_PARSERS: dict[str, Callable[[Field, str], Meaning]] = {
    "text": _text, "code": _code, "date": _date_value, "option": _option_value, "phone": _phone, "quantity": _quantity,
}  # fmt: skip
