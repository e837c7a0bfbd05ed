"""Chromium for the tests: finds it, watches pages for errors, and holds common steps."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from launcher.binaries import on_path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "tests" / "browser" / "out"
AXE = ROOT / "clients" / "portal" / "node_modules" / "axe-core" / "axe.min.js"
DEMO_PASSWORD = "Demo-2026!"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PLACE: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "accept_downloads": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, **PLACE}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    **PLACE,
}
WIDTHS = {390: 844, 1440: 900}


def chromium() -> str | None:
    """Returns $CHROMIUM, else the program on PATH."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := on_path(name))), None)


# A page asks at its start whether its cookie holds a session, because no script can read it. Without one it gets an error.
ALWAYS_EXPECTED = [r"^console: .*status of 401 .*/api/identity/sessions/refresh\)$"]


@dataclass
class Watch:
    """Collects errors in all pages of a test: console errors (which include refusals by the Content-Security-Policy and answers
    from 400 up), exceptions, and answers from 500 up. A test declares intended ones by `expects`."""

    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: list(ALWAYS_EXPECTED))

    def expects(self, pattern: str) -> None:
        """pattern: a regular expression for the text of the problem, such as 'status of 422'."""
        self.expected.append(pattern)

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda one: self.problems.append(f"exception: {one.error}"))
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"answer: {response.status} of {response.request.method} {response.url}")

    def unexpected(self) -> list[str]:
        return [one for one in self.problems if not any(re.search(pattern, one) for pattern in self.expected)]


def sign_in(page: Page, name: str, password: str = DEMO_PASSWORD) -> None:
    """Signs in by keyboard from the first page. Returns when the portal's frame is visible."""
    page.goto("/")
    page.get_by_label("用户名/手机号").fill(name)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("navigation").first.wait_for()


def menu(page: Page, *names: str) -> None:
    """Opens a page by the menu: its groups, then its name."""
    for name in names[:-1]:
        page.get_by_role("menuitem", name=name, exact=True).first.click()
    page.get_by_role("menuitem", name=names[-1], exact=True).click()
    settle(page)


def choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    """Opens a select and chooses one of its options."""
    page.locator(".el-select__wrapper").filter(has=page.get_by_role("combobox", name=label)).click()
    page.get_by_role("option", name=option).click()


def choose_division(page: Page, label: str) -> None:
    """Chooses Guangzhou, Tianhe."""
    page.get_by_role("combobox", name=label).click()
    for name in ("广州市 440100", "天河区 440106"):
        page.get_by_role("menuitem", name=name).click()


def search(page: Page, text: str) -> None:
    """Types into the search box of a list of instruments or filings."""
    page.get_by_placeholder("名称、型号、编号、地点").fill(text)
    page.get_by_role("button", name="搜索", exact=True).click()


def settle(page: Page) -> None:
    """Waits until the page is still: fonts are loaded, no part is busy, and animations have ended (a half-faded drawer would fail
    the contrast check)."""
    page.wait_for_load_state("load")
    page.evaluate("() => document.fonts.ready.then(() => null)")
    page.wait_for_function(
        "() => !document.querySelector('[aria-busy=true], .is-loading, .el-loading-mask, .el-skeleton')"
    )
    page.evaluate(
        "() => Promise.all(document.getAnimations().filter(one => one.effect.getComputedTiming().iterations < Infinity)"
        ".map(one => one.finished.catch(() => null))).then(() => null)"
    )


def shot(page: Page, name: str) -> list[Path]:
    """Saves pictures of the page on a phone and on a desktop: out/<name>-390.png, out/<name>-1440.png."""
    OUT.mkdir(exist_ok=True)
    before, saved = page.viewport_size, []
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        saved.append(OUT / f"{name}-{width}.png")
        page.screenshot(path=saved[-1], full_page=True, animations="disabled")
    if before:
        page.set_viewport_size(before)
    return saved


# -- accessibility -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Accepted:
    """A finding that we accept, with the reason."""

    rule: str
    target: str  # regular expression over the element's selector
    reason: str


ACCEPTED: list[Accepted] = []


def axe(page: Page) -> None:
    """Fails if axe-core reports serious or critical findings."""
    settle(page)
    page.wait_for_function("() => document.getAnimations().every((one) => one.playState !== 'running')")
    page.evaluate(AXE.read_text("utf-8"))  # by the debugger, because the page's policy blocks foreign scripts
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    bad = [
        f"{one['impact']} {one['id']}: {' '.join(node['target'][-1:])} — {one['help']}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
        if not _accepted(one["id"], str(node["target"]))
    ]
    assert bad == [], f"{page.url}:\n" + "\n".join(bad)


def _accepted(rule: str, target: str) -> bool:
    return any(one.rule == rule and re.search(one.target, target) for one in ACCEPTED)
