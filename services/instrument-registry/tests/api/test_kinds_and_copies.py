"""Fields of the kind, copies, and one change to many."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from booked import filing_event
from sqlalchemy import Engine, event

from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, deliver, run_jobs, staff, tell_organization

pytestmark = pytest.mark.usefixtures("seeded")
SignIn = Callable[[Actor | None], Caller]
API = "/api/registry/instruments"
DISPENSER, WATER, SCALE = "fuel_dispenser", "water_meter", None


@pytest.fixture
def owner() -> Actor:
    return applicant()


@pytest.fixture
def clerk(owner: Actor, signed_in: SignIn, runtime: Runtime) -> Caller:
    tell_organization(runtime, owner)
    return signed_in(owner)


@pytest.fixture
def kinds(clerk: Caller) -> dict[str | None, str]:
    """details_schema -> a code of a kind in force that has it."""
    items = clerk.get("/api/registry/catalog").json["items"]
    return {kind["details_schema"]: kind["code"] for kind in items if kind["mode"] and not kind["valid_to"]}


def values(kind: str, serial: str = "A1", **more: Any) -> dict[str, Any]:
    return {
        "name": "器具", "model": "M-1", "serial_no": serial, "manufacturer": "示例", "kind_code": kind, "purpose": "trade",
        "division_code": "440106", "install_address": "天河路 1 号", "type_approval_no": "PA1",
    } | more  # fmt: skip


def add(clerk: Caller, kind: str, serial: str = "A1", **more: Any) -> Any:
    answer = clerk.post(API, values(kind, serial, **more))
    assert answer.status_code == 201, answer.json
    return answer.json


def tell_filing(runtime: Runtime, owner: Actor, ids: list[str], verb: str) -> None:
    deliver(runtime, filing_event(owner, ids, verb, "2026-11-23T03:00:00Z", "2026-11-23"))


# -- fields of the kind ----------------------------------------------------------------------------------------


def test_a_dispenser_has_nozzles_and_each_is_a_measuring_unit(clerk: Caller, kinds: dict[str | None, str]) -> None:
    nozzles = [{"nozzle_no": "1", "fuel_grade": "92"}, {"nozzle_no": "2", "fuel_grade": "95"}]
    made = add(clerk, kinds[DISPENSER], details={"nozzles": nozzles})
    assert made["details"] == {"nozzles": nozzles}


@pytest.mark.parametrize(
    ("kind", "details", "field", "code"),
    [
        (SCALE, {"nozzles": [{"nozzle_no": "1"}]}, "details.nozzles", "not_of_this_kind"),
        (WATER, {"nozzles": [{"nozzle_no": "1"}]}, "details.nozzles", "not_of_this_kind"),
        (WATER, {"medium": "天然气"}, "details.medium", "not_of_this_kind"),
        (DISPENSER, {"size": "DN20"}, "details.size", "not_of_this_kind"),
        (
            DISPENSER,
            {"nozzles": [{"nozzle_no": "1"}, {"nozzle_no": "1"}]},
            "details.nozzles.1.nozzle_no",
            "nozzle_twice",
        ),
        (DISPENSER, {"colour": "red"}, "details.colour", "unknown_field"),
    ],
)
def test_a_kind_has_its_own_fields_and_no_others(
    clerk: Caller, kinds: dict[str | None, str], kind: str | None, details: Any, field: str, code: str
) -> None:
    refused = clerk.post(API, values(kinds[kind], details=details))
    assert (refused.status_code, [(e["field"], e["code"]) for e in refused.json["errors"]]) == (422, [(field, code)])


def test_a_kind_without_these_fields_cannot_be_chosen_while_they_stand(
    clerk: Caller, kinds: dict[str | None, str]
) -> None:
    made = add(clerk, kinds[WATER], details={"size": "DN20"})
    path = f"{API}/{made['id']}"
    refused = clerk.patch(path, {"kind_code": kinds[SCALE]}, version=1)
    assert [e["field"] for e in refused.json["errors"]] == ["details.size"]
    assert clerk.patch(path, {"kind_code": kinds[SCALE], "details": {}}, version=1).status_code == 200


def test_after_approval_nozzles_may_change_and_a_meters_size_may_not(
    clerk: Caller, kinds: dict[str | None, str], owner: Actor, runtime: Runtime
) -> None:
    dispenser = add(clerk, kinds[DISPENSER], details={"nozzles": [{"nozzle_no": "1"}]})
    meter = add(clerk, kinds[WATER], "A2", details={"size": "DN20"})
    tell_filing(runtime, owner, [dispenser["id"], meter["id"]], "approved")
    version = clerk.get(f"{API}/{dispenser['id']}").json["version"]
    changed = clerk.patch(
        f"{API}/{dispenser['id']}", {"details": {"nozzles": [{"nozzle_no": "1", "fuel_grade": "98"}]}}, version=version
    )
    assert changed.status_code == 200, changed.json
    line = clerk.get(f"{API}/{dispenser['id']}/history").json["items"][0]
    assert [c["field"] for c in line["changes"]] == ["details.nozzles"]
    version = clerk.get(f"{API}/{meter['id']}").json["version"]
    frozen = clerk.patch(f"{API}/{meter['id']}", {"details": {"size": "DN25"}}, version=version)
    assert (frozen.status_code, frozen.json["code"]) == (409, "fields_frozen")
    assert "口径" in frozen.json["detail"]


def test_nozzles_that_a_booking_counts_on_are_not_renumbered(
    clerk: Caller, kinds: dict[str | None, str], runtime: Runtime
) -> None:
    from sqlalchemy import text

    made = add(clerk, kinds[DISPENSER], details={"nozzles": [{"nozzle_no": "1"}, {"nozzle_no": "2"}]})
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE instrument SET open_booking_id = gen_random_uuid()"))
    path = f"{API}/{made['id']}"
    for nozzles in ([{"nozzle_no": "1"}], [{"nozzle_no": "1"}, {"nozzle_no": "3"}]):
        refused = clerk.patch(path, {"details": {"nozzles": nozzles}}, version=1)
        assert (refused.status_code, refused.json["code"]) == (409, "booking_open")
    same = [{"nozzle_no": "1", "fuel_grade": "95"}, {"nozzle_no": "2"}]
    assert clerk.patch(path, {"details": {"nozzles": same}}, version=1).status_code == 200


# -- history ---------------------------------------------------------------------------------------------------


def test_history_says_who_when_from_where_and_why(
    clerk: Caller, signed_in: SignIn, kinds: dict[str | None, str], owner: Actor, runtime: Runtime
) -> None:
    made = add(clerk, kinds[SCALE])
    path = f"{API}/{made['id']}"
    clerk.patch(path, {"department": "二楼", "keeper": "小陈", "reason": "搬家"}, version=1)
    line = clerk.get(f"{path}/history").json["items"][0]
    assert (line["kind"], line["reason"], line["actor"]["name"]) == ("changed", "搬家", owner.name)
    assert line["actor"]["address"] == "127.0.0.1"
    assert {(c["field"], c["before"], c["after"]) for c in line["changes"]} == {
        ("department", "", "二楼"), ("keeper", "", "小陈"),
    }  # fmt: skip
    tell_filing(runtime, owner, [made["id"]], "approved")
    seen = signed_in(staff()).get(f"{path}/history").json["items"]
    assert all("address" not in one["actor"] for one in seen), "an address is nobody else's business"


# -- copies ----------------------------------------------------------------------------------------------------


def test_a_copy_is_alike_but_for_what_is_that_ones_own(clerk: Caller, kinds: dict[str | None, str]) -> None:
    made = add(
        clerk, kinds[WATER], own_no="W-1", last_cert_no="C-1", department="二楼",
        details={"size": "DN20", "account_no": "123"},
    )  # fmt: skip
    items = [
        {"serial_no": "A2", "own_no": "W-2"},
        {"serial_no": "A1", "own_no": "W-1"},
        {"serial_no": "A3", "remark": "新"},
    ]
    answer = clerk.post(f"{API}/{made['id']}/copies", {"items": items})
    assert answer.status_code == 200, answer.json
    assert [(f["index"], f["code"]) for f in answer.json["failed"]] == [(1, "same_instrument")]
    first = clerk.get(f"{API}/{answer.json['created'][0]}").json
    alike = {key: first[key] for key in ("name", "model", "kind_code", "department", "install_address", "own_no")}
    assert alike == {key: made[key] for key in alike} | {"own_no": "W-2"}
    assert (first["details"], first["last_cert_no"], first["filing_state"]) == ({"size": "DN20"}, "", "none")
    assert first["code"] != made["code"]
    assert clerk.get(f"{API}/{answer.json['created'][1]}").json["own_no"] == ""


def test_a_copy_of_anothers_instrument_does_not_exist(
    clerk: Caller, signed_in: SignIn, kinds: dict[str | None, str]
) -> None:
    made = add(clerk, kinds[SCALE])
    other = signed_in(applicant())
    assert other.post(f"{API}/{made['id']}/copies", {"items": [{"serial_no": "A2"}]}).status_code == 404


# -- one change to many ----------------------------------------------------------------------------------------


def test_one_change_to_many_obeys_the_rules_of_each(
    clerk: Caller, kinds: dict[str | None, str], owner: Actor, runtime: Runtime
) -> None:
    ids = [add(clerk, kinds[SCALE], f"B{n}")["id"] for n in range(3)]
    tell_filing(runtime, owner, [ids[0]], "approved")
    tell_filing(runtime, owner, [ids[1]], "submitted")
    asked = {
        "selection": {"ids": ids},
        "changes": {"install_address": "新地址", "made_on": "2026-01-02"},
        "reason": "盘点",
    }
    answer = clerk.post(f"{API}/actions/edit", asked).json
    assert (answer["done"], {f["code"] for f in answer["failed"]}) == (1, {"fields_frozen", "filing_open"})
    assert clerk.get(f"{API}/{ids[2]}").json["made_on"] == "2026-01-02"
    assert clerk.get(f"{API}/{ids[0]}").json["install_address"] == "天河路 1 号", "all or nothing of each"
    free = {"selection": {"filter": {"q": "器具"}, "expect": 3}, "changes": {"department": "三楼"}}
    assert clerk.post(f"{API}/actions/edit", free).json == {"done": 3, "failed": []}
    assert clerk.get(f"{API}/{ids[1]}/history").json["items"][0]["changes"][0]["after"] == "三楼"


def test_many_are_changed_by_as_many_statements_as_there_are_changes(
    clerk: Caller, kinds: dict[str | None, str]
) -> None:
    """The triggers of counts and search run once a statement: not a thousand times for a thousand instruments."""
    ids = [add(clerk, kinds[SCALE], serial_no=f"A{n}")["id"] for n in range(5)]
    chosen = {"selection": {"ids": ids}}
    asked = [
        ("edit", chosen | {"changes": {"department": "三楼", "made_on": "2026-01-02"}}), ("suspend", chosen),
        ("resume", chosen), ("delete", chosen),
    ]  # fmt: skip
    for move, body in asked:
        with written("instrument") as statements:
            assert clerk.post(f"{API}/actions/{move}", body).json == {"done": 5, "failed": []}
        assert len(statements) == 1, (move, statements)
        if move == "edit":
            shown = clerk.get(f"{API}/{ids[4]}").json
            assert (shown["department"], shown["made_on"], shown["version"]) == ("三楼", "2026-01-02", 2)
    assert clerk.get(API).json["total"] == 0


@contextmanager
def written(table: str) -> Iterator[list[str]]:
    """UPDATEs and DELETEs of the table, as the driver is given them."""
    seen: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith((f"UPDATE {table} ", f"DELETE FROM {table} ")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", look)


@pytest.mark.parametrize("field", ["serial_no", "name", "status", "org_id"])
def test_what_identifies_an_instrument_is_not_given_to_many(
    clerk: Caller, kinds: dict[str | None, str], field: str
) -> None:
    made = add(clerk, kinds[SCALE])
    refused = clerk.post(f"{API}/actions/edit", {"selection": {"ids": [made["id"]]}, "changes": {field: "x"}})
    assert [(e["field"], e["code"]) for e in refused.json["errors"]] == [(f"changes.{field}", "unknown_field")]


def test_more_than_a_thousand_are_changed_by_a_job(
    clerk: Caller, kinds: dict[str | None, str], runtime: Runtime
) -> None:
    made = add(clerk, kinds[SCALE])
    for start in range(0, 1000, 200):
        items = [{"serial_no": f"N{start + n}"} for n in range(200)]
        assert clerk.post(f"{API}/{made['id']}/copies", {"items": items}).json["failed"] == []
    asked = {"selection": {"all": True, "expect": 1001}, "changes": {"made_on": "2026-01-02"}}
    answer = clerk.post(f"{API}/actions/edit", asked)
    assert answer.status_code == 202, answer.json
    run_jobs(runtime)
    job = clerk.get(f"/api/registry/jobs/{answer.json['id']}").json
    assert (job["state"], job["done"], job["failed"]) == ("done", 1001, 0)
    assert clerk.get(f"{API}?made_on_from=2026-01-02&page_size=1").json["total"] == 1001
