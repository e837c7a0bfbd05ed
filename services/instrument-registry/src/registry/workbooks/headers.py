"""Maps the columns of a file to fields.

A header is the field's, in Chinese or as its key in the API; blanks, a star and a remark such as （必填） do not count.
The headers stand in the first of the first ten rows that names most fields (a title may stand above them). What is not
understood is answered with a proposal, which the person corrects and sends along as `mapping`.
"""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.errors import WorkbookInvalid
from registry.domain.errors import HeadersUnclear
from registry.domain.fields import FIELDS, HEADERS, QUANTITY, REASON_HEADER, ROW_KEY, Layout

TITLE_ROWS = 10  # at most stand above the headers
CLOSE = 0.5  # of difflib's ratio
_REMARK = re.compile(r"[\s*:]|\((?:必填|选填|可选|文本|文本格式)\)")
# how other tables call our fields
_ALSO = {
    "名称": "name", "器具名称": "name", "设备名称": "name", "计量器具名称": "name", "规格型号": "model", "型号": "model", "规格": "model",
    "编号": "serial_no", "器具编号": "serial_no", "序列号": "serial_no", "sn": "serial_no", "设备编号": "own_no", "资产编号": "own_no",
    "管理编号": "own_no", "厂家": "manufacturer", "生产厂家": "manufacturer", "制造厂": "manufacturer", "生产单位": "manufacturer",
    "制造商": "manufacturer", "器具用途": "purpose", "区域代码": "division_code", "使用区域": "division_code", "安装地点": "install_address",
    "使用地点": "install_address", "安装地址": "install_address", "精度等级": "accuracy_class", "量程": "measuring_range",
    "生产日期": "made_on", "制造日期": "made_on", "启用日期": "in_use_on", "部门": "department", "责任人": "keeper", "电话": "phone",
    "手机": "phone", "备注说明": "remark",
}  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A column of the file and the field it might be. index: from 1, as people count."""

    index: int
    header: str
    proposal: str | None
    score: float

    def to_json(self) -> dict[str, Any]:
        return {"index": self.index, "header": self.header, "proposal": self.proposal, "score": round(self.score, 2)}


def plain(header: str) -> str:
    return _REMARK.sub("", unicodedata.normalize("NFKC", header)).casefold()


def is_header(name: str, layout: Layout) -> bool:
    """Whether a mapping may lead to it."""
    return bool(_known(layout).get(plain(name)))


def header_row(rows: Sequence[Sequence[str]], layout: Layout, mapping: Mapping[str, str]) -> int:
    """Returns the header row among the first rows."""
    known = _known(layout) | {plain(name): "" for name in mapping}
    scores = [sum(plain(cell) in known for cell in cells if cell) for cells in rows[:TITLE_ROWS]]
    return scores.index(max(scores))


def places(cells: Sequence[str], layout: Layout, mapping: Mapping[str, str]) -> dict[str, int]:
    """Key of a field -> index of its column. mapping: a header of the file -> one of ours, or "" to leave it out.
    Raises: HeadersUnclear with a proposal, WorkbookInvalid."""
    known = _known(layout)
    sent = {plain(header): (known.get(plain(ours), "") if ours else "") for header, ours in mapping.items()}
    found: dict[str, int] = {}
    unknown: list[int] = []
    for index, header in enumerate(cells):
        name = plain(header)
        if not name:
            continue
        key = sent[name] if name in sent else known.get(name)
        if key is None:
            unknown.append(index)
        elif key in found:
            raise WorkbookInvalid(reason=f"表头“{header}”重复")
        elif key:
            found[key] = index
    missing = [field.header for field in layout.fields if field.required and field.key not in found]
    if missing or unknown:
        raise HeadersUnclear(
            reason=_reason(missing, [cells[index] for index in unknown]),
            headers=[one.to_json() for one in _propose(cells, unknown, found, layout)],
        )
    return found


def _reason(missing: Sequence[str], unknown: Sequence[str]) -> str:
    parts = []
    if missing:
        parts.append(f"缺少表头：{'、'.join(missing)}（第 1 行须为表头，请下载模板对照）")
    if unknown:
        parts.append(
            f"不认识的表头：{'、'.join(name[:20] for name in unknown[:5])}（请下载模板对照，或确认平台建议的对应关系）"
        )
    return "；".join(parts)


def _known(layout: Layout) -> dict[str, str]:
    """Plain header -> key of a field, or "" for a column of another kind of import, which is left out."""
    ignored = dict.fromkeys([*HEADERS, REASON_HEADER, *(field.key for field in FIELDS), QUANTITY.key], "")
    ours = {name: field.key for field in (*layout.fields, ROW_KEY) for name in (field.header, field.key)}
    return {plain(name): key for name, key in (ignored | ours).items()}


def _propose(cells: Sequence[str], unknown: Sequence[int], found: Mapping[str, int], layout: Layout) -> list[Proposal]:
    """For each column that is not understood the likeliest field that has none yet, each field once."""
    free = [field for field in layout.fields if field.key not in found]
    pairs = sorted(
        ((_likeness(plain(cells[index]), field), index, field.header) for index in unknown for field in free),
        key=lambda pair: (-pair[0], pair[1]),
    )
    taken: dict[int, tuple[str, float]] = {}
    for score, index, header in pairs:
        if score >= CLOSE and index not in taken and header not in {name for name, _ in taken.values()}:
            taken[index] = (header, score)
    return [Proposal(index + 1, cells[index][:100], *taken.get(index, (None, 0.0))) for index in unknown]


def _likeness(name: str, field: Any) -> float:
    if _ALSO.get(name) == field.key:
        return 0.95
    return difflib.SequenceMatcher(None, name[:50], plain(field.header)).ratio()
