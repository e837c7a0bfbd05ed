"""Answers of the official account to 备案查询, 检定查询 and a booking number, in the manual's words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.rules import Table
from notification.domain.texts import PERIODS

FILINGS = Table("filing-states").words("states", "state")
BOOKINGS = Table("booking-states").words("states", "state")
_NUMBER = Table("booking-number")
_IGNORED = re.compile(_NUMBER.value("ignored", str))
_WHOLE = re.compile(f"{_NUMBER.value('prefix', str)}[0-9A-Z]{{{_NUMBER.value('random', int) + 1}}}")
# manual, 四.4
ALWAYS = ("submitted", "pending_reassignment", "awaiting_confirmation", "approved", "returned", "revoked")
UNKNOWN_NUMBER = "没有找到预约单 {number}，请核对单号。"
NAME_LENGTH = 20  # of an institution: ten lines must fit into the 2,048 bytes of a reply [characters]


def filings(counts: Mapping[str, int]) -> str:
    shown = [*ALWAYS, *(state for state in FILINGS if state not in ALWAYS and counts.get(state))]
    lines = [f"{FILINGS[state]}：{counts.get(state, 0)}" for state in shown]
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
    number = _IGNORED.sub("", text).upper()
    return number if _WHOLE.fullmatch(number) else None
