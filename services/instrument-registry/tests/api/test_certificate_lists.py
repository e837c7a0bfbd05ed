"""Certificates: found, ordered, walked, and packed as one ZIP."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from booked import booking_completed, instrument

from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, assert_satisfies, deliver, run_jobs, staff, tell_organization
from chassis.testing.snapshots import Snapshots
from registry import background
from registry.api import certificates
from registry.api.certificate_schemas import CertificateView

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
BASE = "/api/registry/certificates"


@pytest.fixture
def owner(runtime: Runtime, seeded: Runtime, signed_in: SignIn, snapshots: Snapshots) -> Actor:
    """With a scale of last year, and a manometer and a failed scale of this one."""

    def certified() -> Actor:
        owner = applicant()
        tell_organization(runtime, owner)
        clerk = signed_in(owner)
        old, gauge = instrument(clerk, "SN-50%"), instrument(clerk, "B2", name="压力表", model="Y/100 表")
        bad = instrument(clerk, "C3")
        deliver(runtime, booking_completed(owner, {old: "pass"}, verified_on="2025-10-01"))
        deliver(runtime, booking_completed(owner, {gauge: "pass"}, verified_on="2026-11-02", verifier_name="陈压力"))
        deliver(runtime, booking_completed(owner, {bad: "fail"}, verified_on="2026-11-03"))
        run_jobs(runtime)
        return owner

    return snapshots.put("three certificates", certified)


@pytest.fixture
def clerk(owner: Actor, signed_in: SignIn) -> Caller:
    return signed_in(owner)


def serials(clerk: Caller, query: str) -> list[str]:
    answer = clerk.get(f"{BASE}?{query}")
    assert answer.status_code == 200, answer.json
    return [row["instrument"]["serial_no"] for row in answer.json["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=压力", ["B2"]), ("q=ＳＮ-50", ["SN-50%"]), ("q=sn-50%25", ["SN-50%"]), ("q=%25", ["SN-50%"]), ("q=_", []), ("q=440100-2025", ["SN-50%"]),
        ("status=expired", ["SN-50%"]), ("status=in_force", ["C3", "B2"]), ("status=void", []),
        ("kind=failure_notice", ["C3"]), ("from=2026-11-02&to=2026-11-02", ["B2"]), ("valid_until_from=2027-01-01", ["B2"]),
        ("sort=verified_on", ["SN-50%", "B2", "C3"]), ("sort=-number", ["C3", "B2", "SN-50%"]), ("sort=name,-serial_no", ["B2", "SN-50%", "C3"]),
        ("verified_on_from=2026-11-02&verified_on_to=2026-11-02", ["B2"]), ("serial_no=C3", ["C3"]), ("name=压力表", ["B2"]), ("name=压力", []),
        ("sort=status,-number", ["SN-50%", "C3", "B2"]), ("sort=institution_id,number", ["SN-50%", "B2", "C3"]),
        ("number=440100-2026-0000001", ["B2"]), ("kind_code=070100", []),
        ("verifier=陈压力", ["B2"]), ("verifier=陈", []), ("checker=赵核验&verifier=李检定", ["C3", "SN-50%"]), ("checker=李检定", []),
        ("sort=-checker,-verifier,number", ["B2", "SN-50%", "C3"]),
    ],
)  # fmt: skip
def test_they_are_found_and_ordered(clerk: Caller, at: Any, query: str, found: list[str]) -> None:
    at(datetime(2026, 11, 24, 3, tzinfo=UTC))
    if query.startswith("sort=name"):  # by code point: 压 comes after 电
        found = ["SN-50%", "C3", "B2"] if "压" > "电" else found
    assert serials(clerk, query) == found


def test_the_list_is_walked_and_every_item_is_what_is_published(clerk: Caller) -> None:
    first = clerk.get(f"{BASE}?cursor=&page_size=2").json
    rest = clerk.get(f"{BASE}?cursor={first['next_cursor']}&page_size=2").json
    items = first["items"] + rest["items"]
    assert [row["instrument"]["serial_no"] for row in items] == ["C3", "B2", "SN-50%"]
    assert rest["next_cursor"] is None
    for row in items:
        assert_satisfies(CertificateView, row)
    assert clerk.get(f"{BASE}?sort=secret").status_code == 422


def opened(content: bytes) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names in the ZIP, and the rows of its list."""
    package = zipfile.ZipFile(io.BytesIO(content))
    assert package.testzip() is None
    sheet = openpyxl.load_workbook(io.BytesIO(package.read("目录.xlsx"))).worksheets[0]
    return package.namelist(), list(sheet.iter_rows(values_only=True))


def test_a_zip_has_useful_names_and_a_list(clerk: Caller) -> None:
    names, rows = opened(clerk.post(f"{BASE}/archive", {"filter": {}}).data)
    assert names == [
        "目录.xlsx", "电子计价秤_ACS-30_C3_440100-2026-0000002_不合格.pdf",
        "压力表_Y-100-表_B2_440100-2026-0000001_2027-11-01.pdf", "电子计价秤_ACS-30_SN-50%_440100-2025-0000001_2026-09-30.pdf",
    ]  # fmt: skip
    assert [row[1] for row in rows] == ["文件名", *names[1:]]
    assert rows[1][3] == "检定结果通知书"
    mine = clerk.post(f"{BASE}/archive", {"numbers": ["440100-2026-0000001"] * 2}).data
    assert len(opened(mine)[0]) == 2


def test_many_are_packed_by_a_job(clerk: Caller, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "AT_ONCE", 2)
    monkeypatch.setattr(background, "ARCHIVE_CHUNK", 2)
    answer = clerk.post(f"{BASE}/archive", {"filter": {}})
    assert answer.status_code == 202
    run_jobs(runtime)
    job = clerk.get(answer.headers["Location"]).json
    assert (job["state"], job["done"], job["total"]) == ("done", 3, 3)
    assert len(opened(clerk.get(job["result_url"]).data)[0]) == 4


@pytest.mark.parametrize(
    "body", [{}, {"numbers": [], "filter": {}}, {"numbers": ["x"], "filter": {}}, {"filter": {"q": "无"}}]
)
def test_a_zip_of_nothing_is_refused(clerk: Caller, body: Any) -> None:
    assert clerk.post(f"{BASE}/archive", body).status_code == 422


@pytest.mark.parametrize("number", ["", "440100-2026-9999999"])
def test_a_number_that_is_not_there_is_told_so(clerk: Caller, number: str) -> None:
    assert clerk.post(f"{BASE}/archive", {"numbers": ["440100-2026-0000001", number]}).status_code == 404


def test_institutions_see_their_own(clerk: Caller, signed_in: SignIn) -> None:
    assert len(serials(signed_in(staff()), "q=秤")) == 2
    assert serials(signed_in(applicant()), "q=秤") == []
