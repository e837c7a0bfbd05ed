"""四、仪器备案, as an applicant does it: every menu of 备案管理, with what the manual says can be done there."""

import pytest
from browsing import axe, shot, sign_in
from office import COUNTY, PASSWORD, Office, search
from playwright.sync_api import Page, expect

from launcher.servers import Platform


@pytest.fixture
def office(portal: Platform) -> Office:
    return Office(portal).approved()


def enter(page: Page, office: Office, path: str, title: str) -> None:
    sign_in(page, office.username, PASSWORD)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def rows(page: Page) -> int:
    return page.locator(".el-table__body tr.el-table__row").count()


def submit(page: Page) -> str:
    """Fill the dialog of 提交备案; returns the receipt's number."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("我已阅读并确认以上责任声明", exact=True).click()
    dialog.get_by_text("授权其转送至省院").click()
    dialog.get_by_role("button", name="提交").click()
    receipt = dialog.get_by_text("备案提交回执")
    receipt.wait_for()
    number = dialog.locator("strong.number").inner_text()
    dialog.get_by_role("button", name="关闭", exact=True).last.click()
    return number


def test_submit_in_three_ways(page: Page, office: Office) -> None:
    """1.提交备案: 选中, 查询结果, 全部; without the statement nothing is sent."""
    first, second, *_ = office.instruments(4)
    enter(page, office, "/filings/unfiled", "待备案")
    expect(page.get_by_text("共 4 条")).to_be_visible()
    shot(page, "filings-unfiled")
    axe(page)

    page.locator(".el-table__row", has_text=first["serial_no"]).get_by_label("选中本行").click()
    page.get_by_role("button", name="提交选中").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("向所选技术机构提交 1 台仪器的备案")).to_be_visible()
    expect(dialog.get_by_text("广州计量检测技术研究院")).to_be_visible()  # proposed by the area
    axe(page)
    dialog.get_by_role("button", name="提交 1 台").click()
    expect(dialog.get_by_text("请勾选确认")).to_be_visible()
    assert office.filings("submitted") == []
    shot(page, "filings-submit")
    assert submit(page)
    assert [one["instrument_id"] for one in office.filings("submitted")] == [first["id"]]

    search(page, second["serial_no"])
    expect(page.get_by_text("共 1 条")).to_be_visible()
    page.get_by_role("button", name="提交查询结果").click()
    submit(page)
    assert {one["instrument_id"] for one in office.filings("submitted")} == {first["id"], second["id"]}

    page.goto("/filings/unfiled")
    page.get_by_role("button", name="提交全部").click()
    expect(page.get_by_role("dialog").get_by_text("提交 2 台仪器的备案")).to_be_visible()
    submit(page)
    submitted = office.filings("submitted")
    assert len(submitted) == 4
    assert {one["authorize_province"] for one in submitted} == {True}
    expect(page.get_by_text("没有待备案的仪器")).to_be_visible()


def test_what_is_refused_is_told_instrument_by_instrument(page: Page, office: Office) -> None:
    """An instrument of a kind that needs a type approval and has none is not submitted; the other is."""
    [good] = office.instruments(1)
    [bad] = office.instruments(1, type_approval_no="")
    enter(page, office, "/filings/unfiled", "待备案")
    page.get_by_role("button", name="提交全部").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("我已阅读并确认以上责任声明", exact=True).click()
    dialog.get_by_role("button", name="提交 2 台").click()
    expect(dialog.get_by_text("已完成 1 项，1 项未能处理")).to_be_visible()
    expect(dialog.get_by_text(bad["serial_no"])).to_be_visible()
    assert [one["instrument_id"] for one in office.filings("submitted")] == [good["id"]]


def test_withdraw_what_was_submitted(page: Page, office: Office) -> None:
    """【已提交】: 撤销备案 takes it back to 待备案."""
    made = office.instruments(2)
    office.filed(made)
    enter(page, office, "/filings/submitted", "已提交")
    expect(page.get_by_text("共 2 条")).to_be_visible()
    shot(page, "filings-submitted")
    axe(page)
    page.locator(".el-table__row", has_text=made[0]["serial_no"]).get_by_role("button", name="撤销备案").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销备案 1 台").click()
    expect(page.get_by_text("共 1 条")).to_be_visible()
    assert [one["instrument_id"] for one in office.filings("withdrawn")] == [made[0]["id"]]


def test_returned_ones_show_why_and_go_again(page: Page, office: Office) -> None:
    """2.备案异常: 资料不完整 is mended and submitted again; 不属于强检目录 is deleted."""
    incomplete, foreign = office.instruments(2)
    filings = office.filed([incomplete, foreign])
    office.decide("city-clerk", "return", filings[:1], reason="缺少铭牌照片", reason_code="incomplete")
    office.decide("city-clerk", "return", filings[1:], reason="不在目录内", reason_code="not_in_catalog")
    enter(page, office, "/filings/returned", "被退回")
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
    again = office.filings("submitted")
    assert [one["previous_id"] for one in again] == [filings[0]["id"]]

    page.locator(".el-table__row", has_text=foreign["serial_no"]).get_by_role("button", name="删除").click()
    page.get_by_role("dialog").get_by_role("button", name="删除 1 台").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    office.applicant.get(f"/api/registry/instruments/{foreign['id']}", 404)


def test_where_the_city_sent_it(page: Page, office: Office) -> None:
    """【待确认】 what a county must confirm, 【待处理】 what it declined, 【已审核】 what was approved."""
    waiting, declined, approved = office.filed(office.instruments(3))
    office.decide("city-clerk", "dispatch", [waiting, declined], institution_id=COUNTY)
    office.decide("county-clerk", "decline", [declined], reason="本机构无此项能力")
    office.decide("city-clerk", "approve", [approved])
    sign_in(page, office.username, PASSWORD)
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


def test_revoked_ones_are_suspended_or_scrapped_and_suspended_ones_resumed(page: Page, office: Office) -> None:
    """【被撤销】: 停用, 报废. 【停用】: 启用, 报废."""
    first, second = office.instruments(2)
    filings = office.filed([first, second])
    office.decide("city-clerk", "approve", filings)
    office.decide("city-clerk", "revoke", filings, reason="信息不实")
    path = "/api/registry/instruments/{}"
    for one in (first, second):
        office.applicant.get(path.format(one["id"]))
    enter(page, office, "/filings/revoked", "被撤销")
    expect(page.get_by_text("信息不实").first).to_be_visible()
    shot(page, "filings-revoked")
    axe(page)
    page.locator(".el-table__row", has_text=first["serial_no"]).get_by_role("button", name="停用").click()
    page.get_by_role("dialog").get_by_role("button", name="停用 1 台").click()
    expect(page.get_by_text("已完成 1 项").first).to_be_visible()
    page.locator(".el-table__row", has_text=second["serial_no"]).get_by_role("button", name="报废").click()
    page.get_by_role("dialog").get_by_role("button", name="报废 1 台").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert office.applicant.get(path.format(second["id"]))["status"] == "scrapped"

    page.goto("/filings/suspended")
    expect(page.locator(".el-table__row")).to_contain_text(first["serial_no"])
    shot(page, "filings-suspended")
    axe(page)
    page.get_by_role("button", name="启用").last.click()
    page.get_by_role("dialog").get_by_role("button", name="启用 1 台").click()
    expect(page.get_by_text("没有停用的仪器")).to_be_visible()
    assert office.applicant.get(path.format(first["id"]))["status"] == "in_use"
