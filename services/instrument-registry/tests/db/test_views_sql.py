"""The views in SQL are the views in Python: for random instruments, on several days."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.db import ALL
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing.snapshots import Snapshots
from registry.domain.views import VIEWS, Facts, view
from registry.models import Instrument
from registry.view_sql import LIST_VIEWS, RANGES, in_view, view_column

TODAY = date(2028, 1, 31)  # a leap day lies ahead, a new year behind
EDGES = (-400, -91, -31, -30, -29, -11, -10, -9, -1, 0, 1, 9, 10, 29, 30, 31, 89, 90, 91, 400)


def random_facts(dice: random.Random) -> Facts:
    """Mostly approved and in use; dates near the boundaries half of the time."""

    def day() -> date:
        return TODAY + timedelta(days=dice.choice(EDGES) if dice.random() < 0.5 else dice.randint(-130, 130))

    approved_on = day() if dice.random() < 0.95 else None
    valid_until = day() if dice.random() < 0.7 else None
    if approved_on and valid_until and dice.random() < 0.3:  # approved about when the certificate ended
        valid_until = approved_on + timedelta(days=dice.randint(-1, 1))
    return Facts(
        status=dice.choices(["in_use", "suspended", "scrapped"], [8, 1, 1])[0],
        filing_state=dice.choices(["approved", "none", "submitted", "revoked", "lapsed"], [8, 1, 1, 1, 1])[0],
        approved_on=approved_on,
        result=dice.choice([None, "pass", "pass", "fail"]),
        valid_until=valid_until,
        rotate_on=day() if dice.random() < 0.4 else None,
        unverified_since=day() if dice.random() < 0.3 else None,
    )


@pytest.fixture
def rows(runtime: Runtime, snapshots: Snapshots) -> dict[Any, Facts]:
    """500 instruments by id."""
    return snapshots.put("500 instruments", lambda: written(runtime))


def written(runtime: Runtime) -> dict[Any, Facts]:
    dice = random.Random(20261123)
    facts = {new_id(): random_facts(dice) for _ in range(500)}
    common = {
        "name": "秤", "model": "m", "manufacturer": "f", "kind_code": "020100", "purpose": "trade",
        "division_code": "440106", "install_address": "x", "created_at": now(), "updated_at": now(), "org_id": new_id(),
    }  # fmt: skip
    rows = [
        common | vars(one) | {"id": key, "code": key.hex, "serial_no": str(n), "identity_key": key.bytes}
        for n, (key, one) in enumerate(facts.items())
    ]
    with runtime.database.transaction(ALL) as db:
        db.execute(insert(Instrument), rows)
    return facts


@pytest.mark.parametrize("shift", [0, 1, 10, 28, 29, 30, 31, 90, -30, -31])
def test_the_rows_own_view_is_the_rules_view(db: Session, rows: dict[Any, Facts], shift: int) -> None:
    today = TODAY + timedelta(days=shift)
    found = {row[0]: row[1] for row in db.execute(select(Instrument.id, view_column()), {"today": today})}
    assert found == {key: view(facts, today) for key, facts in rows.items()}


def test_the_sample_shows_every_view(rows: dict[Any, Facts]) -> None:
    assert {view(facts, TODAY) for facts in rows.values()} == set(VIEWS)


def test_a_list_holds_just_the_rows_of_its_view(db: Session, rows: dict[Any, Facts]) -> None:
    for name in VIEWS:
        ids = set(db.execute(select(Instrument.id).where(in_view(name)), {"today": TODAY}).scalars())
        listed = {key for key, facts in rows.items() if facts.status != "scrapped" and view(facts, TODAY) == name}
        assert ids == listed, name


@pytest.mark.parametrize("shift", [-31, -30, 0, 29, 30])
def test_the_lists_of_the_views_share_no_row_and_miss_none_that_is_live(
    db: Session, rows: dict[Any, Facts], shift: int
) -> None:
    today = TODAY + timedelta(days=shift)
    lists = [set(db.scalars(select(Instrument.id).where(in_view(name)), {"today": today})) for name in RANGES]
    live = {key for key, facts in rows.items() if view(facts, today) != "none"}
    assert set().union(*lists) == live
    assert sum(len(each) for each in lists) == len(live)


def test_predicates_exclude_each_other(db: Session, rows: dict[Any, Facts]) -> None:
    """Summed over the live rows they count each once."""
    live = select(func.count()).where(Instrument.status == "in_use", Instrument.filing_state == "approved",
                                      Instrument.approved_on.is_not(None))  # fmt: skip
    each = [db.execute(live.where(in_view(view)), {"today": TODAY}).scalar_one() for view in RANGES]
    assert sum(each) == db.execute(live).scalar_one() > 200


def test_every_list_can_be_asked_for(db: Session, rows: dict[Any, Facts]) -> None:
    for name in LIST_VIEWS:
        assert db.execute(select(func.count()).where(in_view(name)), {"today": TODAY}).scalar_one() >= 1, name
    scrapped = sum(facts.status == "scrapped" for facts in rows.values())
    assert db.execute(select(func.count()).where(in_view("all")), {"today": TODAY}).scalar_one() == len(rows) - scrapped
    assert db.execute(text("SELECT count(*) FROM instrument")).scalar_one() == len(rows)
