"""Whose an instrument is: an authority sees it beside each, finds it by it, and takes it away in an export of its own."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from booked import booking_completed, filing_event, instrument
from sqlalchemy import text

from chassis import clock
from chassis.actor import Actor
from chassis.lists import fast
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, deliver, run_jobs, staff, supervisor, tell_organization
from registry import queries

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
BASE = "/api/registry/instruments"
CREDIT = "91440106MA5DEMX01G"
AUTHORITIES = [staff(), supervisor("440100"), supervisor("440106"), supervisor("440000")]
named = pytest.mark.parametrize("by", AUTHORITIES, ids=["institution", "city", "county", "province"])


@pytest.fixture
def market(signed_in: SignIn, runtime: Runtime) -> list[str]:
    """Two instruments of 惠民超市, filed with Guangzhou; another organisation has one."""
    ids = []
    for name, count in (("广州市惠民超市_有限公司", 2), ("天河酒家", 1)):
        tell_organization(runtime, owner := applicant(), name)
        own = [instrument(signed_in(owner), f"{name}{n}") for n in range(count)]
        deliver(runtime, filing_event(owner, own, "approved", "2026-11-01T02:00:00Z", approved_on="2026-11-01"))
        ids.append(own)
    return ids[0]


@named
def test_an_authority_sees_whose_each_instrument_is(market: list[str], signed_in: SignIn, by: Actor) -> None:
    rows = {row["id"]: row for row in signed_in(by).get(f"{BASE}?page_size=100").json["items"]}
    assert [(rows[i]["org_name"], rows[i]["org_credit_code"]) for i in market] == [
        ("广州市惠民超市_有限公司", CREDIT), ("广州市惠民超市_有限公司", CREDIT),
    ]  # fmt: skip
    one = signed_in(by).get(f"{BASE}/{market[0]}").json
    assert (one["org_name"], one["org_contact_name"], one["org_phone"]) == (
        "广州市惠民超市_有限公司", "陈志强", "13800138000",
    )  # fmt: skip


@named
@pytest.mark.parametrize("query", ["q=惠民超市", "q=市_有", "org_name_contains=惠民", "q=惠民超市&view=overdue"])
def test_an_authority_finds_instruments_by_their_owner(
    market: list[str], signed_in: SignIn, by: Actor, query: str
) -> None:
    for sort in ("", "&sort=serial_no", "&cursor="):
        page = signed_in(by).get(f"{BASE}?{query}{sort}").json
        assert sorted(row["id"] for row in page["items"]) == sorted(market), sort
    assert signed_in(by).get(f"{BASE}?q=市%25有").json["total"] == 0
    assert signed_in(by).get(f"{BASE}?q={CREDIT[:10]}").json["total"] == 3, "both have it in these tests"


@named
@pytest.mark.parametrize("owners", ["few", "many"])
def test_every_plan_of_a_search_by_owner_finds_the_same(
    market: list[str], signed_in: SignIn, by: Actor, owners: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries.owners, "FEW", 100 if owners == "few" else 0)
    for counted in (1000, 1):  # all that is found, or more than is counted: then the newest are walked
        monkeypatch.setattr(fast, "COUNTED", counted)
        monkeypatch.setattr(queries.LISTING, "_reads", {})
        for q in ("惠民", "电子计价秤"):
            ids = [row["id"] for row in signed_in(by).get(f"{BASE}?q={q}").json["items"]]
            assert {*market} <= {*ids}, (q, counted)
            assert (len(ids) == 2) is (q == "惠民")
    queries.LISTING._reads.clear()


def test_nobody_finds_by_an_owner_what_is_not_theirs(market: list[str], signed_in: SignIn, runtime: Runtime) -> None:
    for other in (supervisor("440300"), applicant()):
        for query in ("q=惠民超市", "org_name_contains=惠民"):
            assert signed_in(other).get(f"{BASE}?{query}").json["total"] == 0
    unfiled = applicant()
    tell_organization(runtime, unfiled, "惠民超市分店")
    instrument(signed_in(unfiled), "U")
    assert signed_in(supervisor()).get(f"{BASE}?q=分店").json["total"] == 0, "nothing of it is filed"
    assert signed_in(unfiled).get(f"{BASE}?q=分店").json["total"] == 0, "all are one's own: the name tells nothing"


@named
def test_an_authoritys_export_says_whose_and_how_long_overdue(
    market: list[str], signed_in: SignIn, runtime: Runtime, by: Actor, tmp_path: Path
) -> None:
    with runtime.database.transaction() as db:  # its owner, too, is known from events
        owner_id = db.execute(text("SELECT org_id FROM instrument WHERE id = :id"), {"id": market[0]}).scalar_one()
    deliver(runtime, booking_completed(applicant(owner_id), {market[0]: "pass"}, "2025-11-20"))
    body = {"filter": {"q": "惠民"}}
    today = date(2026, 11, 25)
    with clock.use(lambda: clock.datetime(2026, 11, 25, 4, tzinfo=clock.UTC)):
        job = signed_in(by).post("/api/registry/exports", body).json
        run_jobs(runtime)
        job = signed_in(by).get(f"/api/registry/jobs/{job['id']}").json
        (tmp_path / "x.xlsx").write_bytes(signed_in(by).get(job["result_url"]).data)
    head, *rows = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0].iter_rows(values_only=True)
    shown = [dict(zip(map(str, head), row, strict=True)) for row in rows]
    assert {row["使用单位"] for row in shown} == {"广州市惠民超市_有限公司"}
    assert {(row["统一社会信用代码"], row["单位联系人"], row["备案状态"], row["使用区域"]) for row in shown} == {
        (CREDIT, "陈志强", "已审核", "天河区"),
    }  # fmt: skip
    ended = date(2026, 11, 19)
    assert {(row["检定状态"], row["有效期至"], row["超期天数"]) for row in shown} == {
        ("超期未检", None, "14"),  # ten days after its approval
        ("超期未检", ended.isoformat(), str((today - ended).days)),
    }
    assert shown[0]["检定机构"]


def test_an_authority_and_an_applicant_choose_among_their_own_columns(market: list[str], signed_in: SignIn) -> None:
    for by, columns, status in (
        (supervisor(), ["org_name", "days_overdue"], 202),
        (supervisor(), ["quantity"], 422),
        (applicant(), ["org_name"], 422),
        (applicant(), ["name", "quantity"], 202),
    ):
        assert signed_in(by).post("/api/registry/exports", {"columns": columns}).status_code == status
