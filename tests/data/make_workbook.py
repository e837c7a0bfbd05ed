"""Make the workbook of the journey: 300 instruments of 24 kinds, ten of them wrong, each in its own way.

    python tests/data/make_workbook.py            writes the three files beside this one
    python tests/data/make_workbook.py --check    exits 1 if they are not what this file makes

instruments.xlsx         header and 300 rows
instruments-mended.xlsx  header and the ten wrong rows, mended
instruments-errors.json  what an import of the first must report: [{row, column, field, code, value}], row as Excel counts

Nothing is random and no clock is read: the same bytes each time. Dates end in October 2026.
"""

import argparse
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

HERE = Path(__file__).resolve().parent
Cell = str | int | date | None
Row = dict[str, Cell]

HEADERS = (
    "仪器名称 型号规格 出厂编号 自编号 制造单位 种别代码 种别名称 用途 使用区域代码 安装使用地点 准确度等级 测量范围 分度值 出厂日期 "
    "投用日期 产地 检定方式 使用部门 保管人 联系电话 型式批准证书编号 上次检定证书编号 上次检定日期 有效期至 数量 备注"
).split()
PURPOSES = {"安全防护": 1, "医疗卫生": 2, "贸易结算": 3, "环境监测": 4}
OTHER_COUNTIES = ["440104", "440105", "440111", "440113"]
KEEPERS = ["陈志强", "李敏", "黄伟杰", "张丽华", "梁嘉欣", "何建国", "吴晓彤", "周文海"]


@dataclass(frozen=True)
class Line:
    """One kind as a real owner would list it: `count` rows that differ in serial number, place and dates."""

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
    period: int = 0  # months; given: some rows carry a verification made before


# fmt: off
LINES = [
    Line(24, "020100", "非自动衡器（含电子计价秤、电子汽车衡等）", "电子计价秤", "ACS-30", "广州市天平衡器有限公司", "TP", "贸易结算", "石牌综合市场一楼", "Ⅲ级", "(0.1～30) kg", "10 g", "送检", "2021F218-44", 12),
    Line(6, "020100", "非自动衡器（含电子计价秤、电子汽车衡等）", "电子汽车衡", "SCS-60", "梅特勒-托利多（常州）测量技术有限公司", "B6", "贸易结算", "物流园 1 号门岗", "Ⅲ级", "(0.4～60) t", "20 kg", "现场", "2019F133-32", 12),
    Line(12, "070100", "燃油加油机", "燃油加油机", "CS46J2220G", "正星科技股份有限公司", "ZX", "贸易结算", "黄埔大道加油站", "±0.30%", "(5～50) L/min", "0.01 L", "现场", "2020F105-41"),
    Line(3, "080200", "压缩天然气加气机", "压缩天然气加气机", "JQJ-30", "重庆耐德能源装备集成有限公司", "ND", "贸易结算", "科韵路加气站", "1.0级", "(1～30) kg/min", "0.01 kg", "现场", "2018F302-50"),
    Line(36, "090100", "水表（DN50 及以下且 Q3≤16 m³/h）", "冷水水表", "LXS-20E", "宁波水表（集团）股份有限公司", "0", "贸易结算", "员村街 12 号", "2级", "Q3=2.5 m³/h", "0.0001 m³", "送检", "2020F451-33"),
    Line(8, "090200", "水表（DN50 以上或 Q3>16 m³/h）", "水平螺翼式水表", "WPH-100", "福州水表厂有限公司", "FZ", "贸易结算", "供水泵房", "2级", "Q3=100 m³/h", "0.001 m³", "送检", "2019F276-35", 24),
    Line(20, "100100", "燃气表（居民生活用膜式、超声波）", "膜式燃气表", "G2.5", "金卡智能集团股份有限公司", "JK", "贸易结算", "龙口东路 88 号", "1.5级", "(0.025～4) m³/h", "0.001 m³", "送检", "2021F337-33"),
    Line(6, "120100", "流量计", "涡轮流量计", "LWGY-50", "上海自动化仪表有限公司", "LW", "贸易结算", "能源站计量间", "1.0级", "(4～40) m³/h", "0.001 m³", "送检", "2017F219-31", 24),
    Line(10, "170100", "出租汽车计价器", "出租汽车计价器", "TY-2000", "广州市天河通达电子有限公司", "TD", "贸易结算", "车队停车场", "1.0级", "(0～999.9) km", "0.1 km", "现场", "2018F190-44", 12),
    Line(24, "180100", "电能表（生活用）", "单相电子式电能表", "DDS666", "浙江正泰仪器仪表有限责任公司", "ZT", "贸易结算", "天河北路配电房", "2级", "220 V 5(60) A", "0.01 kW·h", "送检", "2019F508-33"),
    Line(10, "310100", "电动汽车充电桩", "直流充电桩", "EVDC-120", "特来电新能源股份有限公司", "TLD", "贸易结算", "地下车库 B2", "1级", "(200～750) V", "0.001 kW·h", "现场"),
    Line(22, "130100", "无创自动测量血压计", "电子血压计", "HEM-7136", "欧姆龙健康医疗（中国）有限公司", "OM", "医疗卫生", "门诊二楼内科", "±0.5 kPa", "(0～40) kPa", "0.1 kPa", "送检", "2019F164-21", 12),
    Line(14, "130200", "无创非自动测量血压计（血压计、血压表）", "血压表", "XJ300", "上海医疗器械股份有限公司", "XJ", "医疗卫生", "住院部护士站", "±0.5 kPa", "(0～40) kPa", "0.5 kPa", "送检", "2016F087-31", 6),
    Line(12, "010200", "体温计（电子、红外等）", "红外耳温计", "IRT6520", "博朗电器（上海）有限公司", "BR", "医疗卫生", "儿科诊室", "±0.2 ℃", "(34～42.2) ℃", "0.1 ℃", "送检", "2018F241-31", 12),
    Line(4, "140100", "眼压计", "非接触式眼压计", "CT-800", "拓普康（北京）医疗器械有限公司", "TC", "医疗卫生", "眼科检查室", "±0.7 kPa", "(0～8) kPa", "0.1 kPa", "现场", "2017F055-11", 12),
    Line(4, "210100", "焦度计", "自动焦度计", "CCQ-800", "上海雄博精密仪器股份有限公司", "XB", "医疗卫生", "验光配镜部", "1级", "(-25～+25) D", "0.01 D", "送检", "2018F076-31", 12),
    Line(4, "220200", "验光镜片箱", "验光镜片箱", "JSC-266", "苏州视光仪器厂", "SG", "医疗卫生", "验光配镜部", "1级", "(-20～+20) D", "0.25 D", "送检"),
    Line(8, "280100", "心电图机", "数字式心电图机", "ECG-2350", "光电（上海）医疗电子有限公司", "GD", "医疗卫生", "功能检查科", "±5%", "(0.05～150) Hz", "1 mm", "现场", "2019F312-31", 12),
    Line(12, "280300", "多参数监护仪", "多参数监护仪", "iPM10", "深圳迈瑞生物医疗电子股份有限公司", "MR", "医疗卫生", "重症监护室", "±5%", "(30～240) 次/min", "1 次/min", "现场", "2020F093-44", 12),
    Line(2, "290100", "医用诊断X射线设备（辐射源）", "数字化X射线摄影系统", "DR-600", "东软医疗系统股份有限公司", "NS", "医疗卫生", "放射科 1 号机房", "±10%", "(40～150) kV", "1 kV", "现场"),
    Line(25, "150100", "指示类压力表、显示类压力表", "一般压力表", "Y-100", "北京布莱迪仪器仪表有限公司", "BLD", "安全防护", "锅炉房", "1.6级", "(0～1.6) MPa", "0.05 MPa", "送检"),
    Line(14, "250100", "可燃气体检测报警器", "可燃气体检测报警器", "GT-QG5801", "济南本安科技发展有限公司", "BA", "安全防护", "燃气调压间", "±5%FS", "(0～100)%LEL", "1%LEL", "现场", "2018F144-37", 12),
    Line(6, "250300", "硫化氢气体检测仪", "硫化氢气体检测仪", "GAXT-H", "霍尼韦尔（中国）有限公司", "HW", "安全防护", "污水处理站", "±5 μmol/mol", "(0～100) μmol/mol", "0.1 μmol/mol", "送检", "2017F322-31", 12),
    Line(8, "190100", "声级计", "多功能声级计", "AWA5688", "杭州爱华仪器有限公司", "AH", "环境监测", "环境监测站", "2级", "(28～133) dB", "0.1 dB", "送检", "2019F228-33", 12),
    Line(6, "240100", "透射式烟度计", "透射式烟度计", "NHT-6", "佛山分析仪有限公司", "FF", "环境监测", "机动车检测线", "±2%", "(0～99.9)%", "0.1%", "现场", "2018F067-44", 12),
]
# fmt: on


def add_months(day: date, months: int) -> date:
    """The same day of a later month. Days up to 28 only, so that no month is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def build_row(line: Line, index: int, number: int) -> Row:
    """The row `index` of its line (from 0) and `number` of the file (from 0), all correct."""
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
    """300 correct rows, kinds mixed as in a real ledger: one of each line in turn until all are used."""
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
    """One wrong row. `row` as Excel counts; `value` is what stands in the cell (None: empty)."""

    row: int
    column: str
    field: str
    code: str
    value: str | None


# The row 250 repeats the row 26 in capital and small, half and full width; see spoil().
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
    """Put the faults into `rows` (or, when `mended`, what their owner would write instead); returns them filled in."""
    faults = []
    for fault in FAULTS:
        row = rows[fault.row - 2]
        value = fault.value
        if fault.code == "duplicate_in_file":
            twin = rows[REPEATED_ROW - 2]
            serial = str(twin["出厂编号"])
            # The same instrument typed twice: small letters, full-width digits, a space at the end.
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
    """An .xlsx with one sheet and the header in row 1; texts stay texts, dates are date cells."""
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
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = 16
    raw = io.BytesIO()
    book.save(raw)
    return without_clock(raw.getvalue())


def without_clock(raw: bytes) -> bytes:
    """The same .xlsx with the times of its making replaced by a fixed one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
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
