"""Export of 10,000, 100,000 and 1,000,000 instruments × 26 columns by a job through the gateway, until the workbook can be
fetched; against XlsxWriter in constant-memory mode, which writes such cells without a database (measured with 100,000
rows). The goal is four times its speed."""

import tempfile
import time
from pathlib import Path

import psycopg
import requests
import xlsxwriter
from harness import Line, note, platform_to_measure, quiet, sign_in, tell, watched
from lists import load_instruments

from launcher.servers import Platform
from registry.domain.fields import HEADERS

ROWS = 100_000
SIZES = (10_000, ROWS, 1_000_000)


def measure(platform: Platform) -> list[Line]:
    session = sign_in(platform.gateway_url, "applicant")
    org_id, url = session["account"]["org_id"], platform.database_urls["registry"]
    with psycopg.connect(url, autocommit=True) as db:
        for setting in ("qj.everything = 'on'", "statement_timeout = 0"):
            db.execute(f"SET {setting}")
        db.execute("DELETE FROM instrument WHERE org_id = %s", (org_id,))
    quiet()
    limit = bare()
    lines, loaded = [], 0
    for size in SIZES:
        load_instruments(url, org_id, size - loaded, offset=8_000_000 + loaded)
        loaded = size
        quiet()
        lines += _exported(platform, {"Authorization": f"Bearer {session['access_token']}"}, size, limit)
    return lines


def _exported(platform: Platform, headers: dict[str, str], size: int, limit: float) -> list[Line]:
    """limit: [seconds for ROWS]"""
    base = f"{platform.gateway_url}/api/registry"
    began = time.perf_counter()
    with watched(platform.pid("registry-work")) as held:
        job = requests.post(f"{base}/exports", headers=headers, json={"filter": {"view": "all"}}, timeout=60).json()
        while job["state"] in ("queued", "running"):
            time.sleep(0.1)
            job = requests.get(f"{base}/jobs/{job['id']}", headers=headers, timeout=30).json()
    took = time.perf_counter() - began
    if (job["state"], job["done"]) != ("done", size):
        raise AssertionError(f"not all were written: {job}")
    content = requests.get(platform.gateway_url + job["result_url"], headers=headers, timeout=60).content
    note(f"{size:,} rows: workbook of {len(content) / 2**20:.1f} MB in {took:.1f} s")
    more = {"seconds": round(took, 1), "goal": 4.0}
    return [
        Line(f"export of {size:,} rows", size / took, ROWS / limit, "rows/s", size, more),
        Line(f"export of {size:,} rows, memory of the worker", max(held), 200, "MB", size),
    ]


def bare() -> float:
    """[seconds]"""
    cells = [f"{header} 1" for header in HEADERS]
    with tempfile.TemporaryDirectory(prefix="qj-bench-") as folder:
        began = time.perf_counter()
        book = xlsxwriter.Workbook(str(Path(folder) / "bare.xlsx"), {"constant_memory": True})
        sheet = book.add_worksheet()
        for row in range(ROWS):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
        book.close()
        return time.perf_counter() - began


if __name__ == "__main__":
    with platform_to_measure() as running:
        for line in measure(running):
            tell(line)
