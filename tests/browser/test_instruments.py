"""The manual's chapters 二 (页面) and 三 (仪器管理) and 证书查询 of 七, by hand."""

import random
import re

import openpyxl
import pytest
from browsing import Watch, axe, settle, shot, sign_in
from people import PASSWORD, Organization, eventually, filed, instrument, owns, registered, state_of, submitted
from playwright.sync_api import Page, expect

from launcher.servers import Platform

VIEWS = {
    "全部仪器": "all",
    "须检仪器": "due",
    "超期未检": "overdue",
    "无效仪器": "invalid",
    "不合格": "failed",
    "已报废": "scrapped",
}


@pytest.fixture
def shop(page: Page, portal: Platform) -> Organization:
    """An approved organisation whose owner is signed in."""
    one = registered(portal)
    sign_in(page, one.username, PASSWORD)
    return one


def menu(page: Page, *names: str) -> None:
    for name in names[:-1]:
        page.get_by_role("menuitem", name=name, exact=True).first.click()
    page.get_by_role("menuitem", name=names[-1], exact=True).click()
    settle(page)


@pytest.mark.smoke
def test_the_first_page_has_cards_that_lead_to_exactly_those_rows(page: Page, shop: Organization) -> None:
    """二、页面: 菜单在左, 用户设置在右上角, 卡片, 最新动态."""
    owns(shop, 3)
    page.goto("/home")
    expect(page.get_by_role("button", name="用户设置")).to_be_visible()
    expect(page.get_by_text("注册申请审核通过").first).to_be_visible()
    axe(page)
    shot(page, "home")
    card = page.get_by_role("link", name="仪器总数 3")
    card.click()
    expect(page).to_have_url(re.compile("/instruments/all"))
    expect(page.get_by_text("共 3 条")).to_be_visible()


@pytest.mark.parametrize(("name", "view"), VIEWS.items())
def test_every_view_of_the_menu_opens(page: Page, shop: Organization, name: str, view: str) -> None:
    """菜单说明: what each shows is proven in the registry; here its page, its words and its offers."""
    menu(page, "仪器管理", name)
    expect(page).to_have_url(re.compile(f"/instruments/{view}"))
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    offers = {
        "预约检定": ("due", "overdue", "failed"),
        "停用": ("all", "overdue", "invalid", "failed"),
        "报废": ("all",),
        "添加": ("all",),
    }
    for button, views in offers.items():
        expect(page.get_by_role("main").get_by_role("button", name=button, exact=True)).to_have_count(
            1 if view in views else 0
        )
    axe(page)


def test_the_table_selects_pages_and_chooses_columns(page: Page, shop: Organization) -> None:
    """基本表格操作: 全选, 15条/页, 选择列."""
    owns(shop, 17)
    menu(page, "仪器管理", "全部仪器")
    rows = page.locator(".el-table__body tr")
    expect(rows).to_have_count(15)
    page.locator("label[aria-label=选中本页全部]").click()
    expect(page.get_by_text("已选 15 台")).to_be_visible()
    page.get_by_role("button", name="选择全部 17 台查询结果").click()
    expect(page.get_by_text("已选 17 台")).to_be_visible()
    page.get_by_role("button", name="取消选择").click()
    page.locator("#content").get_by_text("15条/页").click()
    page.get_by_role("option", name="30条/页").click()
    expect(rows).to_have_count(17)
    page.get_by_role("button", name="选择列").click()
    page.get_by_label("checkbox-group").get_by_text("制造单位").click()
    expect(page.get_by_role("columnheader", name="制造单位")).to_be_visible()
    page.reload()
    expect(page.get_by_role("columnheader", name="制造单位")).to_be_visible()  # kept
    expect(rows).to_have_count(17)
    shot(page, "instruments")


def test_a_selection_goes_over_pages_and_is_kept(page: Page, shop: Organization) -> None:
    owns(shop, 17)
    menu(page, "仪器管理", "全部仪器")
    pick = page.locator("label[aria-label=选中本行]")
    pick.first.click()
    page.get_by_role("button", name="page 2").or_(page.locator(".el-pager li", has_text="2")).first.click()
    expect(page.locator(".el-table__body tr")).to_have_count(2)
    pick.first.click()
    expect(page.get_by_text("已选 2 台")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="报废", exact=True).click()
    page.get_by_role("button", name="报废 2 台").click()
    expect(page.get_by_text("共 15 条")).to_be_visible()


def test_columns_filter_and_sort_and_a_query_is_saved(page: Page, shop: Organization) -> None:
    owns(shop, 2, model="ACS-15")
    owns(shop, 1, model="ACS-60")
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="筛选型号规格").click()
    page.get_by_role("textbox", name="型号规格").fill("ACS-6")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.get_by_text("共 1 条")).to_be_visible()
    page.get_by_role("button", name="常用查询").click()
    page.get_by_label("查询名称").fill("六十公斤")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("button", name="六十公斤", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="清除条件").click()
    expect(page.get_by_text("共 3 条")).to_be_visible()
    page.get_by_role("button", name="常用查询").click()
    page.get_by_role("button", name="六十公斤", exact=True).click()
    expect(page.get_by_text("共 1 条")).to_be_visible()


def test_an_instrument_is_added_and_its_twin_is_refused(page: Page, shop: Organization, watch: Watch) -> None:
    """添加: 四者相同将视为同一台仪器，则系统不允许保存."""
    chance = random.Random()
    fields = instrument(chance)
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="添加", exact=True).click()
    fill(page, fields)
    axe(page)
    shot(page, "instrument-form")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name=fields["serial_no"])).to_be_visible()
    watch.expects("status of 409")
    page.goto("/instruments/add")
    fill(page, fields)
    page.get_by_role("button", name="保存").click()
    expect(
        page.get_by_role("alert")
        .filter(has_text="同一台仪器")
        .or_(page.get_by_role("alert").filter(has_text="已存在"))
        .first
    ).to_be_visible()
    expect(page.get_by_role("textbox", name="出厂编号")).to_have_value(fields["serial_no"])


def fill(page: Page, fields: dict[str, str]) -> None:
    for label, key in (
        ("仪器名称", "name"),
        ("型号规格", "model"),
        ("出厂编号", "serial_no"),
        ("制造单位", "manufacturer"),
        ("安装使用地点", "install_address"),
        ("型式批准证书编号", "type_approval_no"),
    ):
        page.get_by_label(label, exact=True).fill(fields[key])
    choose(page, "种别代码", re.compile(fields["kind_code"]))
    choose(page, "器具用途", "贸易结算")
    page.get_by_role("combobox", name="使用区域").click()
    for name in ("广州市 440100", "天河区 440106"):
        page.get_by_role("menuitem", name=name).click()


def choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    page.locator(".el-select__wrapper").filter(has=page.get_by_role("combobox", name=label)).click()
    page.get_by_role("option", name=option).click()


def test_details_show_basics_history_and_certificates(page: Page, shop: Organization) -> None:
    """查看: 详情, 点击上方的“历史”和“证书”标签."""
    owns(shop)
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("link", name="查看").click()
    expect(page.get_by_role("tab", name="基本信息")).to_be_visible()
    expect(page.get_by_text("广州衡器厂")).to_be_visible()
    axe(page)
    shot(page, "instrument")
    page.get_by_role("tab", name="历史").click()
    expect(page.get_by_text("录入", exact=True)).to_be_visible()
    page.get_by_role("tab", name="证书").click()
    expect(page.get_by_text("还没有证书")).to_be_visible()


def test_an_edit_is_saved_and_stands_in_the_history(page: Page, shop: Organization) -> None:
    """编辑: 备案通过前可修改所有信息."""
    owns(shop)
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("link", name="编辑").click()
    page.get_by_role("textbox", name="型号规格").fill("ACS-30B")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="ACS-30B")).to_be_visible()
    page.get_by_role("tab", name="历史").click()
    expect(page.get_by_role("row", name="型号规格 ACS-30")).to_be_visible()


def test_two_people_who_edit_the_same_instrument_do_not_overwrite_each_other(
    page: Page, shop: Organization, watch: Watch
) -> None:
    watch.expects("status of 412")
    one = owns(shop)[0]
    page.goto(f"/instruments/{one['id']}/edit")
    page.get_by_label("使用部门").fill("收银")
    shop.client.patch(f"/api/registry/instruments/{one['id']}", {"keeper": "别人"}, one["version"])
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("使用部门")).to_have_value("收银")


def test_a_copy_begins_with_everything_but_the_numbers(page: Page, shop: Organization) -> None:
    """复制: 相似的仪器可通过“复制”来进行快速录入."""
    owns(shop)
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("link", name="复制").click()
    expect(page.get_by_role("textbox", name="仪器名称")).to_have_value("电子计价秤")
    expect(page.get_by_role("textbox", name="出厂编号")).to_have_value("")
    page.get_by_role("textbox", name="出厂编号").fill("COPY-1")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="COPY-1")).to_be_visible()


def test_delete_suspend_scrap_and_clear(page: Page, shop: Organization) -> None:
    """删除, 停用, 报废, 清空."""
    owns(shop, 4)
    menu(page, "仪器管理", "全部仪器")
    pick = page.locator("label[aria-label=选中本行]")
    main = page.get_by_role("main")
    for name, left in (("删除", 3), ("报废", 2)):
        pick.first.click()
        main.get_by_role("button", name=name, exact=True).click()
        page.get_by_role("button", name=f"{name} 1 台").click()
        expect(page.get_by_text(f"共 {left} 条")).to_be_visible()
    pick.first.click()
    main.get_by_role("button", name="停用", exact=True).click()
    axe(page)
    page.get_by_role("button", name="停用 1 台").click()
    expect(page.get_by_text("已完成 1 项").last).to_be_visible()
    main.get_by_role("button", name="清空", exact=True).click()
    page.get_by_role("button", name="确定").click()
    expect(
        page.get_by_text("暂无").or_(page.get_by_text("还没有仪器")).or_(page.get_by_text("共 1 条")).first
    ).to_be_visible()
    menu(page, "已报废")
    expect(page.get_by_text("共 1 条")).to_be_visible()


def test_a_workbook_is_judged_then_imported(
    page: Page, shop: Organization, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """数据导入: 模板, 填写, 导入; 导入常见错误."""
    with page.expect_download() as template:
        menu(page, "仪器管理", "全部仪器")
        page.get_by_role("button", name="模板", exact=True).click()
    book = openpyxl.load_workbook(template.value.path().rename(tmp_path_factory.mktemp("t") / "template.xlsx"))
    assert book.worksheets[0]["A1"].value.startswith("仪器名称")
    page.get_by_role("button", name="导入", exact=True).click()
    page.get_by_label("选择填写完成的 EXCEL 文件").set_input_files("tests/data/instruments.xlsx")
    expect(page.get_by_role("button", name="导入正确的 290 行")).to_be_visible(timeout=20_000)
    for words in (
        "仪器的种别代码不能为空",
        "【440100】是属于市级代码，使用区域须填最后两位不是“00”的区县级代码！",
        "对应的字段只能填写相应的数字，不能填写文字！",
    ):
        expect(page.get_by_text(words).first).to_be_visible()
    axe(page)
    shot(page, "import")
    with page.expect_download() as wrong:
        page.get_by_role("button", name="下载错误文件").click()
    assert wrong.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("button", name="导入正确的 290 行").click()
    page.get_by_role("button", name="查看仪器").click(timeout=20_000)
    expect(page.get_by_text("共 290 条")).to_be_visible()
    page.goto("/instruments/import")
    page.get_by_label("选择填写完成的 EXCEL 文件").set_input_files("tests/data/instruments.xlsx")
    expect(page.get_by_text("行与已有仪器完全相同")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="导入正确的")).to_have_count(0)


def test_a_file_that_is_no_workbook_is_refused_at_once(page: Page, shop: Organization, watch: Watch) -> None:
    watch.expects("status of 4(15|22)")
    page.goto("/instruments/import")
    field = page.get_by_label("选择填写完成的 EXCEL 文件")
    field.set_input_files({"name": "list.docx", "mimeType": "application/octet-stream", "buffer": b"PK"})
    expect(page.get_by_role("alert").filter(has_text="格式不支持")).to_be_visible()
    field.set_input_files({"name": "list.xlsx", "mimeType": "application/octet-stream", "buffer": b"no workbook"})
    expect(page.locator(".el-alert--error").first).to_be_visible(timeout=20_000)


def test_rows_are_imported_one_by_one_with_pause_and_resume(page: Page, shop: Organization, watch: Watch) -> None:
    """更多导入: “逐行导入”本地解析EXCEL文件，并逐条上传至服务器."""
    watch.expects("status of 4(09|22)")
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="更多导入").click()
    page.get_by_role("menuitem", name="逐行导入").click()
    page.get_by_label("选择填写完成的 EXCEL 文件").set_input_files("tests/data/instruments.xlsx")
    page.get_by_role("button", name="开始逐行导入（300 行）").click()
    expect(page.get_by_text(re.compile("新增 [1-9]"))).to_be_visible()
    page.get_by_role("button", name="暂停").click()
    page.get_by_role("button", name=re.compile("继续")).click()
    expect(page.get_by_text("新增 290 台")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("未导入 10 行").first).to_be_visible()
    axe(page)
    shot(page, "rows")


@pytest.mark.parametrize(("name", "words"), [("更新地址", "三表"), ("更换加油枪", "加油枪")])
def test_addresses_and_nozzles_have_their_own_import(page: Page, shop: Organization, name: str, words: str) -> None:
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="更多导入").click()
    page.get_by_role("menuitem", name=name).click()
    expect(page.get_by_text(words).first).to_be_visible()
    with page.expect_download():
        page.get_by_role("button", name="模板").click()
    axe(page)


def test_an_export_and_labels_are_made_as_jobs(page: Page, shop: Organization) -> None:
    owns(shop, 2)
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="导出").click()
    page.get_by_role("button", name="确定").click()
    with page.expect_download() as exported:
        page.get_by_role("button", name="下载结果").click(timeout=20_000)
    assert exported.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("button", name="关闭").last.click()
    page.locator("label[aria-label=选中本页全部]").click()
    page.get_by_role("button", name="打印器具码").click()
    with page.expect_download() as labels:
        page.get_by_role("button", name="确定").click()
    assert labels.value.path().read_bytes().startswith(b"%PDF")


def test_certificates_have_their_page(page: Page, shop: Organization) -> None:
    """七、其他【证书查询】."""
    menu(page, "证书查询")
    expect(page.get_by_text("还没有证书")).to_be_visible()
    axe(page)
    shot(page, "certificates")


def test_a_session_that_ends_in_the_middle_keeps_what_was_typed(page: Page, shop: Organization, watch: Watch) -> None:
    watch.expects("status of 401")
    tokens: list[str] = []
    page.on("request", lambda one: tokens.append(one.headers.get("authorization", "")))
    page.goto("/instruments/add")
    settle(page)
    page.get_by_label("仪器名称", exact=True).fill("电子秤")
    shop.client.call("DELETE", "/api/identity/sessions/current", 204)
    for session in other_sessions(shop):
        shop.client.call("DELETE", f"/api/identity/sessions/{session}", 204)
    ended = next(token for token in reversed(tokens) if token)
    # every service hears of it within two seconds
    eventually(
        lambda: shop.client.ask("GET", "/api/registry/instruments", headers={"Authorization": ended}).status_code == 401
    )
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("登录已失效，请重新登录")).to_be_visible()
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    watch.expects("status of 422")
    expect(page.locator(".el-form-item__error").first).to_be_visible()  # the save went on by itself
    expect(page.get_by_label("仪器名称", exact=True)).to_have_value("电子秤")


def other_sessions(shop: Organization) -> list[str]:
    shop.client.sign_in(shop.username, PASSWORD)
    return [one["id"] for one in shop.client.get("/api/identity/sessions")["items"] if not one.get("current")]


def test_a_sign_out_in_one_tab_is_followed_in_the_other(page: Page, shop: Organization) -> None:
    other = page.context.new_page()
    other.goto("/home")
    other.get_by_role("button", name="用户设置").click()
    other.get_by_role("menuitem", name="退出登录").click()
    page.wait_for_url("**/sign-in**")


def test_a_network_that_fails_is_told_and_the_page_can_be_tried_again(
    page: Page, shop: Organization, watch: Watch
) -> None:
    watch.expects("ERR_FAILED")
    page.route("**/api/registry/instruments?*", lambda route: route.abort())
    menu(page, "仪器管理", "全部仪器")
    expect(page.get_by_role("alert").filter(has_text="网络连接不上")).to_be_visible(timeout=15_000)
    page.unroute("**/api/registry/instruments?*")
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_text("还没有仪器")).to_be_visible()


def test_a_phone_has_the_menu_in_a_drawer(phone: Page, portal: Platform) -> None:
    shop = registered(portal)
    owns(shop, 2)
    phone.goto("/")
    phone.get_by_label("用户名/手机号").fill(shop.username)
    phone.get_by_label("密码", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="登录", exact=True).click()
    phone.get_by_role("button", name="打开菜单").click()
    phone.get_by_role("menuitem", name="仪器管理").click()
    phone.get_by_role("menuitem", name="全部仪器").click()
    expect(phone.get_by_text("共 2 条")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_address_that_is_not_mine_says_so(page: Page, shop: Organization) -> None:
    page.goto("/administration/nowhere")
    expect(page.locator("#content").get_by_text("页面不存在")).to_be_visible()


def test_an_edit_of_a_submitted_one_withdraws_saves_and_submits_again(
    page: Page, portal: Platform, shop: Organization, watch: Watch
) -> None:
    """编辑: 备案通过前可修改所有信息, also what is 已提交."""
    watch.expects("status of 4(09|12)")  # while the registry has not heard of the withdrawal yet
    one = submitted(shop)[0]
    page.goto(f"/instruments/{one['id']}/edit")
    expect(page.get_by_text("保存时会自动撤回、保存并重新提交")).to_be_visible()
    page.get_by_role("textbox", name="型号规格").fill("ACS-30C")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="ACS-30C")).to_be_visible(timeout=15_000)
    eventually(lambda: state_of(shop, one) == "submitted")
    found = shop.client.get("/api/filing/filings", instrument_id=one["id"], history=True)
    assert sorted(filing["state"] for filing in found["items"]) == ["submitted", "withdrawn"]


def test_what_is_frozen_is_shown_so(page: Page, portal: Platform, shop: Organization) -> None:
    """编辑: 备案通过后只能修改部分信息."""
    one = filed(portal, shop)[0]
    page.goto(f"/instruments/{one['id']}/edit")
    expect(page.get_by_role("textbox", name="型号规格")).to_be_disabled()
    expect(page.get_by_text("备案已通过，只能修改")).to_be_visible()
    page.get_by_role("textbox", name="使用部门").fill("收银二部")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("收银二部")).to_be_visible()
    axe(page)
