"""The rules for the dates and texts of a result, at every door."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from booking.domain.validity import Terms, last_valid_day
from booking.domain.views import WINDOW_DAYS

NO_END = ("first_only", "first_only_rotation")


class Wrong(NamedTuple):
    field: str
    code: str
    zh: str
    en: str


def faults(body: Mapping[str, Any], received_on: date | None, terms: Terms, today: date) -> list[Wrong]:
    """Every wrong field of a result as it was sent."""
    return [*_date(body["verified_on"], received_on, today), *_failure(body), *_validity(body, terms)]


def _date(verified_on: date, received_on: date | None, today: date) -> list[Wrong]:
    if verified_on > today:
        return [Wrong("verified_on", "in_the_future", "检定日期不能晚于今天。", "Must not be after today.")]
    if received_on is not None and verified_on < received_on:
        zh, en = f"检定日期不能早于接收日期 {received_on}。", f"Must not be before {received_on}, the day of reception."
        return [Wrong("verified_on", "before_reception", zh, en)]
    return []


def _failure(body: Mapping[str, Any]) -> list[Wrong]:
    if body["conclusion"] == "fail" and not (body.get("fail_items") or "").strip():
        return [Wrong("fail_items", "required", "结论为不合格时须填写不合格项。", "A fail names what failed.")]
    return []


def _validity(body: Mapping[str, Any], terms: Terms) -> list[Wrong]:
    given: date | None = body.get("valid_until")
    if body["conclusion"] == "fail":
        zh, en = "结论为不合格时没有有效期。", "A fail has no validity."
        return [Wrong("valid_until", "not_for_a_fail", zh, en)] if given is not None else []
    if given is not None and given < body["verified_on"]:
        return [
            Wrong("valid_until", "before_verified_on", "有效期不能早于检定日期。", "Must not be before verified_on.")
        ]
    if terms.mode == "first_only" or (terms.mode == "first_only_rotation" and terms.term_months is not None):
        zh, en = "该种别只作首次检定，没有有效期。", "This kind is verified once: it has no validity."
        return [Wrong("valid_until", "verified_once", zh, en)] if given is not None else []
    if terms.mode in NO_END:
        return []
    if terms.period_months is None:
        zh, en = "该种别没有检定周期，须填写有效期至。", "This kind has no period: give the date."
        return [Wrong("valid_until", "required", zh, en)] if given is None else []
    by_rule = last_valid_day(body["verified_on"], terms.period_months)
    if given is not None and given > by_rule:
        zh, en = (
            f"有效期不能晚于 {by_rule}（检定周期 {terms.period_months} 个月）。",
            f"Not after {by_rule}, the end of the period.",
        )
        return [Wrong("valid_until", "too_late", zh, en)]
    if given is not None and given < by_rule and not (body.get("remarks") or "").strip():
        zh, en = (
            f"有效期短于检定周期（至 {by_rule}），须在备注中写明理由。",
            "A validity shorter than the period needs a reason here.",
        )
        return [Wrong("remarks", "required", zh, en)]
    return []


def is_owed(passed: Mapping[str, str | None], unit: str, today: date) -> bool:
    """Whether a unit has to be verified now. passed: unit that passed before -> its last valid day."""
    if unit not in passed:
        return True
    end = passed[unit]
    return end is not None and date.fromisoformat(end) <= today + timedelta(days=WINDOW_DAYS)
