"""四、仪器备案, as an applicant: every menu of 备案管理, and every action that the manual describes."""

from browsing import axe, choose, search, shot, sign_in
from people import COUNTY, PASSWORD, Shop
from playwright.sync_api import Page, expect


def enter(page: Page, shop: Shop, path: str, title: str) -> None:
    sign_in(page, shop.username, PASSWORD)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def rows(page: Page) -> int:
    return page.locator(".el-table__body tr.el-table__row").count()


def submit(page: Page) -> str:
    """Fills the dialog of 提交备案. Returns the number of the receipt."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("我已阅读并确认以上责任声明", exact=True).click()
    dialog.get_by_text("授权其转送至省院").click()
    dialog.get_by_role("button", name="提交").click()
    receipt = dialog.get_by_text("备案提交回执")
    receipt.wait_for()
    number = dialog.locator("strong.number").inner_text()
    dialog.get_by_role("button", name="关闭", exact=True).last.click()
    return number


def test_submit_in_three_ways(page: Page, shop: Shop) -> None:
    """1.提交备案: 选中, 查询结果, 全部; without the statement nothing is submitted."""
    first, second, *_ = shop.instruments(4)
    enter(page, shop, "/filings/unfiled", "待备案")
    expect(page.get_by_text("共 4 条")).to_be_visible()
    shot(page, "filings-unfiled")
    axe(page)

    page.locator(".el-table__row", has_text=first["serial_no"]).get_by_label("选中本行").click()
    page.get_by_role("button", name="提交选中").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("向所选技术机构提交 1 台仪器的备案")).to_be_visible()
    expect(dialog.get_by_text("广州计量检测技术研究院")).to_be_visible()  # proposed because of the area
    axe(page)
    dialog.get_by_role("button", name="提交 1 台").click()
    expect(dialog.get_by_text("请勾选确认")).to_be_visible()
    assert shop.filings("submitted") == []
    shot(page, "filings-submit")
    assert submit(page)
    assert [one["instrument_id"] for one in shop.filings("submitted")] == [first["id"]]

    search(page, second["serial_no"])
    expect(page.get_by_text("共 1 条")).to_be_visible()
    page.get_by_role("button", name="提交查询结果").click()
    submit(page)
    assert {one["instrument_id"] for one in shop.filings("submitted")} == {first["id"], second["id"]}

    page.goto("/filings/unfiled")
    page.get_by_role("button", name="提交全部").click()
    expect(page.get_by_role("dialog").get_by_text("提交 2 台仪器的备案")).to_be_visible()
    submit(page)
    submitted = shop.filings("submitted")
    assert len(submitted) == 4
    assert {one["authorize_province"] for one in submitted} == {True}
    expect(page.get_by_text("没有待备案的仪器")).to_be_visible()


def test_what_is_refused_is_told_instrument_by_instrument(page: Page, shop: Shop) -> None:
    """An instrument without the type approval that its kind needs is not submitted; the other one is."""
    [good] = shop.instruments(1)
    [bad] = shop.instruments(1, type_approval_no="")
    enter(page, shop, "/filings/unfiled", "待备案")
    page.get_by_role("button", name="提交全部").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("我已阅读并确认以上责任声明", exact=True).click()
    dialog.get_by_role("button", name="提交 2 台").click()
    expect(dialog.get_by_text("已完成 1 项，1 项未能处理")).to_be_visible()
    expect(dialog.get_by_text(bad["serial_no"])).to_be_visible()
    assert [one["instrument_id"] for one in shop.filings("submitted")] == [good["id"]]


def test_withdraw_what_was_submitted(page: Page, shop: Shop) -> None:
    """【已提交】: 撤销备案 takes it back to 待备案."""
    made = shop.instruments(2)
    shop.submitted(made)
    enter(page, shop, "/filings/submitted", "已提交")
    expect(page.get_by_text("共 2 条")).to_be_visible()
    shot(page, "filings-submitted")
    axe(page)
    page.locator(".el-table__row", has_text=made[0]["serial_no"]).get_by_role("button", name="撤销备案").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销备案 1 台").click()
    expect(page.get_by_text("共 1 条")).to_be_visible()
    assert [one["instrument_id"] for one in shop.filings("withdrawn")] == [made[0]["id"]]


def test_returned_ones_show_why_and_go_again(page: Page, shop: Shop) -> None:
    """2.备案异常: 资料不完整 is corrected and submitted again; 不属于强检目录 is deleted."""
    incomplete, foreign = shop.instruments(2)
    filings = shop.submitted([incomplete, foreign])
    shop.decide("city-clerk", "return", filings[:1], reason="缺少铭牌照片", reason_code="incomplete")
    shop.decide("city-clerk", "return", filings[1:], reason="不在目录内", reason_code="not_in_catalog")
    enter(page, shop, "/filings/returned", "被退回")
    row = page.locator(".el-table__row", has_text=incomplete["serial_no"])
    expect(row).to_contain_text("资料不完整")
    expect(row).to_contain_text("缺少铭牌照片")
    shot(page, "filings-returned")
    axe(page)

    row.get_by_role("button", name="查看").click()
    drawer = page.get_by_role("dialog", name="备案详情")
    expect(drawer.get_by_text("退回", exact=True)).to_be_visible()
    axe(page)
    shot(page, "filings-detail")
    page.keyboard.press("Escape")
    row.get_by_role("button", name="重新提交").click()
    submit(page)
    again = shop.filings("submitted")
    assert [one["previous_id"] for one in again] == [filings[0]["id"]]

    page.locator(".el-table__row", has_text=foreign["serial_no"]).get_by_role("button", name="删除").click()
    page.get_by_role("dialog").get_by_role("button", name="删除 1 台").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    shop.client.get(f"/api/registry/instruments/{foreign['id']}", 404)


def test_all_that_came_back_for_one_reason_are_taken_at_once(page: Page, shop: Shop) -> None:
    """The registry cannot select by this filter of filings, so the sixteen instruments of two pages are sent as ids."""
    filings = shop.submitted(shop.instruments(17))
    shop.decide("city-clerk", "return", filings[:16], reason="不在目录内", reason_code="not_in_catalog")
    shop.decide("city-clerk", "return", filings[16:], reason="缺少铭牌照片", reason_code="incomplete")
    enter(page, shop, "/filings/returned", "被退回")
    page.get_by_role("button", name="筛选退回类别").click()
    choose(page, "退回类别", "不属于强检目录")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.get_by_text("共 16 条")).to_be_visible()
    expect(page.get_by_text("退回类别：不属于强检目录")).to_be_visible()
    axe(page)
    page.locator("label[aria-label=选中本页全部]").click()
    page.get_by_role("button", name="选择全部 16 台查询结果").click()
    page.locator(".bar").get_by_role("button", name="删除").click()
    page.get_by_role("dialog").get_by_role("button", name="删除 16 台").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert shop.client.get("/api/registry/instruments")["total"] == 1


def test_where_the_city_sent_it(page: Page, shop: Shop) -> None:
    """【待确认】 what a county must confirm, 【待处理】 what it declined, 【已审核】 what was approved."""
    waiting, declined, approved = shop.submitted(shop.instruments(3))
    shop.decide("city-clerk", "dispatch", [waiting, declined], institution_id=COUNTY)
    shop.decide("county-clerk", "decline", [declined], reason="本机构无此项能力")
    shop.decide("city-clerk", "approve", [approved])
    sign_in(page, shop.username, PASSWORD)
    for menu, state, filing in (
        ("待确认", "awaiting_confirmation", waiting),
        ("待处理", "pending_reassignment", declined),
        ("已审核", "approved", approved),
    ):
        page.goto(f"/filings/{state}")
        expect(page.get_by_role("heading", level=1)).to_have_text(menu)
        expect(page.get_by_text("共 1 条")).to_be_visible()
        expect(page.locator(".el-table__row")).to_contain_text(filing["instrument"]["serial_no"])
        shot(page, f"filings-{state}")
        axe(page)


def test_revoked_ones_are_suspended_or_scrapped_and_suspended_ones_resumed(page: Page, shop: Shop) -> None:
    """【被撤销】: 停用, 报废. 【停用】: 启用, 报废."""
    first, second = shop.instruments(2)
    filings = shop.submitted([first, second])
    shop.decide("city-clerk", "approve", filings)
    shop.decide("city-clerk", "revoke", filings, reason="信息不实")
    path = "/api/registry/instruments/{}"
    for one in (first, second):
        shop.client.get(path.format(one["id"]))
    enter(page, shop, "/filings/revoked", "被撤销")
    expect(page.get_by_text("信息不实").first).to_be_visible()
    shot(page, "filings-revoked")
    axe(page)
    page.locator(".el-table__row", has_text=first["serial_no"]).get_by_role("button", name="停用").click()
    page.get_by_role("dialog").get_by_role("button", name="停用 1 台").click()
    expect(page.get_by_text("已完成 1 项").first).to_be_visible()
    page.locator(".el-table__row", has_text=second["serial_no"]).get_by_role("button", name="报废").click()
    page.get_by_role("dialog").get_by_role("button", name="报废 1 台").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert shop.client.get(path.format(second["id"]))["status"] == "scrapped"

    page.goto("/filings/suspended")
    expect(page.locator(".el-table__row")).to_contain_text(first["serial_no"])
    shot(page, "filings-suspended")
    axe(page)
    page.get_by_role("button", name="启用").last.click()
    page.get_by_role("dialog").get_by_role("button", name="启用 1 台").click()
    expect(page.get_by_text("没有停用的仪器")).to_be_visible()
    assert shop.client.get(path.format(first["id"]))["status"] == "in_use"
