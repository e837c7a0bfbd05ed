"""Export: what a list shows, as a workbook that the import takes back without a change."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from chassis.db import ALL
from chassis.jobs import Job
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, Caller, applicant, run_jobs, staff
from registry.actions import exports
from registry.domain.fields import EXPORT_COLUMNS, HEADERS

pytestmark = pytest.mark.usefixtures("seeded")
Rows = list[dict[str, str]]


@pytest.fixture
def clerk(signed_in: Callable[[Any], Caller]) -> Caller:
    return signed_in(applicant())


def add(clerk: Caller, serial_no: str, **changes: Any) -> Any:
    body = {
        "name": "电子计价秤", "model": "ACS-30", "serial_no": serial_no, "manufacturer": "示例衡器有限公司",
        "kind_code": "020100", "purpose": "trade", "division_code": "440106", "install_address": "天河路 1 号",
    } | changes  # fmt: skip
    answer = clerk.post("/api/registry/instruments", body)
    assert answer.status_code == 201, answer.json
    return answer.json


def exported(clerk: Caller, runtime: Runtime, path: Path, **body: Any) -> Any:
    """The job when it is done; its workbook lies at `path`."""
    answer = clerk.post("/api/registry/exports", body)
    assert answer.status_code == 202, answer.json
    run_jobs(runtime)
    job = clerk.get(f"/api/registry/jobs/{answer.json['id']}").json
    assert job["state"] == "done", job
    path.write_bytes(clerk.get(job["result_url"]).data)
    return job


def rows_of(path: Path) -> Rows:
    head, *rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return [{str(h): str(v or "") for h, v in zip(head, row, strict=True)} for row in rows]


def imported(clerk: Caller, runtime: Runtime, path: Path) -> Any:
    with path.open("rb") as file:
        job = clerk.post("/api/registry/imports", data={"file": (file, "export.xlsx")}).json
    run_jobs(runtime)
    return clerk.get(f"/api/registry/imports/{job['id']}").json


def test_an_export_imported_again_changes_nothing(clerk: Caller, runtime: Runtime, tmp_path: Path) -> None:
    add(clerk, "0012", own_no="=1+1", model="+30", manufacturer="-", install_address="@A1", remark="_x0041_ & <b>")
    add(clerk, "𠮷-9", name="𡈽 😀 秤", remark="两行\n第二行\t制表", keeper="‮עברית", department="ｆｕｌｌ")
    add(clerk, "3", made_on="2024-02-29", in_use_on="2024-03-01", origin="imported", venue="onsite",
        last_cert_no="000123", last_verified_on="2026-01-02", declared_valid_until="2027-01-01", phone="020-8765 4321")  # fmt: skip
    add(clerk, "4", remark="Windows\r\n换行", department="e\u0301cole", keeper="\u3000空格\u3000")
    before = clerk.get("/api/registry/instruments?cursor=&page_size=100").json["items"]
    exported(clerk, runtime, tmp_path / "export.xlsx")
    again = imported(clerk, runtime, tmp_path / "export.xlsx")
    wrong = clerk.get(f"/api/registry/imports/{again['id']}/errors").json["items"]
    assert (again["created"], again["skipped"], again["invalid"]) == (0, 4, 0), wrong
    assert clerk.get("/api/registry/instruments?cursor=&page_size=100").json["items"] == before


def test_nor_where_a_kind_and_a_division_were_withdrawn_meanwhile(
    clerk: Caller, runtime: Runtime, tmp_path: Path
) -> None:
    """An old row keeps them; a new one with the same code is refused, and so is an old one that says something else."""
    add(clerk, "OLD")
    exported(clerk, runtime, tmp_path / "export.xlsx")
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE kind SET valid_to = '2026-01-01' WHERE code = '020100'"))
        db.execute(text("UPDATE division SET valid_to = '2026-01-01' WHERE code = '440106'"))
    again = imported(clerk, runtime, tmp_path / "export.xlsx")
    assert (again["created"], again["skipped"], again["invalid"]) == (0, 1, 0)
    book = openpyxl.load_workbook(tmp_path / "export.xlsx")
    sheet = book.worksheets[0]
    sheet.append(["NEW" if header == "出厂编号" else sheet.cell(2, n).value for n, header in enumerate(HEADERS, 1)])
    sheet.cell(2, HEADERS.index("备注") + 1, "改过")
    book.save(tmp_path / "export.xlsx")
    again = imported(clerk, runtime, tmp_path / "export.xlsx")
    errors = clerk.get(f"/api/registry/imports/{again['id']}/errors").json["items"]
    assert [(e["row"], e["code"]) for e in errors] == [
        (2, "kind_unknown"), (2, "division_unknown"), (3, "kind_unknown"), (3, "division_unknown"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(1)"])
def test_nothing_that_was_typed_is_a_formula(clerk: Caller, runtime: Runtime, tmp_path: Path, text: str) -> None:
    add(clerk, "F", remark=text)
    exported(clerk, runtime, tmp_path / "export.xlsx")
    cells = [c for row in openpyxl.load_workbook(tmp_path / "export.xlsx").worksheets[0].iter_rows() for c in row]
    assert text.strip() in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    assert all(cell.value is None for cell in cells if cell.data_type == "n")
    assert {cell.number_format for cell in cells} == {"@"}


def test_filter_and_columns_say_what_is_exported(clerk: Caller, runtime: Runtime, tmp_path: Path) -> None:
    add(clerk, "A", department="一部")
    add(clerk, "B", department="二部")
    only = ["serial_no", "name", "kind_name"]
    job = exported(clerk, runtime, tmp_path / "e.xlsx", filter={"department": "二部", "view": "unfiled"}, columns=only)
    assert rows_of(tmp_path / "e.xlsx") == [{"仪器名称": "电子计价秤", "出厂编号": "B", "种别名称": rows_name(clerk)}]
    assert (job["total"], job["done"]) == (1, 1)
    assert clerk.post("/api/registry/exports", {"columns": ["secret"]}).status_code == 422


def rows_name(clerk: Caller) -> str:
    kinds = clerk.get("/api/registry/catalog").json["items"]
    return str(next(kind["name"] for kind in kinds if kind["code"] == "020100"))


def test_every_filter_of_the_list_can_be_exported_by(clerk: Caller, runtime: Runtime, tmp_path: Path) -> None:
    mine = add(clerk, "A")
    for given in (
        {"institution_id": str(GUANGZHOU)}, {"org_id": mine["org_id"]}, {"valid_until_from": "2026-01-01"},
        {"approved_on_to": "2026-01-01"}, {"q": "50%"}, {"view": "due"},
    ):  # fmt: skip
        exported(clerk, runtime, tmp_path / "e.xlsx", filter=given)
        assert len(rows_of(tmp_path / "e.xlsx")) == ("org_id" in given), given


def test_an_export_holds_what_its_caller_may_see(
    clerk: Caller, signed_in: Callable[[Any], Caller], runtime: Runtime, tmp_path: Path
) -> None:
    add(clerk, "A")
    for other in (signed_in(applicant()), signed_in(staff())):
        exported(other, runtime, tmp_path / "e.xlsx")
        assert rows_of(tmp_path / "e.xlsx") == []


def test_a_long_export_goes_by_chunks_and_a_worker_that_takes_over_counts_anew(
    clerk: Caller, runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "CHUNK", 3)
    for n in range(7):
        add(clerk, f"S{n}")
    job_id = clerk.post("/api/registry/exports", {}).json["id"]
    with runtime.database.transaction(ALL) as db:  # a worker died after four rows
        db.execute(text("UPDATE job SET done = 4, position = 4 WHERE id = :id"), {"id": job_id})
    sizes: list[int] = []
    progress = Job.progress
    monkeypatch.setattr(Job, "progress", lambda job, db, **k: (sizes.append(k["done"]), progress(job, db, **k)))
    run_jobs(runtime)
    job = clerk.get(f"/api/registry/jobs/{job_id}").json
    assert (job["done"], job["total"]) == (7, 7)
    assert sizes == [3, 3, 1]
    (tmp_path / "e.xlsx").write_bytes(clerk.get(job["result_url"]).data)
    assert [row["出厂编号"] for row in rows_of(tmp_path / "e.xlsx")] == [f"S{n}" for n in range(7)]


def test_the_columns_are_those_of_the_import() -> None:
    assert exports.headers_of([]) == list(HEADERS)
    assert len(set(EXPORT_COLUMNS)) == len(HEADERS)
