"""Opens every menu entry, card of the home page, linked number and link of a message, as every kind of account. Each must open
a page that the account may see, and a list must have as many rows as the number said. One platform, one visit per account."""

import re
from dataclasses import dataclass

import pytest
from browsing import settle, sign_in
from people import PASSWORD, Shop, registered, wait_for
from playwright.sync_api import Locator, Page, expect

from launcher.servers import Platform

STAFF = [
    "city-clerk",
    "city-verifier",
    "city-checker",
    "city-admin",
    "county-clerk",
    "province-clerk",
    "supervisor",
    "admin",
]
WRONG = ("页面不存在", "您的账号无权打开此页", "页面出错了")


@dataclass
class World:
    """One object of each kind that a number on a screen counts, made once for the whole walk."""

    shop: Shop


@pytest.fixture(scope="module")
def world(portal: Platform) -> World:
    shop = registered(portal)
    shop.instruments(2)
    submitted, returned = shop.submitted(shop.instruments(2))
    shop.decide("city-clerk", "return", [returned], reason_code="incomplete", reason="缺少铭牌照片")
    filed = shop.filed(4)
    rejected, confirmed, received = (shop.booked([one]) for one in filed[:3])
    shop.moved("city-clerk", rejected, "reject", {"reason": "该日设备检修"})
    for booking in (confirmed, received):
        shop.moved("city-clerk", booking, "confirm")
    shop.moved("city-clerk", received, "receive", {"instrument_ids": [filed[2]["id"]]})
    shop.moved("city-clerk", received, "start")
    registered(portal, approved=False)  # it waits for approval by the county
    wait_for(lambda: [shop.instrument(one)["open_booking_id"] for one in filed[1:3]], lambda found: all(found))
    assert submitted["state"] == "submitted"
    return World(shop)


def enter(page: Page, who: str, world: World) -> None:
    owner = who == "applicant"
    sign_in(page, world.shop.username if owner else who, *([PASSWORD] if owner else []))


def checked(page: Page, to: str, number: int | None) -> str:
    """Returns the error of the page behind a link, or ''. number: the rows that its list must have."""
    page.goto(to)
    return looked_at(page, number)


def looked_at(page: Page, number: int | None = None) -> str:
    page.get_by_role("heading", level=1).or_(page.locator(".el-result")).first.wait_for()
    settle(page)
    said = page.locator("#content").inner_text()
    at = re.sub(r"^https?://[^/]+", "", page.url)
    if wrong := [words for words in WRONG if words in said]:
        return f"{at}: {wrong[0]}"
    if page.locator("#content .el-alert--error").count():
        return f"{at}: {page.locator('#content .el-alert--error').first.inner_text()}"
    if number is None:
        return ""
    total = int(re.sub(r"\D", "", page.locator(".el-pagination__total").first.inner_text()))
    return "" if total == number else f"{at}: {number} were promised, the list has {total}"


def links(place: Locator) -> list[tuple[str, int | None]]:
    """Returns address and number of every link: the last number in its text."""
    found = []
    for link in place.all():
        numbers = re.findall(r"\d[\d,]*", link.inner_text())
        found.append((link.get_attribute("href") or "", int(numbers[-1].replace(",", "")) if numbers else None))
    return found


def shares(page: Page) -> list[tuple[str, int | None]]:
    """Returns the bars of the home page: each a link with its number beside it."""
    return [
        (line.locator("a").get_attribute("href") or "", int(line.locator(".number").inner_text().replace(",", "")))
        for line in page.locator(".bars li").all()
    ]


@pytest.mark.parametrize("who", ["applicant", *STAFF])
def test_every_link_finds_its_page_and_every_number_its_list(page: Page, world: World, who: str) -> None:
    enter(page, who, world)
    page.goto("/home")
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    settle(page)
    expect(page.locator(".count .number", has_text="…")).to_have_count(0)
    numbered = [*links(page.locator("a.count")), *shares(page), *links(page.locator(".steps a"))]
    assert numbered or who == "city-admin", "nothing to do on the first page"
    wrong = [checked(page, to, number) for to, number in numbered]
    wrong += menu_entries(page)
    wrong += [checked(page, to, None) for to in messages(page)]
    if who in ("supervisor", "admin"):
        wrong += statistics(page)
    assert [one for one in wrong if one] == []


def menu_entries(page: Page) -> list[str]:
    """A menu entry is not a link, so each is pressed by keyboard."""
    found = []
    top = page.get_by_role("navigation").first.locator("> .el-menu > li")
    for index in range(top.count()):
        entry = top.nth(index)
        is_group = "el-sub-menu" in (entry.get_attribute("class") or "")
        if is_group and "is-opened" not in (entry.get_attribute("class") or ""):
            entry.press("Enter")
        pages = entry.locator(".el-menu-item") if is_group else entry
        for number in range(pages.count()):
            pages.nth(number).press("Enter")
            found.append(looked_at(page))
    return found


def messages(page: Page) -> list[str]:
    page.goto("/messages")
    settle(page)
    return sorted({to for to, _ in links(page.locator(".el-table__body a"))})


def statistics(page: Page) -> list[str]:
    found: list[str] = []
    for by in ("division", "kind", "institution"):
        page.goto(f"/supervision/statistics?by={by}")
        settle(page)
        cells = links(page.locator(".el-table__body a"))
        assert cells, by
        found += [checked(page, to, number) for to, number in cells[:8]]
    return found
