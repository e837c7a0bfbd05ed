"""更新地址 of the three meters and 更换加油枪 of fuel dispensers: only that changes, and each change is history."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from booked import booking_completed, filing_event
from factories import Importing, csv_of, row, table
from sqlalchemy import text

from chassis import clock
from chassis.testing import deliver, recorded, tell_organization
from registry.actions import imports

ADDRESSES = ("仪器名称", "型号规格", "出厂编号", "自编号", "使用区域代码", "安装使用地点")
NOZZLES = ("仪器名称", "型号规格", "出厂编号", "自编号", "枪号", "油品", "更换前枪编号", "更换日期")
WATER, DISPENSER = "090100", "070100"


def meter(serial: str, address: str, division: str = "") -> list[Any]:
    return ["电子秤", "ACS-30", serial, "", division, address]


def nozzle(serial: str, number: str, fuel: str = "", old: str = "", day: str = "") -> list[Any]:
    return ["电子秤", "ACS-30", serial, "", number, fuel, old, day]


@pytest.fixture
def ledger(importing: Importing) -> Importing:
    """Water meters W1 and W2, dispensers D1 (with nozzles 1 and 2) and D2 (without), and scales S1."""
    rows = (
        [row(f"W{n}", 种别代码=WATER) for n in (1, 2)]
        + [row(f"D{n}", 种别代码=DISPENSER) for n in (1, 2)]
        + [row("S1")]
    )
    assert importing(csv_of(table(*rows)))["created"] == 5
    one = of(importing, "D1")
    nozzles = [{"nozzle_no": "1", "fuel_grade": "92 号", "board_no": "B1"}, {"nozzle_no": "2"}]
    url = f"/api/registry/instruments/{one['id']}"
    assert importing.clerk.patch(url, {"details": {"nozzles": nozzles}}, version=one["version"]).status_code == 200
    return importing


def of(importing: Importing, serial: str) -> Any:
    [found] = importing.ledger(serial_no=serial)
    return importing.clerk.get(f"/api/registry/instruments/{found['id']}").json


def history(importing: Importing, serial: str) -> Any:
    return importing.clerk.get(f"/api/registry/instruments/{of(importing, serial)['id']}/history").json["items"]


def found_errors(importing: Importing, job: Any) -> list[tuple[int, str, str]]:
    return [(e["row"], e["column"], e["code"]) for e in importing.errors(job)]


def test_addresses_of_meters_change_and_nothing_else(ledger: Importing) -> None:
    before = of(ledger, "W1")
    rows = [meter("W1", "新地址 9 号", "440106"), meter("w2 ", "天河路 1 号")]
    job = ledger(csv_of(table(*rows, headers=ADDRESSES)), kind="addresses")
    assert (job["state"], job["updated"], job["skipped"], job["invalid"]) == ("done", 1, 1, 0), ledger.errors(job)
    after = of(ledger, "W1")
    differing = {key for key in after if after[key] != before[key]}
    assert differing == {"install_address", "version", "updated_at"}
    newest = history(ledger, "W1")[0]
    assert (newest["kind"], newest["reason"], newest["reference"]) == ("changed", "更新地址", job["id"])
    assert newest["changes"] == [{"field": "install_address", "before": "天河路 1 号", "after": "新地址 9 号"}]


def test_the_same_addresses_again_change_nothing(ledger: Importing) -> None:
    content = csv_of(table(meter("W1", "新地址"), headers=ADDRESSES))
    assert ledger(content, kind="addresses")["updated"] == 1
    again = ledger(content, kind="addresses")
    assert (again["updated"], again["skipped"]) == (0, 1)
    assert len(history(ledger, "W1")) == 2


def test_what_keeps_an_address_from_being_changed(ledger: Importing) -> None:
    rows = [
        meter("none", "x"), meter("S1", "x"), meter("W1", ""), meter("W2", "x", "440103"), meter("W2", "y"),
    ]  # fmt: skip
    job = ledger(csv_of(table(*rows, headers=ADDRESSES)), kind="addresses")
    assert job["updated"] == 0
    assert found_errors(ledger, job) == [
        (2, "出厂编号", "instrument_unknown"), (3, "仪器名称", "not_a_meter"), (4, "安装使用地点", "required"),
        (5, "使用区域代码", "division_differs"), (6, "出厂编号", "duplicate_in_file"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["addresses", "nozzles"])
@pytest.mark.parametrize(("state", "code", "message"), [
    ("filing_state = 'submitted'", "filing_open", "备案处理中"),
    ("filing_state = 'revoked'", "filing_revoked", "备案已被撤销"),
    ("status = 'scrapped'", "wrong_status", "仪器当前状态为“已报废”，不能修改"),
])  # fmt: skip
def test_what_the_form_refuses_the_import_refuses(
    ledger: Importing, kind: str, state: str, code: str, message: str
) -> None:
    with ledger.runtime.database.transaction() as db:
        db.execute(text(f"UPDATE instrument SET {state}"))
    line = meter("W1", "x") if kind == "addresses" else nozzle("D1", "1", "98 号")
    job = ledger(csv_of(table(line, headers=ADDRESSES if kind == "addresses" else NOZZLES)), kind=kind)
    [error] = ledger.errors(job)
    assert (job["updated"], error["code"]) == (0, code)
    assert error["message"].startswith(message)


def test_a_change_of_an_approved_one_is_told(ledger: Importing) -> None:
    from chassis.testing import recorded

    with ledger.runtime.database.transaction() as db:
        db.execute(text("UPDATE instrument SET filing_state = 'approved', approved_on = '2026-01-01'"))
    assert ledger(csv_of(table(meter("W1", "新地址"), headers=ADDRESSES)), kind="addresses")["updated"] == 1
    [event] = recorded(ledger.runtime, "instrument.changed")[-1:]
    assert event["data"]["items"][0]["install_address"] == "新地址"


def test_an_exported_ledger_serves_as_a_table_of_addresses(ledger: Importing) -> None:
    from factories import HEADERS

    job = ledger(csv_of(table(row("W1", 种别代码=WATER, 安装使用地点="改"), headers=HEADERS)), kind="addresses")
    assert job["updated"] == 1, (job, ledger.errors(job))


def test_nozzles_are_replaced_by_number(ledger: Importing) -> None:
    rows = [
        nozzle("D1", "1", "95 号", day="2026-01-31"),
        nozzle("D1", "12", "98 号", old="2"),
        nozzle("D2", "1"),
        nozzle("D2", "2"),
    ]
    job = ledger(csv_of(table(*rows, headers=NOZZLES)), kind="nozzles")
    assert (job["updated"], job["invalid"]) == (4, 0), ledger.errors(job)
    assert of(ledger, "D1")["details"]["nozzles"] == [
        {"nozzle_no": "1", "fuel_grade": "95 号", "board_no": "B1", "replaced_on": "2026-01-31"},
        {"nozzle_no": "12", "fuel_grade": "98 号"},
    ]  # fmt: skip
    assert [n["nozzle_no"] for n in of(ledger, "D2")["details"]["nozzles"]] == ["1", "2"]
    assert {h["reason"] for h in history(ledger, "D1")[:2]} == {"更换加油枪 2026-01-31", "更换加油枪"}
    assert ledger(csv_of(table(rows[0], headers=NOZZLES)), kind="nozzles")["skipped"] == 1


def test_a_replaced_nozzle_has_to_be_verified_and_the_same_row_again_changes_nothing(ledger: Importing) -> None:
    actor, one = ledger.clerk.actor, of(ledger, "D1")
    assert actor is not None
    tell_organization(ledger.runtime, actor)
    long_ago = (clock.today() - timedelta(days=200)).isoformat()
    deliver(ledger.runtime, filing_event(actor, [one["id"]], "approved", f"{long_ago}T03:00:00Z", long_ago))
    day = (clock.today() - timedelta(days=10)).isoformat()
    deliver(ledger.runtime, booking_completed(actor, {one["id"]: {"1": "pass", "2": "pass"}}, verified_on=day))
    assert of(ledger, "D1")["view"] == "normal"
    content = csv_of(table(nozzle("D1", "2", day=clock.today().isoformat()), headers=NOZZLES))
    assert ledger(content, kind="nozzles")["updated"] == 1
    assert (of(ledger, "D1")["view"], of(ledger, "D1")["result"]) == ("due", None)
    assert recorded(ledger.runtime, "instrument.changed")[-1]["data"]["items"][0]["result"] is None
    deliver(ledger.runtime, booking_completed(actor, {one["id"]: {"2": "pass"}}, verified_on=clock.today().isoformat()))
    assert of(ledger, "D1")["view"] == "normal"
    assert ledger(content, kind="nozzles")["skipped"] == 1
    assert of(ledger, "D1")["view"] == "normal"


def test_what_keeps_a_nozzle_from_being_replaced(ledger: Importing) -> None:
    rows = [
        nozzle("W1", "1"), nozzle("D1", "7"), nozzle("D1", "2", old="1"), nozzle("D1", "8", old="9"), nozzle("D1", ""),
        nozzle("D1", "1", day="昨天"), nozzle("D1", "1"),
    ]  # fmt: skip
    job = ledger(csv_of(table(*rows, headers=NOZZLES)), kind="nozzles")
    assert job["updated"] == 0
    assert found_errors(ledger, job) == [
        (2, "仪器名称", "not_a_dispenser"), (3, "枪号", "nozzle_unknown"), (4, "枪号", "nozzle_taken"),
        (5, "更换前枪编号", "nozzle_unknown"), (6, "枪号", "required"), (7, "更换日期", "date_invalid"),
        (8, "出厂编号", "duplicate_in_file"),
    ]  # fmt: skip
    assert "现有枪号：1、2" in ledger.errors(job)[1]["message"]


@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [
        ("UPDATE instrument SET filing_state = 'submitted' WHERE serial_no = 'W1'", "filing_open"),
        ("DELETE FROM instrument WHERE serial_no = 'W1'", "instrument_unknown"),
    ],
)
def test_what_changed_meanwhile_is_told_and_the_rest_is_done(
    ledger: Importing, monkeypatch: pytest.MonkeyPatch, meanwhile: str, code: str
) -> None:
    conclude = imports.conclude

    def then(db: Any, *args: Any) -> None:
        conclude(db, *args)
        db.execute(text(meanwhile))

    monkeypatch.setattr(imports, "conclude", then)
    rows = [meter("W1", "新地址"), meter("W2", "新地址")]
    job = ledger(csv_of(table(*rows, headers=ADDRESSES)), kind="addresses")
    assert (job["state"], job["updated"], job["valid"], job["invalid"], job["failed"]) == ("done", 1, 1, 1, 1)
    assert [(row, found) for row, _, found in found_errors(ledger, job)] == [(2, code)]


@pytest.mark.parametrize("kind", ["instruments", "addresses", "nozzles"])
def test_the_template_of_each_kind_can_be_sent_back(importing: Importing, kind: str) -> None:
    answer = importing.clerk.get(f"/api/registry/imports/template.xlsx?kind={kind}")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["仪器", "填写说明", "种别", "区域"]
    job = importing(answer.data, kind=kind, dry_run="true")
    assert (job["state"], job["total"]) == ("done", 1)
    assert {e["code"] for e in importing.errors(job)} <= {"instrument_unknown"}


def test_a_kind_that_is_none_is_refused(importing: Importing) -> None:
    assert importing.start(csv_of(table(row("1"))), kind="people").status_code == 422
    assert importing.clerk.get("/api/registry/imports/template.xlsx?kind=people").status_code == 422
