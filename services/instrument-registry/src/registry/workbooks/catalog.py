"""The catalog as a workbook: read with every fault of the list, and written in the same layout."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from chassis.errors import FieldError, Invalid, WorkbookInvalid
from chassis.sheets import reading
from registry.domain.catalog import CATALOG_FIELDS, CatalogField
from registry.domain.typed import typed, typed_code

MAX_KINDS = 5000
MAX_FAULTS = 200  # told at once
HEADERS = tuple(field.header for field in CATALOG_FIELDS)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def read_catalog(path: Path) -> dict[str, dict[str, Any]]:
    """The kinds of a list by code, each with the fields that the list has a column for.
    Raises: WorkbookInvalid for the file, Invalid with the faults by row and column."""
    columns, rows = _cells(path)
    kinds: dict[str, dict[str, Any]] = {}
    faults: list[FieldError] = []
    first: dict[str, int] = {}
    for number, cells in rows:
        kind = {f.key: _value(f, cells[index] if index < len(cells) else "", number, faults) for f, index in columns}
        code = kind["code"]
        if code in first:
            zh = f"第 {number} 行：种别代码 {code} 与第 {first[code]} 行重复"
            faults.append(
                FieldError(f"rows.{number}.code", "duplicate_in_file", zh, f"Row {first[code]} has this code.")
            )
        first.setdefault(code, number)
        _check(kind, number, faults)
        kinds[code] = kind
    for code, kind in kinds.items():
        if kind.get("successor") and kind["successor"] not in kinds:
            zh = f"第 {first[code]} 行：替代种别代码 {kind['successor']} 不在表中"
            faults.append(
                FieldError(f"rows.{first[code]}.successor", "unknown_successor", zh, "Not a code of this list.")
            )
    if faults:
        raise Invalid(errors=faults[:MAX_FAULTS])
    return kinds


def catalog_cells(kind: Mapping[str, Any]) -> list[str]:
    """A kind as texts under HEADERS, as `read_catalog` reads them again."""
    return [_text(field, kind[field.key]) for field in CATALOG_FIELDS]


def _text(field: CatalogField, value: Any) -> str:
    if field.options:
        names = dict(field.options)
        return "、".join(names[v] for v in value) if isinstance(value, list) else names.get(value, "")
    return "" if value is None else str(value)


def _cells(path: Path) -> tuple[list[tuple[CatalogField, int]], list[tuple[int, list[str]]]]:
    with reading(path) as batches:
        lines = [line for batch in batches for line in batch]
    head, rows = (lines[0][1], lines[1:]) if lines else ([], [])
    missing = [f.header for f in CATALOG_FIELDS if f.required and f.header not in head]
    if missing:
        raise WorkbookInvalid(reason=f"缺少表头：{'、'.join(missing)}（第 1 行须为表头，可导出现行目录对照）")
    strange = [name for name in head if name and (name not in HEADERS or head.count(name) > 1)]
    if strange:
        raise WorkbookInvalid(reason=f"不认识或重复的表头：{'、'.join(strange[:5])}")
    if not rows or len(rows) > MAX_KINDS:
        raise WorkbookInvalid(reason="没有数据行" if not rows else f"最多 {MAX_KINDS} 行")
    return [(f, head.index(f.header)) for f in CATALOG_FIELDS if f.header in head], rows


def _value(field: CatalogField, raw: str, number: int, faults: list[FieldError]) -> Any:
    """The value as stored; what cannot be read is a fault."""
    text = (typed_code if field.kind == "code" else typed)(raw)
    expected = ""
    if text is None or len(text) > field.max:
        expected = f"最多 {field.max} 个可见字符"
    elif not text and field.required:
        expected = "必填"
    elif text or field.kind in ("text", "options"):
        value = _READERS[field.kind](field, text)
        if value is not None:
            return value
        expected = _EXPECTED.get(field.kind) or "、".join(name for _, name in field.options)
    if expected:
        shown = f"“{text[:50]}”" if text else ""
        zh = f"第 {number} 行“{field.header}”{shown}有误：{expected}"
        faults.append(FieldError(f"rows.{number}.{field.key}", "invalid", zh, f"Row {number}, {field.key}: {expected}"))
    return "" if field.kind == "code" and field.required else None


def _check(kind: Mapping[str, Any], number: int, faults: list[FieldError]) -> None:
    start, end = kind.get("valid_from"), kind.get("valid_to")
    if start and end and end < start:
        zh = f"第 {number} 行：失效日期不能早于生效日期"
        faults.append(FieldError(f"rows.{number}.valid_to", "date_order", zh, f"Row {number} ends before it begins."))


def _number(_field: CatalogField, text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text)
    return int(plain) if re.fullmatch("[0-9]{1,4}", plain) and int(plain) > 0 else None


def _date(_field: CatalogField, text: str) -> date | None:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def _option(field: CatalogField, text: str) -> str | None:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    return next((v for v, name in field.options if plain in (v, unicodedata.normalize("NFKC", name))), None)


def _options(field: CatalogField, text: str) -> list[str] | None:
    found = [_option(field, part) for part in re.split("[、,，;；/]", text) if part.strip()]
    return None if None in found else [value for value in found if value is not None]


_READERS: dict[str, Any] = {
    "text": lambda _field, text: text,
    "code": lambda _field, text: text if re.fullmatch(r"[0-9A-Za-z.-]+", text) else None,
    "number": _number,
    "date": _date,
    "option": _option,
    "options": _options,
}
_EXPECTED = {"code": "数字、字母、点或短横", "number": "1 至 9999 的整数", "date": "如 2026-01-31 的日期"}
