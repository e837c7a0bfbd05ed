"""The size and drawing of a page, the screens that it fits, and its behaviour on a slow network."""

import re
from pathlib import Path

import openpyxl
import pytest
from browsing import settle, sign_in
from people import PASSWORD, registered
from playwright.sync_api import Page, expect

from launcher.servers import Platform

FIRST_LOAD = 260_000  # bytes, compressed
SCRIPTS = """() => performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js'))
    .map((one) => [one.name, one.encodedBodySize, one.decodedBodySize])"""


@pytest.mark.parametrize("path", ["/sign-in", "/home", "/instruments/all"])
def test_a_first_load_brings_little_javascript(page: Page, path: str) -> None:
    if path != "/sign-in":
        sign_in(page, "applicant")
    fresh = page.context.new_page()
    fresh.context.new_cdp_session(fresh).send("Network.setCacheDisabled", {"cacheDisabled": True})
    fresh.goto(path)
    fresh.get_by_role("heading", level=1).wait_for()
    settle(fresh)
    fresh.wait_for_timeout(1000)  # files loaded after the page is drawn count too
    scripts = fresh.evaluate(SCRIPTS)
    assert len(scripts) > 3
    assert all(sent < whole for _, sent, whole in scripts if whole > 2000), "compressed"
    assert sum(sent for _, sent, _ in scripts) <= FIRST_LOAD, scripts


def test_ten_thousand_errors_are_scrolled_and_only_those_in_sight_are_drawn(
    page: Page, portal: Platform, tmp_path: Path
) -> None:
    shop = registered(portal)
    book = openpyxl.load_workbook("tests/data/instruments.xlsx")
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    line = [cell.value for cell in sheet[2]]
    line[headers.index("种别代码")] = "999999"
    wrong = openpyxl.Workbook(write_only=True)
    target = wrong.create_sheet()
    target.append(headers)
    for number in range(10_000):
        line[headers.index("出厂编号")] = f"W{number:06d}"
        target.append(line)
    wrong.save(tmp_path / "wrong.xlsx")
    sign_in(page, shop.username, PASSWORD)
    page.goto("/instruments/import")
    page.get_by_label("选择填写完成的 EXCEL 文件").set_input_files(tmp_path / "wrong.xlsx")
    expect(page.get_by_text("10000 行有误，共 1 种原因")).to_be_visible(timeout=60_000)
    grid = page.locator(".el-table-v2__main .el-table-v2__body > div").first
    for _ in range(15):
        page.locator(".el-table-v2__main .el-table-v2__row").first.hover()
        page.mouse.wheel(0, 4000)
        page.wait_for_timeout(150)
    assert grid.is_visible()
    expect(page.get_by_text(re.compile("已显示 [2-9]00 条|已显示 1[0-9]00 条"))).to_be_visible()
    assert page.locator(".el-table-v2__main .el-table-v2__row").count() < 60


PAGES = ("/home", "/instruments/all", "/instruments/add", "/instruments/import", "/filings/unfiled", "/bookings/book",
         "/certificates", "/messages", "/account/sessions", "/account/profile")  # fmt: skip


@pytest.mark.parametrize("width", [360, 2560])
def test_no_page_scrolls_sideways_on_the_smallest_and_the_widest_screen(
    page: Page, portal: Platform, width: int
) -> None:
    shop = registered(portal)
    shop.instruments()
    sign_in(page, shop.username, PASSWORD)
    page.set_viewport_size({"width": width, "height": 800})
    for path in PAGES:
        page.goto(path)
        page.get_by_role("heading", level=1).wait_for()
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
