"""Certificates on paper: any name is printed, and one that cannot be printed stops no other."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from booked import booking_completed, instrument
from pypdf import PdfReader
from sqlalchemy import select

from chassis import clock, jobs
from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, deliver, recorded, run_jobs, staff, tell_organization
from registry import background, pdfs
from registry.actions import printing
from registry.metrics import CERTIFICATES_UNPRINTED
from registry.models import Certificate

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
PATH = "/api/registry/certificates"
WAITING = f"{PATH}/waiting"
UNPRINTABLE = "秤🦄"


def of(runtime: Runtime, name: str) -> Actor:
    owner = applicant()
    tell_organization(runtime, owner, name)
    return owner


def words(caller: Caller, number: str) -> str:
    pdf = caller.get(f"{PATH}/{number}.pdf").data
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace(" ", "")


def told(runtime: Runtime) -> list[str]:
    return [item["number"] for event in recorded(runtime, "certificate.issued") for item in event["data"]["items"]]


def later(monkeypatch: pytest.MonkeyPatch, **hours: int) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(**hours))


def print_missing(runtime: Runtime) -> None:
    background.print_missing(runtime, clock.now())


@pytest.mark.parametrize("name", ["广州市燊记海鲜酒家", "广州市一〇一市场", "髙峯Größe 药业", "𬭛业有限公司"])
def test_a_name_beyond_the_common_characters_is_printed(name: str, signed_in: SignIn, runtime: Runtime) -> None:
    owner = of(runtime, name)
    clerk = signed_in(owner)
    serials = ("1", "30㎏-1", "5㎡")
    deliver(runtime, booking_completed(owner, {instrument(clerk, serial): "pass" for serial in serials}))
    run_jobs(runtime)
    rows = clerk.get(PATH).json["items"]
    assert {row["instrument"]["serial_no"] for row in rows} == set(serials)
    assert sorted(told(runtime)) == sorted(row["number"] for row in rows)
    for row in rows:
        shown = words(clerk, row["number"])
        assert name.replace(" ", "") in shown
        assert row["instrument"]["serial_no"] in shown


@pytest.fixture
def three(signed_in: SignIn, runtime: Runtime) -> Caller:
    """The owner of three verified instruments, of which the second has a name that no font can print."""
    owner = of(runtime, "广州市天河区便民市场")
    clerk = signed_in(owner)
    things = [instrument(clerk, "1"), instrument(clerk, "2", name=UNPRINTABLE), instrument(clerk, "3")]
    deliver(runtime, booking_completed(owner, dict.fromkeys(things, "pass")))
    run_jobs(runtime)
    return clerk


def test_one_that_cannot_be_printed_stops_no_other(three: Caller, runtime: Runtime) -> None:
    rows = three.get(PATH).json["items"]
    assert {row["instrument"]["serial_no"] for row in rows} == {"1", "3"}
    assert sorted(told(runtime)) == sorted(row["number"] for row in rows)


def test_a_person_sees_which_one_waits_and_why(three: Caller, signed_in: SignIn, runtime: Runtime) -> None:
    clerk = signed_in(staff())
    [row] = clerk.get(WAITING).json["items"]
    assert (row["instrument"]["serial_no"], row["problem"]) == ("2", "没有字体能印出这些字：🦄(U+1F984)")
    english = clerk.get(WAITING, headers={"Accept-Language": "en"}).json["items"]
    assert english[0]["problem"] == "No font can print these characters: 🦄(U+1F984)"
    assert three.get(WAITING).json["items"] == [row], "it is the owner's too"
    assert signed_in(applicant()).get(WAITING).json["items"] == []


def test_it_is_tried_again_and_told_once(
    three: Caller, signed_in: SignIn, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, minutes=1)
    print_missing(runtime)
    assert CERTIFICATES_UNPRINTED._value.get() == 1, "the figure of the alert"
    before = told(runtime)
    monkeypatch.setattr(pdfs, "certificate_pdf", lambda *_: b"%PDF-1.7")
    print_missing(runtime)
    assert told(runtime) == before, "not each minute"
    later(monkeypatch, minutes=11)
    print_missing(runtime)
    print_missing(runtime)
    assert len(told(runtime)) == 3
    assert len(set(told(runtime))) == 3
    assert CERTIFICATES_UNPRINTED._value.get() == 0
    assert three.get(WAITING).json["items"] == []


def test_what_a_killed_worker_left_is_printed_and_told_once(
    signed_in: SignIn, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = of(runtime, "广州市天河区便民市场")
    clerk = signed_in(owner)
    deliver(runtime, booking_completed(owner, {instrument(clerk, f"{n}"): "pass" for n in range(3)}))

    class Killed(BaseException):
        pass

    def killed(*_: Any, **_counts: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(jobs.Job, "progress", killed)
        with pytest.raises(Killed):
            run_jobs(runtime)
    assert (told(runtime), clerk.get(PATH).json["total"]) == ([], 0), "neither printed nor told"
    later(monkeypatch, hours=1)
    print_missing(runtime)
    run_jobs(runtime)
    assert clerk.get(PATH).json["total"] == 3
    assert len(told(runtime)) == len(set(told(runtime))) == 3


def test_certificates_of_many_bookings_are_tried_in_one_go(
    signed_in: SignIn, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> bytes:
        raise OSError("no space left on device")

    owner = of(runtime, "广州市天河区便民市场")
    clerk = signed_in(owner)
    with monkeypatch.context() as patched:
        patched.setattr(pdfs, "certificate_pdf", full)
        for n in range(4):
            deliver(runtime, booking_completed(owner, {instrument(clerk, f"{n}"): "pass"}))
        run_jobs(runtime)
        assert {row["problem"] for row in clerk.get(WAITING).json["items"]} == {"打印时出错，系统会自动重试。"}
    later(monkeypatch, minutes=11)
    print_missing(runtime)
    assert len(told(runtime)) == clerk.get(PATH).json["total"] == 4
    assert len(recorded(runtime, "certificate.issued")) == 4, "each with its booking"


def test_of_two_who_print_the_same_one_tells(signed_in: SignIn, runtime: Runtime) -> None:
    owner = of(runtime, "广州市天河区便民市场")
    deliver(runtime, booking_completed(owner, {instrument(signed_in(owner), "1"): "pass"}))
    with runtime.database.transaction() as db:
        found = printing.waiting(db, list(db.scalars(select(Certificate.id))))
    tried = [printing.try_each(found, runtime.files, "http://x") for _ in range(2)]
    unused = []
    for one in tried:
        with runtime.database.transaction() as db:
            unused.append(printing.note(db, one, clock.now()))
    assert unused == [[], list(tried[1].files.values())]
    assert len(told(runtime)) == 1
    run_jobs(runtime)
    assert len(told(runtime)) == 1


def test_one_that_waits_can_be_corrected(three: Caller, signed_in: SignIn, runtime: Runtime) -> None:
    clerk = signed_in(staff(roles=("checker",)))
    [row] = clerk.get(WAITING).json["items"]
    body = {"reason": "名称有误", "instrument": {"name": "秤"}}
    proposed = clerk.post(f"{PATH}/{row['number']}/corrections", body)
    assert proposed.status_code == 201, proposed.json
    second = signed_in(staff(roles=("checker",), username="second"))
    answer = second.post(f"/api/registry/certificate-changes/{proposed.json['id']}/confirm")
    assert answer.status_code == 200, answer.json
    assert "秤" in words(clerk, answer.json["number"])
    assert clerk.get(WAITING).json["items"] == []
