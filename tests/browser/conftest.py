"""A whole platform with the portal, and Chromium with a new profile per test. An error in a page fails the test."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from launcher.portal import DIST
from launcher.servers import Platform

# pytest's importlib mode leaves it out
sys.path.insert(0, str(Path(__file__).parent))

from browsing import DESKTOP, FLAGS, OUT, PHONE, Watch, chromium, sign_in
from people import PASSWORD, Shop, registered

FAILED = pytest.StashKey[bool]()


def without(reason: str) -> None:
    """Skips a test that cannot run; in CI it fails."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        without("no Chromium: apt-get install -y --no-install-recommends chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield one
        one.close()


@pytest.fixture(scope="session")
def portal(browser: Browser, whole_platform: Platform) -> Platform:
    """The whole platform; its gateway serves the portal."""
    if not (DIST / "index.html").exists():
        without("no portal, because there is no Node to build it: install Node 20.19 or later")
    return whole_platform


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def page(browser: Browser, portal: Platform, watch: Watch, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A desktop, 1440 × 900."""
    with visit(browser, portal, watch, request, DESKTOP) as one:
        yield one


@pytest.fixture
def phone(browser: Browser, portal: Platform, watch: Watch, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone, 390 × 844, with touch."""
    with visit(browser, portal, watch, request, PHONE) as one:
        yield one


@pytest.fixture
def shop(portal: Platform) -> Shop:
    """A new organisation, approved."""
    return registered(portal)


@pytest.fixture
def owner(page: Page, shop: Shop) -> Shop:
    """The same organisation, with its owner signed in."""
    sign_in(page, shop.username, PASSWORD)
    return shop


@contextmanager
def visit(
    browser: Browser, portal: Platform, watch: Watch, request: pytest.FixtureRequest, device: dict[str, Any]
) -> Iterator[Page]:
    context = browser.new_context(base_url=portal.gateway_url, **device)
    context.set_default_timeout(10_000)
    context.tracing.start(snapshots=True)
    watch.follow(context)
    page = context.new_page()
    try:
        yield page
        unexpected = watch.unexpected()
        if unexpected or request.node.stash.get(FAILED, False):
            keep(page, request)
        assert unexpected == [], "\n".join(unexpected)
    finally:
        context.close()


def keep(page: Page, request: pytest.FixtureRequest) -> None:
    """Saves a picture and a trace of a failed test, under its name."""
    OUT.mkdir(exist_ok=True)
    name = re.sub(r"[^\w-]+", "-", request.node.name).strip("-") + f"-{request.fixturename}"
    page.context.tracing.stop(path=OUT / f"{name}.zip")
    page.screenshot(path=OUT / f"{name}.png")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m "smoke or not browser"` runs only the short walk of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report
