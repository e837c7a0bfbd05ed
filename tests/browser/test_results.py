"""Results with two signatures: the front desk enters them, the verifier signs, the checker confirms or sends back. Also the
bookings of a day that closes, and reception by code or serial number."""

from datetime import date
from typing import Any

from browsing import Watch, axe, choose, settle, shot, sign_in
from people import CITY, Shop, business_day, wait_for
from playwright.sync_api import Page, expect


def enter(page: Page, who: str, path: str, title: str) -> None:
    if page.url != "about:blank":
        page.context.clear_cookies()
        page.evaluate("localStorage.clear()")
    sign_in(page, who)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def row(page: Page, text: str) -> Any:
    return page.locator(".el-table__row", has_text=text)


def opened(page: Page, booking: dict[str, Any], button: str) -> Any:
    page.get_by_placeholder("预约单号").fill(booking["number"])
    page.keyboard.press("Enter")
    expect(page.get_by_text("共 1 条")).to_be_visible()
    row(page, booking["number"]).get_by_role("button", name=button).click()
    return page.get_by_role("dialog", name="预约单")


def started(shop: Shop, instruments: list[dict[str, Any]]) -> dict[str, Any]:
    booking = shop.booked(instruments)
    for move in ("confirm", "receive", "start"):
        shop.moved("city-clerk", booking, move)
    return booking


def entered(shop: Shop, booking: dict[str, Any], instruments: list[dict[str, Any]], by: str) -> None:
    """Enters results; the last one is a fail."""
    line = {
        "verified_on": business_day(),
        "procedure": "JJG 539-2016",
        "verifier": "city-verifier",
        "checker": "city-checker",
    }
    results = [
        line | {"instrument_id": one["id"], "unit": "", "conclusion": "fail" if one is instruments[-1] else "pass"}
        for one in instruments
    ]
    results[-1]["fail_items"] = "示值误差"
    shop.person(by).put(f"/api/booking/bookings/{booking['id']}/results", results)


def test_results_are_signed_sent_back_signed_again_and_checked(page: Page, shop: Shop) -> None:
    """Results of the front desk wait for the verifier. The checker sees each value and may send them back with a reason."""
    made = shop.filed(2)
    booking = started(shop, made)
    entered(shop, booking, made, "city-clerk")

    enter(page, "city-verifier", "/desk/sign", "待我确认的结果")
    drawer = opened(page, booking, "核对并确认")
    results = drawer.get_by_label("已录入的结果")
    expect(results).to_contain_text("1 项合格，1 项不合格")
    expect(results.get_by_text("示值误差")).to_be_visible()
    expect(results.get_by_text("由 王经办 录入，待检定员确认").first).to_be_visible()
    axe(page)
    shot(page, "work-sign")
    drawer.get_by_role("button", name="确认我的结果").click()
    page.get_by_role("dialog", name="确认我的结果").get_by_role("button", name="确认我的结果").click()
    expect(results.get_by_text("本人确认于").first).to_be_visible()

    enter(page, "city-checker", "/desk/check", "核验")
    drawer = opened(page, booking, "核验")
    axe(page)
    shot(page, "work-check-results")
    drawer.get_by_role("button", name="退回检定员").click()
    dialog = page.get_by_role("dialog", name="退回检定员")
    dialog.get_by_role("button", name="退回检定员").click()
    expect(dialog.get_by_text("请填写原因")).to_be_visible()
    dialog.get_by_label("原因").fill("示值误差未写数值")
    dialog.get_by_role("button", name="退回检定员").click()
    expect(dialog).to_be_hidden()
    expect(drawer.get_by_text("核验员退回：示值误差未写数值").first).to_be_visible()
    expect(drawer.get_by_role("button", name="核验完检")).to_have_count(0)

    enter(page, "city-verifier", "/desk/sign", "待我确认的结果")
    drawer = opened(page, booking, "核对并确认")
    expect(drawer.get_by_text("核验员退回：示值误差未写数值").first).to_be_visible()
    drawer.get_by_role("button", name="确认我的结果").click()
    page.get_by_role("dialog", name="确认我的结果").get_by_role("button", name="确认我的结果").click()
    expect(drawer.get_by_text("本人确认于").first).to_be_visible()

    enter(page, "city-checker", "/desk/check", "核验")
    drawer = opened(page, booking, "核验")
    drawer.get_by_role("button", name="核验完检").click()
    dialog = page.get_by_role("dialog", name="核验完检")
    expect(dialog).to_contain_text("共 1 项合格、1 项不合格")
    dialog.get_by_role("button", name="核验完检").click()
    expect(dialog).to_be_hidden()
    path = f"/api/booking/bookings/{booking['id']}"
    wait_for(lambda: shop.client.get(path)["state"], lambda state: state == "completed")


def test_reception_finds_a_booking_by_code_and_by_serial_number(phone: Page, shop: Shop) -> None:
    """The label's QR code is an address that ends in the 器具码; the serial number is typed from the plate."""
    [one] = shop.filed(1)
    booking = shop.booked([one])
    shop.moved("city-clerk", booking, "confirm")
    enter(phone, "city-clerk", "/desk/reception", "前台受理")
    field = phone.get_by_label("预约单号")
    for typed in (
        shop.instrument(one)["code"],
        f"https://example.org/i/{shop.instrument(one)['code']}",
        one["serial_no"],
    ):
        phone.goto("/desk/reception")
        field.fill(typed)
        field.press("Enter")
        expect(phone.get_by_text(booking["number"], exact=True)).to_be_visible()
        expect(row(phone, one["serial_no"])).to_have_count(1)
    settle(phone)
    axe(phone)


def test_a_day_that_closes_names_its_bookings_and_they_are_moved(page: Page, shop: Shop, watch: Watch) -> None:
    """停止接收 is refused and names the bookings of the day. Their owners are asked to move them, and the day accepts no new ones."""
    watch.expects("status of 409")
    booking = shop.booked(shop.filed(1))
    shop.moved("city-clerk", booking, "confirm")
    slots = f"/api/booking/slots?institution_id={CITY}&mode=deliver"
    day = booking["date"]
    enter(page, "city-clerk", "/desk/calendar", "接收日历")
    weekday = "周" + "一二三四五六日"[date.fromisoformat(day).weekday()]
    cell = page.get_by_role("button", name=f"{day[5:]} {weekday}")
    cell.click()
    page.get_by_text("停止接收", exact=True).click()
    page.get_by_role("button", name="保存").click()
    hit = page.get_by_label("受影响的预约")
    expect(hit.get_by_role("link", name=booking["number"])).to_be_visible()
    axe(page)
    shot(page, "work-calendar-hit")
    hit.get_by_role("button", name="申请改期").click()
    dialog = page.get_by_role("dialog", name="申请改期")
    later = next(
        f"{one['date']} {'上午' if one['period'] == 'am' else '下午'}"
        for one in shop.client.get(slots)["items"]
        if one["date"] > day and one["free"] >= 20
    )
    choose(page, "预约日期", later)
    dialog.get_by_role("button", name="确定").click()
    expect(dialog).to_be_hidden()
    path = f"/api/booking/bookings/{booking['id']}"
    wait_for(lambda: shop.client.get(path)["proposed_by"], lambda who: who == "institution")

    page.get_by_role("button", name="保存").click()
    hit.get_by_role("button", name="保留这些预约，只停止接收新预约").click()
    expect(cell).to_contain_text("不接收")
    assert day not in {one["date"] for one in shop.client.get(slots)["items"]}
    cell.click()
    page.get_by_role("button", name="恢复默认").click()
    expect(cell).not_to_contain_text("不接收")
