"""Workbooks of 10,000 and 100,000 instruments × 20 columns, imported by a job through the gateway: read, validated, written
with history; the large one also into a ledger of a million. Against the bare means: calamine, COPY into a staging table,
one INSERT into a table with six indexes.

The imported rows are counted. Meanwhile list pages are requested, to measure how much slower they become."""

import statistics
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import python_calamine
import requests
import xlsxwriter
from harness import Line, note, percentile, platform_to_measure, quiet, sign_in, tell, watched
from lists import load_instruments

from launcher.servers import Platform

ROWS = 100_000
LEDGER = 1_000_000
HEADERS = ("仪器名称", "型号规格", "出厂编号", "自编号", "制造单位", "种别代码", "种别名称", "用途", "使用区域代码", "安装使用地点",
           "准确度等级", "测量范围", "分度值", "出厂日期", "投用日期", "产地", "使用部门", "保管人", "联系电话", "型式批准证书编号")  # fmt: skip


def measure(platform: Platform) -> list[Line]:
    url = platform.database_urls["registry"]
    lines = imported(platform, 10_000, 0) + imported(platform, ROWS, 20_000)
    org_id = sign_in(platform.gateway_url, "applicant")["account"]["org_id"]
    load_instruments(url, org_id, LEDGER, offset=60_000_000)
    return lines + imported(platform, ROWS, 200_000, f" into a ledger of {LEDGER:,}")


def imported(platform: Platform, rows: int, offset: int, where: str = "") -> list[Line]:
    session = sign_in(platform.gateway_url, "applicant")
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    with tempfile.TemporaryDirectory(prefix="qj-bench-") as folder:
        path = Path(folder) / "instruments.xlsx"
        write(path, rows, offset)
        quiet()
        limit = bare(platform.database_urls["registry"], path)
        quiet()
        idle = pages(platform.gateway_url, headers, seconds=3)
        worker = platform.pid("registry-work")
        busy: list[float] = []
        stop = threading.Event()
        asking = threading.Thread(target=lambda: busy.extend(pages(platform.gateway_url, headers, stop=stop)))
        with watched(worker) as held:
            began = time.perf_counter()
            with path.open("rb") as file:
                answer = requests.post(f"{platform.gateway_url}/api/registry/imports", headers=headers, timeout=120,
                                       files={"file": ("instruments.xlsx", file)}, data={"mode": "valid_rows"})  # fmt: skip
            answer.raise_for_status()
            asking.start()
            url = f"{platform.gateway_url}/api/registry/imports/{answer.json()['id']}"
            while (job := requests.get(url, headers=headers, timeout=30).json())["state"] in ("queued", "running"):
                time.sleep(0.2)
            took = time.perf_counter() - began
        stop.set()
        asking.join()
    if (job["state"], job["created"]) != ("done", rows):
        raise AssertionError(f"not all arrived: {job}")
    peak = max(held)
    more = {"seconds": round(took, 1), "limit_seconds": round(limit, 1),
            "list_p50_ms_idle": round(percentile(idle, 0.5), 1), "list_p50_ms_meanwhile": round(percentile(busy, 0.5), 1),
            "worker_peak_mb": peak}  # fmt: skip
    name = f"import of {rows:,} rows{where}"
    return [Line(name, rows / took, rows / limit, "rows/s", rows, more),
            Line(f"{name}, memory of the worker", peak, 350, "MB", rows)]  # fmt: skip


def write(path: Path, rows: int, offset: int = 0) -> None:
    """Writes a workbook, a pure function of the numbers. offset: keeps instruments of different workbooks different."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADERS)
    for row in range(1, rows + 1):
        i = row + offset
        sheet.write_row(row, 0, (
            "电子计价秤", f"ACS-{i % 313}", f"SN{i:010d}", f"A{i}", f"制造厂 {i % 61}", "020100", "电子秤", "贸易结算", "440106",
            f"天河北路 {i % 500} 号", "Ⅲ级", f"(0～{i % 100 + 1}) kg", "5 g", "2024-01-31", "2024-03-01", "国产",
            f"部门 {i % 23}", "李保管", "13800138000", "PA2026F001-44",
        ))  # fmt: skip
    book.close()
    note(f"workbook of {path.stat().st_size / 2**20:.1f} MB")


def bare(url: str, path: Path) -> float:
    """Returns the median of three. [seconds]"""
    columns = ", ".join(f"c{n} text" for n in range(len(HEADERS)))
    took = []
    for _ in range(3):
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("DROP SCHEMA IF EXISTS bench_import CASCADE")
            db.execute("CREATE SCHEMA bench_import")
            db.execute(f"CREATE TABLE bench_import.staging ({columns})")
            db.execute(
                f"CREATE TABLE bench_import.kept (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {columns})"
            )
            for column in ("c2", "c5", "c8", "c3, c2"):
                db.execute(f"CREATE INDEX ON bench_import.kept ({column})")
            db.execute("CREATE UNIQUE INDEX ON bench_import.kept (c0, c1, c2, c3)")
            began = time.perf_counter()
            rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
            with db.cursor().copy("COPY bench_import.staging FROM STDIN") as copy:
                for row in rows[1:]:
                    copy.write_row([str(cell) for cell in row])
            names = ", ".join(f"c{n}" for n in range(len(HEADERS)))
            db.execute(f"INSERT INTO bench_import.kept ({names}) SELECT {names} FROM bench_import.staging"
                       " ON CONFLICT (c0, c1, c2, c3) DO NOTHING")  # fmt: skip
            took.append(time.perf_counter() - began)
            db.execute("DROP SCHEMA bench_import CASCADE")
    return statistics.median(took)


def pages(
    gateway: str, headers: dict[str, str], seconds: float = 600, stop: threading.Event | None = None
) -> list[float]:
    """Returns the times of consecutive list pages. [ms]"""
    took = []
    session = requests.Session()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not (stop and stop.is_set()):
        began = time.perf_counter()
        session.get(f"{gateway}/api/registry/instruments?page_size=15", headers=headers, timeout=30).raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(0.05)
    return took


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
