"""The short walk: the first page without an account, and a sign-in."""

import re

import pytest
from browsing import axe, settle, shot, sign_in
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.smoke


def test_it_opens_without_a_word_in_the_console(page: Page) -> None:
    answer = page.goto("/")
    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("button", name="登录", exact=True)).to_be_visible()
    expect(page).to_have_title(re.compile("强制检定计量器具管理平台"))
    axe(page)


def test_somebody_signs_in_and_stays_signed_in_when_the_page_is_loaded_anew(page: Page) -> None:
    sign_in(page, "applicant")
    address = page.url
    page.reload()
    expect(page.get_by_role("navigation").first).to_be_visible()
    assert page.url == address


def test_a_phone_shows_the_first_page_without_scrolling_sideways(phone: Page) -> None:
    phone.goto("/")
    expect(phone.get_by_role("button", name="登录", exact=True)).to_be_visible()
    settle(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    axe(phone)


def test_a_picture_is_taken_of_both_widths(page: Page) -> None:
    page.goto("/")
    assert [path.name for path in shot(page, "sign-in")] == ["sign-in-390.png", "sign-in-1440.png"]
