"""The workbook of errors: the person's own file back, with each bad cell coloured and a note in it, the reasons in a
column at the end, and a hidden column that says which row of which import each row was, so that sending it again
touches only what was wrong.

An .xlsx is edited as it is. What is no .xlsx, or large (openpyxl holds every cell), is written anew: of a large one
only the wrong rows."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import xlsxwriter
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from chassis import log
from chassis.sheet_reader import Line
from chassis.sheets import XLSX, known_as
from registry.domain.fields import REASON_HEADER, ROW_KEY
from registry.workbooks.judge import Row

EDITED = 8 << 20  # [bytes] of an unpacked .xlsx that is edited; beyond that it is written anew
NOTES = 5000  # cells that get a note where it is written anew
AUTHOR = "平台"
_RED, _CLEAR = PatternFill("solid", fgColor="FFC7CE"), PatternFill()
_TEXT_STYLE = "@"


@dataclass
class Found:
    """The faults of a sheet. headers: the header row's number and cells. faults: row -> [(header, message)]."""

    headers: Line
    faults: Mapping[int, Sequence[tuple[str, str]]]
    columns: Mapping[str, int]  # header of a field -> its column, from 0
    keys: Mapping[int, str] = field(default_factory=dict)  # row -> row_key


def row_key(import_id: UUID, row: Row) -> str:
    """The key of a row: its import, its row and its instrument. A copied row of another instrument is new."""
    return f"{import_id}.{row.number}.{row.identity_key[:6].hex()}"


def write_marked(source: Path, target: Path, found: Found, lines: Iterable[Line], all_rows: bool) -> None:
    """lines: the rows to show, headers left out. all_rows: they are all that the file has."""
    if all_rows and known_as(source) == XLSX and _unpacked(source) <= EDITED:
        try:
            _edit(source, target, found)
        except Exception as error:  # openpyxl is stricter than calamine: what it cannot edit is written anew
            log.get().warning("workbook_not_edited", error=repr(error))
        else:
            return
    _write(target, found, lines)


def _unpacked(path: Path) -> int:
    with zipfile.ZipFile(path) as package:
        return sum(part.file_size for part in package.infolist())


def _reasons(faults: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{header}：{message}" for header, message in faults)


def _edit(source: Path, target: Path, found: Found) -> None:
    with source.open("rb") as file:  # by handle: stored files have no extension
        book = openpyxl.load_workbook(file)
    sheet = next(s for s in book.worksheets if s.sheet_state == "visible")
    head, cells = found.headers
    reasons, keys = _extra_columns(cells)
    sheet.cell(head, reasons + 1, REASON_HEADER)
    sheet.cell(head, keys + 1, ROW_KEY.header)
    for line in sheet.iter_rows(min_row=head + 1):
        _clear(line, reasons)
    for row, key in found.keys.items():
        sheet.cell(row, keys + 1, key)
    for row, faults in found.faults.items():
        sheet.cell(row, reasons + 1, _reasons(faults))
        for header, message in faults:
            if header in found.columns:
                cell = sheet.cell(row, found.columns[header] + 1)
                cell.fill = _RED
                if not isinstance(cell, MergedCell):
                    cell.comment = Comment(message, AUTHOR)
    sheet.column_dimensions[get_column_letter(keys + 1)].hidden = True
    book.save(target)


def _clear(cells: Sequence[Any], reasons: int) -> None:
    """Take away what an earlier workbook of errors said."""
    for cell in cells:
        if isinstance(cell, MergedCell):
            continue
        if cell.comment is not None and cell.comment.author == AUTHOR:
            cell.comment, cell.fill = None, _CLEAR
        if cell.column == reasons + 1:
            cell.value = None


def _extra_columns(headers: Sequence[str]) -> tuple[int, int]:
    """Returns the columns of reasons and row keys: those used before, else the ones after the last column."""
    names = list(headers)
    for name in (ROW_KEY.header, REASON_HEADER):
        if name not in names:
            names.append(name)
    return names.index(REASON_HEADER), names.index(ROW_KEY.header)


def _write(target: Path, found: Found, lines: Iterable[Line]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(target), options) as book:
        text, head = book.add_format({"num_format": _TEXT_STYLE}), book.add_format({"bold": True})
        red = book.add_format({"num_format": _TEXT_STYLE, "bg_color": "#FFC7CE"})
        sheet = book.add_worksheet("仪器")
        reasons, keys = _extra_columns(found.headers[1])
        sheet.set_column(keys, keys, None, None, {"hidden": True})
        names = dict(enumerate(found.headers[1])) | {reasons: REASON_HEADER, keys: ROW_KEY.header}
        for column, name in sorted(names.items()):
            sheet.write_string(0, column, name, head)
        noted = 0
        for place, (number, cells) in enumerate(lines, 1):
            messages: dict[int, str] = {}
            for header, message in found.faults.get(number, ()):
                if header in found.columns:
                    messages.setdefault(found.columns[header], message)
            row = dict(enumerate(cells)) | dict.fromkeys(messages.keys() - set(range(len(cells))), "")
            row |= {reasons: _reasons(found.faults.get(number, ()))[:30_000], keys: found.keys.get(number, "")}
            for column, value in sorted(row.items()):
                sheet.write_string(place, column, value[:32_000], red if column in messages else text)
                if column in messages and noted < NOTES:
                    sheet.write_comment(place, column, messages[column], {"author": AUTHOR})
                    noted += 1
