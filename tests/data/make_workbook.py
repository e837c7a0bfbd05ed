"""Makes the workbook of the journey: 300 instruments of 24 kinds, with ten different errors.

    python tests/data/make_workbook.py            writes the three files beside this one
    python tests/data/make_workbook.py --check    exits 1 if they differ from what this file makes

instruments.xlsx         header and 300 rows
instruments-mended.xlsx  header and the ten wrong rows, corrected
instruments-errors.json  the errors that an import of the first must report, `row` as in Excel

The bytes are the same each time: nothing is random, and no clock is read. Dates end in October 2026.
"""

import argparse
import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

HERE = Path(__file__).resolve().parent
Cell = str | int | date | None
Row = dict[str, Cell]

HEADERS = [
    *("仪器名称", "型号规格", "出厂编号", "自编号", "制造单位", "种别代码", "种别名称", "用途"),
    *("使用区域代码", "安装使用地点", "准确度等级", "测量范围", "分度值", "出厂日期", "投用日期", "产地"),
    *("检定方式", "使用部门", "保管人", "联系电话", "型式批准证书编号", "上次检定证书编号", "上次检定日期"),
    *("有效期至", "数量", "备注"),
]
PURPOSES = {"安全防护": 1, "医疗卫生": 2, "贸易结算": 3, "环境监测": 4}
OTHER_COUNTIES = ["440104", "440105", "440111", "440113"]
KEEPERS = ["陈志强", "李敏", "黄伟杰", "张丽华", "梁嘉欣", "何建国", "吴晓彤", "周文海"]


@dataclass(frozen=True)
class Line:
    """One kind in the owner's list: `count` rows with different serial numbers, places and dates."""

    count: int
    code: str
    kind: str
    name: str
    model: str
    maker: str
    serial: str  # prefix; a running number follows
    purpose: str
    place: str
    accuracy: str
    span: str
    step: str
    venue: str
    approval: str = ""  # type approval, for kinds under P+V
    period: int = 0  # months; if given, some rows have an earlier verification


def read_lines() -> list[Line]:
    """Reads the kinds of this owner from lines.csv beside this file."""
    with (HERE / "lines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Line(int(row.pop("count")), period=int(row.pop("period")), **row) for row in rows]


LINES = read_lines()


def add_months(day: date, months: int) -> date:
    """Returns the same day of a later month. Only days up to 28, so that no month is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def build_row(line: Line, index: int, number: int) -> Row:
    """Builds the correct row `index` of its line and `number` of the file, both from 0."""
    made = date(2021, 3, 1) + timedelta(days=(number * 37) % 1100)
    in_use = made + timedelta(days=60 + number % 45)
    verified = date(2026, 1 + number % 10, 3 + number % 25) if line.period and index % 4 == 1 else None
    purpose = line.purpose
    if number % 3 == 1:
        purpose = f"{PURPOSES[purpose]}.{purpose}"
    elif number % 3 == 2:
        purpose = str(PURPOSES[purpose])
    return {
        "仪器名称": line.name,
        "型号规格": line.model,
        "出厂编号": f"{line.serial}{2100000 + number * 131:07d}",
        "自编号": f"QJ-{number + 1:04d}" if number % 2 else None,
        "制造单位": line.maker,
        "种别代码": line.code,
        "种别名称": line.kind,
        "用途": purpose,
        "使用区域代码": OTHER_COUNTIES[number // 8 % 4] if number % 8 == 5 else "440106",
        "安装使用地点": f"{line.place} {index + 1} 号位",
        "准确度等级": line.accuracy,
        "测量范围": line.span,
        "分度值": line.step,
        "出厂日期": made,
        "投用日期": in_use if number % 5 else in_use.isoformat(),
        "产地": "国产" if number % 7 else "1",
        "检定方式": line.venue if number % 4 else None,
        "使用部门": ["设备科", "计量室", "运营部", "后勤部"][number % 4],
        "保管人": KEEPERS[number % len(KEEPERS)],
        "联系电话": f"1380013{8000 + number:04d}",
        "型式批准证书编号": line.approval or None,
        "上次检定证书编号": f"GZ2026{number:05d}" if verified else None,
        "上次检定日期": verified,
        "有效期至": add_months(verified, line.period) - timedelta(days=1) if verified else None,
        "数量": 1 if number % 3 == 0 else None,
        "备注": "备用" if number % 29 == 7 else None,
    }


def correct_rows() -> list[Row]:
    """Returns 300 correct rows with mixed kinds, as in a real ledger: one of each line in turn until all are used."""
    rows: list[Row] = []
    left = {position: line.count for position, line in enumerate(LINES)}
    while left:
        for position in list(left):
            line = LINES[position]
            rows.append(build_row(line, line.count - left[position], len(rows)))
            left[position] -= 1
            if not left[position]:
                del left[position]
    return rows


@dataclass(frozen=True)
class Fault:
    """One wrong row. `row` as in Excel; `value`: the content of the cell (None: empty)."""

    row: int
    column: str
    field: str
    code: str
    value: str | None


# Row 250 repeats row 26 with other case and character width; see spoil().
FAULTS = [
    Fault(17, "种别代码", "kind_code", "kind_required", None),
    Fault(43, "种别代码", "kind_code", "kind_unknown", "999900"),
    Fault(71, "种别代码", "kind_code", "kind_unknown", "990100"),
    Fault(102, "使用区域代码", "division_code", "division_not_leaf", "440100"),
    Fault(133, "用途", "purpose", "enum_number", "工业生产"),
    Fault(164, "数量", "quantity", "number_expected", "一台"),
    Fault(190, "出厂编号", "serial_no", "required", None),
    Fault(221, "投用日期", "in_use_on", "date_invalid", "2026-02-30"),
    Fault(250, "出厂编号", "serial_no", "duplicate_in_file", None),
    Fault(288, "联系电话", "phone", "phone_invalid", "13800138"),
]
REPEATED_ROW = 26
FULL_WIDTH = {ord(c): ord(c) - 0x20 + 0xFF00 for c in "0123456789"}


def spoil(rows: list[Row], mended: bool) -> list[Fault]:
    """Puts the faults into `rows`, or the corrections if `mended`. Returns the faults."""
    faults = []
    for fault in FAULTS:
        row = rows[fault.row - 2]
        value = fault.value
        if fault.code == "duplicate_in_file":
            twin = rows[REPEATED_ROW - 2]
            serial = str(twin["出厂编号"])
            # The same instrument typed twice: lower case, full-width digits, a trailing space.
            value = serial.lower().translate(FULL_WIDTH)
            row.update({name: twin[name] for name in HEADERS[:13]} | {"型式批准证书编号": twin["型式批准证书编号"]})
            row["仪器名称"] = f"{twin['仪器名称']} "
            fault = Fault(fault.row, fault.column, fault.field, fault.code, value)
            if mended:
                row["仪器名称"], value = twin["仪器名称"], serial[:-1] + ("1" if serial[-1] != "1" else "2")
        elif mended:
            continue
        row[fault.column] = value
        faults.append(fault)
    return faults


def workbook_bytes(rows: Iterable[Row]) -> bytes:
    """Returns an .xlsx with one sheet and the header in row 1. Texts are text cells, dates are date cells."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "仪器"
    sheet.append(HEADERS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([row[name] for name in HEADERS])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.number_format = "@"
            elif isinstance(cell.value, date):
                cell.number_format = "yyyy-mm-dd"
    sheet.freeze_panes = "A2"
    for column in range(1, len(HEADERS) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 16
    raw = io.BytesIO()
    book.save(raw)
    return without_clock(raw.getvalue())


def without_clock(raw: bytes) -> bytes:
    """Returns the same .xlsx with its timestamps replaced by a fixed one."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-10-31T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, (2026, 10, 31, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def make() -> dict[str, bytes]:
    """File name -> content of the three files."""
    wrong = correct_rows()
    faults = spoil(wrong, mended=False)
    right = correct_rows()
    spoil(right, mended=True)
    errors = [
        {"row": f.row, "column": f.column, "field": f.field, "code": f.code, "value": f.value or ""} for f in faults
    ]
    return {
        "instruments.xlsx": workbook_bytes(wrong),
        "instruments-mended.xlsx": workbook_bytes(right[fault.row - 2] for fault in FAULTS),
        "instruments-errors.json": (json.dumps(errors, ensure_ascii=False, indent=2) + "\n").encode(),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the workbook of the journey.")
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        return 0 if all((HERE / name).read_bytes() == content for name, content in make().items()) else 1
    for name, content in make().items():
        (HERE / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
