"""The search: whatever is typed finds just the instruments that hold it, within what the caller may see."""

import random
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, text, update

from chassis import clock
from chassis.actor import Actor
from chassis.db import ALL, Scope
from chassis.ids import new_id
from chassis.lists import fast
from chassis.reads import Snapshot
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, SHENZHEN, admin, applicant, staff, supervisor
from registry import queries
from registry.models import Instrument

TODAY = date(2026, 11, 24)
OWNER, OTHER = applicant(), applicant()
NAMES = ("电子计价秤", "水表", "水𠮷表", "燃油加油机", "ＡＢ压力表", "Straße", "100%_\\ 秤", "😀仪", "表水")


def add(runtime: Runtime, owner: Actor, **rows: Any) -> list[UUID]:
    values = rows.pop("rows", [rows])
    common = {
        "name": "秤", "model": "ACS-30", "manufacturer": "f", "kind_code": "020100", "purpose": "trade", "own_no": "",
        "division_code": "440106", "install_address": "天河路 1 号", "created_at": clock.now(), "updated_at": clock.now(),
        "org_id": owner.org_id, "filing_state": "approved", "participants": [],
    }  # fmt: skip
    ids = [new_id() for _ in values]
    with runtime.database.transaction(ALL) as db:
        db.execute(
            insert(Instrument),
            [common | {"id": i, "code": i.hex, "serial_no": "9", "identity_key": i.bytes} | v for i, v in zip(ids, values, strict=True)],
        )  # fmt: skip
    return ids


def found(runtime: Runtime, by: Actor, **args: Any) -> list[UUID]:
    page = queries.instruments(Snapshot(runtime.database, Scope.of(by)), by, {"page_size": 100, **args}, TODAY)
    assert page["total"] == len(page["items"])
    return [row["id"] for row in page["items"]]


@pytest.mark.parametrize(
    ("q", "name"),
    [
        ("水表", "水表"), ("表水", "表水"), ("𠮷", "水𠮷表"), ("𠮷表", "水𠮷表"), ("ab", "ＡＢ压力表"), ("ＡB压", "ＡＢ压力表"),
        ("STRASS", None), ("straß", "Straße"), ("%", "100%_\\ 秤"), ("_\\", "100%_\\ 秤"), ("％", "100%_\\ 秤"), ("😀", "😀仪"),
        ("计价", "电子计价秤"), ("水水表", None), ("油加油机", "燃油加油机"),
    ],
)  # fmt: skip
def test_a_part_of_one_character_or_more_is_found_in_any_script(runtime: Runtime, q: str, name: str | None) -> None:
    ids = dict(zip(NAMES, add(runtime, OWNER, rows=[{"name": one} for one in NAMES]), strict=True))
    assert found(runtime, OWNER, q=q) == ([ids[name]] if name else [])


def test_every_searched_column_is_found_and_nothing_across_two(runtime: Runtime) -> None:
    for column in queries.SEARCHED:
        (one,) = add(runtime, OWNER, **{column: f"特别{column}"})
        assert found(runtime, OWNER, q=f"特别{column}") == [one]
        assert (
            found(runtime, OWNER, **{f"{column}_contains": "别"}) == [one]
            if f"{column}_contains" in queries.CONTAINED
            else True
        )
        with runtime.database.transaction(ALL) as db:
            db.execute(delete(Instrument).where(Instrument.id == one))
    add(runtime, OWNER, name="甲", model="乙")
    assert found(runtime, OWNER, q="甲乙") == []


def test_it_follows_every_change_and_is_what_a_plain_look_finds(runtime: Runtime) -> None:
    dice = random.Random(5)
    letters = "水表秤油1A２"

    def some() -> str:
        return "".join(dice.choices(letters, k=dice.randint(1, 6)))

    ids = add(runtime, OWNER, rows=[{"name": some(), "own_no": some()} for _ in range(60)])
    for _ in range(20):
        with runtime.database.transaction(ALL) as db:
            for one in dice.sample(ids, 3):
                db.execute(update(Instrument).where(Instrument.id == one).values(name=some(), install_address=some()))
            db.execute(delete(Instrument).where(Instrument.id == ids.pop()))
        q = some()[:3]
        with runtime.database.transaction(ALL) as db:
            plain = text(
                "SELECT id FROM instrument WHERE strpos(lower(normalize(concat_ws(E'\\n', name, model, serial_no, own_no,"
                " install_address), NFKC)), lower(normalize(:q, NFKC))) > 0 ORDER BY id DESC"
            )
            assert found(runtime, OWNER, q=q) == list(db.scalars(plain, {"q": q})), q


def test_nobody_finds_what_is_not_theirs(runtime: Runtime) -> None:
    (mine,) = add(runtime, OWNER, name="水表")
    (theirs,) = add(runtime, OTHER, name="水表", participants=[staff().org_id])
    assert (found(runtime, OWNER, q="水表"), found(runtime, OTHER, q="水表")) == ([mine], [theirs])
    assert found(runtime, OTHER, q="水表", org_id=OWNER.org_id) == []
    assert found(runtime, staff(), q="水表") == [theirs]
    assert found(runtime, supervisor(), q="水表") == [theirs, mine]
    assert found(runtime, supervisor("440300"), q="水表") == []


LOOKERS = (
    OWNER,
    staff(),
    staff(institution_id=SHENZHEN),
    supervisor(),
    supervisor("440000"),
    supervisor("440106"),
    admin(),
)
AREAS = (None, "440106", "440300", "44010", "441900", "441900003", "440000")


def test_everyone_finds_all_that_their_list_shows_whatever_changed(runtime: Runtime) -> None:
    dice = random.Random(16)
    ids = add(runtime, OWNER, rows=[{"name": "水表"} for _ in range(40)])
    for _ in range(5):
        with runtime.database.transaction(ALL) as db:
            for one in dice.sample(ids, 20):
                facts = {
                    "filing_state": dice.choice(["none", "submitted", "approved"]),
                    "participants": dice.choice([[], [GUANGZHOU], [GUANGZHOU, SHENZHEN]]),
                    "division_code": dice.choice(["440106", "440103", "440303", "441900003", "441900004"]),
                }
                changed = dice.sample(sorted(facts), dice.randint(1, 3))
                db.execute(update(Instrument).where(Instrument.id == one).values({key: facts[key] for key in changed}))
        for by in LOOKERS:
            for area in AREAS:
                args = {"division_code": area} if area else {}
                assert found(runtime, by, q="水表", **args) == found(runtime, by, **args), (by.kind, by.division, area)


def test_what_is_counted_ends_where_nobody_turns_pages_and_says_so(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "COUNTED", 5)
    monkeypatch.setattr(queries.LISTING, "_reads", {})
    add(runtime, OWNER, rows=[{"name": "水表"} for _ in range(7)])
    reader = Snapshot(runtime.database, Scope.of(OWNER))
    page = queries.instruments(reader, OWNER, {"page_size": 2, "q": "水"}, TODAY)
    assert (len(page["items"]), page["total"], page["total_at_least"]) == (2, 5, True)
    assert queries.instruments(reader, OWNER, {"page_size": 2}, TODAY)["total"] == 7, "other totals are exact"
    queries.LISTING._reads.clear()


@pytest.mark.parametrize("stretch", [20_000, 3, 1], ids=["walked", "walked and ordered", "ordered"])
@pytest.mark.parametrize("many", [5, 7], ids=["as many as are counted", "more"])
def test_pages_of_a_search_are_in_order_for_everyone_whether_it_finds_little_or_much(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, many: int, stretch: int
) -> None:
    monkeypatch.setattr(fast, "COUNTED", 5)
    monkeypatch.setattr(fast, "STRETCH", stretch)
    monkeypatch.setattr(queries.LISTING, "_reads", {})
    ids = add(
        runtime,
        OWNER,
        rows=[{"name": "水表", "serial_no": str(9 - n), "participants": [GUANGZHOU]} for n in range(many)],
    )
    add(runtime, OWNER, name="秤")
    total = {"total": 5, "total_at_least": True} if many > 5 else {"total": 5}
    for by in (OWNER, staff(), supervisor(), supervisor("440000"), supervisor("440106"), admin()):
        reader = Snapshot(runtime.database, Scope.of(by))
        for sort, expected in (("", ids[::-1]), ("-serial_no", ids), ("serial_no", ids[::-1])):
            for number in (1, 2, 3, 9):
                page = queries.instruments(reader, by, {"page": number, "page_size": 2, "q": "水", "sort": sort}, TODAY)
                assert [row["id"] for row in page["items"]] == expected[2 * number - 2 : 2 * number], (by.kind, sort)
                assert {key: page[key] for key in page if key.startswith("total")} == total, (by.kind, number)
    queries.LISTING._reads.clear()


def test_pages_near_the_end_are_the_same_from_there(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = add(runtime, OWNER, rows=[{"participants": [GUANGZHOU]} for _ in range(7)])
    asked: list[str] = []
    upwards = queries.LISTING._upwards
    monkeypatch.setattr(queries.LISTING, "_upwards", lambda *words: asked.append("upwards") or upwards(*words))
    monkeypatch.setattr(queries.LISTING, "_reads", {})
    for deep in (10_000, 0):
        monkeypatch.setattr(fast, "DEEP", deep)
        for by in (OWNER, staff(), supervisor(), supervisor("440000"), admin()):
            reader = Snapshot(runtime.database, Scope.of(by))
            for number in range(1, 6):
                page = queries.instruments(reader, by, {"page": number, "page_size": 2}, TODAY)
                assert [row["id"] for row in page["items"]] == ids[::-1][2 * number - 2 : 2 * number], (by.kind, number)
                assert (page["total"], page["page"]) == (7, number)
        assert bool(asked) is (deep == 0)


def test_every_column_can_be_filtered_and_ordered_by(runtime: Runtime) -> None:
    add(runtime, OWNER, name="水表", made_on=date(2024, 2, 29))
    reader = Snapshot(runtime.database, Scope.of(OWNER))
    for name in queries.SORTABLE:
        queries.instruments(reader, OWNER, {"page_size": 1, "sort": f"-{name}"}, TODAY)
    shown = {c.key for c in queries.COLUMNS} - {"id", "details", "version", "created_at", "updated_at"}
    assert (shown | {"view"}) - {*queries.SORTABLE} == {"org_id"}
    asked = {*queries.FILTERS} | {n.rpartition("_")[0] for n in (*queries.RANGES_OF, *queries.CONTAINED)}
    assert shown - asked == set()
    for name in (*queries.FILTERS, *queries.CONTAINED):
        value: Any = new_id() if name.endswith("_id") else "x"
        assert queries.instruments(reader, OWNER, {"page_size": 1, name: value}, TODAY)["total"] == 0, name
    assert len(found(runtime, OWNER, made_on_from=date(2024, 2, 29), made_on_to=date(2024, 2, 29))) == 1
    assert found(runtime, OWNER, made_on_from=date(2024, 3, 1)) == []
