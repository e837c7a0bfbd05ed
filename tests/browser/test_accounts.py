"""Chapter 一, 注册及登录, of the manual, and the user menu."""

import random
import re

import pytest
import requests
from browsing import DEMO_PASSWORD, Watch, axe, choose_division, shot, sign_in
from people import PASSWORD, Client, new_phone, org_fields, registered, sms_code
from playwright.sync_api import Page, expect
from story import png

from launcher.servers import Platform

PICTURE = {"name": "扫描件.png", "mimeType": "image/png", "buffer": png()}


def test_an_organisation_registers_with_the_letter_filled_from_the_form(
    page: Page, portal: Platform, watch: Watch
) -> None:
    """1.用户注册: 注册账户 → 申请方 → 企业/单位 → 资料、证照、授权书 → 审核."""
    chance = random.Random()
    org, phone, username = org_fields(chance), new_phone(chance), f"shop-{chance.randrange(10**9)}"
    page.goto("/sign-in")
    page.get_by_role("link", name="注册账户").click()
    page.get_by_text("申请方", exact=True).click()
    page.get_by_text("企业/单位", exact=True).click()
    axe(page)
    page.get_by_role("button", name="下一步").click()

    page.get_by_label("申请方名称").fill(org["name"])
    page.get_by_label("统一社会信用代码").fill(
        org["credit_code"][:-1] + ("0" if org["credit_code"][-1] != "0" else "1")
    )
    expect(page.get_by_text("校验码不符")).to_be_visible()
    page.get_by_label("统一社会信用代码").fill(org["credit_code"])
    expect(page.get_by_text("校验码不符")).to_be_hidden()
    choose_division(page, "所在区域")
    page.get_by_label("详细地址").fill(org["address"])
    page.get_by_label("联系人").fill(org["contact_name"])
    page.get_by_label("用户名", exact=True).fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("手机号", exact=True).fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").last.fill(sms_code(portal, phone))
    with page.expect_download() as filled:
        page.get_by_role("button", name="下载已填写的授权书").click()
    assert filled.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download():
        page.get_by_role("button", name="下载模板").click()

    page.get_by_label("上传证照扫描件").set_input_files(PICTURE)
    page.get_by_label("上传已签字盖章的授权书").set_input_files({**PICTURE, "name": "授权书.txt"})
    expect(page.get_by_text("格式不支持")).to_be_visible()
    watch.expects("status of 415")
    page.get_by_label("上传已签字盖章的授权书").set_input_files({**PICTURE, "buffer": b"no picture at all"})
    expect(page.get_by_text("请上传 PDF、JPEG 或 PNG")).to_be_visible()
    page.get_by_label("上传已签字盖章的授权书").set_input_files(PICTURE)
    expect(page.get_by_text("已上传：扫描件.png")).to_have_count(2)
    axe(page)
    shot(page, "register")
    page.get_by_role("button", name="提交注册申请").click()
    expect(page.get_by_text("注册申请已提交", exact=True)).to_be_visible()
    page.get_by_role("button", name="查看状态").click()
    expect(page.get_by_text("注册申请审核中")).to_be_visible()
    expect(page.get_by_role("button", name="扫码绑定微信")).to_be_visible()
    axe(page)
    shot(page, "registration-pending")


@pytest.mark.parametrize(
    ("choice", "words"), [("技术机构", "以其它账号类型注册的不会被通过"), ("个人", "以个人身份注册的不会被通过")]
)
def test_who_is_no_organisation_is_told_so_in_the_manuals_words(page: Page, choice: str, words: str) -> None:
    """2.注册须知."""
    page.goto("/register")
    page.get_by_text(choice, exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.get_by_role("button", name="下一步")).to_be_disabled()


def test_wrong_fields_are_named_and_nothing_typed_is_lost(page: Page, watch: Watch) -> None:
    watch.expects("status of 422")
    page.goto("/register")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("申请方名称").fill("某某商店")
    page.get_by_role("button", name="提交注册申请").click()
    expect(page.get_by_text("请填写申请方名称")).to_have_count(0)
    expect(page.locator(".el-form-item__error", has_text=re.compile("^请上传"))).to_have_count(2)
    page.reload()
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_label("申请方名称")).to_have_value("某某商店")
    expect(page.get_by_text("已恢复您上次未提交的内容")).to_be_visible()


def test_who_is_rejected_sees_why_corrects_and_sends_it_again(page: Page, portal: Platform) -> None:
    """2.注册须知: 申请被拒绝后，可登录系统，按要求修改."""
    shop = registered(portal, approved=False)
    county = Client(portal.gateway_url).sign_in("county-clerk")
    found = county.get("/api/identity/registrations", status="pending", q=shop.name)["items"][0]
    county.post(
        f"/api/identity/registrations/{found['org_id']}/reject",
        {"reason_code": "letter_unsealed", "reason": "授权书未加盖公章"},
    )
    sign_in_to_state(page, shop.username)
    expect(page.get_by_text("注册申请未通过")).to_be_visible()
    expect(page.get_by_text("授权书未加盖公章")).to_be_visible()
    axe(page)
    shot(page, "registration-rejected")
    page.get_by_role("button", name="修改资料").click()
    page.get_by_label("详细地址").fill("广州市天河区天河北路 200 号")
    page.get_by_label("上传已签字盖章的授权书").set_input_files(PICTURE)
    expect(page.get_by_text("已上传：扫描件.png")).to_be_visible()
    page.get_by_role("button", name="重新提交").click()
    expect(page.get_by_text("注册申请审核中")).to_be_visible()
    expect(page.get_by_text("广州市天河区天河北路 200 号")).to_be_visible()
    county.post(f"/api/identity/registrations/{found['org_id']}/approve")
    page.get_by_role("button", name="刷新状态").click()
    expect(page.get_by_role("navigation").first).to_be_visible()


def test_who_is_rejected_may_delete_the_account(page: Page, portal: Platform, watch: Watch) -> None:
    """2.注册须知: 或自行注销账号."""
    watch.expects("status of 401")
    shop = registered(portal, approved=False)
    sign_in_to_state(page, shop.username)
    page.get_by_role("button", name="自行注销").click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("账号已注销")).to_be_visible()
    page.get_by_label("用户名/手机号").fill(shop.username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="密码")).to_be_visible()


def sign_in_to_state(page: Page, username: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("用户名/手机号").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/registration")


def test_wechat_is_bound_by_its_qr_code_and_signs_in_later(page: Page, portal: Platform, watch: Watch) -> None:
    """3.绑定微信 1）微信登录: 扫码绑定微信号，日后可进行微信登录."""
    watch.expects("favicon.ico")  # of the sandbox
    shop = registered(portal)
    openid = f"o-{random.randrange(10**12)}"
    person = {"openid": openid, "unionid": f"u-{openid}", "phone": shop.phone, "following": False}
    requests.post(portal.sandbox_url + "/phones", json=person, timeout=10).raise_for_status()
    sign_in(page, shop.username, PASSWORD)
    page.get_by_role("button", name="用户设置").click()
    page.get_by_role("menuitem", name="微信绑定").click()
    page.get_by_role("button", name="扫码绑定微信").click()
    agree(page, openid)
    expect(page.get_by_text("已绑定微信", exact=True)).to_be_visible()
    axe(page)
    shot(page, "wechat")
    page.get_by_role("button", name="用户设置").click()
    page.get_by_role("menuitem", name="退出登录").click()
    page.get_by_role("button", name="打开微信扫码登录").click()
    agree(page, openid)
    expect(page.get_by_role("heading", name="您好")).to_be_visible()
    page.goto("/account/wechat")
    page.get_by_role("button", name="解除绑定").click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("未绑定微信")).to_be_visible()


def agree(page: Page, openid: str) -> None:
    """Agrees on WeChat's page, as the phone does; the sandbox plays WeChat."""
    page.locator(f"form:has([value='{openid}']) button[value=agree], form:has([value='{openid}']) button").first.click()


def test_three_wrong_passwords_ask_for_a_captcha_and_say_so(page: Page, portal: Platform, watch: Watch) -> None:
    watch.expects("status of 4(01|22|29)")
    shop = registered(portal)
    page.goto("/sign-in")
    page.get_by_label("用户名/手机号").fill(shop.username)
    for _ in range(4):
        page.get_by_label("密码", exact=True).fill("wrong-password")
        button = page.get_by_role("button", name=re.compile("登录$|秒后再试"))
        expect(button.first).to_be_enabled(timeout=60_000)
        button.first.click()
        expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_label("图形验证码").first).to_be_visible()
    axe(page)


def test_a_forgotten_password_is_set_anew_by_sms(page: Page, portal: Platform) -> None:
    phone = new_phone(random.Random())  # a new one, because a phone gets one code a minute
    registered(portal).client.post("/api/identity/sub-users", {"phone": phone, "name": "小陈"}, 201)
    page.goto("/forgot")
    page.get_by_role("textbox", name="手机号").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_text("验证码已发送")).to_be_visible()
    page.get_by_label("短信验证码").last.fill(sms_code(portal, phone))
    page.get_by_label("新密码").fill("Another-scale-2026")
    axe(page)
    page.get_by_role("button", name="设置新密码").click()
    page.wait_for_url("**/sign-in")
    sign_in(page, phone, "Another-scale-2026")


def test_a_sub_user_is_added_and_signs_in_by_phone(page: Page, portal: Platform) -> None:
    """七、其他【子用户】: 用手机号登录，并拥有跟主账号一样的权限."""
    shop, phone = registered(portal), new_phone(random.Random())
    sign_in(page, shop.username, PASSWORD)
    page.get_by_role("menuitem", name="子用户").click()
    page.get_by_role("button", name="添加子用户").click()
    page.get_by_role("textbox", name="姓名").fill("小陈")
    page.get_by_role("textbox", name="手机号").fill(phone)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("cell", name="小陈")).to_be_visible()
    axe(page)
    shot(page, "sub-users")
    page.get_by_role("button", name="用户设置").click()
    page.get_by_role("menuitem", name="退出登录").click()
    page.get_by_role("tab", name="短信验证码").click()
    page.get_by_label("手机号", exact=True).fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").last.fill(sms_code(portal, phone))
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="您好，小陈")).to_be_visible()
    expect(page.get_by_role("menuitem", name="子用户")).to_have_count(0)


def test_devices_are_listed_and_another_one_is_signed_out(page: Page, portal: Platform) -> None:
    shop = registered(portal)
    sign_in(page, shop.username, PASSWORD)
    page.goto("/account/sessions")
    expect(page.get_by_text("本次登录")).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("Chrome · "))).to_be_visible()
    page.get_by_role("button", name="退出该设备").first.click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("已退出该设备")).to_be_visible()
    page.reload()
    expect(page.get_by_text("本次登录")).to_be_visible()
    expect(page.get_by_role("cell", name="成功").first).to_be_visible()
    axe(page)
    shot(page, "sessions")


def test_the_password_is_changed_from_the_user_menu(page: Page, portal: Platform, watch: Watch) -> None:
    watch.expects("status of 4(01|22)")
    shop = registered(portal)
    sign_in(page, shop.username, PASSWORD)
    page.goto("/account/password")
    page.get_by_label("原密码").fill("not-this-one")
    page.get_by_label("新密码").fill("Third-scale-2026")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.get_by_label("原密码").fill(PASSWORD)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("密码已修改")).to_be_visible()
    axe(page)


def test_profile_and_messages_open_and_are_accessible(page: Page, portal: Platform) -> None:
    shop = registered(portal)
    sign_in(page, shop.username, PASSWORD)
    page.goto("/account/profile")
    page.get_by_role("textbox", name="姓名").fill("陈店长")
    page.get_by_role("button", name="保存").first.click()
    expect(page.get_by_role("button", name="用户设置")).to_contain_text("陈店长")
    axe(page)
    page.goto("/messages")
    expect(page.get_by_text("注册申请审核通过").first).to_be_visible()
    axe(page)
    shot(page, "messages")
    for text, total in (("没有这样的话", 0), ("审核通过", 1)):
        page.get_by_role("button", name="筛选内容").click()
        page.get_by_role("textbox", name="内容", exact=True).fill(text)
        page.get_by_role("button", name="筛选", exact=True).click()
        expect(page.get_by_text(f"共 {total} 条")).to_be_visible()
    bell = page.locator("header .el-badge__content")
    expect(bell).to_be_visible()
    page.get_by_role("link", name=re.compile("注册申请审核通过")).click()
    expect(page.get_by_role("heading", name="您好，陈店长")).to_be_visible()
    page.goto("/messages")
    page.get_by_role("button", name="本页全部标为已读").click()
    expect(page.locator(".el-table__body").get_by_text("未读")).to_have_count(0)
    expect(bell).to_be_hidden()


def test_the_portal_speaks_english(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    sign_out_words = page.locator("html").get_attribute("lang")
    assert sign_out_words == "en"
    page.get_by_label("User name or phone").fill("applicant")
    page.get_by_role("textbox", name="Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    axe(page)


def test_an_old_browser_is_told_which_to_use(page: Page) -> None:
    """推荐谷歌，不推荐IE: a script that only old browsers run redirects there."""
    page.goto("/old-browser.html")
    expect(page.get_by_role("heading", name="您的浏览器版本过旧")).to_be_visible()
    expect(page.get_by_text("Chrome").first).to_be_visible()
    page.goto("/sign-in")
    assert page.locator("script[nomodule]").get_attribute("src") == "/old-browser.js"
    axe(page)
