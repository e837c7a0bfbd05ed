"""Certificates from completed bookings: numbers, validity, PDF, the public page."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from booked import booking_completed, instrument
from pypdf import PdfReader

from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, deliver, recorded, run_jobs, tell_organization

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]


@pytest.fixture
def owner(runtime: Runtime, seeded: Runtime) -> Actor:
    actor = applicant()
    tell_organization(runtime, actor, "广州市天河区便民市场")
    return actor


def test_a_pass_gives_a_certificate_and_a_fail_a_notice(owner: Actor, signed_in: SignIn, runtime: Runtime) -> None:
    clerk = signed_in(owner)
    good, bad = instrument(clerk, "G"), instrument(clerk, "B")
    event = booking_completed(owner, {good: "pass", bad: "fail"})
    deliver(runtime, event)
    assert clerk.get("/api/registry/certificates").json["total"] == 0, "listed only when the PDF can be fetched"
    run_jobs(runtime)
    rows = {row["instrument_id"]: row for row in clerk.get("/api/registry/certificates").json["items"]}
    assert (rows[good]["kind"], rows[good]["valid_until"]) == ("certificate", "2027-11-19")
    assert (rows[bad]["kind"], rows[bad]["valid_until"]) == ("failure_notice", None)
    shown = clerk.get(f"/api/registry/instruments/{good}").json
    assert (shown["result"], shown["valid_until"]) == ("pass", "2027-11-19")
    assert clerk.get(f"/api/registry/instruments/{bad}").json["result"] == "fail"
    (told,) = recorded(runtime, "certificate.issued")
    assert len(told["data"]["items"]) == 2
    deliver(runtime, event)
    run_jobs(runtime)
    assert clerk.get("/api/registry/certificates").json["total"] == 2, "delivered twice, issued once"


def test_the_pdf_says_what_was_verified(owner: Actor, signed_in: SignIn, runtime: Runtime, tmp_path: Any) -> None:
    clerk = signed_in(owner)
    deliver(runtime, booking_completed(owner, {instrument(clerk, "SN-7788"): "pass"}))
    run_jobs(runtime)
    row = clerk.get("/api/registry/certificates").json["items"][0]
    answer = clerk.get(f"/api/registry/certificates/{row['number']}.pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    path = tmp_path / "c.pdf"
    path.write_bytes(answer.data)
    reader = PdfReader(path)
    words = "".join(page.extract_text() for page in reader.pages).replace(" ", "")
    for word in ("检定证书", row["number"], "SN-7788", "广州市天河区便民市场", "李检定", "2027年11月19日"):
        assert word in words, words
    assert len(reader.pages) == 1


def test_the_public_page_masks_persons_and_lets_nobody_guess(owner: Actor, signed_in: SignIn, runtime: Runtime) -> None:
    clerk, stranger = signed_in(owner), signed_in(None)
    deliver(runtime, booking_completed(owner, {instrument(clerk, "P"): "pass"}))
    run_jobs(runtime)
    row = clerk.get("/api/registry/certificates").json["items"][0]
    path = f"/api/registry/public/certificates/{row['public_code']}"
    shown = stranger.get(path).json
    assert (shown["status"], shown["verifier"]) == ("in_force", "李**")
    assert stranger.get(f"{path}?number={row['number']}").status_code == 200
    assert stranger.get(f"{path}?number=440100-2026-0000009").status_code == 404
    page = stranger.get(f"/c/{row['public_code']}")
    assert "检定合格" in page.text
    assert "<script" not in page.text
    assert stranger.get("/c/nosuchcode").status_code == 404


def test_numbers_have_no_gaps_and_no_doubles_under_concurrency(
    owner: Actor, signed_in: SignIn, runtime: Runtime
) -> None:
    clerk = signed_in(owner)
    events = [booking_completed(owner, {instrument(clerk, f"C{n}"): "pass"}) for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda event: deliver(runtime, event), events))
    run_jobs(runtime)
    rows = clerk.get("/api/registry/certificates?page_size=100").json["items"]
    assert sorted(row["number"] for row in rows) == [f"440100-2026-{n:07d}" for n in range(1, 13)]


def test_before_the_organisation_is_known_the_event_waits_for_its_retry(signed_in: SignIn, runtime: Runtime) -> None:
    stranger = applicant()
    clerk = signed_in(stranger)
    event = booking_completed(stranger, {instrument(clerk, "E"): "pass"})
    with pytest.raises(AssertionError, match="no copy of organisation"):
        deliver(runtime, event)


def test_certificates_of_another_organisation_do_not_exist(owner: Actor, signed_in: SignIn, runtime: Runtime) -> None:
    deliver(runtime, booking_completed(owner, {instrument(signed_in(owner), "X"): "pass"}))
    run_jobs(runtime)
    row = signed_in(owner).get("/api/registry/certificates").json["items"][0]
    other = signed_in(applicant())
    assert other.get(f"/api/registry/certificates/{row['number']}").status_code == 404
    assert other.get(f"/api/registry/certificates/{row['number']}.pdf").status_code == 404
    assert other.post("/api/registry/certificates/archive", {"numbers": [row["number"]]}).status_code == 404
