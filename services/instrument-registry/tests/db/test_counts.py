"""The counters: always the list's own total, whatever changes, whoever changes at the same time, merged or not."""

import random
import threading
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from chassis import clock
from chassis.actor import Actor
from chassis.db import ALL, Scope
from chassis.ids import new_id
from chassis.reads import Snapshot
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, SHENZHEN, admin, applicant, staff, supervisor
from registry import queries
from registry.background import merge_counts
from registry.models import Instrument
from registry.tables import INSTRUMENT_COUNT, NOBODY

TODAY = date(2026, 11, 24)
STATES = ("none", "submitted", "approved", "approved", "approved", "returned", "revoked", "lapsed")
KINDS, DIVISIONS = ("020100", "070100"), ("440106", "440103", "440303", "441900003")
OWNER, OTHER = applicant(), applicant()
LOOKERS = (
    OWNER,
    OTHER,
    staff(),
    staff(institution_id=SHENZHEN),
    supervisor(),
    supervisor("440000"),
    supervisor("440106"),
    admin(),
)
NARROWED = ({}, {"kind_code": "070100"}, {"division_code": "440106"}, {"division_code": "440300"},
            {"institution_id": GUANGZHOU, "kind_code": "020100"}, {"institution_id": NOBODY}, {"division_code": "44010"}, {"division_code": "440106", "kind_code": "020100"}, {"kind_code": ""})  # fmt: skip


def add(runtime: Runtime, owner: Actor, number: int, dice: random.Random) -> list[UUID]:
    ids = [new_id() for _ in range(number)]
    assert owner.org_id is not None
    with runtime.database.transaction(Scope.of(owner)) as db:
        for key in ids:
            db.add(
                Instrument(
                    id=key, org_id=owner.org_id, code=key.hex, name="秤", model="m", serial_no=key.hex, manufacturer="f",
                    identity_key=key.bytes, kind_code=dice.choice(KINDS), purpose="trade", division_code=dice.choice(DIVISIONS),
                    install_address="x", created_at=clock.now(), updated_at=clock.now(), **_facts(dice),
                )
            )  # fmt: skip
    return ids


def _facts(dice: random.Random) -> dict[str, Any]:
    def day() -> date:
        return TODAY + timedelta(days=dice.randint(-120, 120))

    return {
        "status": dice.choices(["in_use", "suspended", "scrapped"], [8, 1, 1])[0],
        "filing_state": dice.choice(STATES),
        "approved_on": day(),
        "result": dice.choice([None, "pass", "pass", "fail"]),
        "valid_until": dice.choice([None, day(), day()]),
        "rotate_on": dice.choice([None, day()]),
        "institution_id": dice.choice([None, GUANGZHOU, SHENZHEN]),
        "participants": dice.choice([[], [GUANGZHOU], [SHENZHEN], [GUANGZHOU, SHENZHEN]]),
    }


def change(runtime: Runtime, owner: Actor, ids: list[UUID], dice: random.Random) -> None:
    """One transaction that changes some and removes one."""
    with runtime.database.transaction(Scope.of(owner)) as db:
        for one in dice.sample(ids, min(5, len(ids))):
            db.execute(
                Instrument.__table__.update().where(Instrument.id == one).values(**_facts(dice))  # type: ignore[attr-defined]
            )
        db.execute(text("DELETE FROM instrument WHERE id = :id"), {"id": dice.choice(ids)})


def assert_counted(runtime: Runtime, owner: Actor, today: date) -> None:
    """Home page and totals against the rows themselves."""
    reader = Snapshot(runtime.database, Scope.of(owner))
    counts = queries.overview(reader, owner, today)
    for narrowed in NARROWED:
        assert_total(runtime, owner, {"view": "all", "page_size": 1, **narrowed}, today)
    for name in queries.COUNTED:
        args: dict[str, Any] = {"view": name, "page_size": 1}
        if name in ("total", "filed", "returned"):
            args["view"] = "all"
        if name in ("filed", "returned"):
            args["filing_state"] = {"filed": "approved"}.get(name, name)
        assert (name, counts[name]) == (name, assert_total(runtime, owner, args, today))


def assert_total(runtime: Runtime, owner: Actor, args: dict[str, Any], today: date) -> int:
    listed = queries.instruments(Snapshot(runtime.database, Scope.of(owner)), owner, args, today)["total"]
    with runtime.database.transaction(Scope.of(owner)) as db:
        statement = select(func.count()).where(*queries.conditions(queries.Question.of(owner, args)))
        rows = db.execute(statement, queries.values(owner, args, today)).scalar_one()
    assert listed == rows, (owner.kind, args)
    return rows


def test_counts_follow_every_kind_of_change(runtime: Runtime) -> None:
    dice = random.Random(1)
    ids = add(runtime, OWNER, 60, dice)
    add(runtime, OTHER, 20, dice)
    for step in range(10):
        change(runtime, OWNER, ids, dice)
        if step % 3 == 0:
            merge_counts(runtime, clock.now())
        assert_counted(runtime, OWNER, TODAY + timedelta(days=step * 9))
    for looker in LOOKERS:
        assert_counted(runtime, looker, TODAY)


@pytest.mark.parametrize("kind", queries.COUNTERS)
def test_no_list_is_counted_row_by_row_that_the_counters_know(kind: str) -> None:
    for view in queries.COUNTED[3:]:
        for names in ((), ("filing_state",), ("status",)):
            assert queries.counted(queries.Question(kind, view, names)) is not None
    area = ("division_code", "kind_code", "institution_id")
    assert (queries.counted(queries.Question(kind, "all", area)) is not None) == (kind in ("supervisor", "admin"))
    assert queries.counted(queries.Question(kind, "all", ("department",))) is None


def test_counts_are_right_while_many_write_at_once(runtime: Runtime) -> None:
    ids = add(runtime, OWNER, 80, random.Random(2))
    stop, failures = threading.Event(), []

    def work(seed: int) -> None:
        dice = random.Random(seed)
        own = ids[seed * 20 : seed * 20 + 20]
        try:
            while not stop.is_set():
                change(runtime, OWNER, own, dice)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    try:
        reader = Snapshot(runtime.database, Scope.of(OWNER))
        for _ in range(30):
            merge_counts(runtime, clock.now())
            page = queries.instruments(reader, OWNER, {"page_size": 100}, TODAY)
            assert page["total"] == len(page["items"]), "list and total are of one snapshot"
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures
    for looker in LOOKERS:
        assert_counted(runtime, looker, TODAY)


def test_merging_leaves_one_entry_for_each_state(runtime: Runtime) -> None:
    dice = random.Random(3)
    ids = add(runtime, OWNER, 30, dice)
    for _ in range(5):
        change(runtime, OWNER, ids, dice)
    merge_counts(runtime, clock.now())
    with runtime.database.transaction(ALL) as db:
        n = INSTRUMENT_COUNT.c
        kept = [tuple(row) for row in db.execute(select(n.viewer_id, n.status, n.filing_state, n.phase, n.phase_day))]
        assert len(kept) == len(set(kept)) > 5
        assert db.execute(select(func.bool_and(n.merged), func.min(n.n))).one() == (True, 1)


@pytest.mark.parametrize("reader", [OTHER, applicant(), staff(institution_id=new_id())])
def test_nobody_counts_what_is_not_theirs(runtime: Runtime, reader: Actor) -> None:
    add(runtime, OWNER, 10, random.Random(4))
    assert set(queries.overview(Snapshot(runtime.database, Scope.of(reader)), reader, TODAY).values()) == {0}
    with runtime.database.transaction(Scope.of(reader)) as db:
        assert db.execute(select(func.count()).select_from(INSTRUMENT_COUNT)).scalar_one() == 0


@pytest.mark.parametrize("looker", LOOKERS, ids=lambda looker: f"{looker.kind}-{looker.division}")
def test_everyone_walks_their_list_from_the_newest_to_the_oldest(runtime: Runtime, looker: Actor) -> None:
    dice = random.Random(5)
    for owner in (OWNER, OTHER, OWNER):
        change(runtime, owner, add(runtime, owner, 12, dice), dice)
    reader = Snapshot(runtime.database, Scope.of(looker))
    with runtime.database.transaction(Scope.of(looker)) as db:
        seen = select(Instrument.id).where(queries.visible_to(looker.kind), Instrument.status != "scrapped")
        expected = list(db.scalars(seen.order_by(Instrument.id.desc()), queries.values(looker, {}, TODAY)))
    assert len(expected) > 5
    walked: list[UUID] = []
    cursor: str | None = ""
    while cursor is not None:
        page = queries.instruments(reader, looker, {"page_size": 4, "cursor": cursor}, TODAY)
        walked += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert walked == expected
    second = queries.instruments(reader, looker, {"page_size": 4, "page": 2}, TODAY)
    assert [row["id"] for row in second["items"]] == expected[4:8]
    assert second["total"] == len(expected)
