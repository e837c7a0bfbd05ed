"""The workbook to fill: headers with drop-downs, an example, a guide that holds the rules, and the lists of codes."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from registry.domain.fields import LAYOUTS, Layout

MAX_TEMPLATE_ROWS = 5000  # that get drop-downs
_FIELDS_GUIDE = (
    ("种别代码", "见“种别”表中的代码，按文本填写。"),
    ("使用区域代码", "填至区县级，最后两位不是“00”；东莞 441900、中山 442000 除外。"),
    ("出厂编号", "按铭牌填写，单元格格式为文本，保留前面的 0；超过 15 位的数字必须用文本格式。"),
    ("用途、产地、检定方式", "可填序号、名称，或“序号.名称”。"),
    ("数量", "留空或填 1，每台仪器单独一行。"),
    ("型式批准证书编号", "监管方式为“P+V”的种别须填写，或在平台上传型式评价证书。"),
    ("同一台仪器", "仪器名称、型号规格、出厂编号、自编号四者相同将视为同一台仪器（全角半角、大小写、首尾空格不计）。"),
)
_ADDRESS_GUIDE = (
    ("适用仪器", "仅用于“三表”：水表、燃气表、电能表。"),
    ("仪器名称、型号规格、出厂编号、自编号", "按台账填写，用来找到仪器；台账中没有自编号的留空。"),
    ("安装使用地点", "新的地点，须在原使用区域之内；其它内容不会改动。"),
    ("使用区域代码", "可不填；填写时须与台账一致。"),
)
_NOZZLE_GUIDE = (
    ("适用仪器", "仅用于加油机。"),
    ("仪器名称、型号规格、出厂编号、自编号", "按台账填写，用来找到加油机；一把枪一行。"),
    ("枪号", "台账中已有的枪号：更新该枪的信息；加油机尚无加油枪时：新增。"),
    ("更换前枪编号", "枪号改变时填写原来的枪号。"),
    ("油品、流量范围、最小被测量、主板编号", "留空则不改动。"),
)
# how a file is read; README of the service, "What an import makes of a cell", says the same
_READING_GUIDE = (
    (
        "文件",
        ".xlsx、.xls，或 UTF-8、GB18030（GBK）编码的 .csv；按内容识别。设有密码的文件请先取消密码。最多 100000 行、200 列。",
    ),
    ("工作表", "读取第一个可见的工作表，隐藏的工作表不读取。"),
    ("表头", "在前 10 行之内；空格、*、（必填）不计；不认识的表头平台会给出建议的对应关系。"),
    ("日期", "日期单元格、2026-01-31、2026/1/31、2026.1.31、2026年1月31日，或日期的序列数字。"),
    ("合并单元格", "合并区域内每个单元格都取该区域的值。"),
    ("公式", "取保存时的计算结果；没有计算结果的视为空。"),
    ("错误值", "#N/A、#REF! 等视为错误，请改正公式或直接填写（.xls 中的错误值视为空）。"),
    ("全角与空格", "代码、日期、电话、序号中的全角数字按半角读取；单元格首尾空格去掉。"),
)
_EXAMPLES = {
    "instruments": (
        "电子计价秤", "ACS-30", "SC20260001", "", "示例衡器有限公司", "020100", "", "3.贸易结算", "440106", "天河路 1 号 3 号档",
        "Ⅲ级", "(0.1～30) kg", "10 g", "2026-01-05", "2026-02-01", "1.国产", "1.送检", "", "", "", "PA2026F001-44", "", "", "",
        "1", "",
    ),
    "addresses": ("水表", "LXS-15", "S20260001", "", "440106", "天河路 2 号 1 单元 301"),
    "nozzles": ("加油机", "CS-46", "J20260001", "", "3", "1", "92 号汽油", "(5～50) L/min", "5 L", "B0003", "2026-01-31"),
}  # fmt: skip
_GUIDES = {"instruments": _FIELDS_GUIDE, "addresses": _ADDRESS_GUIDE, "nozzles": _NOZZLE_GUIDE}


def write_template(
    path: Path, kind: str, kinds: Sequence[Mapping[str, Any]], divisions: Sequence[Mapping[str, Any]]
) -> None:
    layout = LAYOUTS[kind]
    with xlsxwriter.Workbook(str(path)) as book:
        text, head = (
            book.add_format({"num_format": "@"}),
            book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1}),
        )
        must = book.add_format({"bold": True, "bg_color": "#FCE4D6", "border": 1})
        fields = {field.header: field for field in layout.fields}
        sheet = book.add_worksheet("仪器")
        for index, header in enumerate(layout.headers):
            required = header in fields and fields[header].required
            sheet.write_string(0, index, header, must if required else head)
            sheet.set_column(index, index, 16, text)
            _drop_down(sheet, index, header, layout, len(kinds), len(divisions))
        sheet.freeze_panes(1, 0)
        for index, value in enumerate(_EXAMPLES[kind]):
            sheet.write_string(1, index, value)
        guide = book.add_worksheet("填写说明")
        guide.set_column(0, 0, 36)
        guide.set_column(1, 1, 90)
        guide.write_row(0, 0, ["字段", "说明（橙色表头必填；导入前请删除示例行）"], head)
        for index, pair in enumerate((*_GUIDES[kind], *_READING_GUIDE), 1):
            guide.write_row(index, 0, pair)
        listed = [(k["code"], k["name"], k["supervision"]) for k in kinds]
        _list_sheet(book, head, "种别", ["种别代码", "种别名称", "监管方式"], listed)
        _list_sheet(book, head, "区域", ["区域代码", "区域名称"], [(d["code"], d["name"]) for d in divisions])


def _drop_down(sheet: Any, index: int, header: str, layout: Layout, kinds: int, divisions: int) -> None:
    field = next((field for field in layout.fields if field.header == header), None)
    source: Any = None
    if header == "种别代码":
        source = f"=种别!$A$2:$A${kinds + 1}"
    elif header == "使用区域代码":
        source = f"=区域!$A$2:$A${divisions + 1}"
    elif field is not None and field.options:
        source = [f"{i}.{name}" for i, (_, name) in enumerate(field.options, 1)]
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
