"""Export of 100,000 instruments × 26 columns through the gateway by a job, until the workbook can be fetched; against
XlsxWriter in its constant memory, which writes the same cells without a database. The goal is four times its speed."""

import tempfile
import time
from pathlib import Path

import requests
import xlsxwriter
from harness import Line, note, platform_to_measure, quiet, sign_in, tell, watched
from lists import load_instruments

from launcher.servers import Platform
from registry.domain.fields import HEADERS

ROWS = 100_000


def measure(platform: Platform) -> list[Line]:
    session = sign_in(platform.gateway_url, "applicant")
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    load_instruments(platform.database_urls["registry"], session["account"]["org_id"], ROWS, offset=8_000_000)
    quiet()
    limit = bare()
    quiet()
    began = time.perf_counter()
    base = f"{platform.gateway_url}/api/registry"
    with watched(platform.pid("registry-work")) as held:
        job = requests.post(f"{base}/exports", headers=headers, json={"filter": {"view": "all"}}, timeout=60).json()
        while job["state"] in ("queued", "running"):
            time.sleep(0.1)
            job = requests.get(f"{base}/jobs/{job['id']}", headers=headers, timeout=30).json()
    took = time.perf_counter() - began
    if job["state"] != "done" or job["done"] < ROWS:
        raise AssertionError(f"not all were written: {job}")
    size = len(requests.get(platform.gateway_url + job["result_url"], headers=headers, timeout=60).content)
    note(f"workbook of {size / 2**20:.1f} MB")
    peak = max(held)
    more = {"seconds": round(took, 1), "limit_seconds": round(limit, 1), "goal": 4.0}
    return [
        Line("export of 100,000 rows", job["done"] / took, ROWS / limit, "rows/s", job["done"], more),
        Line("export of 100,000 rows, memory of the worker", peak, 200, "MB", job["done"]),
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
