"""The catalog of kinds 种别: what a version of it says of a kind, and what it changes of the one before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from registry.domain.fields import PURPOSES

SUPERVISIONS = (("P", "P"), ("V", "V"), ("P+V", "P+V"))
MODES = (
    ("periodic", "周期检定"),
    ("first_only", "首次强制检定，失准报废"),
    ("first_only_rotation", "首次强制检定，到期轮换"),
)
# what counts from the day on which a version begins; the life of a code carries its own dates
TIMED = ("category", "name", "supervision", "mode", "period_months", "term_months", "purposes", "scope_note")
LIFE = ("valid_from", "valid_to", "successor")


@dataclass(frozen=True)
class CatalogField:
    """key: as in the API. header: as in the workbook. kind: text, code, number, date, option or options."""

    key: str
    header: str
    kind: str = "text"
    max: int = 100
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()


CATALOG_FIELDS = (
    CatalogField("code", "种别代码", "code", 20, required=True),
    CatalogField("category", "类别", required=True),
    CatalogField("name", "种别名称", required=True),
    CatalogField("supervision", "监管方式", "option", required=True, options=SUPERVISIONS),
    CatalogField("mode", "检定方式", "option", options=MODES),
    CatalogField("period_months", "检定周期（月）", "number"),
    CatalogField("term_months", "使用期限（月）", "number"),
    CatalogField("purposes", "用途", "options", options=PURPOSES),
    CatalogField("scope_note", "说明", max=1000),
    CatalogField("valid_from", "生效日期", "date"),
    CatalogField("valid_to", "失效日期", "date"),
    CatalogField("successor", "替代种别代码", "code", 20),
)
EMPTY: dict[str, Any] = {
    f.key: [] if f.kind == "options" else "" if f.key == "scope_note" else None for f in CATALOG_FIELDS
}
Values = Mapping[str, Any]


@dataclass
class Change:
    code: str
    name: str
    fields: list[dict[str, Any]]  # [{field, before, after}]


@dataclass
class Diff:
    """The changes that a list makes. added: whole kinds. withdrawn: kinds in force that are no longer listed."""

    added: list[Values] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    withdrawn: list[Values] = field(default_factory=list)
    unchanged: int = 0


def diff(held: Mapping[str, Values], listed: Mapping[str, Values], valid_from: date) -> Diff:
    """held: the kinds as they would be on the day `valid_from`, by code. listed: those of the list, each with the
    fields that the list has a column for."""
    found = Diff()
    for code, row in listed.items():
        before = held.get(code)
        if before is None:
            found.added.append({**EMPTY, **row, "valid_from": row.get("valid_from") or valid_from})
            continue
        after = {
            **row,
            "valid_from": row.get("valid_from") or before["valid_from"],
            "valid_to": _end(before, row, valid_from),
        }
        fields = [{"field": k, "before": before[k], "after": v} for k, v in after.items() if before[k] != v]
        if fields:
            found.changed.append(Change(code, row["name"], fields))
        else:
            found.unchanged += 1
    for code, before in held.items():
        if code not in listed and in_force(before, valid_from):
            found.withdrawn.append(before)
        elif code not in listed:
            found.unchanged += 1
    return found


def in_force(kind: Values, day: date) -> bool:
    """Whether the code is not withdrawn by that day; it may begin later."""
    return kind["valid_to"] is None or day <= kind["valid_to"]


def last_day(valid_from: date) -> date:
    """Of a kind that is not in the list that begins then."""
    return valid_from - timedelta(days=1)


def _end(before: Values, row: Values, valid_from: date) -> date | None:
    """A list without a column of last days says by naming a kind that it is in force."""
    if "valid_to" in row:
        end: date | None = row["valid_to"]
        return end
    return before["valid_to"] if in_force(before, valid_from) else None
