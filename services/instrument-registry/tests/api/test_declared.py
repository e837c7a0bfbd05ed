"""A validity that the owner declares rests on a certificate, at every door."""

from datetime import date, timedelta
from typing import Any

import pytest
from booked import FIELDS, filing_event, instrument
from factories import HEADERS as FILE_HEADERS
from factories import Importing, csv_of, row, table
from sqlalchemy import text

from chassis import clock
from chassis.db import ALL
from chassis.runtime import Runtime
from chassis.testing import Caller, deliver
from registry.domain.rules import KindFacts, declared_end, declared_validity

pytestmark = pytest.mark.usefixtures("seeded")
URL = "/api/registry/instruments"
GOOD = {"last_verified_on": "2026-03-10", "last_cert_no": "粤-1", "declared_valid_until": "2027-03-09"}
WRONG = [
    ({"last_cert_no": ""}, "last_cert_no", "needed_for_validity"),
    ({"last_verified_on": None}, "last_verified_on", "needed_for_validity"),
    ({"declared_valid_until": "2027-03-10"}, "declared_valid_until", "too_late"),
    ({"declared_valid_until": "2099-12-31"}, "declared_valid_until", "too_late"),
    ({"declared_valid_until": "2026-03-09"}, "declared_valid_until", "date_order"),
]
HEADERS = {"last_cert_no": "上次检定证书编号", "last_verified_on": "上次检定日期", "declared_valid_until": "有效期至"}


def faults(answer: Any) -> list[tuple[str, str]]:
    return [(e["field"].split(".")[-1], e["code"]) for e in answer.json["errors"]]


@pytest.mark.parametrize(("change", "field", "code"), WRONG)
def test_each_door_asks_for_the_certificate_and_bounds_the_date(
    importing: Importing, change: dict[str, Any], field: str, code: str
) -> None:
    clerk, wrong = importing.clerk, GOOD | change
    thing = instrument(clerk, "OK", **GOOD)
    assert faults(clerk.post(URL, FIELDS | {"serial_no": "A"} | wrong)) == [(field, code)]
    assert faults(clerk.patch(f"{URL}/{thing}", change, version=1)) == [(field, code)]
    many = clerk.post(f"{URL}/actions/edit", {"selection": {"ids": [thing]}, "changes": change})
    assert (many.json["done"], [one["code"] for one in many.json["failed"]]) == (0, ["invalid"]), many.json
    assert clerk.post(f"{URL}/{thing}/copies", {"items": [{"serial_no": "B"}]}).status_code < 300
    [copied] = importing.ledger(serial_no="B")
    assert {key: copied[key] or None for key in GOOD} == dict.fromkeys(GOOD), "a copy declares nothing"
    cells = {header: str(wrong[key] or "") for key, header in HEADERS.items()}
    wide = (*FILE_HEADERS, *cells)
    job = importing(csv_of(table(row("C", **cells), headers=wide)))
    assert [(e["column"], e["code"]) for e in importing.errors(job)] == [(HEADERS[field], code)]
    typed = dict(zip(wide, row("D", **cells), strict=True))
    assert faults(clerk.post("/api/registry/imports/rows", {"row": typed})) == [(field, code)]


def test_what_was_entered_before_does_not_stand_in_the_way_of_another_change(clerk: Caller, seeded: Runtime) -> None:
    thing = instrument(clerk, "A")
    with seeded.database.transaction(ALL) as db:
        db.execute(text("UPDATE instrument SET declared_valid_until = '2099-12-31'"))
    assert clerk.patch(f"{URL}/{thing}", {"remark": "x"}, version=1).status_code == 200
    assert clerk.patch(f"{URL}/{thing}", {"last_cert_no": "y"}, version=2).status_code == 422


@pytest.mark.parametrize(("stored", "expected"), [
    ("declared_valid_until = '2099-12-31'", None),
    ("declared_valid_until = '2099-12-31', last_cert_no = 'y'", None),
    ("declared_valid_until = '2099-12-31', last_cert_no = 'y', last_verified_on = '2026-03-10'", "2027-03-09"),
])  # fmt: skip
def test_an_approval_counts_only_what_a_certificate_bears(
    clerk: Caller, seeded: Runtime, stored: str, expected: str | None
) -> None:
    thing, today = instrument(clerk, "A"), clock.today().isoformat()
    with seeded.database.transaction(ALL) as db:
        db.execute(text(f"UPDATE instrument SET {stored}"))
    assert clerk.actor is not None
    deliver(seeded, filing_event(clerk.actor, [thing], "approved", f"{today}T03:00:00Z", today))
    found = clerk.get(f"{URL}/{thing}").json
    assert (found["result"], found["valid_until"]) == ("pass" if expected else None, expected)


def test_each_approval_counts_what_is_declared_then(clerk: Caller, seeded: Runtime) -> None:
    thing, today = instrument(clerk, "A", **GOOD), clock.today().isoformat()
    assert clerk.actor is not None

    def decided(verb: str, minute: int) -> tuple[Any, Any, Any]:
        at = f"{today}T03:{minute:02}:00Z"
        event = filing_event(clerk.actor, [thing], verb, at, today if verb == "approved" else None)
        event["data"]["items"][0]["version"] = minute + 1
        deliver(seeded, event)
        found = clerk.get(f"{URL}/{thing}").json
        return found["result"], found["result_source"], found["valid_until"]

    def declare(until: str | None) -> None:
        version = clerk.get(f"{URL}/{thing}").json["version"]
        answer = clerk.patch(f"{URL}/{thing}", {"declared_valid_until": until}, version=version)
        assert answer.status_code == 200, answer.json

    assert decided("approved", 0) == ("pass", "declared", "2027-03-09")
    decided("returned", 1)
    declare("2026-12-01")
    assert decided("approved", 2) == ("pass", "declared", "2026-12-01")
    decided("returned", 3)
    declare(None)
    assert decided("approved", 4) == (None, None, None)


def kind(mode: str | None, period: int | None = None, term: int | None = None) -> KindFacts:
    return KindFacts("x", "V", mode, None, None, None, None, period, term)


@pytest.mark.parametrize(("of", "verified_on", "end"), [
    (kind("periodic", 12), date(2026, 3, 10), date(2027, 3, 9)),
    (kind("periodic", 6), date(2026, 8, 31), date(2027, 2, 28)),
    (kind("periodic", 24), date(2028, 2, 29), date(2030, 2, 28)),
    (kind("first_only_rotation", None, 72), date(2026, 3, 10), date(2032, 3, 10)),
    (kind("periodic"), date(2026, 3, 10), date(2028, 3, 9)),
    (kind("first_only"), date(2026, 3, 10), None),
    (None, date(2026, 3, 10), None),
])  # fmt: skip
def test_the_end_by_the_kind(of: KindFacts | None, verified_on: date, end: date | None) -> None:
    assert declared_end(of, verified_on) == end
    given = {"declared_valid_until": date(2099, 1, 1), "last_verified_on": verified_on, "last_cert_no": "1"}
    assert declared_validity(given, of) == (end or date(2099, 1, 1))
    assert declared_validity(given | {"declared_valid_until": verified_on - timedelta(days=1)}, of) is None
