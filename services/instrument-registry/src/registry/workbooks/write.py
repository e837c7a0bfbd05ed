"""Writing workbooks: the template, an export in its layout, and a copy of the user's file with the faults marked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from registry.domain.fields import BY_HEADER, HEADERS, KIND_NAME_HEADER, QUANTITY_HEADER

_GUIDE = (
    ("种别代码", "见“种别”表中的代码，按文本填写。"),
    ("使用区域代码", "填至区县级，最后两位不是“00”；东莞 441900、中山 442000 除外。"),
    ("出厂编号", "按铭牌填写，单元格格式为文本，保留前面的 0。"),
    ("用途、产地、检定方式", "可填序号、名称，或“序号.名称”。"),
    ("日期", "如 2026-01-31。"),
    ("数量", "留空或填 1，每台仪器单独一行。"),
    ("型式批准证书编号", "监管方式为“P+V”的种别须填写，或在平台上传型式评价证书。"),
    ("同一台仪器", "仪器名称、型号规格、出厂编号、自编号四者相同将视为同一台仪器。"),
)
MAX_TEMPLATE_ROWS = 5000  # that get drop-downs


def write_template(path: Path, kinds: Sequence[Mapping[str, Any]], divisions: Sequence[Mapping[str, Any]]) -> None:
    """Headers with drop-downs, one example row, a guide, and the lists of kinds and divisions."""
    with xlsxwriter.Workbook(str(path)) as book:
        text, head = (
            book.add_format({"num_format": "@"}),
            book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1}),
        )
        must = book.add_format({"bold": True, "bg_color": "#FCE4D6", "border": 1})
        sheet = book.add_worksheet("仪器")
        for index, header in enumerate(HEADERS):
            required = header in BY_HEADER and BY_HEADER[header].required
            sheet.write_string(0, index, header, must if required else head)
            sheet.set_column(index, index, 16, text)
            _drop_down(sheet, index, header, len(kinds), len(divisions))
        sheet.freeze_panes(1, 0)
        for index, value in enumerate(_EXAMPLE):
            sheet.write_string(1, index, value)
        guide = book.add_worksheet("填写说明")
        guide.set_column(0, 0, 24)
        guide.set_column(1, 1, 80)
        guide.write_row(0, 0, ["字段", "说明（橙色表头必填；导入前请删除示例行）"], head)
        for index, pair in enumerate(_GUIDE, 1):
            guide.write_row(index, 0, pair)
        _list_sheet(
            book,
            head,
            "种别",
            ["种别代码", "种别名称", "监管方式"],
            [(k["code"], k["name"], k["supervision"]) for k in kinds],
        )
        _list_sheet(book, head, "区域", ["区域代码", "区域名称"], [(d["code"], d["name"]) for d in divisions])


_EXAMPLE = (
    "电子计价秤", "ACS-30", "SC20260001", "", "示例衡器有限公司", "020100", "", "3.贸易结算", "440106", "天河路 1 号 3 号档",
    "Ⅲ级", "(0.1～30) kg", "10 g", "2026-01-05", "2026-02-01", "1.国产", "1.送检", "", "", "", "PA2026F001-44", "", "", "", "1", "",
)  # fmt: skip


def _drop_down(sheet: Any, index: int, header: str, kinds: int, divisions: int) -> None:
    source: Any = None
    if header == "种别代码":
        source = f"=种别!$A$2:$A${kinds + 1}"
    elif header == "使用区域代码":
        source = f"=区域!$A$2:$A${divisions + 1}"
    elif header in BY_HEADER and BY_HEADER[header].options:
        source = [f"{i}.{name}" for i, (_, name) in enumerate(BY_HEADER[header].options, 1)]
    if source is not None:
        rule = {"validate": "list", "source": source, "error_type": "warning"}
        sheet.data_validation(1, index, MAX_TEMPLATE_ROWS, index, rule)


def _list_sheet(book: Any, head: Any, name: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(headers) - 1, 20)
    sheet.write_row(0, 0, headers, head)
    for index, row in enumerate(rows, 1):
        for position, value in enumerate(row):
            sheet.write_string(index, position, value)


def export_columns(headers: Sequence[str], kind_names: Mapping[str, str]) -> list[tuple[str, Callable[[Any], str]]]:
    """Of each header the key of an instrument, and how its value is written so that the import reads it again. Made once
    an export: a hundred thousand rows have over two million cells."""
    return [_export_column(header, kind_names) for header in headers]


def _export_column(header: str, kind_names: Mapping[str, str]) -> tuple[str, Callable[[Any], str]]:
    if header == KIND_NAME_HEADER:
        return "kind_code", lambda code: kind_names.get(code, "")
    if header == QUANTITY_HEADER:
        return "kind_code", lambda _code: "1"
    field = BY_HEADER[header]
    if field.options:
        labels: dict[str | None, str] = {None: "", **dict(field.options)}
        return field.key, lambda value: labels.get(value, "")
    return field.key, str if field.required else lambda value: "" if value is None else str(value)


def write_marked(source: Path, target: Path, errors: Iterable[Mapping[str, Any]]) -> None:
    """The user's own workbook with each bad cell coloured and a note in it, and the reasons in a column at the end."""
    with source.open("rb") as file:  # by handle: stored files have no extension
        book = openpyxl.load_workbook(file)
    sheet = next(s for s in book.worksheets if s.sheet_state == "visible")
    columns = {str(cell.value).strip(): cell.column for cell in sheet[1] if cell.value is not None}
    last = max(columns.values()) + 1
    sheet.cell(1, last, "错误原因")
    red = PatternFill("solid", fgColor="FFC7CE")
    reasons: dict[int, list[str]] = {}
    for error in errors:
        reasons.setdefault(error["row"], []).append(f"{error['column']}：{error['message']}")
        if error["column"] in columns:
            cell = sheet.cell(error["row"], columns[error["column"]])
            cell.fill = red
            cell.comment = Comment(error["message"], "平台")
    for row, lines in reasons.items():
        sheet.cell(row, last, "\n".join(lines))
    book.save(target)
