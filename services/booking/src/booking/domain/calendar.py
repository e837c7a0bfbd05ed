"""When an institution receives instruments: working days, periods, capacities, how far ahead. [Asia/Shanghai]"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from chassis.workdays import Workdays

MODES = ("deliver", "onsite")
PERIODS = ("am", "pm")
PERIOD_LABELS = {"am": "上午", "pm": "下午"}
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
DEFAULT_CAPACITY = {"deliver": 60, "onsite": 20}  # instruments a period
OPEN_DAYS = 60  # from tomorrow on


@dataclass(frozen=True)
class Override:
    """The setting of an institution for one day."""

    capacity_am: int
    capacity_pm: int
    closed: bool


def capacities(mode: str, day: date, override: Override | None, calendar: Workdays) -> dict[str, int]:
    """period -> capacity in instruments; nothing on a day without service."""
    if override is not None:
        if override.closed:
            return {}
        given = {"am": override.capacity_am, "pm": override.capacity_pm}
        return {period: capacity for period, capacity in given.items() if capacity > 0}
    return dict.fromkeys(PERIODS, DEFAULT_CAPACITY[mode]) if calendar.works(day) else {}


def why_not_open(day: date, period: str, override: Override | None, today: date, calendar: Workdays) -> tuple[str, str]:
    """Why a period of a day takes no bookings, in Chinese and English."""
    first, last = horizon(today)
    if day < first:
        return "预约须至少提前一天。", "Book at least one day ahead."
    if day > last:
        return f"最多可提前 {OPEN_DAYS} 天预约，最晚至 {last}。", f"At most {OPEN_DAYS} days ahead, until {last}."
    if override is None and not calendar.works(day):
        name = calendar.name(day)
        zh = f"{day} 为{name}假期，不接受预约。" if name else f"{day} 是{WEEKDAYS[day.weekday()]}，不接受预约。"
        return zh, f"{day} is a day off."
    if override is not None and (override.closed or override.capacity_am + override.capacity_pm == 0):
        return f"技术机构 {day} 停止接收，请选择其他日期。", f"The institution is closed on {day}."
    return f"技术机构 {day} {PERIOD_LABELS[period]}不接收，请选择其他时段。", f"No service in that period of {day}."


def horizon(today: date) -> tuple[date, date]:
    """The first and the last day that can be booked."""
    return today + timedelta(days=1), today + timedelta(days=OPEN_DAYS)


def days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
