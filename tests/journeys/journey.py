"""The main journey from registration to certificate, step by step, through the gateway. Each step asserts its result.

`make demo` runs it and prints each step; `test_journey.py` runs it in the suite. The steps share one `Story`.
"""

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import requests
from client import DATA, Client, wait_for
from pypdf import PdfReader
from story import (
    CITY,
    COUNTY,
    LETTER,
    PASSWORD,
    PROVINCE,
    Story,
    accepted,
    act,
    came_back,
    code_for,
    credit_code,
    free_slot,
    import_file,
    png,
    result,
    signed_in_by_code,
    tapped,
    today,
)

DISPATCHED, CONFIRMED_BY_COUNTY = 12, 11
BOOKED = 40


def register(story: Story) -> None:
    """An organisation registers with its licence, a letter filled from the form, and an SMS code."""
    visitor = Client(story.gateway)
    username, phone = f"market-{story.random.randrange(10**9)}", f"139{story.random.randrange(10**8):08d}"
    org = {
        "name": f"广州市天河区燊记便民市场{story.random.randrange(10**6)}号店", "credit_code": credit_code(story.random),
        "address": "广州市天河区天河北路 100 号", "division_code": "440106", "contact_name": "陈志强",
    }  # fmt: skip
    licence = visitor.upload("/api/identity/files", "营业执照.png", png(), 201, purpose="license")
    filled = visitor.post(LETTER, org | {"phone": phone, "username": username})
    letter = visitor.upload("/api/identity/files", "法人授权书.pdf", filled, 201, purpose="authorization")
    code = code_for(story, visitor, phone, "registration")
    body = {
        "username": username, "password": PASSWORD, "phone": phone, "sms_code": code, "org": org,
        "license_file_id": licence["file_id"], "authorization_file_id": letter["file_id"],
    }  # fmt: skip
    created = visitor.post("/api/identity/registrations", body, 201)
    assert created["status"] == "pending"
    again = body | {"username": username + "x", "phone": "13" + phone[2:]}
    refused = visitor.post("/api/identity/registrations", again, 409)
    assert "天河区" in refused["detail"], "a second registration is told which institution to ask"
    story.facts |= {"username": username, "phone": phone, "org_id": created["org_id"], "org_name": body["org"]["name"]}
    pending = Client(story.gateway).sign_in(username, PASSWORD)
    assert pending.get("/api/registry/instruments", 403)["code"] == "not_approved"
    story.say(f"{body['org']['name']}，等待审核")


def approve_registration(story: Story) -> None:
    """Its institution reads the documents and rejects it: the seal is missing. The organisation corrects that and is approved."""
    county, own = story.person("county-clerk"), Client(story.gateway).sign_in(story.facts["username"], PASSWORD)
    found = county.get("/api/identity/registrations", status="pending", q=story.facts["org_name"])
    assert found["total"] == 1, found
    for document in found["items"][0]["files"]:
        assert county.get(f"/api/identity/files/{document['file_id']}")
    assert story.person("city-clerk").get("/api/identity/registrations", q=story.facts["org_name"])["total"] == 1
    decide = f"/api/identity/registrations/{story.facts['org_id']}"
    county.post(f"{decide}/reject", {"reason_code": "letter_unsealed", "reason": "授权书未加盖公章"})
    mine = own.get("/api/identity/registrations/mine")
    assert (mine["status"], mine["reason_code"], mine["reason"]) == ("rejected", "letter_unsealed", "授权书未加盖公章")
    sealed = own.upload("/api/identity/files", "法人授权书（已盖章）.png", png(), 201, purpose="authorization")
    changes = {"authorization_file_id": sealed["file_id"]}
    assert own.patch("/api/identity/registrations/mine", changes, mine["version"])["status"] == "pending"
    assert county.post(f"{decide}/approve")["status"] == "approved"
    county.post(f"{decide}/reject", {"reason": "再审"}, 409)
    story.say(f"{county.account['name']}（区县级）先退回（未盖章），补正后审核通过")


def sign_in(story: Story) -> None:
    """It signs in and binds WeChat by the QR code; the phone follows the official account. Then it signs in by
    WeChat, on the website and in the mini-program, and adds a colleague, who signs in by SMS code."""
    clerk = Client(story.gateway).sign_in(story.facts["username"], PASSWORD)
    assert clerk.account["status"] == "approved"
    story.people["clerk"] = clerk
    openid = f"o-{story.random.randrange(10**12)}"
    person = {"openid": openid, "unionid": f"u-{openid}", "phone": story.facts["phone"], "following": False}
    requests.post(story.sandbox + "/phones", json=person, timeout=10).raise_for_status()
    # a code of WeChat works once: if the answer was lost, the person scans again
    wait_for(lambda: came_back(story, clerk, openid, "/api/identity/me/wechat", 200), bool)
    # WeChat stops after three tries, and a restarting service answers none of them: then the person taps again
    wait_for(
        lambda: requests.post(f"{story.sandbox}/phones/{openid}/follow", json={}, timeout=30).json(),
        lambda pushed: pushed["status"] == 200,
    )
    wait_for(lambda: clerk.get("/api/identity/me/wechat")["apps"], lambda apps: "official" in apps)
    website, miniprogram = Client(story.gateway), Client(story.gateway)
    wait_for(lambda: came_back(story, website, openid, "/api/identity/sessions", 201), bool)
    wait_for(lambda: tapped(story, miniprogram, openid), bool)
    colleague = f"136{story.random.randrange(10**8):08d}"
    clerk.post("/api/identity/sub-users", {"phone": colleague, "name": "小陈"}, 201)
    account = signed_in_by_code(story, colleague)
    assert (account["org_id"], account["roles"]) == (clerk.account["org_id"], ["sub_user"])
    story.facts["openid"] = openid
    story.say("已登录，微信已绑定；网站扫码、小程序、子用户短信登录均可用")


def invite_verifier(story: Story) -> None:
    """The administrator of the institution invites a verifier, who chooses user name and password."""
    head, newcomer = story.person("city-admin"), Client(story.gateway)
    phone, username = f"135{story.random.randrange(10**8):08d}", f"verifier-{story.random.randrange(10**9)}"
    invited = head.post("/api/identity/invitations", {"name": "林检定", "phone": phone, "roles": ["verifier"]}, 201)
    if not invited["sent"]:
        head.post(f"/api/identity/invitations/{invited['id']}/send")
    text = wait_for(lambda: story.phone_shows("/outbox/sms", phone=phone), bool)[0]["text"]
    token = text.partition("#")[2].split()[0]
    assert newcomer.post("/api/identity/invitations/lookup", {"token": token})["roles"] == ["verifier"]
    answer = {"token": token, "username": username, "password": PASSWORD}
    wait_for(lambda: accepted(newcomer, answer), bool)
    story.people["verifier"] = Client(story.gateway).sign_in(username, PASSWORD)
    story.facts["verifier"] = username
    story.say(f"{username} 接受邀请，成为检定员")


def import_workbook(story: Story) -> None:
    """The organisation imports 300 instruments, gets every error by row and column, corrects and imports the rest."""
    clerk = story.clerk
    wait_for(lambda: clerk.get("/api/registry/catalog")["items"], bool)
    first = import_file(clerk, "instruments.xlsx")
    assert (first["total"], first["created"], first["invalid"]) == (300, 290, 10), first
    shown = clerk.everything(f"/api/registry/imports/{first['id']}/errors")
    expected = json.loads((DATA / "instruments-errors.json").read_text("utf-8"))
    assert [{k: e[k] for k in ("row", "column", "field", "code", "value")} for e in shown] == expected
    marked = clerk.get(f"/api/registry/imports/{first['id']}/errors.xlsx")
    assert marked[:2] == b"PK"
    mended = import_file(clerk, "instruments-mended.xlsx")
    assert (mended["created"], mended["invalid"]) == (10, 0), mended
    again = import_file(clerk, "instruments-mended.xlsx")
    assert (again["created"], again["skipped"]) == (0, 10), again
    rows = clerk.everything("/api/registry/instruments")
    kinds = {row["kind_code"] for row in rows}
    assert len(kinds) >= 12
    scale = next(
        row
        for row in rows
        if row["division_code"] != "440106"
        and not row["declared_valid_until"]
        and row["venue"] != "onsite"
        and row["kind_code"] != "070100"
    )
    changes = {"serial_no": f"30㎏-{scale['serial_no']}"}
    story.facts["marked"] = clerk.patch(f"/api/registry/instruments/{scale['id']}", changes, scale["version"])
    record_nozzles(clerk, rows)
    story.say(f"300 台，{len(kinds)} 个种别；10 处错误逐行指出，修改后全部导入")


def record_nozzles(clerk: Client, rows: Sequence[dict[str, Any]]) -> None:
    """A fuel dispenser is recorded with its nozzles, two each; every nozzle is verified."""
    catalog = clerk.get("/api/registry/catalog")["items"]
    dispensers = {kind["code"] for kind in catalog if kind["details_schema"] == "fuel_dispenser"}
    nozzles = [{"nozzle_no": "1", "fuel_grade": "92"}, {"nozzle_no": "2", "fuel_grade": "95"}]
    for row in rows:
        if row["kind_code"] in dispensers:
            clerk.patch(f"/api/registry/instruments/{row['id']}", {"details": {"nozzles": nozzles}}, row["version"])


def submit_filings(story: Story) -> None:
    """The organisation submits all to the city and authorises forwarding to the province."""
    body = {
        "selection": {"all": True, "expect": 300}, "institution_id": CITY, "accept_responsibility": True,
        "authorize_province": True,
    }  # fmt: skip
    clerk = story.clerk
    clerk.post("/api/filing/filings", body | {"accept_responsibility": False}, 422)
    key = {"Idempotency-Key": f"journey-{story.seed}"}
    receipt = clerk.post("/api/filing/filings", body, headers=key)
    assert (receipt["done"], receipt["failed"]) == (300, []), receipt
    assert clerk.post("/api/filing/filings", body, headers=key)["number"] == receipt["number"], (
        "pressed twice, filed once"
    )
    assert clerk.get("/api/filing/filings", state="submitted")["total"] == 300
    wait_for(lambda: clerk.get("/api/registry/instruments", filing_state="submitted")["total"], lambda n: n == 300)
    story.facts["submission_id"] = receipt["submission_id"]
    story.say(f"受理编号 {receipt['number']}")


def decide_filings(story: Story) -> None:
    """The city approves most, returns one, dispatches some to the county, which confirms and declines; the declined
    one is forwarded to the province, which confirms."""
    city, county, province = (story.person(p) for p in ("city-clerk", "county-clerk", "province-clerk"))
    rows = city.everything("/api/filing/filings", state="submitted", submission_id=story.facts["submission_id"])
    assert len(rows) == 300
    near = [row for row in rows if row["division_code"] == "440106"]
    returned, dispatched = near[0], near[1 : 1 + DISPATCHED]
    act(city, "return", [returned], reason="缺少铭牌照片，请补充备注", reason_code="incomplete")
    county.post("/api/filing/filings/actions/approve", {"selection": {"ids": [rows[5]["id"]]}})
    act(city, "dispatch", dispatched, institution_id=COUNTY)
    approved = city.post(
        "/api/filing/filings/actions/approve",
        {
            "selection": {
                "filter": {"state": "submitted", "submission_id": story.facts["submission_id"]},
                "expect": 299 - DISPATCHED,
            }
        },
    )
    assert (approved["done"], approved["failed"]) == (299 - DISPATCHED, []), approved
    act(county, "confirm", dispatched[:CONFIRMED_BY_COUNTY])
    declined = dispatched[CONFIRMED_BY_COUNTY]
    act(county, "decline", [declined], reason="本机构无此项检定能力")
    act(city, "forward", [declined])
    act(province, "confirm", [declined])
    final = city.get(f"/api/filing/filings/{declined['id']}")
    assert (final["state"], final["holder_id"]) == ("approved", PROVINCE)
    assert [step["move"] for step in final["steps"]] == ["submit", "dispatch", "decline", "forward", "confirm"]
    story.facts |= {"returned": returned, "declined": declined, "dispatched": dispatched}
    story.say(
        f"市级通过 {299 - DISPATCHED}，退回 1，分派 {DISPATCHED}：区县确认 {CONFIRMED_BY_COUNTY}，1 台转送省院确认"
    )


AMENDED = {"measuring_range": "(0.1～15) kg", "accuracy_class": "Ⅲ"}


def mend_and_resubmit(story: Story) -> None:
    """The applicant corrects the returned one and submits it again. The new filing names the old one. It is amended once
    before the city approves it."""
    clerk, returned = story.clerk, story.facts["returned"]
    instrument_id = returned["instrument_id"]
    instrument = wait_for(
        lambda: clerk.get(f"/api/registry/instruments/{instrument_id}"), lambda i: i["filing_state"] == "returned"
    )
    clerk.call("PATCH", f"/api/registry/instruments/{instrument_id}", 428, json={"remark": "铭牌照片已补"})
    path = f"/api/registry/instruments/{instrument_id}"
    mended = clerk.patch(path, {"remark": "铭牌照片已补", "measuring_range": "(0.2～15) kg"}, instrument["version"])
    clerk.patch(path, {"remark": "旧页面"}, instrument["version"], 412)
    assert mended["remark"] == "铭牌照片已补"
    body = {"selection": {"ids": [instrument_id]}, "institution_id": CITY, "accept_responsibility": True}
    assert clerk.post("/api/filing/filings", body)["done"] == 1
    filing = clerk.get("/api/filing/filings", instrument_id=instrument_id)["items"][0]
    assert filing["previous_id"] == returned["id"]
    wait_for(lambda: clerk.get(path)["filing_state"], lambda state: state == "submitted")
    locked = clerk.patch(path, {"model": "X"}, clerk.get(path)["version"], 409)
    assert locked["code"] == "filing_open"
    version = clerk.get(path)["version"]
    amended = clerk.act(f"/api/filing/filings/{filing['id']}/amend", version, {"changes": AMENDED})
    assert (amended["number"], amended["state"]) == (filing["number"], "submitted")
    assert {key: amended["instrument"][key] for key in AMENDED} == AMENDED
    assert [step["move"] for step in amended["steps"]] == ["submit", "amend"]
    act(story.person("city-clerk"), "approve", [filing])
    wait_for(lambda: clerk.get("/api/registry/instruments", filing_state="approved")["total"], lambda n: n == 300)
    counts = clerk.get("/api/filing/statistics/overview")
    assert counts["approved"] == counts["total"] == 300, counts
    story.say("补正后重新提交并通过，300 台全部备案")


def book(story: Story) -> None:
    """The organisation books 40 approved ones for a delivery slot; the institution confirms."""
    clerk = story.clerk
    city_total = 300 - DISPATCHED
    wait_for(lambda: clerk.get("/api/booking/bookable", institution_id=CITY)["total"], lambda n: n > BOOKED)
    due = [row for row in clerk.everything("/api/booking/bookable", institution_id=CITY, view="due")]
    marked = next(row for row in due if row["instrument_id"] == story.facts["marked"]["id"])
    others = [row for row in due if row.get("venue") != "onsite" and row is not marked]
    chosen = [*others[: BOOKED - 1], marked]
    assert len(chosen) == BOOKED, f"{len(due)} of {city_total}"
    ids = [row["instrument_id"] for row in chosen]
    clerk.post("/api/booking/pending-list", {"instrument_ids": ids[:5]}, 200)
    slot = free_slot(story, BOOKED)
    body = {"instrument_ids": ids, "institution_id": CITY, "mode": "deliver", **slot}
    booking = clerk.post("/api/booking/bookings", body, 201)
    assert booking["state"] == "pending"
    clerk.post("/api/booking/bookings", body, 409)
    story.person("county-clerk").post(f"/api/booking/bookings/{booking['id']}/confirm", {}, 404)
    confirmed = story.person("city-clerk").post(f"/api/booking/bookings/{booking['id']}/confirm")
    assert confirmed["state"] == "confirmed"
    stranger = Client(story.gateway)
    assert stranger.get(f"/api/booking/public/bookings/{booking['number']}")["state"] == "confirmed"
    story.facts |= {"booking": booking, "booked": ids}
    story.say(f"预约单 {booking['number']}：{slot['date']} {slot['period']}，40 台，机构已确认")


def receive(story: Story) -> None:
    """The front desk receives all except one, which it sends back 退单. Its filing returns to the applicant."""
    desk, booking, ids = story.person("city-clerk"), story.facts["booking"], story.facts["booked"]
    path = f"/api/booking/bookings/{booking['id']}"
    received = desk.post(f"{path}/receive", {"instrument_ids": ids[1:]})
    assert received["state"] == "received", received
    sent_back = desk.post(f"{path}/return", {"instrument_ids": ids[:1], "reason": "铭牌与备案信息不符"})
    states = [item["state"] for item in sent_back["items"]]
    assert (states.count("received"), states.count("returned")) == (BOOKED - 1, 1)
    clerk = story.clerk
    filing = wait_for(
        lambda: clerk.get("/api/filing/filings", instrument_id=ids[0])["items"][0], lambda f: f["state"] == "returned"
    )
    assert filing["reason"] == "铭牌与备案信息不符"
    wait_for(
        lambda: clerk.get(f"/api/registry/instruments/{ids[0]}")["filing_state"], lambda state: state == "returned"
    )
    assert desk.post(f"{path}/start")["state"] == "in_progress"
    story.say("前台接收 39 台，退单 1 台（备案退回申请方）")


def verify(story: Story) -> None:
    """The verifier records results with one fail. Only the named second person may check them."""
    verifier, checker = story.people["verifier"], story.person("city-checker")
    booking, ids = story.facts["booking"], story.facts["booked"][1:]
    kinds = {kind["code"]: kind for kind in verifier.get("/api/registry/catalog")["items"]}
    detail = verifier.get(f"/api/booking/bookings/{booking['id']}")
    kind_of = {item["instrument_id"]: kinds[item["instrument"]["kind_code"]] for item in detail["items"]}
    units_of = {item["instrument_id"]: item["instrument"]["units"] or [""] for item in detail["items"]}
    failed = next(i for i in ids if kind_of[i]["mode"] == "periodic" and len(units_of[i]) == 1)
    name = story.facts["verifier"]
    results = [
        result(i, kind_of[i], "fail" if i == failed else "pass") | {"verifier": name} | ({"unit": unit} if unit else {})
        for i in ids
        for unit in units_of[i]
    ]
    path = f"/api/booking/bookings/{booking['id']}"
    verifier.put(f"{path}/results", [results[0] | {"checker": name}], 422)
    verifier.put(f"{path}/results", results[:10])
    desk = story.person("city-clerk")
    desk.put(f"{path}/results", results[:1])
    entered = verifier.put(f"{path}/results", results[1:])
    checker.act(f"{path}/complete", entered["version"], None, 409)  # the first waits for the verifier's signature
    signed = verifier.act(f"{path}/sign", entered["version"])
    checker.act(f"{path}/complete", entered["version"], None, 412)
    sent_back = checker.act(f"{path}/send_back", signed["version"], {"reason": "请复核首台"})
    signed = verifier.act(f"{path}/sign", sent_back["version"])
    verifier.act(f"{path}/complete", signed["version"], None, 403)
    done = checker.act(f"{path}/complete", signed["version"])
    assert done["state"] == "completed", done
    story.facts |= {"failed": failed, "kind_of": kind_of, "certified": len(results)}
    story.say("39 台检定，1 台不合格，核验员复核完成")


def fetch_certificates(story: Story) -> None:
    """Certificates are issued as PDF. Each is listed with its instrument, and a ZIP contains all."""
    clerk, booking, certified = story.clerk, story.facts["booking"], story.facts["certified"]
    wait_for(
        lambda: clerk.get("/api/registry/certificates", booking_id=booking["id"])["total"],
        lambda n: n == certified,
        90,
    )
    rows = clerk.everything("/api/registry/certificates", booking_id=booking["id"])
    notices = [row for row in rows if row["kind"] == "failure_notice"]
    assert [row["instrument_id"] for row in notices] == [story.facts["failed"]]
    numbers = sorted(row["number"] for row in rows)
    assert len(set(numbers)) == certified
    serials = [int(number.rsplit("-", 1)[1]) for number in numbers]
    assert serials == list(range(serials[0], serials[0] + certified)), "no gaps"
    pdf = clerk.get(f"/api/registry/certificates/{rows[0]['number']}.pdf")
    assert pdf[:5] == b"%PDF-"
    assert len(pdf) > 8_000, "the font is embedded"
    marked = next(row for row in rows if row["instrument_id"] == story.facts["marked"]["id"])
    pdf = clerk.get(f"/api/registry/certificates/{marked['number']}.pdf")
    printed = PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace(" ", "")
    assert story.facts["org_name"] in printed
    assert story.facts["marked"]["serial_no"] in printed
    archive = clerk.call("POST", "/api/registry/certificates/archive", json={"numbers": numbers})
    assert archive[:2] == b"PK"
    wait_for(
        lambda: [i["certificate_number"] for i in clerk.get(f"/api/booking/bookings/{booking['id']}")["items"]],
        lambda found: sum(bool(n) for n in found) == BOOKED - 1,
    )
    story.facts["certificates"] = rows
    story.say(f"{certified} 份证书（含 1 份检定结果通知书），编号 {numbers[0]} 起")


def check_ledger(story: Story) -> None:
    """Validity, views, history and statistics are right everywhere, and every number equals its list."""
    clerk = story.clerk
    kind_of, failed = story.facts["kind_of"], story.facts["failed"]
    for row in story.facts["certificates"]:
        instrument = clerk.get(f"/api/registry/instruments/{row['instrument_id']}")
        if row["instrument_id"] == failed:
            assert (instrument["view"], instrument["valid_until"]) == ("failed", None)
        elif kind_of[row["instrument_id"]]["mode"] == "periodic":
            assert (instrument["view"], instrument["valid_until"]) == ("normal", row["valid_until"])
            assert row["valid_until"] > today()
        else:
            assert instrument["view"] in ("no_expiry", "normal"), instrument
    history = clerk.everything(f"/api/registry/instruments/{failed}/history")
    kinds = [line["kind"] for line in history]
    for kind in ("imported", "filing.submitted", "filing.approved", "booking.submitted", "booking.received",
                 "booking.completed", "certificate.issued"):  # fmt: skip
        assert kind in kinds, f"{kind} is missing in {kinds}"
    for person in (clerk, story.person("city-clerk")):
        counts = person.get("/api/registry/statistics/overview")
        for view in ("due", "overdue", "invalid", "failed", "normal", "no_expiry", "rotation", "scrapped", "suspended"):
            total = person.get("/api/registry/instruments", view=view, page_size=1)["total"]
            assert total == counts[view], f"{person.name} {view}: {total} listed, {counts[view]} counted"
    counts = clerk.get("/api/registry/statistics/overview")
    live = sum(counts[v] for v in ("due", "overdue", "invalid", "failed", "normal", "no_expiry", "rotation"))
    assert (counts["total"], counts["filed"], counts["returned"], counts["failed"]) == (300, 299, 1, 1), counts
    assert live == 299
    assert clerk.get("/api/filing/statistics/overview")["approved"] == 299
    assert clerk.get("/api/booking/statistics/overview")["completed"] == 1
    supervisor = story.person("supervisor")
    seen = supervisor.get("/api/registry/statistics/supervision", division_code="440106")
    assert seen["failed"] >= 1
    other = story.person("applicant2")
    assert other.get("/api/registry/instruments")["total"] == other.get("/api/registry/statistics/overview")["total"]
    for path in (f"/api/registry/instruments/{failed}", f"/api/booking/bookings/{story.facts['booking']['id']}",
                 f"/api/filing/filings/{story.facts['declined']['id']}",
                 f"/api/registry/certificates/{story.facts['certificates'][0]['number']}"):  # fmt: skip
        other.get(path, 404)
    story.say(f"台账 300 台：合格 {counts['normal']}，不合格 1，须检 {counts['due']}；数字与列表一致")


def scan_certificate(story: Story) -> None:
    """The public page behind the QR code shows the certificate, with persons masked."""
    row = next(r for r in story.facts["certificates"] if r["kind"] == "certificate")
    stranger = Client(story.gateway)
    shown = stranger.get(f"/api/registry/public/certificates/{row['public_code']}", number=row["number"])
    assert (shown["number"], shown["result"]) == (row["number"], "pass")
    assert shown["verifier"].endswith("*")
    page = stranger.get(f"/c/{row['public_code']}").decode()
    assert row["number"] in page
    assert story.facts["org_name"] in page
    stranger.get("/api/registry/public/certificates/abcdefgh", 404)
    story.say(f"{story.gateway}/c/{row['public_code']}")


def read_notices(story: Story) -> None:
    """The phone and the portal show the messages."""
    openid = story.facts["openid"]

    def texts() -> str:
        return json.dumps(story.phone_shows("/outbox/wechat", openid=openid), ensure_ascii=False)

    for word in ("备案已通过", "备案被退回", "预约已确认", "仪器被退回", "检定已完成", "份证书已出具"):
        wait_for(texts, lambda shown, word=word: word in shown)
    titles = [message["title"] for message in story.clerk.everything("/api/notification/messages")]
    assert any("证书已出具" in title for title in titles)
    assert story.phone_shows("/outbox/sms", phone=story.facts["phone"])
    deliveries = story.clerk.everything("/api/notification/deliveries")
    assert not [d for d in deliveries if d["state"] == "failed"], deliveries
    story.say(
        f"微信收到 {len(story.phone_shows('/outbox/wechat', openid=openid))} 条通知：{story.sandbox}/phones/{openid}"
    )


STEPS: tuple[tuple[str, Callable[[Story], None]], ...] = (
    ("注册账户", register),
    ("审核注册", approve_registration),
    ("登录并绑定微信", sign_in),
    ("邀请检定员", invite_verifier),
    ("导入仪器", import_workbook),
    ("提交备案", submit_filings),
    ("处理备案", decide_filings),
    ("补正重报", mend_and_resubmit),
    ("预约检定", book),
    ("前台受理", receive),
    ("检定与核验", verify),
    ("出具证书", fetch_certificates),
    ("核对台账", check_ledger),
    ("扫码查验", scan_certificate),
    ("通知", read_notices),
)
