"""The institution: registrations (一、2), filings (四、3), bookings (五), 六、前台送检/现场检定; and the bureau."""

from datetime import date
from typing import Any

import pytest
from browsing import Watch, axe, search, shot, sign_in
from people import COUNTY, PASSWORD, Client, Shop, business_day, registered, wait_for
from playwright.sync_api import Page, expect
from story import png

from launcher.servers import Platform


def enter(page: Page, who: str, path: str, title: str) -> None:
    sign_in(page, who)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def row(page: Page, text: str) -> Any:
    return page.locator(".el-table__row", has_text=text)


def find(page: Page, number: str) -> None:
    page.get_by_placeholder("预约单号").fill(number)
    page.keyboard.press("Enter")
    expect(page.get_by_text("共 1 条")).to_be_visible()


def state(shop: Shop, booking: dict[str, Any]) -> str:
    return str(shop.client.get(f"/api/booking/bookings/{booking['id']}")["state"])


def test_a_registration_is_reviewed_with_its_papers(page: Page, portal: Platform) -> None:
    """注册申请提交后，由当地市/区法定计量检定机构审核: rejected with a reason, corrected, approved."""
    shop = registered(portal, approved=False)
    name = shop.name
    enter(page, "county-clerk", "/desk/registrations", "注册审核")
    page.get_by_placeholder("单位名称、统一社会信用代码").fill(name)
    page.keyboard.press("Enter")
    row(page, name).get_by_role("button", name="审核").click()
    drawer = page.get_by_role("dialog", name="审核")
    expect(drawer.get_by_role("img", name="证照")).to_be_visible()  # the licence; the letter is a PDF
    expect(drawer.locator("iframe")).to_be_visible()
    shot(page, "registration-review")
    axe(page)
    drawer.get_by_role("button", name="退回").click()
    dialog = page.get_by_role("dialog", name="退回")
    dialog.get_by_role("button", name="退回").click()
    expect(dialog.get_by_text("请填写退回类别")).to_be_visible()
    dialog.get_by_label("退回类别").press("Enter")
    page.get_by_role("option", name="授权书未盖章").click()
    dialog.get_by_label("原因").fill("授权书未加盖公章")
    dialog.get_by_role("button", name="退回").click()
    expect(dialog).to_be_hidden()
    own = Client(portal.gateway_url).sign_in(shop.username, PASSWORD)
    mine = own.get("/api/identity/registrations/mine")
    assert (mine["status"], mine["reason_code"]) == ("rejected", "letter_unsealed")
    own.patch("/api/identity/registrations/mine", {"org": {"contact_name": "陈志"}}, mine["version"])

    page.goto(f"/desk/registrations?q={name}")
    row(page, name).get_by_role("button", name="审核").click()
    page.get_by_role("dialog", name="审核").get_by_role("button", name="通过").click()
    page.get_by_role("dialog", name="通过").get_by_role("button", name="通过").click()
    expect(page.get_by_text("没有等待审核的注册").or_(page.get_by_text("没有符合条件的数据"))).to_be_visible()
    assert own.get("/api/identity/registrations/mine")["status"] == "approved"


def test_filings_are_decided(page: Page, shop: Shop) -> None:
    """The city returns one with the keyboard and a reason, dispatches one, and approves the rest at once."""
    first, second, third, fourth = shop.submitted(shop.instruments(4, name=f"台秤{shop.username[-6:]}"))
    enter(page, "city-clerk", "/desk/filings/submitted", "待审核")
    search(page, f"台秤{shop.username[-6:]}")
    expect(page.get_by_text("共 4 条")).to_be_visible()
    expect(page.get_by_text("剩", exact=False).first).to_be_visible()
    shot(page, "work-filings")
    axe(page)
    row(page, first["instrument"]["serial_no"]).get_by_role("button").click()
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name="退回")
    dialog.get_by_label("原因").fill("缺少铭牌照片")
    dialog.get_by_role("button", name="退回 1 台").click()
    expect(page.get_by_text("共 3 条")).to_be_visible()
    [returned] = shop.filings("returned")
    assert (returned["id"], returned["reason_code"]) == (first["id"], "incomplete")

    row(page, second["instrument"]["serial_no"]).get_by_label("选中本行").click()
    page.get_by_role("button", name="分派", exact=True).click()
    dialog = page.get_by_role("dialog", name="分派")
    dialog.get_by_label("分派至区县级机构").click()
    page.get_by_role("option").first.click()
    dialog.get_by_role("button", name="分派 1 台").click()
    expect(page.get_by_text("共 2 条")).to_be_visible()
    page.get_by_label("选中本页全部").click()
    page.get_by_role("button", name="通过", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="通过 2 台").click()
    expect(page.get_by_text("没有符合条件的数据")).to_be_visible()
    assert {one["id"] for one in shop.filings("approved")} == {third["id"], fourth["id"]}
    [waiting] = shop.filings("awaiting_confirmation")
    assert (waiting["id"], waiting["institution_id"]) == (second["id"], COUNTY)


def test_the_desk_stays_where_it_is_and_goes_on_with_what_is_left(page: Page, shop: Shop, watch: Watch) -> None:
    """After a decision the next row opens, Enter confirms, and keys work after a click on a box. If a colleague changed the
    selection meanwhile, the page shows the new number and keeps the reason."""
    watch.expects("status of 409")
    filings = shop.submitted(shop.instruments(17))
    enter(page, "city-clerk", f"/desk/filings/submitted?org_name_contains={shop.name}", "待审核")
    now = page.locator(".shown-row")
    expect(page.get_by_text("共 17 条")).to_be_visible()
    known = [one["instrument"]["serial_no"] for one in filings]
    serials = [next(one for one in known if one in line) for line in page.locator(".el-table__row").all_inner_texts()]
    page.locator("label[aria-label=选中本行]").first.click()
    page.locator("label[aria-label=选中本行]").first.click()
    for _ in range(2):
        page.keyboard.press("j")
    expect(now).to_contain_text(serials[2])
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="通过 1 台")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("共 16 条")).to_be_visible()
    expect(now).to_contain_text(serials[3])

    page.get_by_label("选中本页全部").click()
    page.get_by_role("button", name="选择全部 16 台查询结果").click()
    page.get_by_role("button", name="退回", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="退回")
    dialog.get_by_label("原因").fill("缺少铭牌照片")
    left = {one["id"] for one in shop.filings("submitted")}
    shop.decide("city-clerk", "approve", [next(one for one in filings if one["id"] in left)])
    dialog.get_by_role("button", name="退回 16 台").click()
    expect(dialog.get_by_text("原为 16，现为 15")).to_be_visible()
    dialog.get_by_role("button", name="按现在的 15 继续").click()
    expect(page.get_by_text("没有符合条件的数据")).to_be_visible(timeout=15_000)
    assert {one["reason"] for one in shop.filings("returned")} == {"缺少铭牌照片"}


def test_a_declared_validity_is_told_before_it_is_approved(page: Page, shop: Shop) -> None:
    """A declared validity is marked above the papers, in the list and in the dialog, for one and for many."""
    said = {
        "last_cert_no": "GZ-2026-0815",
        "last_verified_on": business_day(-30),
        "declared_valid_until": business_day(90),
    }
    [declaring] = shop.submitted(shop.instruments(1, **said))
    [plain] = shop.submitted(shop.instruments(1))
    until, serial = business_day(90), declaring["instrument"]["serial_no"]
    enter(page, "city-clerk", f"/desk/filings/submitted?org_name_contains={shop.name}", "待审核")
    expect(row(page, serial)).to_contain_text(until)
    row(page, serial).get_by_role("button").click()
    papers = page.get_by_label("备案详情").first
    expect(papers.get_by_role("alert")).to_contain_text(f"申报有效期至 {until}")
    expect(papers.get_by_role("alert")).to_contain_text(f"证书编号：GZ-2026-0815，检定日期：{business_day(-30)}")
    axe(page)
    shot(page, "work-filings-declared")  # at the width of a phone this closes the papers
    row(page, serial).get_by_role("button").click()
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="通过")
    expect(dialog.get_by_role("alert")).to_contain_text("其中 1 台申报了有效期")
    dialog.get_by_role("button", name="取消").click()

    row(page, plain["instrument"]["serial_no"]).get_by_role("button").click()
    page.keyboard.press("a")
    expect(dialog.get_by_role("button", name="通过 1 台")).to_be_visible()
    expect(dialog.get_by_role("alert")).to_have_count(0)
    dialog.get_by_role("button", name="取消").click()
    page.get_by_label("选中本页全部").click()
    page.get_by_role("button", name="通过", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("其中 1 台申报了有效期")
    axe(page)
    dialog.get_by_role("button", name="通过 2 台").click()
    expect(page.get_by_text("没有符合条件的数据")).to_be_visible()
    assert {one["id"] for one in shop.filings("approved")} == {declaring["id"], plain["id"]}


def test_a_county_confirms_or_declines(page: Page, shop: Shop) -> None:
    """待县级机构确认后才算是备案成功; 无能力 goes back to the city."""
    name = f"台秤{shop.username[-6:]}"
    kept, declined = shop.submitted(shop.instruments(2, name=name))
    shop.decide("city-clerk", "dispatch", [kept, declined], institution_id=COUNTY)
    enter(page, "county-clerk", "/desk/filings/awaiting_confirmation", "待确认")
    search(page, name)
    expect(page.get_by_text("共 2 条")).to_be_visible()
    shot(page, "work-filings-county")
    axe(page)
    row(page, declined["instrument"]["serial_no"]).get_by_label("选中本行").click()
    page.get_by_role("button", name="无能力退回").first.click()
    dialog = page.get_by_role("dialog", name="无能力退回")
    dialog.get_by_role("button", name="无能力退回 1 台").click()
    expect(dialog.get_by_text("请填写原因")).to_be_visible()
    dialog.get_by_label("原因").fill("本机构无此项能力")
    dialog.get_by_role("button", name="无能力退回 1 台").click()
    expect(page.get_by_text("共 1 条")).to_be_visible()
    row(page, kept["instrument"]["serial_no"]).get_by_label("选中本行").click()
    page.get_by_role("button", name="确认", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="确认 1 台").click()
    expect(page.get_by_text("没有符合条件的数据")).to_be_visible()
    assert [one["holder_id"] for one in shop.filings("approved")] == [COUNTY]
    assert [one["id"] for one in shop.filings("pending_reassignment")] == [declined["id"]]


def test_the_bureau_revokes(page: Page, shop: Shop) -> None:
    """被技术机构或行政管理部门撤销备案: with a reason."""
    name = f"台秤{shop.username[-6:]}"
    [made] = shop.instruments(1, name=name)
    shop.client.call(
        "POST", f"/api/registry/instruments/{made['id']}/attachments", 201, files={"file": ("型式评价.png", png())}
    )
    [filing] = shop.submitted([made])
    shop.decide("city-clerk", "approve", [filing])
    enter(page, "supervisor", "/supervision/filings", "备案监管")
    search(page, name)
    expect(page.get_by_text("共 1 条")).to_be_visible()
    shot(page, "supervision-filings")
    axe(page)
    row(page, name).get_by_role("button", name="查看").click()
    detail = page.get_by_role("dialog", name="备案详情")
    expect(detail.get_by_text("提交时的仪器信息")).to_be_visible()
    expect(detail.get_by_text("型式评价.png")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    row(page, name).get_by_role("button", name="撤销备案").click()
    dialog = page.get_by_role("dialog", name="撤销备案")
    dialog.get_by_label("原因").fill("现场核查与备案不符")
    dialog.get_by_role("button", name="撤销备案 1 台").click()
    expect(dialog).to_be_hidden()
    assert [one["reason"] for one in shop.filings("revoked")] == ["现场核查与备案不符"]


@pytest.mark.parametrize("who", ["supervisor", "admin"])
def test_the_ledger_shows_the_papers_of_an_instrument(page: Page, shop: Shop, who: str) -> None:
    """Also for the administrator, whose account has no area. Only the owner may add papers."""
    [made] = shop.instruments(1)
    shop.client.call(
        "POST", f"/api/registry/instruments/{made['id']}/attachments", 201, files={"file": ("型式评价.png", png())}
    )
    shop.submitted([made])
    sign_in(page, who)
    page.goto(f"/supervision/ledger/{made['id']}")
    expect(page.get_by_role("tab", name="基本信息")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="型式评价.png").click()
    expect(page.get_by_role("img", name="型式评价.png")).to_be_visible()
    expect(page.get_by_label("相关资料")).to_have_count(0)


def test_bookings_are_confirmed_or_rejected(page: Page, shop: Shop) -> None:
    """待技术机构确认; a rejection carries its reason."""
    good, bad = (shop.booked(shop.filed(1)) for _ in range(2))
    enter(page, "city-clerk", "/desk/bookings/pending", "待确认预约")
    find(page, bad["number"])
    shot(page, "work-bookings")
    axe(page)
    row(page, bad["number"]).get_by_role("button", name="拒绝").click()
    dialog = page.get_by_role("dialog", name="拒绝")
    dialog.get_by_role("button", name="拒绝").click()
    expect(dialog.get_by_text("请填写原因")).to_be_visible()
    dialog.get_by_label("原因").fill("该日设备检修")
    dialog.get_by_role("button", name="拒绝").click()
    expect(dialog).to_be_hidden()
    find(page, good["number"])
    row(page, good["number"]).get_by_role("button", name="确认预约").click()
    page.get_by_role("dialog").get_by_role("button", name="确认预约").click()
    expect(page.get_by_text("没有符合条件的数据")).to_be_visible()
    assert (state(shop, good), state(shop, bad)) == ("confirmed", "rejected")


@pytest.mark.parametrize(
    ("button", "asks", "action", "becomes"),
    [("确认预约", "确认 3 张预约单", "confirm", "confirmed"), ("拒绝", "拒绝 3 张预约单", "reject", "rejected")],
)
def test_many_bookings_are_answered_in_one_call(
    page: Page, shop: Shop, button: str, asks: str, action: str, becomes: str
) -> None:
    """待技术机构确认; one that the applicant cancelled meanwhile is reported by its number, and the others are answered."""
    bookings = [shop.booked([one]) for one in shop.filed(3)]
    enter(page, "city-clerk", f"/desk/bookings/pending?org_name_contains={shop.name}", "待确认预约")
    expect(page.get_by_text("共 3 条")).to_be_visible()
    shop.client.post(f"/api/booking/bookings/{bookings[0]['id']}/cancel")
    page.locator("label[aria-label=选中本页全部]").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    page.locator(".bar").get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog", name=button)
    expect(dialog).to_contain_text(asks)
    if action == "reject":
        dialog.get_by_label("原因").fill("该日设备检修")
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_contain_text("已完成 2 项，1 项未能处理")
    expect(dialog).to_contain_text(bookings[0]["number"])
    axe(page)
    assert [url.rpartition("/api/")[2] for url in asked] == [f"booking/bookings/actions/{action}"]
    assert [state(shop, one) for one in bookings] == ["cancelled", becomes, becomes]


def test_from_the_front_desk_to_the_certificate(page: Page, shop: Shop) -> None:
    """六: 核对无误 is received, 发现问题 is sent back 退单; results are entered, and another person checks them."""
    good, bad = shop.filed(2)
    booking = shop.booked([good, bad])
    shop.moved("city-clerk", booking, "confirm")
    enter(page, "city-clerk", "/desk/reception", "前台受理")
    number = page.get_by_label("预约单号")
    number.fill("YY2222222222")
    number.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("没有单号、器具码或出厂编号为 YY2222222222 的在办预约单")
    text = booking["number"]
    number.fill(f"{text[:2]}-{text[2:7]}-{text[7:]}".lower())  # as read aloud and typed
    number.press("Enter")
    expect(page.get_by_text(text, exact=True)).to_be_visible()
    shot(page, "work-reception")
    axe(page)
    page.get_by_label(f"选中本行 {good['serial_no']}").click()
    page.get_by_role("button", name="接收选中（1）").click()
    expect(row(page, good["serial_no"]).first).to_contain_text("已接收")
    page.get_by_label(f"选中本行 {bad['serial_no']}").first.click()
    page.get_by_role("button", name="退单（1）").click()
    dialog = page.get_by_role("dialog", name="退单")
    dialog.get_by_label("原因").fill("铭牌与备案信息不符")
    dialog.get_by_role("button", name="确定").click()
    expect(row(page, bad["serial_no"]).first).to_contain_text("已退回")
    page.get_by_role("button", name="开始检定").click()
    page.get_by_role("dialog").get_by_role("button", name="开始检定").click()
    expect(page.get_by_text("检定中").first).to_be_visible()
    [returned] = wait_for(lambda: shop.filings("returned"), bool)
    assert (returned["instrument_id"], returned["reason"]) == (bad["id"], "铭牌与备案信息不符")

    as_somebody_else(page, "city-verifier", "/desk/results", "检定结果")
    find(page, text)
    axe(page)
    row(page, text).get_by_role("button", name="录入结果").click()
    results = page.get_by_label("检定结果", exact=True)
    results.get_by_role("button", name="保存结果（1）").click()
    expect(results.get_by_text("请填写检定规程")).to_be_visible()
    expect(results.get_by_text("请填写核验员")).to_be_visible()
    results.get_by_label("检定规程").fill("JJG 539-2016")
    results.get_by_label("核验员").click()
    page.get_by_role("option", name="city-checker").click()
    shot(page, "work-results")
    axe(page)
    results.get_by_role("button", name="保存结果（1）").click()
    expect(page.get_by_text("已保存 1 项结果")).to_be_visible()

    as_somebody_else(page, "city-checker", "/desk/check", "核验")
    find(page, text)
    shot(page, "work-check")
    axe(page)
    row(page, text).get_by_role("button", name="核验").click()
    page.get_by_role("button", name="核验完检").click()
    page.get_by_role("dialog", name="核验完检").get_by_role("button", name="核验完检").click()
    expect(page.get_by_text("完检").first).to_be_visible()
    wait_for(lambda: state(shop, booking), lambda now: now == "completed")
    found = wait_for(lambda: shop.client.get("/api/registry/certificates", booking_id=booking["id"])["items"], bool)
    assert [one["instrument_id"] for one in found] == [good["id"]]


def as_somebody_else(page: Page, who: str, path: str, title: str) -> None:
    page.context.clear_cookies()
    page.evaluate("localStorage.clear()")
    enter(page, who, path, title)


def test_a_day_without_service_cannot_be_booked(page: Page, shop: Shop) -> None:
    """The calendar: a closed day has no slots; after it is opened again, it has."""
    slots = f"/api/booking/slots?institution_id={COUNTY}&mode=deliver"
    day = shop.client.get(slots)["items"][0]["date"]
    enter(page, "county-clerk", "/desk/calendar", "接收日历")
    shot(page, "work-calendar")
    axe(page)
    weekday = "周" + "一二三四五六日"[date.fromisoformat(day).weekday()]
    cell = page.get_by_role("button", name=f"{day[5:]} {weekday}")
    cell.click()
    page.get_by_text("停止接收", exact=True).click()
    page.get_by_role("button", name="保存").click()
    expect(cell).to_contain_text("不接收")
    assert day not in {one["date"] for one in shop.client.get(slots)["items"]}
    cell.click()
    page.get_by_text("停止接收", exact=True).click()
    page.get_by_role("button", name="保存").click()
    expect(cell).not_to_contain_text("不接收")
    assert day in {one["date"] for one in shop.client.get(slots)["items"]}
