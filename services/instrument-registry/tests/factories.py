"""How the tests of imports send a file and look at what became of it."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from chassis.runtime import Runtime
from chassis.testing import Caller, run_jobs

HEADERS = ("仪器名称", "型号规格", "出厂编号", "制造单位", "种别代码", "用途", "使用区域代码", "安装使用地点")


class Importing:
    """Sends files as one account, and runs their jobs."""

    def __init__(self, clerk: Caller, runtime: Runtime) -> None:
        self.clerk, self.runtime = clerk, runtime

    def start(self, content: bytes | Path, **options: str) -> Any:
        data = content.read_bytes() if isinstance(content, Path) else content
        return self.clerk.post("/api/registry/imports", data={"file": (io.BytesIO(data), "file"), **options})

    def __call__(self, content: bytes | Path, **options: str) -> Any:
        answer = self.start(content, **options)
        assert answer.status_code == 202, answer.json
        run_jobs(self.runtime)
        return self.of(answer.json["id"])

    def of(self, import_id: str) -> Any:
        return self.clerk.get(f"/api/registry/imports/{import_id}").json

    def errors(self, job: Any, **headers: str) -> list[Any]:
        url = f"/api/registry/imports/{job['id']}/errors?page_size=100"
        items: list[Any] = self.clerk.get(url, headers=headers).json["items"]
        return items

    def marked(self, job: Any) -> bytes:
        answer = self.clerk.get(f"/api/registry/imports/{job['id']}/errors.xlsx")
        assert answer.status_code == 200, answer.json
        return bytes(answer.data)

    def ledger(self, **query: Any) -> list[Any]:
        items: list[Any] = self.clerk.get("/api/registry/instruments", query_string={"page_size": 100} | query).json[
            "items"
        ]
        return items


def row(serial: Any, **cells: Any) -> list[Any]:
    """A right row under HEADERS."""
    right = dict(
        zip(HEADERS, ("电子秤", "ACS-30", serial, "香山衡器", "020100", "3", "440106", "天河路 1 号"), strict=True)
    )
    return list((right | cells).values())


def table(*rows: list[Any], headers: Any = HEADERS) -> list[list[Any]]:
    return [list(headers), *rows]


def xlsx(rows: list[list[Any]], dress: Callable[[Any, Any], None] | None = None) -> bytes:
    """dress: (workbook, sheet) -> None, for what is more than values."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in rows:
        sheet.append(line)
    if dress:
        dress(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_of(rows: list[list[Any]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)
