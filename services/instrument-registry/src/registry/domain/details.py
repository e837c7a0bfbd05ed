"""The fields that only some kinds have: nozzles 加油枪 of a fuel dispenser, sizes and numbers of the three meters 三表.

Which kind has which stands in the catalog (`details_schema`). A nozzle is a measuring unit: it has its own result,
certificate and validity.
"""

from collections.abc import Mapping
from typing import Any

from chassis.rules import Table
from registry.domain.rules import Fault

_METER = ("account_no", "account_name", "first_verified_on", "first_batch_no")
SHAPES: dict[str, tuple[str, ...]] = {
    "fuel_dispenser": ("nozzles",),
    "water_meter": ("size", "q3", *_METER),
    "gas_meter": ("g_size", "medium", *_METER),
    "electricity_meter": ("current", "phases", *_METER),
}
LABELS = {
    "nozzles": "加油枪", "size": "口径", "q3": "常用流量 Q3", "g_size": "G 规格", "medium": "燃气种类", "current": "电流规格",
    "phases": "相数", "account_no": "户号", "account_name": "户名", "first_verified_on": "首检日期", "first_batch_no": "首检批号",
}  # fmt: skip
_TABLE = Table("instrument-fields")
_RULES = _TABLE.by("details", "field")
if set(_RULES) != set(LABELS):
    raise _TABLE.wrong("its details are not those of registry.domain.details")
OWN = frozenset(name for name, rule in _RULES.items() if rule["own"])  # a copy does not have them
AFTER_APPROVAL = frozenset(name for name, rule in _RULES.items() if rule["approved"])


def detail_faults(details: Mapping[str, Any], shape: str | None) -> list[Fault]:
    """shape: the kind's details_schema. Every field that this kind has not, and nozzles that share a number."""
    allowed = SHAPES.get(shape or "", ())
    found = []
    for name in details:
        if name not in allowed:
            offered = "、".join(LABELS[one] for one in allowed) or "无"
            found.append(
                Fault(f"details.{name}", "not_of_this_kind", f"该种别没有“{LABELS.get(name, name)}”一项（可填：{offered}）",
                      f"This kind has no {name}; it has: {', '.join(allowed) or 'none'}.", offered)
            )  # fmt: skip
    seen: dict[str, int] = {}
    for index, nozzle in enumerate(details.get("nozzles") or []):
        number = str(nozzle["nozzle_no"])
        if number in seen:
            found.append(
                Fault(f"details.nozzles.{index}.nozzle_no", "nozzle_twice", f"枪号 {number} 与第 {seen[number] + 1} 把加油枪重复",
                      f"Nozzle {number} stands twice.", "每把加油枪一个枪号")
            )  # fmt: skip
        seen.setdefault(number, index)
    return found


def changed_details(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Detail by detail what differs, as history tells it."""
    names = [*before, *(name for name in after if name not in before)]
    return [
        {"field": f"details.{name}", "before": before.get(name), "after": after.get(name)}
        for name in names
        if before.get(name) != after.get(name)
    ]
