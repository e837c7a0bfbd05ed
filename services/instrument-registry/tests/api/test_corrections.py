"""Certificates after they were issued: corrected, voided, superseded, per measuring unit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from booked import booking_completed, changed, filing_event, instrument
from pypdf import PdfReader
from sqlalchemy import func, select

from chassis.actor import Actor
from chassis.db import ALL
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import (
    GUANGZHOU,
    SHENZHEN,
    Caller,
    applicant,
    assert_satisfies,
    cloud_event,
    deliver,
    recorded,
    run_jobs,
    staff,
    supervisor,
    tell_organization,
)
from registry.api.certificate_schemas import CertificateChangeView
from registry.models import Certificate, Verification

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
BASE = "/api/registry/certificates"


@pytest.fixture
def owner(runtime: Runtime, seeded: Runtime) -> Actor:
    actor = applicant()
    tell_organization(runtime, actor)
    return actor


@pytest.fixture
def clerk(owner: Actor, signed_in: SignIn) -> Caller:
    return signed_in(owner)


@pytest.fixture
def checker(signed_in: SignIn) -> Caller:
    return signed_in(staff(GUANGZHOU, ("checker",), name="赵核验"))


def verify(runtime: Runtime, owner: Actor, results: dict[str, Any], **changes: Any) -> None:
    deliver(runtime, booking_completed(owner, results, **changes))
    run_jobs(runtime)


def only(clerk: Caller, query: str = "") -> Any:
    (row,) = clerk.get(f"{BASE}?{query}").json["items"]
    return row


def shown(clerk: Caller, instrument_id: str) -> tuple[Any, Any]:
    found = clerk.get(f"/api/registry/instruments/{instrument_id}").json
    return found["result"], found["valid_until"]


def test_a_correction_is_a_new_certificate_that_names_the_old(
    owner: Actor, clerk: Caller, checker: Caller, signed_in: SignIn, runtime: Runtime, tmp_path: Path
) -> None:
    thing = instrument(clerk, "SN-1")
    verify(runtime, owner, {thing: "pass"})
    old = only(clerk)
    body = {"reason": "出厂编号录错", "instrument": {"serial_no": "SN-7"}, "procedure": "JJG 539-2020"}
    new = changed(checker, old["number"], "corrections", body)
    assert new.status_code == 200, new.json
    assert (new.json["supersedes"], new.json["instrument"]["serial_no"]) == (old["number"], "SN-7")
    assert new.json["number"] == "440100-2026-0000002"
    before = clerk.get(f"{BASE}/{old['number']}").json
    assert (before["status"], before["ended_reason"]) == ("superseded", "出厂编号录错")
    assert (before["superseded_by"], before["procedure"]) == (new.json["number"], "JJG 539-2016")
    assert shown(clerk, thing) == ("pass", "2027-11-19")
    assert only(clerk, "status=in_force")["number"] == new.json["number"]
    public = signed_in(None).get(f"/api/registry/public/certificates/{old['public_code']}").json
    assert public["status"] == "superseded"
    path = tmp_path / "c.pdf"
    path.write_bytes(clerk.get(f"{BASE}/{new.json['number']}.pdf").data)
    words = "".join(page.extract_text() for page in PdfReader(path).pages).replace(" ", "")
    for word in ("SN-7", "JJG539-2020", f"本证书替代编号为{old['number']}的证书", "更正：李检定", "核准：赵核验"):
        assert word in words
    assert [e["data"]["items"][0]["number"] for e in recorded(runtime, "certificate.superseded")] == [old["number"]]
    assert recorded(runtime, "certificate.issued")[-1]["data"]["items"][0]["number"] == new.json["number"]
    steps = clerk.get(f"/api/registry/instruments/{thing}/history").json["items"]
    assert (steps[0]["kind"], steps[0]["reference"], steps[0]["reason"]) == (
        "certificate.corrected", new.json["number"], "出厂编号录错",
    )  # fmt: skip
    again = changed(checker, old["number"], "corrections", body)
    assert (again.status_code, again.json["code"]) == (409, "certificate_ended")


def test_a_corrected_day_moves_the_validity(owner: Actor, clerk: Caller, checker: Caller, runtime: Runtime) -> None:
    thing = instrument(clerk, "A")
    verify(runtime, owner, {thing: "pass"})
    number = only(clerk)["number"]
    for wrong, field in (
        ({"verified_on": "2999-01-01"}, "verified_on"), ({"valid_until": "2029-01-01"}, "valid_until"),
        ({"instrument": {"name": "😀秤"}}, None), ({"reason": " "}, "reason"), ({"conclusion": "fail"}, "conclusion"),
    ):  # fmt: skip
        refused = changed(checker, number, "corrections", {"reason": "日期录错"} | wrong)
        assert refused.status_code == 422, wrong
        assert field is None or refused.json["errors"][0]["field"] == field
    new = changed(checker, number, "corrections", {"reason": "日期录错", "verified_on": "2026-11-18"}).json
    assert (new["number"], new["valid_until"]) == ("440100-2026-0000002", "2027-11-17"), "a refusal takes no number"
    assert shown(clerk, thing) == ("pass", "2027-11-17")
    with runtime.database.transaction(ALL) as db:
        assert str(db.scalar(select(Verification.verified_on))) == "2026-11-18"


def test_a_void_takes_the_instrument_back_to_what_was_before(
    owner: Actor, clerk: Caller, checker: Caller, signed_in: SignIn, runtime: Runtime
) -> None:
    thing = instrument(clerk, "A")
    verify(runtime, owner, {thing: "pass"}, verified_on="2026-03-01")
    verify(runtime, owner, {thing: "fail"}, verified_on="2026-11-20")
    assert shown(clerk, thing) == ("fail", None)
    assert only(clerk, "kind=certificate")["status"] == "superseded", "a later verification of the unit counts"
    notice = only(clerk, "kind=failure_notice")
    done = changed(checker, notice["number"], "void", {"reason": "样品混淆"})
    assert (done.status_code, done.json["status"]) == (200, "void")
    assert shown(clerk, thing) == ("pass", "2027-02-28")
    first = only(clerk, "kind=certificate")
    assert first["status"] == "in_force"
    assert changed(checker, first["number"], "void", {"reason": "设备故障"}).status_code == 200
    assert shown(clerk, thing) == (None, None)
    told = [e["data"]["items"][0] for e in recorded(runtime, "certificate.superseded")]
    assert [(t["result"], t["instrument_valid_until"]) for t in told] == [("pass", "2027-02-28"), (None, None)]
    assert told[0]["version"] < told[1]["version"]
    public = signed_in(None).get(f"/c/{first['public_code']}")
    assert "已作废" in public.text
    with runtime.database.transaction(ALL) as db:
        assert db.scalar(select(func.count()).select_from(Verification)) == 0
    twice = changed(checker, first["number"], "void", {"reason": "再次"})
    assert (twice.status_code, twice.json["code"]) == (409, "certificate_ended")


def test_without_a_certificate_the_declared_validity_counts_again(
    owner: Actor, clerk: Caller, checker: Caller, runtime: Runtime
) -> None:
    thing = instrument(
        clerk, "A", declared_valid_until="2027-05-01", last_verified_on="2026-05-02", last_cert_no="旧-1"
    )
    deliver(runtime, filing_event(owner, [thing], "approved", "2026-11-02T03:00:00Z", approved_on="2026-11-02"))
    verify(runtime, owner, {thing: "pass"})
    assert shown(clerk, thing) == ("pass", "2027-11-19")
    changed(checker, only(clerk)["number"], "void", {"reason": "样品混淆"})
    assert shown(clerk, thing) == ("pass", "2027-05-01")


def test_each_measuring_unit_has_its_certificate_and_the_worst_one_counts(
    owner: Actor, clerk: Caller, checker: Caller, runtime: Runtime
) -> None:
    nozzles = {"nozzles": [{"nozzle_no": "1", "fuel_grade": "92"}, {"nozzle_no": "2", "fuel_grade": "95"}]}
    thing = instrument(clerk, "D", kind_code="070100", name="燃油加油机", details=nozzles)
    verify(runtime, owner, {thing: {"1": "pass", "2": "fail"}}, verified_on="2026-10-01")
    assert shown(clerk, thing) == ("fail", None)
    kinds = {row["unit"]: row["kind"] for row in clerk.get(BASE).json["items"]}
    assert kinds == {"1": "certificate", "2": "failure_notice"}
    verify(runtime, owner, {thing: {"2": "pass"}}, verified_on="2026-11-20")
    assert shown(clerk, thing) == ("pass", only(clerk, "unit=1")["valid_until"]), "the earlier of the two"
    again = only(clerk, "unit=2&status=in_force")
    changed(checker, again["number"], "void", {"reason": "样品混淆"})
    assert shown(clerk, thing) == ("fail", None)


def test_two_persons_of_the_institution_change_a_certificate(
    owner: Actor, clerk: Caller, checker: Caller, signed_in: SignIn, runtime: Runtime
) -> None:
    verify(runtime, owner, {instrument(clerk, "A"): "pass"})
    number = only(clerk)["number"]
    for verb in ("void", "corrections"):
        path, body = f"{BASE}/{number}/{verb}", {"reason": "x"}
        others = (owner, supervisor(), staff(GUANGZHOU), staff(SHENZHEN, ("checker",)))
        assert [signed_in(who).post(path, body).status_code for who in others] == [403, 403, 403, 404]
        assert checker.post(f"{BASE}/440100-2026-9999999/{verb}", body).status_code == 404
        assert checker.post(path, {}).status_code == 422
    proposed = checker.post(f"{BASE}/{number}/void", {"reason": "样品混淆"})
    assert (proposed.status_code, proposed.json["state"], only(clerk)["status"]) == (201, "open", "in_force")
    assert_satisfies(CertificateChangeView, proposed.json)
    assert checker.post(f"{BASE}/{number}/corrections", {"reason": "y"}).json["code"] == "change_open"
    confirm = f"/api/registry/certificate-changes/{proposed.json['id']}/confirm"
    own = checker.post(confirm)
    assert (own.status_code, own.json["code"]) == (403, "own_change")
    head = signed_in(staff(GUANGZHOU, ("institution_admin",)))
    assert [who.post(confirm).status_code for who in (head, clerk, signed_in(staff(SHENZHEN, ("checker",))))] == [403, 403, 404]  # fmt: skip
    second = signed_in(staff(GUANGZHOU, ("checker",), name="钱核验"))
    assert second.get("/api/registry/certificate-changes?state=open").json["total"] == 1
    mine = "/api/registry/certificate-changes?to_confirm=true"
    assert [who.get(mine).json["total"] for who in (second, checker)] == [1, 0], "nobody confirms what they proposed"
    assert (second.post(confirm).json["status"], only(clerk)["status"]) == ("void", "void")
    (change,) = second.get("/api/registry/certificate-changes").json["items"]
    assert (change["state"], change["proposed_by"]["name"], change["decided_by"]["name"]) == (
        "confirmed",
        "赵核验",
        "钱核验",
    )
    assert second.get(mine).json["total"] == 0
    assert second.post(confirm).json["code"] == "illegal_move"
    assert signed_in(staff(SHENZHEN, ("checker",))).get("/api/registry/certificate-changes").json["total"] == 0


def test_a_change_that_is_declined_leaves_the_certificate(
    owner: Actor, clerk: Caller, checker: Caller, signed_in: SignIn, runtime: Runtime
) -> None:
    verify(runtime, owner, {instrument(clerk, "A"): "pass"})
    number = only(clerk)["number"]
    change = checker.post(f"{BASE}/{number}/corrections", {"reason": "x", "remarks": "y"}).json
    path = f"/api/registry/certificate-changes/{change['id']}"
    assert checker.post(f"{path}/decline", {}).status_code == 422
    assert checker.post(f"{path}/decline", {"reason": "自己看错"}).json["state"] == "declined"
    second = signed_in(staff(GUANGZHOU, ("checker",)))
    assert second.post(f"{path}/confirm").json["code"] == "illegal_move"
    assert only(clerk)["status"] == "in_force"
    assert changed(checker, number, "void", {"reason": "样品混淆"}).status_code == 200


@pytest.mark.parametrize(
    ("conclusion", "wrong", "field", "code"),
    [
        ("pass", {"verified_on": "2026-11-17"}, "verified_on", "before_reception"),
        ("pass", {"verified_on": "2026-11-21"}, "verified_on", "date_in_future"),
        ("pass", {"valid_until": "2026-11-19"}, "valid_until", "before_verified_on"),
        ("fail", {"valid_until": "2027-11-19"}, "valid_until", "not_for_a_fail"),
        ("fail", {"fail_items": None}, "fail_items", "required"),
        ("fail", {"fail_items": " "}, "fail_items", "required"),
    ],
)
def test_a_correction_is_judged_as_the_result_was(
    owner: Actor, clerk: Caller, checker: Caller, runtime: Runtime, at: Any, conclusion: str, wrong: Any, field: str, code: str
) -> None:  # fmt: skip
    thing = instrument(clerk, "A")
    event = booking_completed(owner, {thing: conclusion})
    came = cloud_event("booking.received", "booking", event["data"] | {
        "state": "received", "at": "2026-11-18T02:00:00Z", "items": [{"instrument_id": thing, "state": "received"}],
    }, subject=event["subject"], sequence=2)  # fmt: skip
    deliver(runtime, came)
    at(datetime(2026, 11, 20, 9, tzinfo=UTC))
    deliver(runtime, event)
    run_jobs(runtime)
    number = only(clerk)["number"]
    at(datetime(2026, 11, 25, 9, tzinfo=UTC))
    refused = changed(checker, number, "corrections", {"reason": "录错"} | wrong)
    assert [(e["field"], e["code"]) for e in refused.json["errors"]] == [(field, code)]


def test_numbers_stay_without_gaps_while_some_are_corrected_and_others_issued(
    owner: Actor, clerk: Caller, checker: Caller, signed_in: SignIn, runtime: Runtime
) -> None:
    things = [instrument(clerk, f"C{n}") for n in range(6)]
    verify(runtime, owner, dict.fromkeys(things, "pass"))
    numbers = [row["number"] for row in clerk.get(BASE).json["items"]]
    events = [booking_completed(owner, {thing: "pass"}, verified_on="2026-11-21") for thing in things]

    def correct(number: str) -> int:
        someone = signed_in(staff(GUANGZHOU, ("checker",)))
        return int(changed(someone, number, "corrections", {"reason": "更正", "remarks": "x"}).status_code)

    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(deliver, runtime, event) for event in events]
        answers = [pool.submit(correct, number) for number in [*numbers, *numbers]]
        assert [one.result() for one in told] == [None] * 6
        codes = [one.result() for one in answers]
    assert set(codes) <= {200, 409}
    assert codes.count(200) <= 6, "each is corrected once at most"
    run_jobs(runtime)
    with runtime.database.transaction(ALL) as db:
        held = sorted(db.scalars(select(Certificate.number)))
        assert held == [f"440100-2026-{n:07d}" for n in range(1, len(held) + 1)]
        in_force = db.execute(select(Certificate.instrument_id, func.count()).where(Certificate.status == "in_force").group_by(Certificate.instrument_id))  # fmt: skip
        assert {row[1] for row in in_force} == {1}


def test_two_institutions_of_one_division_number_their_certificates_apart(
    clerk: Caller, owner: Actor, runtime: Runtime
) -> None:
    """Each counts from 1 without gaps, and no number is given twice, also where both begin at the same moment."""
    others = [new_id(), new_id()]
    for other in others:
        data = {"institution_id": other, "name": "广州另一机构", "tier": "city", "division_code": "440100",
                "parent_id": None, "contact": None, "active": True, "capabilities": []}  # fmt: skip
        deliver(runtime, cloud_event("institution.changed", "identity", data, subject=other, sequence=1))
    events = []
    for serial, institution in enumerate([GUANGZHOU, *others, GUANGZHOU, *others]):
        one = instrument(clerk, f"P{serial}")
        deliver(runtime, filing_event(owner, [one], "approved", "2026-11-01T00:00:00Z", "2026-11-01"))
        event = booking_completed(owner, {one: "pass"})
        event["data"]["institution_id"] = str(institution)
        events.append(event)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda event: deliver(runtime, event), events))
    run_jobs(runtime)
    held = {row["number"] for row in clerk.get(f"{BASE}?page_size=100").json["items"]}
    assert held == {f"440100{letter}-2026-000000{n}" for letter in ("", "B", "C") for n in (1, 2)}
