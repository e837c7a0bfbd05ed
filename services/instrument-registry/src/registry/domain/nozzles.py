"""The nozzles 加油枪 of a fuel dispenser, and what changing one means."""

from collections.abc import Mapping, Sequence
from typing import Any

from registry.domain.rules import Fault

MOST_NOZZLES = 32  # of one dispenser
KEPT = ("fuel_grade", "flow_range", "min_quantity", "board_no")
Nozzles = Sequence[Mapping[str, Any]]


def nozzle_fault(nozzles: Nozzles, change: Mapping[str, Any]) -> Fault | None:
    """Why `change` does not fit: it names a nozzle by its number, before the change where that is another. A dispenser
    whose nozzles are not recorded takes any."""
    number, old = change["nozzle_no"], change["old_nozzle_no"]
    numbers = [nozzle["nozzle_no"] for nozzle in nozzles]
    if not numbers and not old:
        return None
    if (old or number) not in numbers:
        listed = "、".join(numbers) or "无"
        return Fault(
            "old_nozzle_no" if old else "nozzle_no", "nozzle_unknown", f"该加油机没有枪号 {old or number}（现有枪号：{listed}）",
            f"The dispenser has no nozzle {old or number}; it has {', '.join(numbers) or 'none'}.", listed,
        )  # fmt: skip
    if old and old != number and number in numbers:
        return Fault(
            "nozzle_no",
            "nozzle_taken",
            f"该加油机已有枪号 {number}",
            f"There is a nozzle {number} already.",
            "新的枪号",
        )
    return None


def with_change(nozzles: Nozzles, change: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The nozzles after a change that fits; what it leaves empty stays."""
    number, old = change["nozzle_no"], change["old_nozzle_no"]
    told = {"nozzle_no": number} | {key: change[key] for key in KEPT if change[key]}
    if change.get("replaced_on"):  # kept, so that the same row again is no second replacement
        told["replaced_on"] = str(change["replaced_on"])
    after = [{**nozzle, **told} if nozzle["nozzle_no"] == (old or number) else dict(nozzle) for nozzle in nozzles]
    if not any(nozzle["nozzle_no"] == number for nozzle in after):
        after.append(told)
    return after
