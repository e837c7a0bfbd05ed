"""The calendar of working days: shown with what is not published yet, set by the administrator, told to the others."""

from collections.abc import Callable
from typing import Any

import pytest

from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import Caller, admin, applicant, recorded, staff

SignIn = Callable[[Actor | None], Caller]
PATH = "/api/identity/holidays"


def days(answer: Any) -> dict[str, tuple[str, str, bool]]:
    return {one["date"]: (one["kind"], one["name"], one["by_hand"]) for one in answer.json["items"]}


def test_everybody_sees_a_year_and_whether_it_is_arranged(signed_in: SignIn) -> None:
    for actor in (applicant(), staff(), admin()):
        this = signed_in(actor).get(f"{PATH}?year=2026")
        assert this.json["arranged"] is True
        assert days(this)["2026-10-10"][0] == "working"
    later = signed_in(admin()).get(f"{PATH}?year=2027")
    assert later.json["arranged"] is False
    assert days(later)["2027-02-09"] == ("off", "春节（补假）", False)
    assert signed_in(None).get(PATH).status_code == 401


def test_the_administrator_sets_a_span_and_takes_a_day_back(signed_in: SignIn, runtime: Runtime) -> None:
    office = signed_in(admin())
    span = {"from": "2027-02-11", "to": "2027-02-12", "kind": "off", "name": "春节"}
    shown = office.put(PATH, span)
    assert (shown.status_code, shown.json["arranged"]) == (200, True)
    assert days(shown)["2027-02-12"] == ("off", "春节", True)
    office.put(PATH, span)  # again: nothing new
    office.put(PATH, {"from": "2027-02-20", "to": "2027-02-20", "kind": "working", "name": "春节调休"})
    assert office.delete(f"{PATH}/2027-02-12").status_code == 204
    assert "2027-02-12" not in days(office.get(f"{PATH}?year=2027"))
    told = [(e["data"]["date"], e["data"]["kind"], e["sequence"]) for e in recorded(runtime, "holiday.changed")]
    assert told == [
        ("2027-02-11", "off", 1), ("2027-02-12", "off", 1), ("2027-02-20", "working", 1), ("2027-02-12", None, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"to": "2027-02-10"}, 422),
        ({"to": "2027-04-10"}, 422),
        ({"kind": "half"}, 422),
        ({"name": ""}, 422),
    ],
)
def test_what_is_wrong_is_refused(signed_in: SignIn, changes: dict[str, str], status: int) -> None:
    body = {"from": "2027-02-11", "to": "2027-02-12", "kind": "off", "name": "春节"} | changes
    assert signed_in(admin()).put(PATH, body).status_code == status


def test_only_the_administrator_sets_days(signed_in: SignIn) -> None:
    body = {"from": "2027-02-11", "to": "2027-02-12", "kind": "off", "name": "春节"}
    for actor in (applicant(), staff()):
        assert signed_in(actor).put(PATH, body).status_code == 403
        assert signed_in(actor).delete(f"{PATH}/2027-02-11").status_code == 403
    for day in ("soon", "2027-03-03"):
        assert signed_in(admin()).delete(f"{PATH}/{day}").status_code == 404
