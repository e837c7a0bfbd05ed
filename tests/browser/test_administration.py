"""Pages of the administrator and the supervisor: people, catalog, reference data, audit, statistics, ledger."""

import random
import re
from pathlib import Path

import openpyxl
import pytest
import requests
from browsing import Watch, axe, settle, shot, sign_in
from people import PASSWORD, eventually, new_phone, registered
from playwright.sync_api import Page, expect

from launcher.servers import Platform


@pytest.fixture
def admin(page: Page) -> Page:
    sign_in(page, "admin")
    return page


def test_an_institution_invites_a_verifier_who_signs_in(page: Page, portal: Platform) -> None:
    phone = new_phone(random.Random())
    sign_in(page, "city-admin")
    page.get_by_role("menuitem", name="人员管理").click()
    settle(page)
    expect(page.get_by_role("cell", name="city-verifier")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="邀请人员").click()
    page.get_by_role("textbox", name="姓名").fill("新检定员")
    page.get_by_role("textbox", name="手机号").fill(phone)
    page.get_by_text("检定员", exact=True).last.click()
    axe(page)
    page.get_by_role("button", name="邀请人员").last.click()
    expect(page.get_by_role("cell", name="新检定员")).to_be_visible()
    shot(page, "staff")
    page.get_by_role("button", name="用户设置").click()
    page.get_by_role("menuitem", name="退出登录").click()
    page.get_by_role("button", name="登录", exact=True).wait_for()
    page.goto(invitation_link(portal, phone))
    expect(page.get_by_text("您受邀加入")).to_be_visible()
    axe(page)
    shot(page, "invitation")
    page.get_by_role("textbox", name="用户名").fill(f"verifier-{phone[-6:]}")
    page.get_by_role("textbox", name="密码").fill(PASSWORD)
    page.get_by_role("button", name="接受邀请").click()
    expect(page.get_by_role("heading", name="您好，新检定员")).to_be_visible()
    expect(page.get_by_role("menuitem", name="预约与检定")).to_be_visible()


def invitation_link(platform: Platform, phone: str) -> str:
    """Returns the link of the SMS: the path, and the token after #."""

    def sent() -> str:
        found = requests.get(f"{platform.sandbox_url}/outbox/sms", params={"phone": phone}, timeout=10).json()
        text = re.search(r"/invitation#[\w.-]+", found[0]["text"]) if found else None
        return text.group() if text else ""

    return str(eventually(sent))


def test_the_administrator_adds_days_that_are_not_published_yet(admin: Page) -> None:
    admin.goto("/administration/holidays")
    settle(admin)
    expect(admin.get_by_role("cell", name="国庆节", exact=True).first).to_be_visible()
    axe(admin)
    year = admin.get_by_label("年份")
    year.fill("2030")
    year.press("Enter")
    expect(admin.get_by_text("尚未公布或录入")).to_be_visible()
    admin.get_by_role("textbox", name="名称").fill("盘点停业")  # today is proposed
    admin.get_by_role("button", name="保存").click()
    row = admin.get_by_role("row").filter(has_text="盘点停业")
    expect(row).to_contain_text("手工设置")
    shot(admin, "holidays")
    row.get_by_role("button", name="恢复").click()
    expect(row).to_have_count(0)


def test_the_catalog_is_searched_and_a_list_is_previewed_before_it_counts(
    admin: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    admin.goto("/administration/catalog")
    admin.get_by_label("搜索").first.fill("020100")
    expect(admin.get_by_role("cell", name="非自动衡器（含电子计价秤")).to_be_visible()
    axe(admin)
    shot(admin, "catalog")
    with admin.expect_download() as exported:
        admin.get_by_role("button", name="导出目录").click()
    path = exported.value.path().rename(tmp_path_factory.mktemp("c") / "catalog.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    name = next(at for at, header in enumerate(headers, 1) if "名称" in str(header))
    sheet.cell(2, name).value = str(sheet.cell(2, name).value) + "（改）"
    book.save(path)
    admin.get_by_role("tab", name="载入新目录").click()
    admin.get_by_label("版本号").fill("2026-试")
    admin.get_by_label("目录名称").fill("试载入")
    admin.get_by_label("选择目录文件").set_input_files(path)
    expect(admin.get_by_text("对比预览")).to_be_visible()
    expect(admin.get_by_role("cell", name="（改）").first).to_be_visible()


def test_divisions_and_institutions_are_looked_at_and_edited_as_sheets(
    admin: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    admin.goto("/administration/reference")
    admin.get_by_label("搜索").fill("天河")
    expect(admin.get_by_role("cell", name="440106")).to_be_visible()
    axe(admin)
    shot(admin, "reference")
    admin.get_by_role("tab", name="技术机构").click()
    with admin.expect_download() as exported:
        admin.get_by_role("button", name="导出表格").click()
    path = exported.value.path().rename(tmp_path_factory.mktemp("r") / "institutions.xlsx")
    admin.get_by_label("选择修改后的表格").set_input_files(path)
    expect(admin.get_by_text("没有变更")).to_be_visible()
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headers = [str(cell.value) for cell in sheet[1]]
    for header, value in (("联系方式", "020-00000000"), ("启用", "否")):
        sheet.cell(sheet.max_row, headers.index(header) + 1).value = value
    book.save(path)
    admin.get_by_label("选择修改后的表格").set_input_files(path)
    expect(admin.get_by_role("row", name="联系方式").filter(has_text="020-00000000")).to_be_visible()
    expect(admin.get_by_role("row", name="启用").filter(has_text="否")).to_be_visible()
    axe(admin)


def test_an_institution_is_added_corrected_and_given_what_it_may_verify(admin: Page, watch: Watch) -> None:
    watch.expects("status of 422")
    name = f"罗定市计量检定测试所{random.randrange(10**6)}"
    admin.goto("/administration/reference")
    admin.get_by_role("tab", name="技术机构").click()
    admin.get_by_role("button", name="添加", exact=True).click()
    dialog = admin.get_by_role("dialog", name="添加 技术机构")
    dialog.get_by_label("名称").fill(name)
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()  # no area is chosen
    choose_place(admin, "使用区域", "云浮市 445300")
    axe(admin)
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_be_hidden()
    admin.get_by_label("搜索").fill(name)
    row = admin.get_by_role("row", name=name)
    row.get_by_role("button", name="编辑").click()
    dialog = admin.get_by_role("dialog", name="编辑 技术机构")
    dialog.get_by_label("联系方式").fill("0766-0000000")
    dialog.get_by_role("button", name="保存").click()
    expect(row.get_by_role("cell", name="0766-0000000")).to_be_visible()
    row.get_by_role("button", name="检定能力").click()
    dialog = admin.get_by_role("dialog", name=f"检定能力 {name}")
    expect(dialog.get_by_text("还没有登记检定能力")).to_be_visible()
    dialog.get_by_role("button", name="添加一行").click()
    axe(admin)
    shot(admin, "capabilities")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog).to_be_hidden()
    row.get_by_role("button", name="检定能力").click()
    expect(dialog.get_by_text("全部种别")).to_be_visible()


def choose_place(page: Page, label: str, option: str) -> None:
    """Chooses a division that need not be a leaf, by the circle before its name."""
    page.get_by_role("combobox", name=label).click()
    province = page.get_by_role("menuitem", name="广东省")
    if province.count():
        province.first.hover()
    page.get_by_role("menuitem", name=option).locator(".el-radio").click()
    page.keyboard.press("Escape")


def test_a_bureau_and_a_division_are_edited_one_by_one(admin: Page, watch: Watch) -> None:
    watch.expects("status of 422")
    admin.goto("/administration/reference")
    admin.get_by_role("button", name="添加", exact=True).click()
    dialog = admin.get_by_role("dialog", name="添加 行政区划")
    dialog.get_by_label("对象").fill("12")
    dialog.get_by_label("名称").fill("新区")
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.locator(".is-error").first).to_be_visible()
    dialog.get_by_role("button", name="取消").click()
    admin.get_by_role("tab", name="行政管理部门").click()
    name = f"云浮市市场监督管理局{random.randrange(10**6)}"
    admin.get_by_role("button", name="添加", exact=True).click()
    dialog = admin.get_by_role("dialog", name="添加 行政管理部门")
    dialog.get_by_label("名称").fill(name)
    choose_place(admin, "使用区域", "云浮市 445300")
    dialog.get_by_role("button", name="保存").click()
    row = admin.get_by_role("row", name=name)
    row.get_by_role("button", name="编辑").click()
    dialog = admin.get_by_role("dialog", name="编辑 行政管理部门")
    dialog.get_by_text("在用").click()
    dialog.get_by_role("button", name="保存").click()
    expect(row.get_by_role("cell", name="已关闭")).to_be_visible()


def test_the_audit_is_one_line_of_time_in_sentences(admin: Page, portal: Platform) -> None:
    refused = requests.post(
        f"{portal.gateway_url}/api/identity/sessions",
        json={"username": "nobody-at-all", "password": "wrong wrong"},
        timeout=10,
    )
    assert refused.status_code == 401
    admin.goto("/administration/audit")
    expect(admin.get_by_role("cell", name="平台管理员：登录").first).to_be_visible()
    admin.get_by_role("textbox", name="搜索任意内容").fill("nobody-at-all")
    admin.get_by_role("button", name="查询").click()
    expect(admin).to_have_url(re.compile("q=nobody-at-all"))
    expect(admin.get_by_role("cell", name="未登录：登录，被拒绝（用户名或密码不正确。）").first).to_be_visible()
    axe(admin)
    shot(admin, "audit")
    with admin.expect_download() as download:
        admin.get_by_role("button", name="导出").click()
    assert "用户名或密码不正确" in Path(download.value.path()).read_text("utf-8")
    admin.get_by_role("textbox", name="搜索任意内容").fill("没有这样的话")
    admin.get_by_role("button", name="查询").click()
    expect(admin.get_by_text("没有符合条件的记录")).to_be_visible()


def test_a_supervisor_goes_from_the_number_to_exactly_those_instruments(page: Page, portal: Platform) -> None:
    registered(portal).filed(3)  # the bureau does not see instruments that were never filed
    sign_in(page, "supervisor")
    expect(page.get_by_role("link", name=re.compile("仪器总数 [1-9]"))).to_be_visible()
    page.get_by_role("link", name=re.compile("须检仪器 [1-9]")).click()
    expect(page).to_have_url(re.compile(r"/supervision/ledger\?view=due"))
    expect(page.get_by_role("cell", name="电子计价秤").first).to_be_visible()
    page.goto("/supervision/statistics")
    row = page.get_by_role("row", name="天河区")
    number = row.get_by_role("link").first
    expect(number).to_be_visible()
    total = (number.text_content() or "").strip()
    axe(page)
    shot(page, "supervision")
    number.click()
    expect(page.get_by_text(f"共 {total} 条")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="查看").first.click()
    expect(page.get_by_role("tab", name="基本信息")).to_be_visible()


def test_an_applicant_has_none_of_these_pages(page: Page, portal: Platform) -> None:
    sign_in(page, "applicant2")
    for path in ("/administration/staff", "/administration/audit", "/supervision/statistics"):
        page.goto(path)
        expect(page.locator("#content").get_by_text("您的账号无权打开此页")).to_be_visible()
    expect(page.get_by_role("menuitem", name="系统管理")).to_have_count(0)
