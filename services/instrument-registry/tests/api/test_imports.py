"""Import of workbooks, through the HTTP door, on the real file of tests/data."""

import json
from pathlib import Path
from typing import Any

import pytest

from chassis.runtime import Runtime
from chassis.testing import Caller, run_jobs

DATA = Path(__file__).resolve().parents[4] / "tests" / "data"
pytestmark = pytest.mark.usefixtures("seeded")


def send(clerk: Caller, runtime: Runtime, path: Path, **options: str) -> Any:
    with path.open("rb") as file:
        answer = clerk.post("/api/registry/imports", data={"file": (file, path.name), **options})
    assert answer.status_code == 202, answer.json
    run_jobs(runtime)
    return clerk.get(f"/api/registry/imports/{answer.json['id']}").json


def errors(clerk: Caller, job: Any) -> list[Any]:
    items: list[Any] = clerk.get(f"/api/registry/imports/{job['id']}/errors?page_size=100").json["items"]
    return items


def test_every_error_of_the_file_comes_in_one_pass_by_row_and_column(clerk: Caller, runtime: Runtime) -> None:
    job = send(clerk, runtime, DATA / "instruments.xlsx")
    assert (job["state"], job["total"], job["created"], job["invalid"]) == ("done", 300, 290, 10)
    expected = json.loads((DATA / "instruments-errors.json").read_text("utf-8"))
    found = [{key: e[key] for key in ("row", "column", "field", "code", "value")} for e in errors(clerk, job)]
    assert found == expected


def test_mended_rows_complete_the_ledger_and_the_same_file_again_adds_nothing(clerk: Caller, runtime: Runtime) -> None:
    send(clerk, runtime, DATA / "instruments.xlsx")
    mended = send(clerk, runtime, DATA / "instruments-mended.xlsx")
    assert (mended["created"], mended["invalid"]) == (10, 0), errors(clerk, mended)
    assert clerk.get("/api/registry/instruments").json["total"] == 300
    again = send(clerk, runtime, DATA / "instruments-mended.xlsx")
    assert (again["created"], again["skipped"], again["invalid"]) == (0, 10, 0)


def test_all_or_nothing_imports_nothing_when_one_row_is_wrong(clerk: Caller, runtime: Runtime) -> None:
    job = send(clerk, runtime, DATA / "instruments.xlsx", mode="all_or_nothing")
    assert (job["state"], job["created"]) == ("failed", 0)
    assert "10 行错误" in job["error"]


def test_a_dry_run_judges_alike_and_writes_nothing(clerk: Caller, runtime: Runtime) -> None:
    job = send(clerk, runtime, DATA / "instruments.xlsx", dry_run="true")
    assert (job["valid"], job["invalid"], job["created"]) == (290, 10, 0)
    assert clerk.get("/api/registry/instruments").json["total"] == 0


def test_the_users_own_workbook_comes_back_marked(clerk: Caller, runtime: Runtime, tmp_path: Path) -> None:
    import openpyxl

    job = send(clerk, runtime, DATA / "instruments.xlsx")
    marked = tmp_path / "errors.xlsx"
    marked.write_bytes(clerk.get(f"/api/registry/imports/{job['id']}/errors.xlsx").data)
    sheet = openpyxl.load_workbook(marked).worksheets[0]
    row = errors(clerk, job)[0]["row"]
    assert sheet.cell(row, sheet.max_column).value.startswith("种别代码：仪器的种别代码不能为空")


def test_an_export_can_be_imported_again_and_changes_nothing(clerk: Caller, runtime: Runtime, tmp_path: Path) -> None:
    send(clerk, runtime, DATA / "instruments-mended.xlsx")
    job = clerk.post("/api/registry/exports", {}).json
    run_jobs(runtime)
    result = clerk.get(f"/api/registry/jobs/{job['id']}").json
    assert result["state"] == "done", result
    exported = tmp_path / "export.xlsx"
    exported.write_bytes(clerk.get(result["result_url"]).data)
    again = send(clerk, runtime, exported)
    assert (again["created"], again["skipped"], again["invalid"]) == (0, 10, 0), errors(clerk, again)


def test_the_template_is_a_workbook_that_can_be_filled(clerk: Caller, runtime: Runtime, tmp_path: Path) -> None:
    template = tmp_path / "template.xlsx"
    template.write_bytes(clerk.get("/api/registry/imports/template.xlsx").data)
    job = send(clerk, runtime, template, dry_run="true")
    assert (job["total"], job["invalid"]) == (1, 0), errors(clerk, job)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"not a workbook", 415, "unsupported_media_type"), (b"PK\x03\x04 broken", 202, None)],
)
def test_what_is_no_workbook_is_refused_clearly(
    clerk: Caller, runtime: Runtime, content: bytes, status: int, code: str | None
) -> None:
    import io

    answer = clerk.post("/api/registry/imports", data={"file": (io.BytesIO(content), "x.xlsx")})
    assert answer.status_code == status
    if code:
        assert answer.json["code"] == code
        return
    run_jobs(runtime)
    job = clerk.get(f"/api/registry/imports/{answer.json['id']}").json
    assert job["state"] == "failed"
    assert "已损坏" in job["error"]
