"""The rules for an instrument's values, at every door: the form, the import and the entry of rows.

Each wrong value gives a Fault in the manual's own words; the field's reader (form or workbook) adds where it stood.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.domain.validity import add_months, last_valid_day


@dataclass(frozen=True)
class KindFacts:
    """The facts of a kind that the rules need."""

    name: str
    supervision: str
    mode: str | None
    valid_from: date | None
    valid_to: date | None
    successor: str | None
    details_schema: str | None = None  # which fields of its own it has, see domain.details
    period_months: int | None = None
    term_months: int | None = None

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
    "kind_code",
    "kind_required",
    "仪器的种别代码不能为空",
    "The kind code is required.",
    "种别代码（附件二，即模板的“种别”页）",
)


DECLARED = ("declared_valid_until", "last_verified_on", "last_cert_no", "kind_code")  # that `declared_faults` reads
# that `faults` reads, or `declared_faults`
RULED_FIELDS = (*dict.fromkeys(("kind_code", "division_code", "made_on", "in_use_on", *DECLARED)),)


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


def declared_faults(values: Mapping[str, Any], kind: KindFacts | None) -> list[Fault]:
    """A validity that the owner declares rests on a certificate: it names it with its day, and ends with its period."""
    until: date | None = values.get("declared_valid_until")
    verified_on: date | None = values.get("last_verified_on")
    if not until:
        return []
    found = []
    if not values.get("last_cert_no"):
        found.append(Fault("last_cert_no", "needed_for_validity", "填写“有效期至”时须填写上次检定证书编号",
                           "A declared validity names its certificate.", "上次检定证书编号"))  # fmt: skip
    if not verified_on:
        return [*found, Fault("last_verified_on", "needed_for_validity", "填写“有效期至”时须填写上次检定日期",
                              "A declared validity names the day of its verification.", "上次检定日期")]  # fmt: skip
    end = declared_end(kind, verified_on)
    if until < verified_on:
        found.append(Fault("declared_valid_until", "date_order", "有效期至不能早于上次检定日期", "Before the verification.", f"不早于 {verified_on}"))  # fmt: skip
    elif end is not None and until > end:
        found.append(Fault("declared_valid_until", "too_late", f"有效期至不能晚于 {end}（上次检定日期加该种别的检定周期）",
                           f"Not after {end}: the last verification and the period of the kind.", f"不晚于 {end}"))  # fmt: skip
    return found


# The longest period in the catalog: a periodic kind whose entry names none is not valid for longer [months].
LONGEST_WITHOUT_PERIOD = 24


def declared_end(kind: KindFacts | None, verified_on: date) -> date | None:
    """The last day that a verification on this day can be good for; None where the kind sets no end."""
    if kind is not None and kind.mode == "first_only_rotation" and kind.term_months:
        return add_months(verified_on, kind.term_months)[0]
    if kind is not None and kind.mode == "periodic" and kind.period_months:
        return last_valid_day(verified_on, kind.period_months)
    if kind is not None and kind.mode == "periodic":
        return last_valid_day(verified_on, LONGEST_WITHOUT_PERIOD)
    return None


def declared_validity(values: Mapping[str, Any], kind: KindFacts | None) -> date | None:
    """Returns the part of a declared validity that counts, also if it was entered before this rule."""
    until, verified_on = values.get("declared_valid_until"), values.get("last_verified_on")
    if not until or not verified_on or not values.get("last_cert_no"):
        return None
    end = declared_end(kind, verified_on)
    counted: date = until if end is None else min(until, end)
    return counted if counted >= verified_on else None


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
                f"{code} is a city; the area of use is a county-level code.", "区县级代码（附件三，即模板的“区域”页）",
            )
        ]  # fmt: skip
    return [
        Fault("division_code", "division_unknown", f"使用区域代码：{code}不存在，请核对附件三", f"There is no division {code}.", "区县级代码（附件三，即模板的“区域”页）")
    ]  # fmt: skip


def missing_for_filing(values: Mapping[str, Any], kind: KindFacts | None, has_type_approval_file: bool) -> list[str]:
    """Returns what is missing for a filing, in the user's words."""
    missing = []
    if (
        kind is not None
        and kind.supervision == "P+V"
        and not values.get("type_approval_no")
        and not has_type_approval_file
    ):
        missing.append("监管方式为“P+V”的仪器须上传“型式评价”证书或填写型式批准证书编号")
    if (
        kind is not None
        and kind.details_schema == "fuel_dispenser"
        and not (values.get("details") or {}).get("nozzles")
    ):
        missing.append("加油机须填写加油枪，检定按加油枪逐枪进行")
    return missing
