"""The reference data is consistent and follows the rules of its README."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

REFERENCE = Path(__file__).resolve().parents[2] / "contracts" / "reference"
MARKS = {"yes", "partial", "no"}
ALL_KINDS = [{"kind_code": "*", "mode": "any", "from": None, "to": None}]
Entry = dict[str, Any]


def load(name: str) -> list[Entry]:
    document: dict[str, Any] = json.loads((REFERENCE / f"{name}.json").read_text("utf-8"))
    key = "kinds" if name == "catalog" else name
    entries: list[Entry] = document[key]
    return entries


@pytest.fixture(scope="module")
def kinds() -> dict[str, Entry]:
    return {entry["code"]: entry for entry in load("catalog")}


@pytest.fixture(scope="module")
def divisions() -> dict[str, Entry]:
    return {entry["code"]: entry for entry in load("divisions")}


@pytest.fixture(scope="module")
def institutions() -> dict[str, Entry]:
    return {entry["id"]: entry for entry in load("institutions")}


@pytest.mark.parametrize("name", ["catalog", "divisions", "institutions", "bureaus"])
def test_a_file_says_its_version_and_source_and_repeats_no_key(name: str) -> None:
    document = json.loads((REFERENCE / f"{name}.json").read_text("utf-8"))
    assert isinstance(document["version"], int)
    assert document["version"] >= 1
    assert document["source"]
    entries = load(name)
    keys = [entry.get("id") or entry["code"] for entry in entries]
    assert len(keys) == len(set(keys))
    assert len({tuple(entry) for entry in entries}) == 1, "all entries have the same fields"


def test_kinds_are_complete_and_marked(kinds: dict[str, Entry]) -> None:
    assert len(kinds) == 51
    for code, kind in kinds.items():
        assert len(code) == 6, code
        assert code.isdigit(), code
        assert kind["supervision"] in {"P", "P+V", "V"}, code
        marks = kind["verified"]
        assert marks.keys() == {"entry", "fields", "supervision", "mode", "period", "code_is_official"}, code
        assert {marks[name] for name in ("entry", "supervision", "mode", "period")} <= MARKS, code
        assert marks["code_is_official"] is False, code
        assert kind["source_note"], code
        assert set(kind["purposes"]) <= {"safety", "medical", "trade", "environment"}, code
        assert kind["details_schema"] in {
            None, "fuel_dispenser", "water_meter", "gas_meter", "electricity_meter"
        }, code  # fmt: skip


def test_mode_period_and_term_fit_together(kinds: dict[str, Entry]) -> None:
    for code, kind in kinds.items():
        period, term, mode = kind["period_months"], kind["term_months"], kind["mode"]
        assert mode in {"periodic", "first_only", "first_only_rotation", None}, code
        assert (mode is None) == (kind["supervision"] == "P"), code
        assert bool(kind["purposes"]) == (kind["supervision"] != "P"), code
        assert period is None or (mode == "periodic" and period >= 1), code
        assert term is None or (mode == "first_only_rotation" and term >= 1), code


def test_a_withdrawn_kind_names_a_successor_in_force(kinds: dict[str, Entry]) -> None:
    withdrawn = [kind for kind in kinds.values() if kind["valid_to"]]
    assert [kind["code"] for kind in withdrawn] == ["990100"]
    for kind in withdrawn:
        assert date.fromisoformat(kind["valid_from"]) < date.fromisoformat(kind["valid_to"])
        assert date.fromisoformat(kind["valid_to"]) < date(2026, 1, 1)
        assert kinds[kind["successor"]]["valid_to"] is None
    assert [code for code, kind in kinds.items() if kind["demo"]] == ["990100"]


def test_divisions_form_one_tree(divisions: dict[str, Entry]) -> None:
    above = {"city": "province", "county": "city", "town": "city"}
    for code, division in divisions.items():
        assert code.isdigit(), code
        assert len(code) == (9 if division["level"] == "town" else 6), code
        if division["level"] == "province":
            assert division["parent_code"] is None
        else:
            assert divisions[division["parent_code"]]["level"] == above[division["level"]], code
            assert code.startswith(division["parent_code"].rstrip("0")), code
    levels = [division["level"] for division in divisions.values()]
    counted = [levels.count(name) for name in ("province", "city", "county")]
    assert counted == [1, 21, 122]


def test_leaves_are_what_an_area_of_use_may_be(divisions: dict[str, Entry]) -> None:
    with_counties = {d["parent_code"] for d in divisions.values() if d["level"] == "county"}
    for code, division in divisions.items():
        expected = division["level"] in {"county", "town"} or code in {"441900", "442000"}
        assert division["is_leaf"] is expected, code
        if division["level"] == "city":
            assert division["is_leaf"] is (code not in with_counties), code
    towns = {d["parent_code"] for d in divisions.values() if d["level"] == "town"}
    assert towns == {"441900", "442000"}


def test_institutions_have_fixed_ids_tiers_and_parents(
    institutions: dict[str, Entry], divisions: dict[str, Entry], kinds: dict[str, Entry]
) -> None:
    for key, institution in institutions.items():
        code = institution["division_code"]
        assert key == f"00000000-0000-7000-8000-000000{code}"
        assert institution["tier"] == divisions[code]["level"]
        assert institution["parent_id"] is None or institution["parent_id"] in institutions
        assert institution["verified"] in MARKS
        assert institution["verified"] == "no" or institution["source"]
        assert institution["demo"] is ("演示" in institution["name"])
        for capability in institution["capabilities"]:
            assert capability["kind_code"] == "*" or capability["kind_code"] in kinds
        assert institution["capabilities"] == ALL_KINDS
    cities = {code for code, division in divisions.items() if division["level"] == "city"}
    assert cities == {i["division_code"] for i in institutions.values() if i["tier"] == "city"}


def test_only_known_parents_are_claimed(institutions: dict[str, Entry]) -> None:
    parents = {i["division_code"]: i["parent_id"][-6:] for i in institutions.values() if i["parent_id"]}
    assert parents == {"441900": "440000", "440106": "440100"}


def test_bureaus_have_fixed_ids(divisions: dict[str, Entry]) -> None:
    for bureau in load("bureaus"):
        assert bureau["id"] == f"00000000-0000-7000-9000-000000{bureau['division_code']}"
        assert bureau["level"] == divisions[bureau["division_code"]]["level"]
        assert bureau["verified"] in MARKS
