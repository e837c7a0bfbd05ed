"""The reader of a file of rows, as a process of its own: `python -m chassis.sheet_reader FILE`.

calamine builds the whole grid of a sheet and aborts its process where memory ends; a file can be made that asks for
400 GB with two cells. So a process with limits of memory and of time reads, and the worker only sees it end. Cells
leave it as text the way a person sees them, in batches, by marshal: first the rows, then ("end", None), or
("refused", why).
"""

import csv
import marshal
import mmap
import os
import re
import resource
import struct
import sys
import threading
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_UNPACKED = 512 << 20  # [bytes]
MAX_RATIO = 200  # of unpacked to packed
MEMORY = 1 << 30  # [bytes] of address space
SECONDS = 40  # of processor time
BATCH = 2500  # rows
BROKEN = "不是有效的 .xlsx 或 .xls 文件，或文件已损坏"
LOCKED = "文件设有密码，请取消密码后重新上传"
TOO_MUCH = "文件展开后过大，请删除多余的行列和格式后重新上传"
Line = tuple[int, list[str]]  # the row's number as Excel shows it, its cells from column A


class Refused(Exception):
    """The fault of a whole file, in the user's words."""


def main(path: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    os.nice(5)  # people who wait for a page go first
    out = sys.stdout.buffer
    try:
        for batch in batches(lines(path)):
            tell(out, "rows", batch)
        last: tuple[str, str | None] = ("end", None)
    except Refused as error:
        last = ("refused", str(error))
    except MemoryError:
        last = ("refused", TOO_MUCH)
    except BrokenPipeError:
        return
    except BaseException:  # calamine's panics are no Exception, and its errors tell of XML
        last = ("refused", BROKEN)
    tell(out, *last)
    out.flush()


def tell(out: IO[bytes], word: str, content: Any) -> None:
    """One message: how long it is, then itself (marshal reads a file in small bits, but bytes at once)."""
    data = marshal.dumps((word, content))
    out.write(struct.pack("<I", len(data)))
    out.write(data)


def batches(found: Iterator[Line]) -> Iterator[list[Line]]:
    """Rows that hold anything. Raises: Refused where there are too many."""
    batch: list[Line] = []
    same: dict[str, str] = {}  # a text that comes again is told, and read by the worker, as the one before
    count = 0
    for number, cells in found:
        if not any(cells):
            continue
        count += 1
        if count > MAX_ROWS + 1:  # and the headers
            raise Refused(f"一次最多导入 {MAX_ROWS} 行")
        batch.append((number, list(map(same.setdefault, cells, cells))))
        if len(batch) == BATCH:
            yield batch
            batch, same = [], {}
    if batch:
        yield batch


def lines(path: Path) -> Iterator[Line]:
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        _check_package(path)
        return _sheet_lines(path, _ErrorCells(path))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        _check_not_locked(path)
        return _sheet_lines(path, None)
    return _csv_lines(path)


# -- .xlsx and .xls ------------------------------------------------------------------------------------------------


def _check_package(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
    except zipfile.BadZipFile as error:
        raise Refused(BROKEN) from error
    unpacked, packed = sum(part.file_size for part in parts), max(1, sum(part.compress_size for part in parts))
    if unpacked > MAX_UNPACKED or (unpacked > 16 << 20 and unpacked / packed > MAX_RATIO):
        raise Refused(TOO_MUCH)
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Refused(BROKEN)


def _check_not_locked(path: Path) -> None:
    """A workbook with a password is a package inside an old container; its directory names the part in UTF-16."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise Refused(LOCKED)


def _sheet_lines(path: Path, errors: "_ErrorCells | None") -> Iterator[Line]:
    """The first visible sheet. A merged area's value stands in each of its cells; a formula is its cached value."""
    import python_calamine  # here: a .csv is read without it

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        name = next(
            (
                meta.name
                for meta in workbook.sheets_metadata
                if meta.visible == python_calamine.SheetVisibleEnum.Visible
                and meta.typ == python_calamine.SheetTypeEnum.WorkSheet
            ),
            None,
        )
        if name is None:
            raise Refused("没有可见的工作表")
        if errors is not None:
            errors.start(workbook.sheet_names.index(name))
        sheet = workbook.get_sheet_by_name(name)
    except python_calamine.PasswordError as error:
        raise Refused(LOCKED) from error
    if sheet.start is None or sheet.end is None:
        return
    left = sheet.start[1]
    if sheet.end[1] >= MAX_COLUMNS:
        raise Refused(f"列数过多，最多 {MAX_COLUMNS} 列")
    merged = _Merged(sheet.merged_cell_ranges or [])
    wrong = errors.found() if errors is not None else {}
    margin = [""] * left
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [cell.strip() if type(cell) is str else text_of(cell) for cell in row]
        if left:
            cells = margin + cells
        for column, text in wrong.get(number, ()):
            cells += [""] * (column + 1 - len(cells))
            cells[column] = text
        merged.fill(number - 1, cells)
        yield number, cells


class _Merged:
    """Merged areas, met row by row. ranges: ((top, left), (bottom, right)), from 0."""

    def __init__(self, ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
        self._starting = sorted(ranges, reverse=True)
        self._open: list[tuple[int, int, int, str]] = []  # bottom, left, right, value

    def fill(self, row: int, cells: list[str]) -> None:
        while self._starting and self._starting[-1][0][0] <= row:
            (_, left), (bottom, right) = self._starting.pop()
            if left < len(cells):
                self._open.append((bottom, left, min(right, len(cells) - 1), cells[left]))
        if self._open:
            self._open = [area for area in self._open if area[0] >= row]
            for _, left, right, value in self._open:
                cells[left : right + 1] = [value] * (right + 1 - left)


class _ErrorCells(threading.Thread):
    """Cells of the sheet that hold an error (#N/A): calamine tells them as empty. Looked for in the sheet's XML
    while calamine, which leaves the interpreter to others, reads it."""

    _CELL = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
    _AT = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
    _VALUE = re.compile(rb"<(?:\w+:)?v>([^<]{1,20})</")

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self._path, self._index = path, 0
        self._cells: dict[int, list[tuple[int, str]]] = {}

    def start(self, index: int = 0) -> None:
        self._index = index
        super().start()

    def found(self) -> dict[int, list[tuple[int, str]]]:
        """Row from 1 -> (column from 0, the error as Excel writes it)."""
        self.join()
        return self._cells

    def run(self) -> None:
        try:
            with zipfile.ZipFile(self._path) as package, package.open(_part_of(package, self._index)) as part:
                kept = b""
                while chunk := part.read(1 << 18):
                    data = kept + chunk
                    if b't="e"' in data:
                        self._note(data)
                    kept = data[-1000:]
        except Exception:  # a part that is elsewhere or broken: calamine is the judge of that
            return

    def _note(self, data: bytes) -> None:
        for cell in self._CELL.finditer(data):
            at, value = self._AT.search(cell[1]), self._VALUE.search(cell[2])
            if at and value:
                place = (_column(at[1]), value[1].decode("utf-8", "replace"))
                row = self._cells.setdefault(int(at[2]), [])
                if place[0] < MAX_COLUMNS and place not in row:
                    row.append(place)


def _part_of(package: zipfile.ZipFile, index: int) -> str:
    """The part of the sheet at `index` of the workbook."""
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    sheets = [node for node in _xml(package, "xl/workbook.xml").iter() if node.tag.endswith("}sheet")]
    wanted = sheets[index].get(relation)
    targets = {node.get("Id"): node.get("Target", "") for node in _xml(package, "xl/_rels/workbook.xml.rels")}
    target = targets[wanted]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _xml(package: zipfile.ZipFile, name: str) -> Any:
    with package.open(name) as part:
        return ElementTree.fromstring(part.read(4 << 20))  # noqa: S314 (limits of memory and time hold)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


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
    return str(cell).strip()


# -- .csv ----------------------------------------------------------------------------------------------------------


def _csv_lines(path: Path) -> Iterator[Line]:
    """UTF-8, with or without a mark at its start, else GB18030; parted by comma, semicolon or tab."""
    encoding = next((name for name in ("utf-8-sig", "gb18030") if _decodes(path, name)), None)
    if encoding is None:
        raise Refused("文字编码无法识别，请另存为 UTF-8 或 GB18030（GBK）编码的 .csv，或 .xlsx")
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(1 << 16)
        file.seek(0)
        try:
            for number, row in enumerate(csv.reader(file, delimiter=delimiter(first)), 1):
                if len(row) > MAX_COLUMNS:
                    raise Refused(f"列数过多，最多 {MAX_COLUMNS} 列")
                yield number, [cell.strip() for cell in row]
        except csv.Error as error:
            raise Refused("不是有效的 .csv 文件（引号不成对，或单元格过长）") from error


def delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return False
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1]))
