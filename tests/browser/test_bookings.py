"""五、预约管理, as an applicant: every menu, and every action that the manual describes."""

import re
from typing import Any

from browsing import axe, shot, sign_in
from people import CITY, PASSWORD, Shop
from playwright.sync_api import Page, expect


def enter(page: Page, shop: Shop, path: str, title: str) -> None:
    sign_in(page, shop.username, PASSWORD)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def row(page: Page, text: str) -> Any:
    return page.locator(".el-table__row", has_text=text)


def free_slot(dialog: Any) -> Any:
    return dialog.locator("fieldset button:not([disabled])").first


def test_book_and_split_by_mode(page: Page, shop: Shop) -> None:
    """1.预约检定: 不同检定方式的仪器须分开预约: a mixed selection becomes two bookings, each with its own time."""
    [deliver] = shop.filed(1, venue="deliver")
    [onsite] = shop.filed(1, venue="onsite")
    enter(page, shop, "/bookings/book", "预约检定")
    expect(page.get_by_text("共 2 条")).to_be_visible()
    shot(page, "bookings-book")
    axe(page)
    page.get_by_label("选中本页全部").click()
    page.get_by_role("button", name="预约检定", exact=True).click()
    dialog = page.get_by_role("dialog", name="预约检定")
    expect(dialog.get_by_text("系统已分为 2 张预约单")).to_be_visible()
    dialog.get_by_role("button", name="提交预约").click()
    expect(dialog.get_by_text("请选择预约的日期和时间段")).to_be_visible()
    shot(page, "bookings-slots")
    axe(page)
    for _ in range(2):
        free_slot(dialog).click()
        address = dialog.get_by_label("现场检定地点")
        if address.count():
            address.fill("")
            dialog.get_by_role("button", name=re.compile("^预约 ")).click()
            expect(dialog.get_by_text("请填写现场检定地点")).to_be_visible()
            address.fill("天河北路 100 号一楼")
        before = dialog.locator("h2").inner_text()
        dialog.get_by_role("button", name=re.compile("^预约 ")).click()
        expect(dialog.get_by_role("heading", name=before)).to_be_hidden()
    expect(dialog.get_by_text("预约已提交")).to_be_visible()
    bookings = shop.client.everything("/api/booking/bookings", state="pending")
    assert {(one["mode"], one["items"][0]["instrument_id"], one["address"]) for one in bookings} == {
        ("deliver", deliver["id"], None),
        ("onsite", onsite["id"], "天河北路 100 号一楼"),
    }
    dialog.get_by_role("button", name="关闭", exact=True).last.click()
    expect(page.get_by_text("没有可预约的仪器")).to_be_visible()


def test_the_pending_list_collects_across_pages(page: Page, shop: Shop) -> None:
    """加入待处理, then 待处理列表 books all together."""
    made = shop.filed(3)
    enter(page, shop, "/bookings/book", "预约检定")
    for one in made[:2]:
        row(page, one["serial_no"]).get_by_role("button", name="加入待处理").click()
        expect(page.get_by_text("已加入待处理 1 台").first).to_be_visible()
    page.get_by_role("button", name="待处理列表（2）").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("待处理列表")
    expect(page.get_by_text("共 2 条")).to_be_visible()
    shot(page, "bookings-pending-list")
    axe(page)
    page.get_by_role("button", name="一起预约").click()
    dialog = page.get_by_role("dialog", name="预约检定")
    free_slot(dialog).click()
    dialog.get_by_role("button", name=re.compile("^预约 ")).click()
    expect(dialog.get_by_text("预约已提交")).to_be_visible()
    [booking] = shop.client.everything("/api/booking/bookings", state="pending")
    assert {item["instrument_id"] for item in booking["items"]} == {one["id"] for one in made[:2]}
    assert shop.client.get("/api/booking/pending-list")["total"] == 0


def test_a_selection_comes_whole_from_another_page(page: Page, shop: Shop) -> None:
    """须检仪器 → 预约检定 takes the whole selection of all pages; 被拒绝 → 重新预约 takes the instruments of that booking."""
    made = shop.filed(17)
    enter(page, shop, "/instruments/due", "须检仪器")
    page.get_by_label("选中本页全部").click()
    page.get_by_role("button", name="选择全部 17 台查询结果").click()
    page.get_by_role("button", name="预约检定", exact=True).click()
    dialog = page.get_by_role("dialog", name="预约检定")
    expect(dialog.get_by_text("已选择 17 台仪器")).to_be_visible()
    dialog.get_by_role("button", name="取消").click()
    expect(page.get_by_text("已选 17 台")).to_be_visible()

    rejected = shop.booked(made[:2])
    shop.moved("city-clerk", rejected, "reject", {"reason": "该日设备检修"})
    page.goto("/bookings/rejected")
    row(page, rejected["number"]).get_by_role("button", name="重新预约").click()
    expect(dialog.get_by_text("已选择 2 台仪器")).to_be_visible()
    free_slot(dialog).click()
    dialog.get_by_role("button", name=re.compile("^预约 ")).click()
    expect(dialog.get_by_text("预约已提交")).to_be_visible()
    [again] = shop.client.everything("/api/booking/bookings", state="pending")
    assert {item["instrument_id"] for item in again["items"]} == {one["id"] for one in made[:2]}


def test_cancel_what_is_pending(page: Page, shop: Shop) -> None:
    """【预约中】: 取消预约."""
    booking = shop.booked(shop.filed(1))
    enter(page, shop, "/bookings/pending", "预约中")
    expect(row(page, booking["number"])).to_be_visible()
    shot(page, "bookings-pending")
    axe(page)
    row(page, booking["number"]).get_by_role("button", name="取消预约").click()
    page.get_by_role("dialog").get_by_role("button", name="取消预约").click()
    expect(page.get_by_text("没有这样的预约")).to_be_visible()
    assert shop.client.get(f"/api/booking/bookings/{booking['id']}")["state"] == "cancelled"


def test_all_that_match_are_cancelled_also_those_of_other_pages(page: Page, shop: Shop) -> None:
    for one in shop.filed(17):
        shop.booked([one])
    enter(page, shop, "/bookings/pending", "预约中")
    expect(page.get_by_text("共 17 条")).to_be_visible()
    page.get_by_label("选中本页全部").click()
    page.get_by_role("button", name="选择全部 17 单查询结果").click()
    page.get_by_role("button", name="取消预约", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("取消 17 张预约单")).to_be_visible()
    dialog.get_by_label("原因").fill("搬迁，另行预约")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    dialog.get_by_role("button", name="取消预约").click()
    expect(page.get_by_text("没有这样的预约")).to_be_visible(timeout=15_000)
    assert [url.rpartition("/api/")[2] for url in asked] == ["booking/bookings/actions/cancel"]
    cancelled = shop.client.everything("/api/booking/bookings", state="cancelled")
    assert [one["reason"] for one in cancelled] == ["搬迁，另行预约"] * 17


def test_bookings_are_narrowed_by_how_many_and_by_which_instruments(page: Page, shop: Shop) -> None:
    two, gauge = shop.booked(shop.filed(2)), shop.booked(shop.filed(1, name="台秤", model="TGT-100"))
    enter(page, shop, "/bookings/history", "历史查询")
    expect(page.get_by_text("共 2 条")).to_be_visible()
    page.get_by_role("button", name="筛选台数").click()
    axe(page)
    page.get_by_label("台数 最少").fill("2")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.get_by_text("共 1 条")).to_be_visible()
    expect(row(page, two["number"])).to_be_visible()
    page.get_by_role("button", name="清除条件").click()
    expect(page.get_by_text("共 2 条")).to_be_visible()
    page.get_by_role("button", name="筛选仪器").click()
    page.get_by_role("textbox", name="仪器", exact=True).fill("tgt")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.get_by_text("共 1 条")).to_be_visible()
    expect(row(page, gauge["number"])).to_be_visible()
    page.get_by_role("button", name="清除条件").click()
    page.get_by_role("columnheader", name="台数").locator(".sort-caret.descending").click()
    expect(page).to_have_url(re.compile("sort=-count$"))
    expect(page.locator(".el-table__body tr").first).to_contain_text(two["number"])


def test_a_confirmed_one_has_a_slip_and_can_be_moved(page: Page, shop: Shop) -> None:
    """【已确认】: 送检单 with the number, and 改期, which the institution must answer."""
    booking = shop.booked(shop.filed(1))
    shop.moved("city-clerk", booking, "confirm")
    enter(page, shop, "/bookings/confirmed", "已确认")
    shot(page, "bookings-confirmed")
    axe(page)
    row(page, booking["number"]).get_by_role("button", name="送检单").click()
    number = booking["number"]
    expect(page.get_by_text(f"{number[:2]}-{number[2:7]}-{number[7:]}")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("预约编号 .* 的二维码"))).to_be_visible()
    shot(page, "bookings-slip")
    axe(page)
    page.goto(f"/bookings/{booking['id']}")
    page.get_by_role("button", name="申请改期").click()
    dialog = page.get_by_role("dialog", name="申请改期")
    dialog.locator("fieldset button:not([disabled])").last.click()  # at the end of a month few days are left
    axe(page)
    dialog.get_by_role("button", name="申请改期").click()
    expect(page.get_by_text("等待对方答复。")).to_be_visible()
    shot(page, "bookings-detail")
    axe(page)
    assert shop.client.get(f"/api/booking/bookings/{booking['id']}")["proposed_by"] == "applicant"


def test_the_institutions_new_date_is_accepted(page: Page, shop: Shop) -> None:
    booking = shop.booked(shop.filed(1))
    slots = shop.client.get("/api/booking/slots", institution_id=CITY, mode="deliver")["items"]
    other = next(slot for slot in slots if slot["date"] > booking["date"])
    shop.moved("city-clerk", booking, "reschedule", {"date": other["date"], "period": "pm"})
    enter(page, shop, f"/bookings/{booking['id']}", "预约单详情")
    expect(page.get_by_text(f"技术机构申请改期至 {other['date']} 下午")).to_be_visible()
    page.get_by_role("button", name="同意改期").click()
    expect(page.get_by_text(f"{other['date']} 下午", exact=True)).to_be_visible()
    assert shop.client.get(f"/api/booking/bookings/{booking['id']}")["date"] == other["date"]


def test_rejected_and_returned_ones_say_why(page: Page, shop: Shop) -> None:
    """2.预约异常 【被拒绝】, 【被退回】, and 【历史查询】 with all of them."""
    rejected, returned = (shop.booked(shop.filed(1)) for _ in range(2))
    shop.moved("city-clerk", rejected, "reject", {"reason": "该日设备检修"})
    shop.moved("city-clerk", returned, "confirm")
    items = {"instrument_ids": [returned["items"][0]["instrument_id"]], "reason": "铭牌与备案不符"}
    shop.moved("city-clerk", returned, "return", items)
    sign_in(page, shop.username, PASSWORD)
    for menu, state, booking, why in (
        ("被拒绝", "rejected", rejected, "该日设备检修"),
        ("被退回", "returned", returned, "铭牌与备案不符"),
    ):
        page.goto(f"/bookings/{state}")
        expect(page.get_by_role("heading", level=1)).to_have_text(menu)
        expect(row(page, booking["number"])).to_contain_text(why)
        shot(page, f"bookings-{state}")
        axe(page)
    page.goto("/bookings/history")
    expect(page.get_by_text("共 2 条")).to_be_visible()
    page.get_by_placeholder("预约单号").fill(returned["number"][:6].lower())
    page.keyboard.press("Enter")
    expect(page.get_by_text("共 1 条")).to_be_visible()
    shot(page, "bookings-history")
    axe(page)
