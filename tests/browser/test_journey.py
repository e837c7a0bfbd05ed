"""The whole journey in the portal: from the first click on 注册账户 to the certificate, each person on their own pages."""

import random
import re

from browsing import DEMO_PASSWORD, choose_division, shot, sign_in
from people import PASSWORD, new_phone, org_fields, sms_code
from playwright.sync_api import Locator, Page, expect
from story import png

from launcher.servers import Platform

PICTURE = {"name": "扫描件.png", "mimeType": "image/png", "buffer": png()}


def be(page: Page, who: str, password: str = DEMO_PASSWORD) -> None:
    """Another person uses this browser."""
    if page.url.startswith("http"):
        page.context.clear_cookies()
        page.evaluate("localStorage.clear()")
    sign_in(page, who, password)


def menu(page: Page, group: str, name: str) -> None:
    item = page.get_by_role("menuitem", name=name, exact=True)
    if not item.is_visible():
        page.get_by_role("menuitem", name=group, exact=True).first.click()
    item.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def row(page: Page, text: str) -> Locator:
    return page.locator(".el-table__row", has_text=text).first


def test_a_person_walks_from_the_registration_to_the_certificate(page: Page, portal: Platform) -> None:
    chance = random.Random()
    org, phone, username = org_fields(chance), new_phone(chance), f"shop-{chance.randrange(10**9)}"
    serial = f"J{chance.randrange(10**8)}"

    # 一、注册
    page.goto("/register")
    page.get_by_role("button", name="下一步").click()
    for label, key in (
        ("申请方名称", "name"),
        ("统一社会信用代码", "credit_code"),
        ("详细地址", "address"),
        ("联系人", "contact_name"),
    ):
        page.get_by_label(label).fill(org[key])
    choose_division(page, "所在区域")
    page.get_by_label("用户名", exact=True).fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("手机号", exact=True).fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").last.fill(sms_code(portal, phone))
    page.get_by_label("上传证照扫描件").set_input_files(PICTURE)
    page.get_by_label("上传已签字盖章的授权书").set_input_files(PICTURE)
    expect(page.get_by_text("已上传：扫描件.png")).to_have_count(2)
    page.get_by_role("button", name="提交注册申请").click()
    expect(page.get_by_text("注册申请已提交", exact=True)).to_be_visible()

    # the county reads the papers and approves
    be(page, "county-clerk")
    page.get_by_role("menuitem", name="注册审核").click()
    page.get_by_placeholder("单位名称、统一社会信用代码").fill(org["name"])
    page.keyboard.press("Enter")
    row(page, org["name"]).get_by_role("button", name="审核").click()
    page.get_by_role("dialog", name="审核").get_by_role("button", name="通过").click()
    page.get_by_role("dialog", name="通过").get_by_role("button", name="通过").click()
    expect(row(page, org["name"])).to_be_hidden()

    # 三、仪器管理: 添加
    be(page, username, PASSWORD)
    menu(page, "仪器管理", "全部仪器")
    page.get_by_role("button", name="添加", exact=True).click()
    for label, value in (
        ("仪器名称", "电子计价秤"),
        ("型号规格", "ACS-30"),
        ("出厂编号", serial),
        ("制造单位", "广州衡器厂"),
        ("安装使用地点", "一楼"),
        ("型式批准证书编号", "2020F000-44"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    for label, option in (("种别代码", re.compile("020100")), ("器具用途", "贸易结算"), ("检定方式", "送检")):
        page.locator(".el-select__wrapper").filter(has=page.get_by_role("combobox", name=label)).click()
        page.get_by_role("option", name=option).click()
    choose_division(page, "使用区域")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name=serial)).to_be_visible()

    # 四、仪器备案
    menu(page, "备案管理", "待备案")
    page.get_by_role("button", name="提交全部").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("我已阅读并确认以上责任声明", exact=True).click()
    dialog.get_by_role("button", name="提交").click()
    expect(dialog.get_by_text("备案提交回执")).to_be_visible()

    be(page, "city-clerk")
    menu(page, "备案办理", "待审核")
    page.get_by_placeholder("名称、型号、编号、地点").fill(serial)
    page.get_by_role("button", name="搜索", exact=True).click()
    row(page, serial).get_by_label("选中本行").click()
    page.get_by_role("button", name="通过", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="通过 1 台").click()
    expect(page.get_by_text("没有符合条件的数据")).to_be_visible()

    # 五、预约管理
    be(page, username, PASSWORD)
    menu(page, "预约管理", "预约检定")
    expect(row(page, serial)).to_be_visible()
    row(page, serial).get_by_label("选中本行").click()
    page.get_by_role("button", name="预约检定", exact=True).click()
    dialog = page.get_by_role("dialog", name="预约检定")
    dialog.locator("fieldset button:not([disabled])").first.click()
    dialog.get_by_role("button", name=re.compile("^预约 ")).click()
    expect(dialog.get_by_text("预约已提交")).to_be_visible()
    dialog.get_by_role("button", name="关闭", exact=True).last.click()
    menu(page, "预约管理", "预约中")
    number = (page.locator(".el-table__row").first.inner_text()).split()[0]

    # 六、前台送检
    be(page, "city-clerk")
    menu(page, "预约与检定", "待确认预约")
    find(page, number)
    row(page, number).get_by_role("button", name="确认预约").click()
    page.get_by_role("dialog").get_by_role("button", name="确认预约").click()
    menu(page, "预约与检定", "前台受理")
    page.get_by_label("预约单号").fill(number)
    page.get_by_label("预约单号").press("Enter")
    page.get_by_label(f"选中本行 {serial}").click()
    page.get_by_role("button", name="接收选中（1）").click()
    expect(row(page, serial)).to_contain_text("已接收")
    page.get_by_role("button", name="开始检定").click()
    page.get_by_role("dialog").get_by_role("button", name="开始检定").click()
    expect(page.get_by_text("检定中").first).to_be_visible()

    be(page, "city-verifier")
    menu(page, "预约与检定", "检定结果")
    find(page, number)
    row(page, number).get_by_role("button", name="录入结果").click()
    results = page.get_by_label("检定结果", exact=True)
    results.get_by_label("检定规程").fill("JJG 539-2016")
    results.get_by_label("核验员").click()
    page.get_by_role("option", name="city-checker").click()
    results.get_by_role("button", name="保存结果（1）").click()
    expect(page.get_by_text("已保存 1 项结果")).to_be_visible()

    be(page, "city-checker")
    menu(page, "预约与检定", "核验")
    find(page, number)
    row(page, number).get_by_role("button", name="核验").click()
    page.get_by_role("button", name="核验完检").click()
    page.get_by_role("dialog", name="核验完检").get_by_role("button", name="核验完检").click()
    expect(page.get_by_text("完检").first).to_be_visible()

    # 七、证书查询, and the public page behind its QR code
    be(page, username, PASSWORD)
    menu_item = page.get_by_role("menuitem", name="证书查询")
    menu_item.click()
    certificate = row(page, serial)
    for _ in range(20):  # an event issues it a moment later
        if certificate.is_visible():
            break
        page.wait_for_timeout(500)
        page.reload()
        page.get_by_role("heading", level=1).wait_for()
    certificate.get_by_role("button", name="查看").click()
    expect(page.locator("iframe")).to_be_visible()
    page.keyboard.press("Escape")
    shot(page, "journey-certificate")
    with page.context.expect_page() as opened:
        certificate.get_by_role("link", name="公开核验页").click()
    expect(opened.value.get_by_text("有效").first).to_be_visible()


def find(page: Page, number: str) -> None:
    page.get_by_placeholder("预约单号").fill(number)
    page.keyboard.press("Enter")
    expect(page.get_by_text("共 1 条")).to_be_visible()
