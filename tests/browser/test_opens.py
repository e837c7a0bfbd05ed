"""The first page, for a stranger."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.smoke


def test_it_opens_without_a_word_in_the_console(page: Page) -> None:
    answer = page.goto("/", wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200
    expect(page).to_have_title("强制检定计量器具管理平台")
