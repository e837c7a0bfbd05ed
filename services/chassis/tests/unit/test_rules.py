"""Tables of rules: read, and refused where they are wrong."""

import json
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from chassis.errors import IllegalMove
from chassis.rules import Ranges, RulesError, States, Table


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"


STATES = [{"state": "open", "zh": "开", "en": "Open", "airy": True}, {"state": "shut", "zh": "关", "en": "Shut", "airy": False}]  # fmt: skip
GUEST = {"kind": "applicant", "roles": ["owner"]}
MOVES: list[dict[str, Any]] = [
    {"move": "close", "zh": "关上", "en": "Closed", "from": ["open"], "to": "shut", "by": [GUEST]},
    {"move": "knock", "zh": "敲", "en": "Knocked", "from": ["shut"], "to": None, "by": [{"kind": "supervisor"}, GUEST]},
]


def doors(folder: Path, states: Any = STATES, moves: Any = MOVES) -> States[Door]:
    (folder / "doors.json").write_text(json.dumps({"states": states, "moves": moves}), "utf-8")
    return States(Table("doors", folder), Door)


def test_a_move_leads_where_the_table_says_or_is_refused_in_its_words(tmp_path: Path) -> None:
    table = doors(tmp_path)
    assert table.after("open", "close") is Door.SHUT
    assert table.after("shut", "knock") is Door.SHUT
    with pytest.raises(IllegalMove) as refused:
        table.after("shut", "close")
    assert {"关", "关上"} == set(refused.value.values.values())
    assert table.marked("airy") == (Door.OPEN,)


def test_a_table_says_who_may_make_a_move(tmp_path: Path) -> None:
    permitted = doors(tmp_path).permitted
    assert permitted["close"].kinds == ("applicant",)
    assert permitted["knock"].kinds == ("supervisor", "applicant")
    assert permitted["knock"].roles == {"owner"}


@pytest.mark.parametrize(
    ("states", "moves", "why"),
    [
        ([STATES[0]], MOVES, "its states are not those of"),
        ([*STATES, STATES[0]], MOVES, "stands twice"),
        ([STATES[0], {"state": "shut"}], MOVES, "the fields of states differ"),
        ([], MOVES, "there is no list states"),
        (STATES, [MOVES[0] | {"to": "ajar"}], "close names states that are not there: ajar"),
        (STATES, [MOVES[0] | {"by": [GUEST, {"kind": "institution"}]}], "close asks for roles on one side only"),
    ],
)
def test_a_wrong_table_is_refused_with_its_name(tmp_path: Path, states: Any, moves: Any, why: str) -> None:
    with pytest.raises(RulesError, match=r"doors\.json: ") as refused:
        doors(tmp_path, states, moves)
    assert why in str(refused.value)


def test_a_table_that_is_missing_or_no_json_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"doors\.json"):
        Table("doors", tmp_path)
    (tmp_path / "doors.json").write_text('{"width": 1}', "utf-8")
    assert Table("doors", tmp_path).value("width", int) == 1
    for name, kind in (("width", str), ("height", int)):
        with pytest.raises(RulesError, match=rf"doors\.json: {name} is missing or no {kind.__name__}"):
            Table("doors", tmp_path).value(name, kind)
    (tmp_path / "doors.json").write_text("{", "utf-8")
    with pytest.raises(RulesError, match=r"doors\.json"):
        Table("doors", tmp_path)


def shelves(folder: Path, *rows: tuple[str, int | None, int | None]) -> Ranges:
    listed = [{"shelf": name, "holds": [{"phase": "ripe", "from": a, "to": b}]} for name, a, b in rows]
    (folder / "shelves.json").write_text(json.dumps({"shelves": listed}), "utf-8")
    return Ranges(Table("shelves", folder), "shelves", "shelf")


def test_a_day_lies_in_one_range_at_every_boundary(tmp_path: Path) -> None:
    found, today = shelves(tmp_path, ("new", 1, None), ("old", None, -3), ("good", -2, 0)), date(2028, 2, 29)
    names = [found.of("ripe", today + timedelta(days=days), today) for days in (-400, -3, -2, 0, 1, 400)]
    assert names == ["old", "old", "good", "good", "new", "new"]
    assert found.of("raw", today, today) is None
    assert (found.first("good", "ripe"), found.last("good", "ripe")) == (-2, 0)


@pytest.mark.parametrize(
    "rows",
    [
        [("old", None, -3), ("good", -1, None)],  # a day is left out
        [("old", None, -1), ("good", -1, None)],  # one is in both
        [("old", None, 0)],
        [("good", 0, None)],
        [("old", None, None), ("good", 0, None)],
    ],
)
def test_ranges_that_overlap_or_leave_days_out_are_refused(tmp_path: Path, rows: Any) -> None:
    with pytest.raises(RulesError, match="overlap or leave days out"):
        shelves(tmp_path, *rows)
