"""The counters of supervision: always what a plain recount of the rows says, whoever writes at the same time."""

import random
import threading
from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update

from chassis import clock
from chassis.actor import Actor, area_of
from chassis.db import ALL, Scope
from chassis.ids import new_id
from chassis.reads import Snapshot
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, SHENZHEN, admin, supervisor
from registry.background import merge_counts
from registry.domain.rounds import due_on
from registry.domain.views import Facts, view
from registry.models import Instrument, Verification
from registry.queries import statistics
from registry.tables import SUPERVISION_COUNT, VERIFICATION_COUNT

TODAY = date(2026, 11, 24)
DIVISIONS, KINDS, HOLDERS = ("440106", "440103", "440303", "441900003"), ("020100", "070100"), (GUANGZHOU, SHENZHEN)
STATES = ("none", "submitted", "approved", "approved", "approved", "returned", "revoked")


def day(dice: random.Random) -> date:
    return TODAY + timedelta(days=dice.randint(-120, 120))


def instrument_facts(dice: random.Random) -> dict[str, Any]:
    return {
        "status": dice.choices(["in_use", "suspended", "scrapped"], [8, 1, 1])[0], "filing_state": dice.choice(STATES),
        "institution_id": dice.choice([None, *HOLDERS]), "approved_on": day(dice), "result": dice.choice([None, "pass", "fail"]),
        "valid_until": dice.choice([None, day(dice)]), "rotate_on": dice.choice([None, day(dice)]),
        "division_code": dice.choice(DIVISIONS), "kind_code": dice.choice(KINDS),
    }  # fmt: skip


def verification_facts(dice: random.Random) -> dict[str, Any]:
    return {
        "institution_id": dice.choice(HOLDERS), "division_code": dice.choice(DIVISIONS), "kind_code": dice.choice(KINDS),
        "verified_on": day(dice), "passed": dice.random() < 0.8, "first": dice.random() < 0.7,
        "due_on": dice.choice([None, day(dice), day(dice)]), "days": dice.choice([None, dice.randint(0, 40)]),
    }  # fmt: skip


def write(runtime: Runtime, dice: random.Random, steps: int) -> None:
    """Transactions that add, change and remove some of each."""
    own: list[UUID] = []
    for _ in range(steps):
        with runtime.database.transaction() as db:
            ids = [new_id() for _ in range(dice.randint(1, 6))]
            db.execute(
                insert(Instrument),
                [
                    {"id": i, "org_id": new_id(), "code": i.hex, "name": "秤", "model": "m", "serial_no": i.hex,
                     "manufacturer": "f", "identity_key": i.bytes, "purpose": "trade", "install_address": "x",
                     "created_at": clock.now(), "updated_at": clock.now(), **instrument_facts(dice)}
                    for i in ids
                ],
            )  # fmt: skip
            db.execute(
                insert(Verification),
                [{"booking_id": i, "instrument_id": i, "org_id": new_id(), **verification_facts(dice)} for i in ids],
            )
            own += ids
            for key in dice.sample(own, len(own) // 3):
                db.execute(update(Instrument).where(Instrument.id == key).values(**instrument_facts(dice)))
                db.execute(
                    update(Verification).where(Verification.booking_id == key).values(**verification_facts(dice))
                )
            gone = own.pop(dice.randrange(len(own)))
            db.execute(delete(Instrument).where(Instrument.id == gone))
            db.execute(delete(Verification).where(Verification.booking_id == gone))


def recount(runtime: Runtime, by: Actor, args: dict[str, Any]) -> dict[str, Any]:
    """The answer from the rows themselves, in plain Python."""
    with runtime.database.transaction(ALL) as db:
        instruments = [i for i in db.scalars(select(Instrument)) if seen(by, args, i)]
        verifications = [v for v in db.scalars(select(Verification)) if seen(by, args, v)]
    if by.kind == "supervisor":
        instruments = [i for i in instruments if i.filing_state != "none"]
    n: Counter[str] = Counter()
    for i in instruments:
        facts = Facts(i.status, i.filing_state, i.approved_on, i.result, i.valid_until, i.rotate_on)
        n[view(facts, TODAY)] += 1
        n["total"] += i.status != "scrapped"
        n["filed"] += i.status != "scrapped" and i.filing_state == "approved"
        n["returned"] += i.status != "scrapped" and i.filing_state == "returned"
        n["scrapped"] += i.status == "scrapped"
        n["suspended"] += i.status == "suspended"
        n["unfiled"] += i.status == "in_use" and i.filing_state in ("none", "withdrawn", "lapsed")
        late = due_on(facts) if view(facts, TODAY) != "none" else None
        n["due_in_period"] += bool(late and late < TODAY and within(late, args))
    for v in verifications:
        if within(v.verified_on.replace(day=1), args):
            n["verified"] += 1
            n["passed"] += v.passed
            n["first_verified"] += v.first
            n["first_passed"] += v.first and v.passed
            n["filed_days"] += v.days or 0
            n["filed_n"] += v.days is not None
        if v.due_on and within(v.due_on.replace(day=1), args):
            n["due_in_period"] += 1
            n["verified_on_time"] += v.verified_on <= v.due_on
    rates = {
        "first_pass_rate": round(n["first_passed"] / n["first_verified"], 4) if n["first_verified"] else None,
        "on_time_rate": round(n["verified_on_time"] / n["due_in_period"], 4) if n["due_in_period"] else None,
        "days_to_certificate": round(n["filed_days"] / n["filed_n"], 1) if n["filed_n"] else None,
    }
    return {name: n[name] for name in NAMES if name not in rates} | rates


NAMES = (
    "total", "filed", "returned", "due", "overdue", "invalid", "failed", "normal", "no_expiry", "rotation", "scrapped",
    "suspended", "unfiled", "verified", "passed", "first_verified", "first_passed", "first_pass_rate", "due_in_period",
    "verified_on_time", "on_time_rate", "days_to_certificate",
)  # fmt: skip


def seen(by: Actor, args: dict[str, Any], row: Any) -> bool:
    code = str(args.get("division_code") or "")
    return (
        row.division_code.startswith(by.area)
        and row.division_code.startswith(area_of(code))
        and args.get("kind_code") in (None, row.kind_code)
        and args.get("institution_id") in (None, row.institution_id)
    )


def within(what: date, args: dict[str, Any]) -> bool:
    return what.isoformat().startswith(args["month"]) if args.get("month") else what <= TODAY


def assert_recounted(runtime: Runtime) -> None:
    questions: list[dict[str, Any]] = [
        {}, {"month": "2026-11"}, {"month": "2026-10"}, {"division_code": "440106"}, {"division_code": "440100"},
        {"kind_code": "070100"}, {"division_code": "441900"}, {"division_code": "441900003", "kind_code": "020100"}, {"division_code": "440300"},
        {"institution_id": GUANGZHOU}, {"institution_id": GUANGZHOU, "kind_code": "070100"}, {"institution_id": SHENZHEN, "month": "2026-12"},
        {"division_code": "440103", "kind_code": "020100", "institution_id": GUANGZHOU, "month": "2026-09"},
    ]  # fmt: skip
    for by in (supervisor(), supervisor("440000"), supervisor("440106"), admin()):
        reader = Snapshot(runtime.database, Scope.of(by))
        for args in questions:
            assert statistics.supervision(reader, by, TODAY, args) == recount(runtime, by, args), (by.kind, args)


def test_the_counters_are_a_recount_of_the_rows(runtime: Runtime) -> None:
    dice = random.Random(1)
    for _ in range(3):
        write(runtime, dice, 6)
        assert_recounted(runtime)
        merge_counts(runtime, clock.now())
        assert_recounted(runtime)


def test_also_while_many_write_at_once(runtime: Runtime) -> None:
    failures: list[Exception] = []

    def work(seed: int) -> None:
        try:
            write(runtime, random.Random(seed), 12)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        merge_counts(runtime, clock.now())
    for thread in threads:
        thread.join()
    assert not failures
    assert_recounted(runtime)
    merge_counts(runtime, clock.now())
    assert_recounted(runtime)


@pytest.mark.parametrize(("by", "column"), [("division", "division_code"), ("kind", "kind_code"), ("institution", "institution_id")])  # fmt: skip
def test_the_parts_of_a_breakdown_are_the_answers_for_each(runtime: Runtime, by: str, column: str) -> None:
    write(runtime, random.Random(2), 10)
    office = supervisor("440000")
    reader = Snapshot(runtime.database, Scope.of(office))
    parts = statistics.breakdown(reader, office, TODAY, by, {"month": "2026-11"})
    assert len(parts) >= 2
    for part in parts:
        key = part.pop("key")
        if key != str(UUID(int=0)):
            narrowed = {column: UUID(key) if by == "institution" else key, "month": "2026-11"}
            assert part == statistics.supervision(reader, office, TODAY, narrowed), key


def test_merging_leaves_one_entry_for_each_state_and_month(runtime: Runtime) -> None:
    write(runtime, random.Random(3), 10)
    merge_counts(runtime, clock.now())
    with runtime.database.transaction(ALL) as db:
        for counts, figures in ((SUPERVISION_COUNT, {"n"}), (VERIFICATION_COUNT, set(statistics.VERIFICATION_FIGURES))):
            keys = [c for c in counts.c if c.name not in figures | {"merged"}]
            rows = [tuple(row) for row in db.execute(select(*keys))]
            assert len(rows) == len(set(rows)) > 5
            assert set(db.scalars(select(counts.c.merged))) == {True}
