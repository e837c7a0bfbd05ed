"""Answers of the official account to 备案查询, 检定查询 and a booking number, in the manual's words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from notification.domain.texts import PERIODS

FILINGS = {
    "submitted": "已提交", "pending_reassignment": "待处理", "awaiting_confirmation": "待确认", "approved": "已审核",
    "returned": "被退回", "revoked": "被撤销", "withdrawn": "已撤回", "lapsed": "已失效", "closed": "已关闭",
}  # fmt: skip
BOOKINGS = {
    "pending": "预约中", "confirmed": "已确认", "rejected": "被拒绝", "cancelled": "已取消", "received": "已接收",
    "in_progress": "检定中", "completed": "完检", "returned": "被退回", "no_show": "未到检",
}  # fmt: skip
# manual, 四.4
ALWAYS = ("submitted", "pending_reassignment", "awaiting_confirmation", "approved", "returned", "revoked")
UNKNOWN_NUMBER = "没有找到预约单 {number}，请核对单号。"
NAME_LENGTH = 20  # of an institution: ten lines must fit into the 2,048 bytes of a reply [characters]


def filings(counts: Mapping[str, int]) -> str:
    lines = [
        f"{word}：{counts.get(state, 0)}" for state, word in FILINGS.items() if state in ALWAYS or counts.get(state)
    ]
    return "\n".join([f"备案共 {counts['total']} 台", *lines])


def bookings(items: Sequence[Mapping[str, Any]]) -> str:
    if not items:
        return "还没有预约单。"
    return "\n".join([f"最新的 {len(items)} 张预约单", *(_line(item) for item in items)])


def _line(item: Mapping[str, Any]) -> str:
    where = (item["institution_name"] or "技术机构")[:NAME_LENGTH]
    return f"{item['number']} {where} {item['date']} {PERIODS[item['period']]} {BOOKINGS[item['state']]}"


def booking(found: Mapping[str, Any]) -> str:
    return f"预约单 {found['number']}：{BOOKINGS[found['state']]}。"


def number_in(text: str) -> str | None:
    """Returns the typed booking number; lower case, spaces and hyphens are accepted. None if the text is no number. It does not
    check whether the booking exists."""
    number = re.sub(r"[\s-]", "", text).upper()
    return number if re.fullmatch(r"YY[0-9A-Z]{10}", number) else None
