"""Statistics of supervision, from filing and booking to the figures."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from booked import booking_completed, filing_event, instrument

from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import (
    GUANGZHOU,
    Caller,
    admin,
    applicant,
    assert_satisfies,
    deliver,
    supervisor,
    tell_organization,
)
from registry.api.schemas import SupervisionView

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
PATH = "/api/registry/statistics/supervision"


@pytest.fixture
def owner(runtime: Runtime, seeded: Runtime) -> Actor:
    actor = applicant()
    tell_organization(runtime, actor)
    return actor


def test_figures_follow_a_round_from_filing_to_certificate(
    owner: Actor, signed_in: SignIn, runtime: Runtime, at: Callable[[datetime], None]
) -> None:
    clerk, office = signed_in(owner), signed_in(supervisor())
    at(datetime(2026, 11, 1, 3, tzinfo=UTC))
    in_time, late, failed, waiting = (instrument(clerk, name) for name in ("A", "B", "C", "D"))
    ids = [in_time, late, failed, waiting]
    deliver(runtime, filing_event(owner, ids, "submitted", "2026-11-01T03:00:00Z"))
    deliver(runtime, filing_event(owner, ids, "approved", "2026-11-02T03:00:00Z", approved_on="2026-11-02"))
    at(datetime(2026, 11, 11, 3, tzinfo=UTC))
    deliver(runtime, booking_completed(owner, {in_time: "pass", failed: "fail"}, verified_on="2026-11-10"))
    at(datetime(2026, 11, 20, 3, tzinfo=UTC))
    deliver(runtime, booking_completed(owner, {late: "pass", failed: "pass"}, verified_on="2026-11-20"))
    found = office.get(f"{PATH}?month=2026-11").json
    assert_satisfies(SupervisionView, found)
    assert (found["verified"], found["passed"], found["first_verified"], found["first_passed"]) == (4, 3, 3, 2)
    assert found["first_pass_rate"] == 0.6667
    # due by 12 November: A and C in time, B late, D not at all
    assert (found["due_in_period"], found["verified_on_time"], found["on_time_rate"]) == (4, 2, 0.5)
    assert found["days_to_certificate"] == pytest.approx((10 + 10 + 19) / 3, abs=0.05)
    assert (found["total"], found["normal"], found["overdue"]) == (4, 3, 1)
    assert office.get(f"{PATH}?month=2026-10").json["verified"] == 0
    assert office.get(f"{PATH}?division_code=440106&kind_code=020100&institution_id={GUANGZHOU}").json["verified"] == 4
    parts = office.get(f"{PATH}/breakdown?by=institution&month=2026-11").json["items"]
    assert [(part["key"], part["verified"]) for part in parts] == [(str(GUANGZHOU), 4)]


def test_supervisors_see_their_area_and_administrators_all(owner: Actor, signed_in: SignIn, runtime: Runtime) -> None:
    thing = instrument(signed_in(owner), "A")
    deliver(runtime, filing_event(owner, [thing], "submitted", "2026-11-01T03:00:00Z"))
    totals = {who.area: signed_in(who).get(PATH).json["total"] for who in (supervisor(), supervisor("440300"))}
    assert totals == {"4401": 1, "4403": 0}
    assert signed_in(admin()).get(PATH).json["total"] == 1
    assert signed_in(owner).get(PATH).status_code == 403


def test_a_supervisors_home_page_is_the_totals_of_the_lists_behind_it(
    owner: Actor, signed_in: SignIn, runtime: Runtime
) -> None:
    clerk, office = signed_in(owner), signed_in(supervisor())
    things = [instrument(clerk, name) for name in "ABCD"]
    deliver(runtime, filing_event(owner, things[:3], "submitted", "2026-11-01T03:00:00Z"))
    deliver(runtime, filing_event(owner, things[:2], "approved", "2026-11-02T03:00:00Z", approved_on="2026-11-02"))
    deliver(runtime, booking_completed(owner, {things[0]: "fail"}))
    counts = office.get("/api/registry/statistics/overview").json
    assert (counts["total"], counts["filed"], counts["failed"]) == (3, 2, 1)
    for name in set(counts) - {"total", "filed", "returned"}:
        assert office.get(f"/api/registry/instruments?view={name}").json["total"] == counts[name], name


@pytest.mark.parametrize("query", ["month=2026-13", "month=november", "division_code=44", "by=month", "colour=red"])
def test_a_wrong_question_is_refused(signed_in: SignIn, query: str) -> None:
    assert signed_in(supervisor()).get(f"{PATH}?{query}").status_code == 422
    assert signed_in(supervisor()).get(f"{PATH}/breakdown?{query}").status_code == 422
