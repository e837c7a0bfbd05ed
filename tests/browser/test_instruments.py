"""Chapter 三 (仪器管理) and 证书查询 of 七 of the manual."""

import random
import re
import zipfile

import pytest
from browsing import Watch, axe, choose, choose_division, menu, shot, sign_in
from people import PASSWORD, SCALE, Shop
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


@pytest.mark.parametrize(("name", "view"), VIEWS.items())
def test_every_view_of_the_menu_opens(page: Page, owner: Shop, name: str, view: str) -> None:
    """菜单说明: the registry's tests check the rows of each view; this checks its page, texts and actions."""
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


def test_the_table_selects_pages_and_chooses_columns(page: Page, owner: Shop) -> None:
    """基本表格操作: 全选, 15条/页, 选择列."""
    owner.instruments(17)
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


def test_chosen_columns_follow_the_account_to_another_machine(page: Page, phone: Page, owner: Shop) -> None:
    owner.instruments(1)
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="选择列").click()
    with page.expect_response(lambda one: one.url.endswith("/me/lists") and one.request.method == "PUT"):
        page.get_by_label("checkbox-group").get_by_text("制造单位").click()
    sign_in(phone, owner.username, PASSWORD)
    phone.goto("/instruments/all")
    expect(phone.get_by_role("columnheader", name="制造单位")).to_be_visible()


def test_a_selection_goes_over_pages_and_is_kept(page: Page, owner: Shop) -> None:
    owner.instruments(17)
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


def test_columns_filter_and_sort_and_a_query_is_saved(page: Page, owner: Shop) -> None:
    owner.instruments(2, model="ACS-15")
    owner.instruments(1, model="ACS-60")
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="筛选型号规格").click()
    page.get_by_role("textbox", name="型号规格").fill("ACS-6")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.get_by_text("共 1 条")).to_be_visible()
    expect(page.get_by_text("型号规格：ACS-6")).to_be_visible()
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


def test_all_instruments_are_narrowed_to_a_view_and_sorted_by_any_column(page: Page, owner: Shop) -> None:
    owner.filed(1)
    owner.instruments(2)
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="筛选检定状态").click()
    choose(page, "检定状态", "须检")
    page.get_by_role("button", name="筛选", exact=True).click()
    expect(page.get_by_text("共 1 条")).to_be_visible()
    expect(page.get_by_text("检定状态：须检")).to_be_visible()
    page.locator("label[aria-label=选中本页全部]").click()
    expect(page.get_by_text("已选 1 台")).to_be_visible()
    page.get_by_role("button", name="清除条件").click()
    expect(page.get_by_text("共 3 条")).to_be_visible()
    for label, field in (("种别名称", "kind_code"), ("检定状态", "view"), ("备案状态", "filing_state")):
        page.get_by_role("columnheader", name=label).locator(".sort-caret.ascending").click()
        expect(page).to_have_url(re.compile(f"sort={field}$"))
    expect(page.locator(".el-table__body tr").first).to_contain_text("已审核")  # sorted by value, before none
    axe(page)


def test_an_instrument_is_added_and_its_twin_is_refused(page: Page, owner: Shop, watch: Watch) -> None:
    """添加: 四者相同将视为同一台仪器，则系统不允许保存."""
    chance = random.Random()
    fields = SCALE | {"serial_no": f"{chance.randrange(10**9):09d}"}
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
    division = page.get_by_role("combobox", name="使用区域")
    expect(division).to_have_value(re.compile("天河区"))  # the division of the organisation
    choose_division(page, "使用区域")
    division.press("Escape")  # unchanged, so the list stays open


def test_details_show_basics_history_and_certificates(page: Page, owner: Shop) -> None:
    """查看: 详情, 点击上方的“历史”和“证书”标签."""
    owner.instruments()
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


def test_an_edit_is_saved_and_stands_in_the_history(page: Page, owner: Shop) -> None:
    """编辑: 备案通过前可修改所有信息."""
    owner.instruments()
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("link", name="编辑").click()
    page.get_by_role("textbox", name="型号规格").fill("ACS-30B")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="ACS-30B")).to_be_visible()
    page.get_by_role("tab", name="历史").click()
    expect(page.get_by_role("row", name="型号规格 ACS-30")).to_be_visible()


def test_two_people_who_edit_the_same_instrument_do_not_overwrite_each_other(
    page: Page, owner: Shop, watch: Watch
) -> None:
    watch.expects("status of 412")
    one = owner.instruments()[0]
    page.goto(f"/instruments/{one['id']}/edit")
    page.get_by_label("使用部门").fill("收银")
    owner.client.patch(f"/api/registry/instruments/{one['id']}", {"keeper": "别人"}, one["version"])
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("使用部门")).to_have_value("收银")


def test_what_was_typed_over_an_instrument_is_kept(page: Page, owner: Shop) -> None:
    [one] = owner.instruments()
    page.goto(f"/instruments/{one['id']}/edit")
    page.get_by_label("使用部门", exact=True).fill("生鲜部")
    page.get_by_role("button", name="取消").click()
    page.goto(f"/instruments/{one['id']}/edit")
    expect(page.get_by_text("已恢复您上次未提交的内容")).to_be_visible()
    expect(page.get_by_label("使用部门", exact=True)).to_have_value("生鲜部")


def test_a_copy_begins_with_everything_but_the_numbers(page: Page, owner: Shop) -> None:
    """复制: 相似的仪器可通过“复制”来进行快速录入."""
    owner.instruments()
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("link", name="复制").click()
    expect(page.get_by_role("textbox", name="仪器名称")).to_have_value("电子计价秤")
    expect(page.get_by_role("textbox", name="出厂编号")).to_have_value("")
    page.get_by_role("textbox", name="出厂编号").fill("COPY-1")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="COPY-1")).to_be_visible()


def test_delete_suspend_scrap_and_clear(page: Page, owner: Shop) -> None:
    """删除, 停用, 报废, 清空."""
    owner.instruments(4)
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
    page.get_by_role("button", name=re.compile(r"删除 \d 台")).click()
    expect(
        page.get_by_text("暂无").or_(page.get_by_text("还没有仪器")).or_(page.get_by_text("共 1 条")).first
    ).to_be_visible()
    menu(page, "已报废")
    expect(page.get_by_text("共 1 条")).to_be_visible()


def test_certificates_have_their_page(page: Page, owner: Shop) -> None:
    """七、其他【证书查询】."""
    menu(page, "证书查询")
    expect(page.get_by_text("还没有证书")).to_be_visible()
    axe(page)
    shot(page, "certificates")


def test_two_certificates_come_at_once_and_a_hundred_and_four_as_a_job(page: Page, owner: Shop) -> None:
    """打包下载, on its page and in an instrument's tab, where it packs only that instrument's certificates."""
    catalog = owner.client.get("/api/registry/catalog")["items"]
    kind = next(one for one in catalog if one["details_schema"] == "fuel_dispenser" and one["mode"])
    units = [str(number) for number in range(1, 27)]
    nozzles = [{"nozzle_no": unit, "fuel_grade": "92#"} for unit in units]
    made = owner.filed(4, name="燃油加油机", kind_code=kind["code"], details={"nozzles": nozzles})
    owner.certified(made, units)

    def packed(button: str) -> list[str]:
        with page.expect_download(timeout=60_000) as found:
            page.get_by_role("button", name=button, exact=True).click(timeout=60_000)
        return zipfile.ZipFile(found.value.path()).namelist()

    menu(page, "证书查询")
    for box in (0, 1):
        page.locator("label[aria-label=选中本行]").nth(box).click()
    page.get_by_role("button", name="打包下载").click()
    assert len(packed("确定")) == 3  # two and the sheet that lists them
    page.get_by_role("button", name="取消选择").click()
    page.get_by_role("button", name="打包下载").click()
    expect(page.get_by_text("把 104 份证书打包为 ZIP")).to_be_visible()
    page.get_by_role("button", name="确定").click()
    assert len(packed("下载结果")) == 105
    page.goto(f"/instruments/{made[0]['id']}#certificates")
    expect(page.get_by_text("共 26 条")).to_be_visible()
    page.get_by_role("button", name="打包下载").click()
    assert len(packed("确定")) == 27


def test_certificates_that_wait_to_be_printed_are_named_with_the_reason(page: Page, owner: Shop) -> None:
    one = {"instrument": {"name": "秤", "serial_no": "30㎏-1"}, "problem": "没有字体能印出这些字：🦄(U+1F984)"}
    items = [one | {"number": f"440100-2026-{n:07d}"} for n in range(12)]
    page.route("**/api/registry/certificates/waiting", lambda route: route.fulfill(json={"items": items}))
    menu(page, "证书查询")
    expect(page.get_by_role("alert")).to_contain_text("12 份证书暂时无法打印")
    expect(page.get_by_text("440100-2026-0000000 秤 30㎏-1：没有字体能印出这些字：🦄(U+1F984)")).to_be_visible()
    shot(page, "certificates-waiting")
    axe(page)


def test_an_edit_of_a_submitted_one_amends_its_filing(page: Page, portal: Platform, owner: Shop) -> None:
    """编辑: 备案通过前可修改所有信息, also of a filing in 已提交."""
    [one] = owner.instruments()
    owner.submitted([one])
    [before] = owner.client.get("/api/filing/filings", instrument_id=one["id"])["items"]
    page.goto(f"/instruments/{one['id']}/edit")
    expect(page.get_by_text("备案编号和排队次序不变")).to_be_visible()
    page.get_by_role("textbox", name="型号规格").fill("ACS-30C")
    page.get_by_label("相关资料").set_input_files(
        {"name": "型式评价.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}
    )
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="ACS-30C")).to_be_visible()
    [after] = owner.client.get("/api/filing/filings", instrument_id=one["id"], history=True)["items"]
    assert (after["id"], after["number"], after["state"]) == (before["id"], before["number"], "submitted")
    assert after["instrument"]["model"] == "ACS-30C"
    page.goto(f"/filings/{after['id']}")
    expect(page.get_by_text("型式评价.pdf")).to_be_visible()
    expect(page.locator(".el-timeline")).to_contain_text("型号规格ACS-30→ACS-30C")
    axe(page)


def test_what_is_frozen_is_shown_so(page: Page, portal: Platform, owner: Shop) -> None:
    """编辑: 备案通过后只能修改部分信息."""
    one = owner.filed()[0]
    page.goto(f"/instruments/{one['id']}/edit")
    expect(page.get_by_role("textbox", name="型号规格")).to_be_disabled()
    expect(page.get_by_text("备案已通过，只能修改")).to_be_visible()
    page.get_by_role("textbox", name="使用部门").fill("收银二部")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("收银二部")).to_be_visible()
    axe(page)


def test_an_edit_that_is_refused_leaves_the_filing_submitted(page: Page, owner: Shop, watch: Watch) -> None:
    watch.expects("status of 422")
    [one] = owner.instruments()
    owner.submitted([one])
    page.goto(f"/instruments/{one['id']}/edit")
    model = page.get_by_role("textbox", name="型号规格")
    model.fill("")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".el-form-item__error").first).to_be_visible()
    assert owner.client.get("/api/filing/filings", instrument_id=one["id"])["items"][0]["state"] == "submitted"
    model.fill("ACS-30D")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="ACS-30D")).to_be_visible()
    [after] = owner.client.get("/api/filing/filings", instrument_id=one["id"], history=True)["items"]
    assert (after["state"], after["instrument"]["model"]) == ("submitted", "ACS-30D")
