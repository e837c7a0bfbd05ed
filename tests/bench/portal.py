"""The browser portal: largest contentful paint of a first visit, and the size of its JavaScript, on its own platform."""

import statistics
import sys
import tempfile
from pathlib import Path

from harness import CannotMeasure, Line, note
from playwright.sync_api import Browser, Page, sync_playwright

from launcher.servers import Platform, platform

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from browsing import DESKTOP, FLAGS, chromium
from browsing import sign_in as sign_in_by_hand

GOAL_PAINT = 1500.0  # [ms]
GOAL_SCRIPT = 250.0  # [kB], compressed
TIMES = 5
PAINT = """() => new Promise((done) => {
    let last = 0
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) last = entry.startTime })
        .observe({type: 'largest-contentful-paint', buffered: true})
    setTimeout(() => done(last), 1500)
})"""
SCRIPT = """() => performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js'))
    .reduce((sum, one) => sum + one.encodedBodySize, 0)"""


def measure() -> list[Line]:
    program = chromium()
    if program is None:
        raise CannotMeasure("no Chromium")
    with (
        tempfile.TemporaryDirectory(prefix="qj-bench-") as folder,
        platform(Path(folder) / "run", with_portal=True) as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        lines: list[Line] = []
        for path in ("/sign-in", "/home", "/instruments/all"):
            note(f"portal {path}")
            lines += one_page(running, browser, path)
        browser.close()
        return lines


def one_page(running: Platform, browser: Browser, path: str) -> list[Line]:
    """Loads a page with an empty cache; a signed-in visit has only the cookie."""
    paints, scripts = [], []
    for _ in range(TIMES):
        context = browser.new_context(base_url=running.gateway_url, **DESKTOP)
        page: Page = context.new_page()
        if path != "/sign-in":
            sign_in_by_hand(page, "applicant")
        context.new_cdp_session(page).send("Network.clearBrowserCache")
        page.goto(path)
        page.get_by_role("heading", level=1).wait_for()
        paints.append(float(page.evaluate(PAINT)))
        scripts.append(float(page.evaluate(SCRIPT)) / 1000)
        context.close()
    return [
        Line(f"portal {path}, largest contentful paint", statistics.median(paints), GOAL_PAINT, "ms", TIMES,
             {"slowest_ms": round(max(paints))}),
        Line(f"portal {path}, JavaScript", statistics.median(scripts), GOAL_SCRIPT, "kB", TIMES),
    ]  # fmt: skip
