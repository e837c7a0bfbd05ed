"""Working days on the mainland: weekdays without public holidays, and the weekend days that are worked for them (调休).

The library `holidays` knows the arrangement of every year that is published, and of later years the statutory days with
those that are given for a weekend. `changes` are days that were set by hand, for a year that is not arranged yet or a
change since.

Run as a program this module prints what the library knows: imported, the library would hold 45 MB in every process.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

YEARS = range(2020, 2061)
KINDS = ("off", "working")
_LANGUAGES = {"zh": "zh_CN", "en": "en_US"}  # ours, and the library's


class Change(NamedTuple):
    """A day as somebody set it. kind: off or working."""

    kind: str
    name: str


class Day(NamedTuple):
    """A day that is not what its weekday says. kind: off or working."""

    date: date
    kind: str
    name: str
    by_hand: bool


@dataclass(frozen=True)
class Workdays:
    """The calendar with what was set by hand."""

    changes: Mapping[date, Change] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        if day in self.changes:
            return self.changes[day].kind == "working"
        return day in _known().worked or (day.weekday() < 5 and day not in _known().off)

    def name(self, day: date, language: str = "zh") -> str | None:
        """The name of a day off."""
        if day in self.changes:
            return self.changes[day].name if self.changes[day].kind == "off" else None
        names = _known().off.get(day)
        return names[language] if names else None

    def after(self, day: date, count: int) -> date:
        """The working day that is the `count`th after a day."""
        while count:
            day += timedelta(days=1)
            count -= self.works(day)
        return day

    def special(self, year: int, language: str = "zh") -> Iterator[Day]:
        """The days of a year that are not what their weekday says, or were set by hand."""
        known = {day for day in (*_known().off, *_known().worked) if day.year == year}
        for day in sorted({*known, *(day for day in self.changes if day.year == year)}):
            if day in self.changes:
                yield Day(day, *self.changes[day], True)
            else:
                yield Day(day, "working" if day in _known().worked else "off", self.name(day, language) or "", False)

    def is_arranged(self, year: int) -> bool:
        """Whether the year's bridges and make-up days are known; else only its statutory days are."""
        return year in _known().arranged or any(day.year == year for day in self.changes)


class _Known(NamedTuple):
    off: Mapping[date, Mapping[str, str]]  # day -> language -> name
    worked: frozenset[date]
    arranged: frozenset[int]


@cache
def _known() -> _Known:
    told = json.loads(subprocess.run([sys.executable, "-m", __name__], check=True, capture_output=True).stdout)
    off = {date.fromisoformat(day): names for day, names in told["off"].items()}
    return _Known(off, frozenset(map(date.fromisoformat, told["worked"])), frozenset(told["arranged"]))


def _of_library() -> dict[str, Any]:
    import holidays

    found = {ours: holidays.country_holidays("CN", years=YEARS, language=theirs) for ours, theirs in _LANGUAGES.items()}
    return {
        "off": {day.isoformat(): {language: of[day] for language, of in found.items()} for day in found["zh"]},
        "worked": [day.isoformat() for day in found["zh"].weekend_workdays],
        "arranged": list(found["zh"].special_public_holidays),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_of_library()))
