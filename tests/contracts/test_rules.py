"""The tables of rules are complete, have labels in both languages, and name only existing kinds of account, roles and tiers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "contracts" / "reference"
STATES = ("filing-states", "booking-states", "certificate-change-states")
RULES = (*STATES, "views", "instrument-fields", "booking-number")
KINDS = {"applicant", "institution", "supervisor", "system"}
ROLES = {"owner", "sub_user", "filing_clerk", "booking_clerk", "front_desk", "verifier", "checker", "institution_admin"}
APIS = {"filing-states": "filing/src/filing", "booking-states": "booking/src/booking",
        "certificate-change-states": "instrument-registry/src/registry"}  # fmt: skip
BY_THE_SAME_ROUTE = {
    "receive_late": "receive",
    "return": "return_items",
}  # moves of a booking -> the route that makes them


def load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((REFERENCE / f"{name}.json").read_text("utf-8"))
    return document


@pytest.mark.parametrize("name", RULES)
def test_a_table_says_what_it_is_and_every_row_with_a_word_has_it_in_both_languages(name: str) -> None:
    document = load(name)
    assert isinstance(document["version"], int)
    assert document["title"]
    assert document["source"]
    assert document["notes"]
    rows = [row for rows in document.values() if isinstance(rows, list) for row in rows]
    assert all(row["zh"] and row["en"] for row in rows if "zh" in row or "en" in row)


@pytest.mark.parametrize("name", STATES)
def test_moves_are_made_by_accounts_that_there_are(name: str) -> None:
    for row in load(name)["moves"]:
        assert row["by"], row
        for one in row["by"]:
            assert one["kind"] in KINDS, row
            assert set(one.get("roles", ())) <= ROLES, row
            assert set(one.get("tiers", ())) <= {"province", "city", "county"}, row


@pytest.mark.parametrize("name", STATES)
def test_every_move_of_a_person_has_a_route_that_asks_for_its_permission(name: str) -> None:
    files = (ROOT / "services" / APIS[name] / "api").glob("*.py")
    routes = {move for file in files for move in re.findall(r'@allow_move\(\w+, "(\w+)"\)', file.read_text("utf-8"))}
    rows = {row["move"]: row for row in load(name)["moves"]}
    for move, row in rows.items():
        if name == "booking-states" and move in BY_THE_SAME_ROUTE:
            assert row["by"] == rows[BY_THE_SAME_ROUTE[move]]["by"]
        else:
            assert (move in routes) == (row["by"] != [{"kind": "system"}]), move


def test_the_portal_is_made_of_tables_that_there_are() -> None:
    script = (ROOT / "clients" / "portal" / "scripts" / "generate.mjs").read_text("utf-8")
    (named,) = re.findall(r"const RULES = \[(.*)\]", script)
    assert set(re.findall(r"'([^']+)'", named)) <= set(RULES)
