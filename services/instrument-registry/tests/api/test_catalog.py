"""Versions of the catalog: an official list is compared, then counts from a day on."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chassis import clock
from chassis.actor import Actor
from chassis.db import ALL
from chassis.runtime import Runtime
from chassis.testing import Caller, admin, applicant, recorded
from registry.background import apply_catalog
from registry.seed import seed
from registry.workbooks.catalog import HEADERS, read_catalog
from registry.workbooks.plain import write_sheet

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
PATH = "/api/registry/catalog/versions"


@pytest.fixture
def office(signed_in: SignIn) -> Caller:
    return signed_in(admin())


def workbook(tmp_path: Path, rows: list[dict[str, str]]) -> Path:
    path = tmp_path / "list.xlsx"
    headers = [h for h in HEADERS if any(h in row for row in rows)]
    write_sheet(path, "目录", headers, [[row.get(h, "") for h in headers] for row in rows])
    return path


def send(office: Caller, path: Path, **form: str) -> Any:
    return office.post(PATH, data={"file": (io.BytesIO(path.read_bytes()), "list.xlsx"), **form})


def held(office: Caller, tmp_path: Path) -> list[dict[str, str]]:
    """The catalog as rows of a workbook, by header."""
    path = tmp_path / "held.xlsx"
    path.write_bytes(office.get("/api/registry/catalog.xlsx").data)
    import openpyxl

    head, *rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    assert head == HEADERS
    return [{str(h): str(v or "") for h, v in zip(head, row, strict=True)} for row in rows]


def kind(caller: Caller, code: str, on: str = "") -> Any:
    items = caller.get("/api/registry/catalog" + (f"?on={on}" if on else "")).json["items"]
    return next((one for one in items if one["code"] == code), None)


def add(clerk: Caller, serial_no: str, code: str) -> Any:
    body = {
        "name": "电子计价秤", "model": "ACS-30", "serial_no": serial_no, "manufacturer": "示例衡器有限公司", "kind_code": code,
        "purpose": "trade", "division_code": "440106", "install_address": "天河路 1 号",
    }  # fmt: skip
    return clerk.post("/api/registry/instruments", body)


def changed(rows: list[dict[str, str]], code: str, **values: str) -> list[dict[str, str]]:
    return [row | values if row["种别代码"] == code else row for row in rows]


def test_the_export_loaded_again_changes_nothing(office: Caller, tmp_path: Path) -> None:
    path = tmp_path / "held.xlsx"
    path.write_bytes(office.get("/api/registry/catalog.xlsx").data)
    found = send(office, path).json
    assert (found["added"], found["changed"], found["withdrawn"]) == ([], [], [])
    assert found["unchanged"] == len(read_catalog(path)) > 50
    assert found["dry_run"] is True


def test_a_dry_run_tells_what_a_list_would_change_and_changes_nothing(office: Caller, tmp_path: Path) -> None:
    before = office.get("/api/registry/catalog").json
    rows = changed(held(office, tmp_path), "020100", **{"检定周期（月）": "6", "种别名称": "电子秤"})
    rows = [row for row in rows if row["种别代码"] != "030100"]
    rows.append({"种别代码": "990200", "类别": "新类", "种别名称": "新种", "监管方式": "V"})
    found = send(office, workbook(tmp_path, rows), valid_from="2027-01-01").json
    assert [(one["code"], one["valid_from"]) for one in found["added"]] == [("990200", "2027-01-01")]
    assert [one["code"] for one in found["withdrawn"]] == ["030100"]
    (one,) = found["changed"]
    assert one["code"] == "020100"
    assert {(f["field"], f["before"], f["after"]) for f in one["fields"]} == {
        ("name", kind(office, "020100")["name"], "电子秤"), ("period_months", 12, 6),
    }  # fmt: skip
    assert office.get("/api/registry/catalog").json == before
    assert office.get(PATH).json["total"] == 0


def test_a_version_counts_from_its_day_on(
    office: Caller, signed_in: SignIn, runtime: Runtime, tmp_path: Path, at: Callable[[datetime], None]
) -> None:
    at(datetime(2026, 12, 31, 15, 59, tzinfo=UTC))  # one minute before the new year in Guangdong
    clerk = signed_in(applicant())
    old = add(clerk, "OLD", "030100")
    assert old.status_code == 201, old.json
    rows = changed(held(office, tmp_path), "020100", **{"检定周期（月）": "6"})
    rows = changed(rows, "030100", 失效日期="2026-12-31", 替代种别代码="020100")
    rows.append({"种别代码": "990200", "类别": "新类", "种别名称": "新种", "监管方式": "V"})
    answer = send(office, workbook(tmp_path, rows), valid_from="2027-01-01", dry_run="false", title="第 1 号公告")
    assert answer.status_code == 200, answer.json
    assert kind(office, "020100")["period_months"] == 12, "not before its day"
    assert kind(office, "020100", on="2027-01-01")["period_months"] == 6
    assert kind(office, "990200", on="2026-12-31") is None
    assert add(clerk, "A", "990200").status_code == 422, "not yet in force"
    assert add(clerk, "B", "030100").status_code == 201, "still in force"

    at(datetime(2026, 12, 31, 16, 0, tzinfo=UTC))
    apply_catalog(runtime, clock.now())
    assert kind(office, "020100")["period_months"] == 6
    assert kind(office, "020100", on="2026-12-31")["period_months"] == 12
    assert kind(office, "030100", on="2027-01-01") is None
    assert add(clerk, "A", "990200").status_code == 201
    refused = add(clerk, "C", "030100")
    assert refused.json["errors"][0]["message"] == "仪器的种别代码：030100可能有误或已作废，无法找到相对应的名称"
    path = f"/api/registry/instruments/{old.json['id']}"
    edited = clerk.patch(path, {"keeper": "新保管人"}, version=old.json["version"])
    assert edited.status_code == 200, "a withdrawn kind stays in what is there already"
    assert clerk.patch(path, {"kind_code": "990100"}, version=edited.json["version"]).status_code == 422

    told = [one["data"]["kinds"] for one in recorded(runtime, "catalog.changed")]
    assert [[k["code"] for k in kinds] for kinds in told[1:]] == [["030100", "990200"], ["020100"]]
    assert told[-1][0]["period_months"] == 6
    apply_catalog(runtime, clock.now() + timedelta(days=1))
    assert len(recorded(runtime, "catalog.changed")) == 3, "told once"


def test_a_version_that_begins_today_counts_at_once_and_is_listed_and_audited(
    office: Caller, runtime: Runtime, tmp_path: Path
) -> None:
    rows = changed(held(office, tmp_path), "020100", 类别="衡器类")
    path = workbook(tmp_path, rows)
    given = {"dry_run": "false", "version": "2026-1", "title": "第 1 号公告"}
    assert send(office, path, **given).status_code == 200
    assert kind(office, "020100")["category"] == "衡器类"
    for name in ("version", "title", "valid_from", "added", "changed", "withdrawn", "loaded_by", "loaded_at"):
        assert len(office.get(f"{PATH}?sort=-{name}").json["items"]) == 1, name
    (line,) = office.get(PATH).json["items"]
    assert (line["version"], line["changed"], line["added"], line["withdrawn"]) == ("2026-1", 1, 0, 0)
    audit = office.get("/api/registry/audit?subject=2026-1").json["items"]
    assert [one["detail"]["changed"] for one in audit] == [1]
    assert send(office, path, **given).json["code"] == "catalog_version_exists"
    again = send(office, path, dry_run="false", version="2026-2").json
    assert (again["changed"], again["unchanged"]) == ([], len(rows))
    early = send(office, path, valid_from=str(clock.today() - timedelta(days=1)))
    assert (early.status_code, early.json["errors"][0]["code"]) == (422, "before_latest")


def test_the_sample_does_not_come_back_over_an_official_list(office: Caller, runtime: Runtime, tmp_path: Path) -> None:
    rows = changed(held(office, tmp_path), "020100", 类别="衡器类")
    assert send(office, workbook(tmp_path, rows), dry_run="false").status_code == 200
    seed(runtime, None)
    assert kind(office, "020100")["category"] == "衡器类"


@pytest.mark.parametrize(
    ("header", "value", "field"),
    [
        ("监管方式", "X", "supervision"), ("检定方式", "有时检定", "mode"), ("检定周期（月）", "一年", "period_months"),
        ("检定周期（月）", "0", "period_months"), ("用途", "贸易结算、娱乐", "purposes"), ("生效日期", "昨天", "valid_from"),
        ("失效日期", "2023-02-29", "valid_to"), ("种别代码", "", "code"), ("种别代码", "02 01", "code"),
        ("种别代码", "010200", "code"), ("替代种别代码", "000000", "successor"), ("种别名称", "名" * 101, "name"),
    ],
)  # fmt: skip
def test_a_fault_of_the_list_is_told_by_row_and_field(
    office: Caller, tmp_path: Path, header: str, value: str, field: str
) -> None:
    rows = held(office, tmp_path)
    rows[0] = rows[0] | {header: value}
    answer = send(office, workbook(tmp_path, rows))
    assert answer.status_code == 422
    fields = [error["field"] for error in answer.json["errors"]]
    assert fields[0] in (f"rows.2.{field}", f"rows.3.{field}")
    assert fields[0].split(".")[1] in answer.json["errors"][0]["message"]


@pytest.mark.parametrize(
    ("content", "status"), [(b"no workbook", 415), (b"PK\x03\x04 broken", 422), (b"", 415)]
)  # fmt: skip
def test_what_is_no_workbook_is_refused(office: Caller, tmp_path: Path, content: bytes, status: int) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert send(office, path).status_code == status


def test_other_forms_are_refused_and_so_is_everybody_else(office: Caller, signed_in: SignIn, tmp_path: Path) -> None:
    path = workbook(tmp_path, [{"种别代码": "1", "类别": "c", "种别名称": "n", "监管方式": "V"}])
    for form in ({"valid_from": "soon"}, {"dry_run": "perhaps"}, {"colour": "red"}, {"version": " "}):
        assert send(office, path, **form).status_code == 422, form
    assert office.post(PATH, data={}).status_code == 422
    headless = workbook(tmp_path, [{"种别代码": "1", "种别名称": "n"}])
    assert "缺少表头：类别、监管方式" in send(office, headless).json["detail"]
    assert send(signed_in(applicant()), path).status_code == 403
    assert signed_in(None).post(PATH).status_code == 401


def test_a_list_of_more_than_500_changes_is_told_in_batches(office: Caller, runtime: Runtime, tmp_path: Path) -> None:
    rows = [
        {"种别代码": f"{n:06d}", "类别": "c", "种别名称": f"种{n}", "监管方式": "V"} for n in range(600_000, 600_700)
    ]
    assert send(office, workbook(tmp_path, rows), dry_run="false").status_code == 200
    told = recorded(runtime, "catalog.changed")[1:]
    assert [len(one["data"]["kinds"]) for one in told] == [500, 700 + 51 - 1 - 500]
    with runtime.database.transaction(ALL) as db:
        withdrawn = db.execute(
            text("SELECT DISTINCT valid_to FROM kind WHERE code NOT BETWEEN '600000' AND '600699'")
        ).scalars()
        assert set(withdrawn) == {clock.today() - timedelta(days=1), date(2020, 12, 31)}
