"""The list of filings by its columns: filtered and sorted, and the same filters in a selection."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, Caller, applicant, staff, supervisor, tell_organization
from filing.queries.filings import FILINGS

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
    for name in FILINGS.sortable:
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


def test_a_list_takes_several_states(submit: Submit, signed_in: SignIn) -> None:
    first, second, _third = submit(owner := applicant(), 3)
    clerk = signed_in(staff())
    for filing, move in ((first, "approve"), (second, "return")):
        body = {"selection": {"ids": [filing["id"]]}, **({"reason": "x"} if move == "return" else {})}
        clerk.post(f"/api/filing/filings/actions/{move}", body)
    both = signed_in(owner).get("/api/filing/filings?state=returned,approved").json
    assert {one["id"] for one in both["items"]} == {first["id"], second["id"]}
    refused = signed_in(owner).get("/api/filing/filings?state=approved,gone")
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "state")


def test_what_is_decided_stands_newest_decision_first_and_what_waits_oldest_first(
    submit: Submit, signed_in: SignIn
) -> None:
    filings = submit(applicant(), 3)
    clerk = signed_in(staff())
    waiting = [one["id"] for one in clerk.get("/api/filing/filings?state=submitted").json["items"]]
    assert waiting == sorted(waiting)
    for index in (1, 0, 2):
        clerk.post("/api/filing/filings/actions/approve", {"selection": {"ids": [filings[index]["id"]]}})
    decided = [one["id"] for one in clerk.get("/api/filing/filings?state=approved").json["items"]]
    assert decided == [filings[index]["id"] for index in (2, 0, 1)]


@pytest.mark.parametrize(
    "q", ["电子计价", "ＡＣＳ-30", "特别编号", "自编A", "天河北路 1_号", "示例衡器厂", "{filing}", "{submission}"]
)
def test_q_finds_what_is_said_of_an_instrument_and_the_number_of_its_receipt(
    submit: Submit, signed_in: SignIn, q: str
) -> None:
    submit(applicant())
    (filing,) = submit(
        owner := applicant(),
        own_no="自编a",
        install_address="天河北路 1_号",
        manufacturer="示例衡器厂",
        name="电子计价秤特别编号",
    )
    q = q.format(filing=filing["number"], submission=filing["number"].rsplit("-", 1)[0]).lower()
    for actor in (owner, staff(), supervisor()):
        found = signed_in(actor).get("/api/filing/filings", query_string={"q": q}).json["items"]
        assert filing["id"] in [one["id"] for one in found], actor.kind
    for wrong in ("1%号", "秤特别编号ACS"):
        assert signed_in(owner).get("/api/filing/filings", query_string={"q": wrong}).json["total"] == 0
    number = filing["number"].rsplit("-", 1)[0]
    assert signed_in(owner).get(f"/api/filing/filings?number={number}").json["total"] == 1


def test_authorities_see_and_find_whose_a_filing_is(submit: Submit, signed_in: SignIn, runtime: Runtime) -> None:
    (filing,) = submit(owner := applicant())
    submit(applicant())
    tell_organization(runtime, owner, "广州市惠民超市有限公司")
    for actor in (staff(), supervisor()):
        for q in ("惠民", "91440106MA5DEMX01G"):
            (one,) = signed_in(actor).get("/api/filing/filings", query_string={"q": q}).json["items"]
            assert (one["id"], one["org_credit_code"]) == (filing["id"], "91440106MA5DEMX01G")
        detail = signed_in(actor).get(f"/api/filing/filings/{filing['id']}").json
        assert (detail["org_contact_name"], detail["org_phone"]) == ("陈志强", "13800138000")
    assert signed_in(owner).get("/api/filing/filings?q=惠民").json["total"] == 0, "all are its own"
    assert signed_in(supervisor("440300")).get("/api/filing/filings?q=惠民").json["total"] == 0
