"""Chapter 二 (页面) of the manual; and problems of a page with sessions, tabs and networks."""

import re
from functools import partial

import pytest
from browsing import Watch, axe, menu, settle, shot, sign_in
from people import PASSWORD, Shop, eventually, registered
from playwright.sync_api import Page, Route, expect

from launcher.servers import Platform


@pytest.mark.smoke
def test_the_first_page_has_cards_that_lead_to_exactly_those_rows(page: Page, owner: Shop) -> None:
    """二、页面: 菜单在左, 用户设置在右上角, 卡片, 最新的仪器动态."""
    owner.instruments(3)
    page.goto("/home")
    expect(page.get_by_role("button", name="用户设置")).to_be_visible()
    expect(page.get_by_role("heading", name="最新仪器动态")).to_be_visible()
    expect(page.get_by_text("注册申请审核通过").first).to_be_visible()
    axe(page)
    shot(page, "home")
    owner.instruments(1)
    page.evaluate(
        "document.dispatchEvent(new Event('visibilitychange'))"
    )  # as after half a minute: the page asks again
    page.get_by_role("link", name="仪器总数 4").wait_for()
    owner.client.call(
        "DELETE", f"/api/registry/instruments/{owner.client.get('/api/registry/instruments')['items'][0]['id']}", 204
    )
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    card = page.get_by_role("link", name="仪器总数 3")
    card.click()
    expect(page).to_have_url(re.compile("/instruments/all"))
    expect(page.get_by_text("共 3 条")).to_be_visible()


def test_a_session_that_ends_in_the_middle_keeps_what_was_typed(page: Page, owner: Shop, watch: Watch) -> None:
    watch.expects("status of 401")
    page.goto("/account/profile")
    token = token_of(page)
    page.get_by_label("姓名", exact=True).fill("王小明")
    end_sessions(owner, token)
    page.get_by_role("button", name="保存").first.click()
    expect(page.get_by_text("登录已失效，请重新登录")).to_be_visible()
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("已保存").first).to_be_visible()  # the save continued without help
    expect(page.get_by_label("姓名", exact=True)).to_have_value("王小明")


def token_of(page: Page) -> str:
    settle(page)
    with page.expect_request(lambda one: bool(one.headers.get("authorization"))) as made:
        page.reload()
    settle(page)
    return made.value.headers["authorization"]


def end_sessions(owner: Shop, token: str) -> None:
    """Ends all sessions. Every service receives it within two seconds."""
    owner.client.sign_in(owner.username, PASSWORD)
    for session in owner.client.get("/api/identity/sessions")["items"]:
        if not session.get("current"):
            owner.client.call("DELETE", f"/api/identity/sessions/{session['id']}", 204)

    def refused(path: str) -> bool:
        answer = owner.client.ask("GET", path, headers={"Authorization": token})
        return answer is not None and answer.status_code == 401

    for path in ("/api/identity/me", "/api/registry/instruments", "/api/notification/messages"):
        eventually(partial(refused, path))


def test_who_loads_the_page_again_and_again_stays_signed_in(page: Page, owner: Shop) -> None:
    """A refresh token works once: a page that is closed while it renews must not lose the next token."""
    heard: list[str] = []
    page.on("request", lambda one: heard.append(one.url) if one.url.endswith("/sessions/refresh") else None)
    for number in range(12):
        page.goto("/instruments/all", wait_until="commit")
        eventually(lambda number=number: page.wait_for_timeout(1) or len(heard) > number)
    page.goto("/instruments/all")
    expect(page.get_by_role("heading", name="全部仪器")).to_be_visible()


def test_the_menu_and_a_wide_table_are_reached_by_the_keyboard(page: Page, owner: Shop) -> None:
    owner.instruments(1)
    page.goto("/home")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('nav') !== null"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="全部仪器").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("全部仪器")
    settle(page)
    page.get_by_role("button", name="筛选安装使用地点").focus()
    shifts = "() => ['.el-table__header-wrapper', '.el-table__body-wrapper .el-scrollbar__wrap'].map((one) => document.querySelector(one).scrollLeft)"
    page.wait_for_function(f"() => {{ const [head, body] = ({shifts})(); return head === body }}")


def test_a_sign_out_in_one_tab_is_followed_in_the_other(page: Page, owner: Shop) -> None:
    other = page.context.new_page()
    other.goto("/home")
    other.get_by_role("button", name="用户设置").click()
    other.get_by_role("menuitem", name="退出登录").click()
    page.wait_for_url("**/sign-in**")


def test_a_network_that_fails_is_told_and_the_page_can_be_tried_again(page: Page, owner: Shop, watch: Watch) -> None:
    watch.expects("ERR_FAILED")
    page.route("**/api/registry/instruments?*", lambda route: route.abort())
    menu(page, "仪器管理", "全部仪器")
    expect(page.get_by_role("alert").filter(has_text="网络连接不上")).to_be_visible(timeout=15_000)
    page.unroute("**/api/registry/instruments?*")
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_text("还没有仪器")).to_be_visible()


def test_without_a_network_a_page_that_was_not_fetched_yet_leaves_the_other_in_place(
    page: Page, owner: Shop, watch: Watch
) -> None:
    watch.expects("ERR_INTERNET_DISCONNECTED|dynamically imported module|Failed to fetch|preload CSS")
    page.goto("/instruments/all")
    settle(page)
    page.context.set_offline(True)
    page.get_by_role("menuitem", name="子用户").click()
    expect(page.get_by_text("网络连接不上").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("全部仪器")
    page.context.set_offline(False)
    page.get_by_role("menuitem", name="子用户").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("子用户")


def test_a_phone_has_the_menu_in_a_drawer(phone: Page, portal: Platform) -> None:
    owner = registered(portal)
    owner.instruments(2)
    phone.goto("/")
    phone.get_by_label("用户名/手机号").fill(owner.username)
    phone.get_by_label("密码", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="登录", exact=True).click()
    phone.get_by_role("button", name="打开菜单").click()
    phone.get_by_role("menuitem", name="仪器管理").click()
    phone.get_by_role("menuitem", name="全部仪器").click()
    expect(phone.get_by_text("共 2 条")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_address_that_is_not_mine_says_so(page: Page, owner: Shop) -> None:
    page.goto("/administration/nowhere")
    expect(page.locator("#content").get_by_text("页面不存在")).to_be_visible()


def test_a_slow_answer_shows_that_it_is_on_its_way_and_a_press_counts_once(page: Page, portal: Platform) -> None:
    owner = registered(portal)
    owner.instruments()
    sign_in(page, owner.username, PASSWORD)
    page.goto("/instruments/all")
    page.get_by_text("共 1 条").wait_for()

    def later(route: Route) -> None:
        page.wait_for_timeout(700)
        route.continue_()

    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if "/actions/suspend" in one.url else None)
    page.route("**/api/registry/instruments**", later)
    page.locator("label[aria-label=选中本行]").click()
    page.get_by_role("main").get_by_role("button", name="停用", exact=True).click()
    button = page.get_by_role("button", name="停用 1 台")
    button.dblclick()
    expect(page.get_by_text("已完成 1 项").first).to_be_visible()
    assert len(sent) == 1
    expect(page.get_by_text("共 1 条")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")


def test_what_one_person_pressed_is_not_sent_in_the_name_of_the_next(page: Page, owner: Shop, watch: Watch) -> None:
    """The session has ended, and another person signs in on the same open page."""
    watch.expects("status of 401")
    page.goto("/instruments/add")
    page.get_by_label("仪器名称", exact=True).fill("电子秤")
    page.goto("/account/profile")
    token = token_of(page)
    page.get_by_label("姓名", exact=True).fill("王小明")
    end_sessions(owner, token)
    sent: list[str] = []
    page.get_by_role("button", name="保存").first.click()
    page.get_by_text("登录已失效，请重新登录").wait_for()
    page.on("request", lambda one: sent.append(one.method) if one.url.endswith("/api/identity/me") else None)
    other = registered(owner.platform)
    page.get_by_label("用户名/手机号").fill(other.username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/home")
    expect(page.get_by_role("heading", name="您好")).to_be_visible()
    assert "PATCH" not in sent
    page.goto("/instruments/add")
    expect(page.get_by_label("仪器名称", exact=True)).to_have_value("")  # and the draft is not shown to the new person
