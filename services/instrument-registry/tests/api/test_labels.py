"""Labels with the lifelong 器具码."""

import io
from collections.abc import Callable

import pytest
from booked import instrument
from pypdf import PdfReader

from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, run_jobs, staff, supervisor
from registry.actions import labels
from registry.pdfs import LABEL_SIZES

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
PATH = "/api/registry/labels"


@pytest.fixture
def clerk(signed_in: SignIn) -> Caller:
    return signed_in(applicant())


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_a_label_shows_the_code_that_the_public_page_takes(clerk: Caller, signed_in: SignIn) -> None:
    thing = instrument(clerk, "SN-77", own_no="一号")
    code = clerk.get(f"/api/registry/instruments/{thing}").json["code"]
    (page,) = pages(clerk.post(PATH, {"selection": {"ids": [thing]}}).data)
    for word in (code, "电子计价秤", "SN-77", "一号"):
        assert word in page, page
    assert signed_in(None).get(f"/i/{code}").status_code == 200
    clerk.patch(f"/api/registry/instruments/{thing}", {"serial_no": "SN-78"}, version=1)
    assert clerk.get(f"/api/registry/instruments/{thing}").json["code"] == code, "for life"


@pytest.mark.parametrize("size", LABEL_SIZES)
def test_sheets_are_filled_in_every_size(clerk: Caller, size: str) -> None:
    things = [instrument(clerk, f"S{n}") for n in range(9)]
    per_sheet = LABEL_SIZES[size].per_sheet
    found = pages(clerk.post(PATH, {"selection": {"ids": things}, "size": size}).data)
    assert len(found) == -(-9 // per_sheet)
    assert [page.count("ACS-30") for page in found] == [min(per_sheet, 9), *[9 - per_sheet] * (len(found) - 1)]
    s = LABEL_SIZES[size]
    assert s.columns * s.width <= 210
    assert s.rows * s.height <= 297


def test_what_no_font_can_print_does_not_keep_a_sheet_from_being_printed(clerk: Caller) -> None:
    thing = instrument(clerk, "30㎏-1燊", name="😀" * 30)
    (page,) = pages(clerk.post(PATH, {"selection": {"ids": [thing]}}).data)
    assert "〓…" in page
    assert "30㎏-1燊" in page.replace(" ", "")


def test_filters_and_all_choose_and_nothing_of_others_is_printed(clerk: Caller, signed_in: SignIn) -> None:
    first, _ = instrument(clerk, "A", department="一部"), instrument(clerk, "B")
    assert pages(clerk.post(PATH, {"selection": {"filter": {"department": "一部"}}}).data)[0].count("ACS-30") == 1
    assert pages(clerk.post(PATH, {"selection": {"all": True, "expect": 2}}).data)[0].count("ACS-30") == 2
    for other in (signed_in(applicant()), signed_in(staff())):
        assert other.post(PATH, {"selection": {"ids": [first]}}).status_code == 404
        assert other.post(PATH, {"selection": {"all": True}}).json["errors"][0]["code"] == "nothing_matches"
    assert clerk.post(PATH, {"selection": {"ids": [str(new_id())]}}).status_code == 404
    assert clerk.post(PATH, {"selection": {"ids": [first]}, "size": "huge"}).status_code == 422
    assert signed_in(supervisor()).post(PATH, {"selection": {"ids": [first]}}).status_code == 403


def test_many_are_printed_by_a_job_in_one_file_of_whole_sheets(
    clerk: Caller, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "AT_ONCE", 2)
    things = [instrument(clerk, f"S{n:02d}") for n in range(10)]
    job = clerk.post(PATH, {"selection": {"ids": things}, "size": "large"})
    assert job.status_code == 202
    run_jobs(runtime)
    result = clerk.get(job.headers["Location"]).json
    assert (result["state"], result["done"], result["total"]) == ("done", 10, 10)
    pdf = PdfReader(io.BytesIO(clerk.get(result["result_url"]).data))
    assert [page.extract_text().count("ACS-30") for page in pdf.pages] == [8, 2]
    printed = "".join(page.extract_text() for page in pdf.pages)
    assert [printed.index(f"S{n:02d}") for n in range(10)] == sorted(printed.index(f"S{n:02d}") for n in range(10))
    assert pdf.metadata is not None
    assert pdf.metadata.title == "器具码标签"


def test_too_many_are_refused(clerk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "MOST", 2)
    things = [instrument(clerk, f"S{n}") for n in range(3)]
    assert clerk.post(PATH, {"selection": {"ids": things}}).json["errors"][0]["code"] == "too_many"
