"""What must be right about an instrument's values, whoever sends them: the form, the import or the row-by-row door.

Each wrong value gives a Fault in the manual's own words; the field's reader (form or workbook) adds where it stood.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class KindFacts:
    """What the rules need of a kind."""

    name: str
    supervision: str
    mode: str | None
    valid_from: date | None
    valid_to: date | None
    successor: str | None
    details_schema: str | None = None  # which fields of its own it has, see domain.details

    def in_force(self, today: date) -> bool:
        return (self.valid_from is None or self.valid_from <= today) and (
            self.valid_to is None or today <= self.valid_to
        )


@dataclass(frozen=True)
class Reference:
    """The catalog and the divisions on a day. divisions: code -> whether it is a leaf."""

    today: date
    kinds: Mapping[str, KindFacts]
    divisions: Mapping[str, bool]  # code -> is leaf


@dataclass(frozen=True)
class Fault:
    field: str
    code: str
    zh: str
    en: str
    expected: str = ""
    suggestion: str | None = None


KIND_REQUIRED = Fault(
    "kind_code", "kind_required", "仪器的种别代码不能为空", "The kind code is required.", "附件二中的种别代码"
)


RULED_FIELDS = ("kind_code", "division_code", "made_on", "in_use_on", "last_verified_on")  # that `faults` reads


def faults(values: Mapping[str, Any], reference: Reference) -> list[Fault]:
    """Every fault of complete values; a field whose value is missing or unreadable already is not judged again."""
    found: list[Fault] = []
    if values.get("kind_code"):
        found += _kind(values["kind_code"], reference)
    if values.get("division_code"):
        found += _division(values["division_code"], reference)
    made, used = values.get("made_on"), values.get("in_use_on")
    for key, label, day in (("made_on", "出厂日期", made), ("in_use_on", "投用日期", used), ("last_verified_on", "上次检定日期", values.get("last_verified_on"))):  # fmt: skip
        if day and day > reference.today:
            found.append(
                Fault(
                    key,
                    "date_in_future",
                    f"{label}不能晚于今天",
                    "The date lies in the future.",
                    f"不晚于 {reference.today}",
                )
            )
    return found + dates_in_order(made, used)


def dates_in_order(made: date | None, used: date | None) -> list[Fault]:
    """The one rule that needs two fields."""
    if not made or not used or made <= used:
        return []
    return [
        Fault("in_use_on", "date_order", "投用日期不能早于出厂日期", "In use before it was made.", f"不早于 {made}")
    ]


def _kind(code: str, reference: Reference) -> list[Fault]:
    kind = reference.kinds.get(code)
    if kind is not None and kind.in_force(reference.today):
        return []
    successor = kind.successor if kind else None
    return [
        Fault(
            "kind_code", "kind_unknown", f"仪器的种别代码：{code}可能有误或已作废，无法找到相对应的名称",
            f"Kind code {code} is unknown or withdrawn.", "目录中现行有效的种别代码", successor,
        )
    ]  # fmt: skip


def _division(code: str, reference: Reference) -> list[Fault]:
    leaf = reference.divisions.get(code)
    if leaf:
        return []
    if leaf is False and code.endswith("00"):
        return [
            Fault(
                "division_code", "division_not_leaf",
                f"【{code}】是属于市级代码，使用区域须填最后两位不是“00”的区县级代码！",
                f"{code} is a city; the area of use is a county-level code.", "区县级代码（附件三）",
            )
        ]  # fmt: skip
    return [
        Fault("division_code", "division_unknown", f"使用区域代码：{code}不存在，请核对附件三", f"There is no division {code}.", "区县级代码（附件三）")
    ]  # fmt: skip


def missing_for_filing(values: Mapping[str, Any], kind: KindFacts | None, has_type_approval_file: bool) -> list[str]:
    """What keeps an instrument from being filed, as labels."""
    missing = []
    if (
        kind is not None
        and kind.supervision == "P+V"
        and not values.get("type_approval_no")
        and not has_type_approval_file
    ):
        missing.append("监管方式为“P+V”的仪器须上传“型式评价”证书或填写型式批准证书编号")
    return missing
