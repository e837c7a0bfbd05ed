"""Reference data as spreadsheets: what is exported can be edited and imported again.

One `Table` a sheet. Cells are text, dates as 2026-01-31, enumerations by their Chinese word or the English one of the
API. A cell that is empty is a value that is missing.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from chassis.errors import WorkbookInvalid
from chassis.sheets import reading

MAX_ROWS = 20_000

LEVELS = {"province": "省级", "city": "市级", "county": "区县级", "town": "镇街"}
TIERS = {"province": "省级", "city": "市级", "county": "区县级"}
MODES = {"deliver": "送检", "onsite": "现场", "any": "不限"}
YES_NO = {True: "是", False: "否"}


@dataclass(frozen=True)
class Column:
    key: str
    header: str
    words: Mapping[Any, str] | None = None  # value -> the word in the cell


@dataclass(frozen=True)
class Table:
    """key: the columns that name a row. ignored: headers that are there to be read by people."""

    title: str
    columns: Sequence[Column]
    key: tuple[str, ...]
    ignored: tuple[str, ...] = ()

    def cell(self, row: int, field: str) -> str:
        """Where a field stands, as Excel says it: B3. The first cell of the row for a field that has no column."""
        index = next((i for i, column in enumerate(self.columns) if column.key == field.partition(".")[0]), 0)
        return f"{chr(ord('A') + index)}{row}"


_PERIOD = (Column("valid_from", "启用日期"), Column("valid_to", "停用日期"))
TABLES = {
    "divisions": Table("行政区划", (
        Column("code", "代码"), Column("name", "名称"), Column("level", "级别", LEVELS), Column("parent_code", "上级代码"),
        Column("is_leaf", "可作使用区域", YES_NO), *_PERIOD,
    ), ("code",)),
    "institutions": Table("技术机构", (
        Column("id", "编号"), Column("name", "名称"), Column("alias", "简称"), Column("tier", "级别", TIERS),
        Column("division_code", "行政区划代码"), Column("parent_id", "上级机构编号"), Column("contact", "联系方式"),
        Column("active", "启用", YES_NO),
    ), ("id",)),
    "bureaus": Table("行政管理部门", (
        Column("id", "编号"), Column("name", "名称"), Column("division_code", "行政区划代码"), Column("active", "启用", YES_NO),
    ), ("id",)),
    "capabilities": Table("检定能力", (
        Column("institution_id", "机构编号"), Column("kind_code", "种别代码"), Column("mode", "检定方式", MODES), *_PERIOD,
    ), ("institution_id", "kind_code", "mode", "valid_from")),
}  # fmt: skip


def write_table(table: Table, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The workbook (.xlsx) of these rows. Text that looks like a formula stays text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        head, text = book.add_format({"bold": True, "bg_color": "#DDEBF7"}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(table.title)
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(table.columns):
            sheet.set_column(index, index, 20, text)
            sheet.write_string(0, index, column.header, head)
            if column.words is not None:
                rule = {"validate": "list", "source": list(column.words.values())}
                sheet.data_validation(1, index, MAX_ROWS, index, rule)
        for number, row in enumerate(rows, 1):
            for index, column in enumerate(table.columns):
                value = row[column.key]
                shown = column.words[value] if column.words is not None else "" if value is None else str(value)
                sheet.write_string(number, index, shown)
    return out.getvalue()


def read_table(table: Table, path: Path) -> list[tuple[int, dict[str, Any]]]:
    """(row number as Excel shows it, the cells that hold something). Raises: WorkbookInvalid."""
    with reading(path) as batches:
        lines = [line for batch in batches for line in batch]
    columns = _columns_of(table, lines[0][1] if lines else [])
    found = []
    for number, cells in lines[1:]:
        texts = [(column, cells[index]) for index, column in columns.items() if index < len(cells)]
        row = {column.key: _value(column, text) for column, text in texts if text}
        if row:
            found.append((number, row))
    if not found or len(found) > MAX_ROWS:
        raise WorkbookInvalid(reason=f"一次最多导入 {MAX_ROWS} 行" if found else "没有数据行")
    return found


def _columns_of(table: Table, headers: Sequence[str]) -> dict[int, Column]:
    by_header = {column.header: column for column in table.columns}
    given = {index: text for index, text in enumerate(headers) if text}
    missing = [header for header in by_header if header not in given.values()]
    unknown = [header for header in given.values() if header not in by_header and header not in table.ignored]
    if missing or unknown or len(set(given.values())) < len(given):
        wanted = "、".join(by_header)
        raise WorkbookInvalid(
            reason=f"第 1 行须为表头：{wanted}（缺少：{'、'.join(missing) or '无'}；不认识：{'、'.join(unknown[:5]) or '无'}）"
        )
    return {index: by_header[header] for index, header in given.items() if header in by_header}


def _value(column: Column, text: str) -> Any:
    """A word becomes its value; one that is no option stays as it is, for the validator to name."""
    if column.words is None:
        return text
    return next((value for value, word in column.words.items() if text in (word, str(value))), text)
