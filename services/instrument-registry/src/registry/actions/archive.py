"""Many certificates in one ZIP, named 种类_型号_出厂编号_证书号_有效期.pdf, with a sheet that lists them."""

import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from registry.domain.certificates import KIND_LABELS, STATUS_LABELS, status_on
from registry.workbooks.plain import write_sheet

INDEX = "目录.xlsx"
HEADERS = (
    "序号", "文件名", "证书编号", "类别", "仪器名称", "型号规格", "出厂编号", "自编号", "测量单元", "种别代码", "送检单位", "检定机构",
    "检定日期", "有效期至", "状态",
)  # fmt: skip
_UNSAFE = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]+')


def write_archive(
    target: Path, rows: Sequence[Mapping[str, Any]], path_of: Callable[[str], Path], today: date,
    told: Callable[[int], None] = lambda _done: None,
) -> None:  # fmt: skip
    """rows: certificates as `queries.certificates` gives them. path_of: where a stored file is. told: after each."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package, tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / INDEX
        write_sheet(index, "目录", HEADERS, (_line(n, row, today) for n, row in enumerate(rows, 1)))
        package.write(index, INDEX)
        for done, row in enumerate(rows, 1):
            package.write(path_of(row["file"]), file_name(row))
            told(done)


def file_name(row: Mapping[str, Any]) -> str:
    s = row["snapshot"]
    name = s["name"] + (f"-{row['unit']}号枪" if row["unit"] else "")
    parts = (name, s["model"], s["serial_no"], row["number"], _end(row))
    return "_".join(_UNSAFE.sub("-", part)[:40] for part in parts) + ".pdf"


def _end(row: Mapping[str, Any]) -> str:
    if row["kind"] == "failure_notice":
        return "不合格"
    return str(row["valid_until"] or row["rotate_on"] or "长期")


def _line(number: int, row: Mapping[str, Any], today: date) -> list[str]:
    s = row["snapshot"]
    return [
        str(number), file_name(row), row["number"], KIND_LABELS[row["kind"]], s["name"], s["model"], s["serial_no"],
        s["own_no"], row["unit"], row["kind_code"], s["org_name"], s["institution_name"], str(row["verified_on"]), _end(row),
        STATUS_LABELS[status_on(row, today)],
    ]  # fmt: skip
