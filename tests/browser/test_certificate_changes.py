"""更正 and 作废 of certificates: one person of the institution proposes, and another person, a checker, decides."""

from typing import Any

import pytest
from browsing import axe, shot, sign_in
from people import Shop
from playwright.sync_api import Page, expect

CHANGES = "/api/registry/certificate-changes"


def row(page: Page, text: str) -> Any:
    return page.locator(".el-table__row", has_text=text)


def enter(page: Page, who: str, path: str, title: str) -> None:
    if page.url != "about:blank":
        page.context.clear_cookies()
        page.evaluate("localStorage.clear()")
    sign_in(page, who)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def own_certificate(page: Page, number: str) -> Any:
    page.goto(f"/certificates?number={number}")
    expect(page.get_by_text("共 1 条")).to_be_visible()
    return row(page, number)


def test_a_correction_is_proposed_and_confirmed_by_another(page: Page, shop: Shop) -> None:
    """The form starts with the values of the certificate. The checker sees old and new. The old certificate then names the new."""
    [old] = shop.certified(shop.filed(1), [""])
    number, serial = old["number"], old["instrument"]["serial_no"]
    enter(page, "city-verifier", "/certificates", "证书查询")
    own_certificate(page, number).get_by_role("button", name="更正").click()
    dialog = page.get_by_role("dialog", name=f"更正证书 {number}")
    expect(dialog.get_by_label("出厂编号")).to_have_value(serial)
    expect(dialog.get_by_label("检定规程")).to_have_value("JJG 443-2015")
    dialog.get_by_label("原因").fill("出厂编号录错")
    dialog.get_by_role("button", name="提交更正").click()
    expect(dialog.get_by_text("没有改动任何项目")).to_be_visible()
    dialog.get_by_label("出厂编号").fill(f"{serial}-A")
    expect(dialog.get_by_text(f"现为：{serial}")).to_be_visible()
    axe(page)
    shot(page, "certificate-correction")
    dialog.get_by_role("button", name="提交更正").click()
    expect(dialog).to_be_hidden()

    page.goto(f"/desk/certificate-changes?number={number}")
    row(page, number).get_by_role("button", name="查看").click()
    drawer = page.get_by_role("dialog", name="证书更正")
    expect(drawer.get_by_text("须由另一名核验员确认")).to_be_visible()
    expect(drawer.get_by_role("button", name="确认", exact=True)).to_have_count(0)

    enter(page, "city-checker", "/home", "您好，赵核验")
    card = page.get_by_role("link", name="待我确认的证书更正")
    expect(card).to_contain_text("1")
    card.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("待我确认的证书更正")
    axe(page)
    row(page, number).get_by_role("button", name="核对").click()
    drawer = page.get_by_role("dialog", name="证书更正")
    line = drawer.get_by_role("row", name=f"出厂编号 {serial}")
    expect(line).to_contain_text(serial)
    expect(line).to_contain_text(f"{serial}-A")
    axe(page)
    shot(page, "certificate-changes")
    drawer.get_by_role("button", name="确认", exact=True).click()
    page.get_by_role("dialog", name="确认").get_by_role("button", name="确认", exact=True).click()
    expect(row(page, number)).to_have_count(0)

    before = shop.client.get(f"/api/registry/certificates/{number}")
    after = shop.client.get(f"/api/registry/certificates/{before['superseded_by']}")
    assert (before["status"], after["instrument"]["serial_no"]) == ("superseded", f"{serial}-A")
    line = own_certificate(page, number).filter(has_text="被更正")
    expect(line.get_by_role("button", name="更正")).to_have_count(0)
    line.get_by_role("link", name=after["number"]).click()
    expect(row(page, f"更正 {number}")).to_contain_text("有效")
    shot(page, "certificate-corrected")


def test_a_void_is_declined_with_a_reason_then_made(page: Page, shop: Shop) -> None:
    [old] = shop.certified(shop.filed(1), [""])
    number = old["number"]
    enter(page, "city-verifier", "/certificates", "证书查询")

    def propose() -> None:
        own_certificate(page, number).get_by_role("button", name="作废").click()
        dialog = page.get_by_role("dialog", name=f"作废证书 {number}")
        dialog.get_by_role("button", name="提交作废").click()
        expect(dialog.get_by_text("请填写原因")).to_be_visible()
        dialog.get_by_label("原因").fill("样品混淆")
        dialog.get_by_role("button", name="提交作废").click()
        expect(dialog).to_be_hidden()

    propose()
    enter(page, "city-checker", "/desk/certificate-changes/to-confirm", "待我确认的证书更正")
    row(page, number).get_by_role("button", name="核对").click()
    drawer = page.get_by_role("dialog", name="证书更正")
    expect(drawer.get_by_text("这份证书将整份作废")).to_be_visible()
    drawer.get_by_role("button", name="不同意").click()
    dialog = page.get_by_role("dialog", name="不同意")
    dialog.get_by_label("原因").fill("样品无误")
    dialog.get_by_role("button", name="不同意").click()
    expect(row(page, number)).to_have_count(0)
    [change] = shop.person("city-checker").get(CHANGES, number=number)["items"]
    assert (change["state"], change["decided_reason"]) == ("declined", "样品无误")

    enter(page, "city-verifier", "/certificates", "证书查询")
    propose()
    enter(page, "city-checker", "/desk/certificate-changes/to-confirm", "待我确认的证书更正")
    row(page, number).get_by_role("button", name="核对").click()
    page.get_by_role("dialog", name="证书更正").get_by_role("button", name="确认", exact=True).click()
    page.get_by_role("dialog", name="确认").get_by_role("button", name="确认", exact=True).click()
    expect(row(page, number)).to_have_count(0)
    expect(own_certificate(page, number)).to_contain_text("已作废")


@pytest.mark.parametrize("who", ["city-clerk", "supervisor"])
def test_who_may_not_change_a_certificate_sees_no_way_to(phone: Page, shop: Shop, who: str) -> None:
    [one] = shop.certified(shop.filed(1), [""])
    sign_in(phone, who)
    line = own_certificate(phone, one["number"])
    expect(line.get_by_role("link", name="公开核验页")).to_have_count(1)
    expect(line.get_by_role("button", name="作废")).to_have_count(0)
    expect(phone.get_by_role("menuitem", name="证书更正与作废")).to_have_count(0)
    axe(phone)
