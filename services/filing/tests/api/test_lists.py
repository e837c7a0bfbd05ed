"""The list of filings by its columns: filtered and sorted, and the same filters in a selection."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from chassis.actor import Actor
from chassis.testing import GUANGZHOU, Caller, applicant, staff
from filing import queries

URL = "/api/filing/filings"
SignIn = Callable[[Actor | None], Caller]
Submit = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def clerk(submit: Submit, signed_in: SignIn) -> Caller:
    """Of Guangzhou, with a scale and a manometer of one organisation; the manometer was sent back."""
    owner = applicant()
    submit(owner, name="电子秤 A_1", model="ACS-30", install_address="天河路 1 号")
    (gauge,) = submit(owner, name="压力表", model="Y-100")
    clerk = signed_in(staff())
    body = {"selection": {"ids": [gauge["id"]]}, "reason": "缺照片 50%", "reason_code": "incomplete"}
    assert clerk.post(f"{URL}/actions/return", body).json["done"] == 1
    return clerk


def models(caller: Caller, query: str) -> set[str]:
    answer = caller.get(f"{URL}?{quote(query, safe='=&-')}")
    assert answer.status_code == 200, answer.json
    return {row["instrument"]["model"] for row in answer.json["items"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name_contains=a_1", {"ACS-30"}), ("name_contains=_", {"ACS-30"}), ("model_contains=y-1", {"Y-100"}),
        ("install_address_contains=天河路", {"ACS-30", "Y-100"}), ("serial_no_contains=%", set()),
        ("reason_code=incomplete", {"Y-100"}), ("reason_contains=50%", {"Y-100"}), ("reason_contains=照片&state=submitted", set()),
        ("submitted_from=2020-01-01&submitted_to=9999-12-31", {"ACS-30", "Y-100"}), ("submitted_to=0001-01-01", set()),
        ("decided_from=2020-01-01", {"Y-100"}), ("due_on_from=2020-01-01&due_on_to=2020-01-02", set()),
        ("number=BA0", set()), (f"institution_id={GUANGZHOU}", {"ACS-30", "Y-100"}), ("org_name_contains=没有", set()),
    ],
)  # fmt: skip
def test_each_column_filters(clerk: Caller, query: str, found: set[str]) -> None:
    assert models(clerk, query) == found


def test_each_column_sorts(clerk: Caller) -> None:
    for name in queries.SORTABLE:
        assert [row["state"] for row in clerk.get(f"{URL}?sort={name}").json["items"]], name
    first, second = (clerk.get(f"{URL}?sort={sort}").json["items"][0]["instrument"] for sort in ("model", "-model"))
    assert (first["model"], second["model"]) == ("ACS-30", "Y-100")


def test_a_selection_takes_the_same_filters(clerk: Caller) -> None:
    selection = {"filter": {"name_contains": "电子", "state": "submitted"}, "expect": 1}
    assert clerk.post(f"{URL}/actions/approve", {"selection": selection}).json["done"] == 1


@pytest.mark.parametrize(
    "query", ["submitted_from=yesterday", "name_contains=", "name_contains=%00", "decided_to=2026-02-30"]
)
def test_a_filter_that_makes_no_sense_is_told_so(clerk: Caller, query: str) -> None:
    assert clerk.get(f"{URL}?{query}").status_code == 422
