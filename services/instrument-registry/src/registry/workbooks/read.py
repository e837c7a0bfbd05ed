"""Reading a workbook of instruments: .xlsx by calamine, with limits that a hostile file meets early.

The first visible sheet, headers in row 1. Cells come out as text the way a person sees them, or as dates.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import python_calamine

from registry.domain.errors import WorkbookInvalid
from registry.domain.fields import BY_HEADER, FIELDS, HEADERS

MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_UNPACKED = 512 << 20  # [bytes]
MAX_RATIO = 200  # of unpacked to packed


@dataclass(frozen=True)
class Sheet:
    """headers: column header -> index. rows: (row number as Excel shows it, cells)."""

    headers: dict[str, int]
    rows: list[tuple[int, list[Any]]]


def read_sheet(path: Path) -> Sheet:
    """Raises: WorkbookInvalid saying what is wrong with the file as a whole."""
    _check_package(path)
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        visible = [
            meta.name
            for meta in workbook.sheets_metadata
            if meta.visible == python_calamine.SheetVisibleEnum.Visible
            and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        if not visible:
            raise WorkbookInvalid(reason="没有可见的工作表")
        data = workbook.get_sheet_by_name(visible[0]).to_python(skip_empty_area=False, nrows=MAX_ROWS + 2)
    except WorkbookInvalid:
        raise
    except Exception as error:  # calamine's own errors tell of XML, not of the user's file
        raise WorkbookInvalid(reason="不是有效的 .xlsx 文件，或文件已损坏、已加密") from error
    if not data:
        raise WorkbookInvalid(reason="工作表是空的")
    headers = _headers(data[0])
    rows = [(number, row) for number, row in enumerate(data[1:], 2) if any(_has_value(cell) for cell in row)]
    if len(rows) > MAX_ROWS:
        raise WorkbookInvalid(reason=f"一次最多导入 {MAX_ROWS} 行")
    if not rows:
        raise WorkbookInvalid(reason="没有数据行")
    return Sheet(headers, rows)


def _check_package(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            unpacked = sum(info.file_size for info in package.infolist())
            packed = max(1, sum(info.compress_size for info in package.infolist()))
    except zipfile.BadZipFile as error:
        raise WorkbookInvalid(reason="不是有效的 .xlsx 文件，或文件已损坏、已加密") from error
    if unpacked > MAX_UNPACKED or (unpacked > 16 << 20 and unpacked / packed > MAX_RATIO):
        raise WorkbookInvalid(reason="文件展开后过大")


def _headers(cells: list[Any]) -> dict[str, int]:
    if len(cells) > MAX_COLUMNS:
        raise WorkbookInvalid(reason=f"列数过多，最多 {MAX_COLUMNS} 列")
    headers: dict[str, int] = {}
    for index, cell in enumerate(cells):
        name = text_of(cell)
        if name in headers:
            raise WorkbookInvalid(reason=f"表头“{name}”重复")
        if name:
            headers[name] = index
    missing = [field.header for field in FIELDS if field.required and field.header not in headers]
    if missing:
        raise WorkbookInvalid(reason=f"缺少表头：{'、'.join(missing)}（第 1 行须为表头，请下载模板对照）")
    unknown = [name for name in headers if name not in BY_HEADER and name not in HEADERS]
    if unknown:
        raise WorkbookInvalid(reason=f"不认识的表头：{'、'.join(unknown[:5])}（请下载模板对照）")
    return headers


def _has_value(cell: Any) -> bool:
    return cell is not None and cell != ""


def text_of(cell: Any) -> str:
    """A cell as a person reads it: whole numbers without .0, dates as 2026-01-31, trimmed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip().strip("\u3000")


def cells_of(sheet: Sheet, row: list[Any]) -> Iterator[tuple[str, Any]]:
    """(header, raw cell) for each column that has a header."""
    for header, index in sheet.headers.items():
        yield header, row[index] if index < len(row) else None
