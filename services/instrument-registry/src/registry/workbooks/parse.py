"""From the cells of a row to the values of an instrument, with every fault of the row in one pass."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from chassis.schema import PHONE, storable
from registry.domain.fields import FIELDS, QUANTITY_HEADER, Field
from registry.domain.identity_key import identity_key
from registry.domain.rules import KIND_REQUIRED, Fault, Reference, faults
from registry.workbooks.read import text_of

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # Unicode's category Cc, but for tab and line feed
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_OPTION = re.compile(r"(\d+)(?:[.、．\s]\s*(.*))?")
_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass
class Row:
    """One row. values: as stored, complete. errors: (header, what was typed, fault)."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str, Fault]] = field(default_factory=list)

    @property
    def identity_key(self) -> bytes:
        v = self.values
        return identity_key(v["name"], v["model"], v["serial_no"], v["own_no"])


def parse_row(number: int, cells: dict[str, Any], reference: Reference) -> Row:
    """Read and judge one row. cells: header -> raw cell."""
    row = Row(number)
    for spec in FIELDS:
        raw = cells.get(spec.header)
        text = text_of(raw)
        value, fault = _PARSERS[spec.kind](spec, raw, text)
        if fault is None and spec.required and not text:
            fault = KIND_REQUIRED if spec.key == "kind_code" else _required(spec)
        if fault is not None:
            row.errors.append((spec.header, text, fault))
        row.values[spec.key] = value
    _quantity(row, cells)
    headers = {spec.key: spec.header for spec in FIELDS}
    for fault in faults(row.values, reference):
        row.errors.append((headers[fault.field], text_of(cells.get(headers[fault.field])), fault))
    return row


def _required(spec: Field) -> Fault:
    return Fault(spec.key, "required", f"{spec.header}不能为空", f"{spec.key} is required.", "必填")


def _text(spec: Field, _raw: Any, text: str) -> tuple[Any, Fault | None]:
    text = unicodedata.normalize("NFC", text)
    if not storable(text) or _CONTROL.search(text):
        return "", Fault(
            spec.key, "invalid_character", f"{spec.header}含有不能保存的字符", "Cannot be stored.", "可见字符"
        )
    if len(text) > spec.max:
        return "", Fault(
            spec.key,
            "too_long",
            f"{spec.header}最多 {spec.max} 个字符",
            f"At most {spec.max} characters.",
            f"≤ {spec.max} 字",
        )
    return text, None


def _code(spec: Field, raw: Any, text: str) -> tuple[Any, Fault | None]:
    return _text(spec, raw, unicodedata.normalize("NFKC", text).strip())


def _date_value(spec: Field, raw: Any, text: str) -> tuple[Any, Fault | None]:
    if not text:
        return None, None
    if isinstance(raw, datetime):
        return raw.date(), None
    if isinstance(raw, date):
        return raw, None
    if isinstance(raw, int | float) and not isinstance(raw, bool) and 20_000 <= raw <= 80_000:
        return _EXCEL_EPOCH + timedelta(days=int(raw)), None  # a date that lost its format
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text).split(" ")[0])
    if match:
        try:
            return date(*(int(part) for part in match.groups())), None
        except ValueError:
            pass
    return None, Fault(spec.key, "date_invalid", f"{spec.header}不是有效日期", "Not a valid date.", "2026-01-31")


def _option_value(spec: Field, _raw: Any, text: str) -> tuple[Any, Fault | None]:
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


def _phone(spec: Field, raw: Any, text: str) -> tuple[Any, Fault | None]:
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    if not plain or re.fullmatch(PHONE, plain) or re.fullmatch(r"0\d{9,11}(\d{0,5})?", plain):
        return plain, None
    return "", Fault(
        spec.key, "phone_invalid", "联系电话应为 11 位手机号或带区号的座机号", "Not a phone number.", "13800138000"
    )


_PARSERS: dict[str, Callable[[Field, Any, str], tuple[Any, Fault | None]]] = {
    "text": _text,
    "code": _code,
    "date": _date_value,
    "option": _option_value,
    "phone": _phone,
}


def _quantity(row: Row, cells: dict[str, Any]) -> None:
    """数量 is empty or 1: each instrument has a number and a certificate of its own."""
    text = unicodedata.normalize("NFKC", text_of(cells.get(QUANTITY_HEADER)))
    if not text or text == "1":
        return
    if re.fullmatch(r"\d+(\.\d+)?", text):
        fault = Fault(
            "quantity", "quantity_not_one", "数量只能为空或 1，每台仪器单独一行", "One row, one instrument.", "1"
        )
    else:
        fault = Fault(
            "quantity", "number_expected", "对应的字段只能填写相应的数字，不能填写文字！", "A number is expected.", "1"
        )
    row.errors.append((QUANTITY_HEADER, text, fault))
