"""Instruments through the HTTP door: add, edit, act on selections; what a filing allows."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import (
    GUANGZHOU,
    Caller,
    admin,
    applicant,
    assert_satisfies,
    cloud_event,
    deliver,
    recorded,
    staff,
    supervisor,
)
from registry.api.schemas import InstrumentView

pytestmark = pytest.mark.usefixtures("seeded")
BASE = "/api/registry/instruments"
SignIn = Callable[[Actor | None], Caller]


def fields(**changes: Any) -> dict[str, Any]:
    return {
        "name": "电子计价秤", "model": "ACS-30", "serial_no": "A0001", "manufacturer": "示例衡器有限公司",
        "kind_code": "020100", "purpose": "trade", "division_code": "440106", "install_address": "天河路 1 号",
        "type_approval_no": "PA2026F001-44",
    } | changes  # fmt: skip


@pytest.fixture
def owner() -> Actor:
    return applicant()


@pytest.fixture
def clerk(signed_in: SignIn, owner: Actor) -> Caller:
    return signed_in(owner)


def add(clerk: Caller, **changes: Any) -> dict[str, Any]:
    answer = clerk.post(BASE, fields(**changes))
    assert answer.status_code == 201, answer.json
    body: dict[str, Any] = answer.json
    return body


def filing_event(event_type: str, state: str, owner: Actor, instrument_id: str, version: int) -> dict[str, Any]:
    item: dict[str, Any] = {
        "filing_id": new_id(), "instrument_id": instrument_id, "version": version, "instrument_version": 1, "state": state,
    }  # fmt: skip
    data: dict[str, Any] = {
        "org_id": owner.org_id, "submission_id": new_id(), "institution_id": GUANGZHOU, "holder_id": None,
        "actor": {"account_id": str(owner.account_id), "kind": "institution", "name": "王经办"},
        "at": "2026-11-23T03:00:00Z", "reason_code": None, "reason": None, "items": [item],
    }  # fmt: skip
    if event_type == "filing.submitted":
        data["number"] = "BA20261123-000001"
    if event_type == "filing.approved":
        keys = (
            "name",
            "model",
            "serial_no",
            "manufacturer",
            "kind_code",
            "purpose",
            "division_code",
            "install_address",
        )
        item["snapshot"] = {k: fields()[k] for k in keys} | {"own_no": "", "venue": None}
        data |= {"holder_id": GUANGZHOU, "approved_on": "2026-11-23"}
    return cloud_event(event_type, "filing", data)


def approve(runtime: Runtime, owner: Actor, instrument_id: str, version: int = 2) -> None:
    deliver(runtime, filing_event("filing.approved", "approved", owner, instrument_id, version))


def test_an_added_instrument_is_shown_and_unfiled(clerk: Caller) -> None:
    made = add(clerk)
    assert_satisfies(InstrumentView, made)
    assert (made["view"], made["filing_state"], made["status"]) == ("none", "none", "in_use")
    assert clerk.get(f"{BASE}?view=unfiled").json["total"] == 1
    assert clerk.get(f"{BASE}/{made['id']}").headers["ETag"] == '"1"'


def test_every_wrong_field_comes_in_one_answer_in_the_manuals_words(clerk: Caller) -> None:
    refused = clerk.post(BASE, fields(kind_code="999999", division_code="440100", made_on="2999-01-01"))
    assert refused.status_code == 422
    told = {e["field"]: (e["code"], e["message"]) for e in refused.json["errors"]}
    assert told["kind_code"] == ("kind_unknown", "仪器的种别代码：999999可能有误或已作废，无法找到相对应的名称")
    assert told["division_code"] == (
        "division_not_leaf", "【440100】是属于市级代码，使用区域须填最后两位不是“00”的区县级代码！",
    )  # fmt: skip
    assert told["made_on"][0] == "date_in_future"


@pytest.mark.parametrize("division", ["441900", "442000", "441900003", "440106"])
def test_cities_without_counties_and_their_towns_are_areas_of_use(clerk: Caller, division: str) -> None:
    assert add(clerk, division_code=division)["division_code"] == division


def test_the_same_instrument_is_refused_however_it_is_typed(clerk: Caller) -> None:
    add(clerk, serial_no="A0001")
    refused = clerk.post(BASE, fields(serial_no=" ａ０００１ "))
    assert (refused.status_code, refused.json["code"]) == (409, "same_instrument")
    assert "A0001" in refused.json["detail"]


@pytest.mark.parametrize("text", ["\x00", "\ud800", "x" * 101])
def test_text_that_cannot_be_kept_is_refused_clearly(clerk: Caller, text: str) -> None:
    import json

    body = json.dumps(fields(name=text))
    refused = clerk.post(BASE, data=body, content_type="application/json")
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "name"


def test_rare_characters_and_emoji_are_kept(clerk: Caller) -> None:
    assert add(clerk, name="𠮷野秤⚖️")["name"] == "𠮷野秤⚖️"


def test_an_edit_needs_the_version_that_was_read_and_is_in_the_history(clerk: Caller) -> None:
    made = add(clerk)
    path = f"{BASE}/{made['id']}"
    assert clerk.patch(path, {"remark": "x"}).status_code == 428
    assert clerk.patch(path, {"remark": "x"}, version=7).status_code == 412
    changed = clerk.patch(path, {"remark": "第一行", "model": "ACS-15"}, version=1)
    assert (changed.status_code, changed.json["version"]) == (200, 2)
    newest = clerk.get(f"{path}/history").json["items"][0]
    assert newest["kind"] == "changed"
    assert {"field": "model", "before": "ACS-30", "after": "ACS-15"} in newest["changes"]


def test_while_a_filing_is_open_the_judged_fields_are_locked(clerk: Caller, owner: Actor, runtime: Runtime) -> None:
    made = add(clerk)
    deliver(runtime, filing_event("filing.submitted", "submitted", owner, made["id"], 1))
    path = f"{BASE}/{made['id']}"
    refused = clerk.patch(path, {"model": "X"}, version=1)
    assert (refused.status_code, refused.json["code"]) == (409, "filing_open")
    assert clerk.patch(path, {"keeper": "张三"}, version=1).status_code == 200
    for action in ("suspend", "scrap", "delete"):
        outcome = clerk.post(f"{BASE}/actions/{action}", {"selection": {"ids": [made["id"]]}}).json
        assert outcome["failed"][0]["code"] == "filing_open"


def test_after_approval_only_the_free_fields_change(clerk: Caller, owner: Actor, runtime: Runtime) -> None:
    made = add(clerk)
    approve(runtime, owner, made["id"])
    path = f"{BASE}/{made['id']}"
    version = clerk.get(path).json["version"]
    refused = clerk.patch(path, {"manufacturer": "别家", "serial_no": "B1"}, version=version)
    assert (refused.status_code, refused.json["code"]) == (409, "fields_frozen")
    assert "出厂编号" in refused.json["detail"]
    assert clerk.patch(path, {"install_address": "天河路 2 号"}, version=version).status_code == 200
    assert clerk.delete(path).json["code"] == "not_deletable"


def test_a_newly_approved_instrument_is_due_and_its_institution_sees_it(
    clerk: Caller, owner: Actor, runtime: Runtime, signed_in: SignIn, at: Any
) -> None:
    from datetime import UTC, datetime

    made = add(clerk)
    approve(runtime, owner, made["id"])
    city = signed_in(staff())
    for moment, view in (
        ("2026-11-23", "due"),
        ("2026-12-03", "due"),
        ("2026-12-04", "overdue"),
        ("2026-12-24", "invalid"),
    ):
        at(datetime.fromisoformat(f"{moment}T04:00:00").replace(tzinfo=UTC))
        assert clerk.get(f"{BASE}/{made['id']}").json["view"] == view
        assert city.get(f"{BASE}?view={view}").json["total"] == 1
        assert clerk.get("/api/registry/statistics/overview").json[view] == 1


def test_events_of_a_filing_end_the_same_in_any_order_and_twice(clerk: Caller, owner: Actor, runtime: Runtime) -> None:
    made = add(clerk)
    events = [
        filing_event("filing.approved", "approved", owner, made["id"], 2),
        filing_event("filing.submitted", "submitted", owner, made["id"], 1),
    ]
    for event in (*events, *events):
        deliver(runtime, event)
    assert clerk.get(f"{BASE}/{made['id']}").json["filing_state"] == "approved"
    kinds = [line["kind"] for line in clerk.get(f"{BASE}/{made['id']}/history").json["items"]]
    assert kinds.count("filing.submitted") == kinds.count("filing.approved") == 1


def test_suspend_and_resume_restore_the_state_before(clerk: Caller, owner: Actor, runtime: Runtime) -> None:
    made = add(clerk)
    approve(runtime, owner, made["id"])
    one = {"selection": {"ids": [made["id"]]}}
    assert clerk.post(f"{BASE}/actions/suspend", one | {"reason": "装修"}).json["done"] == 1
    assert clerk.get(f"{BASE}?view=suspended").json["total"] == 1
    assert clerk.post(f"{BASE}/actions/suspend", one).json["failed"][0]["code"] == "wrong_status"
    assert clerk.post(f"{BASE}/actions/resume", one).json["done"] == 1
    assert clerk.get(f"{BASE}/{made['id']}").json["filing_state"] == "approved"
    assert [e["type"] for e in recorded(runtime) if e["type"].startswith("instrument.")] == [
        "instrument.changed", "instrument.suspended", "instrument.changed", "instrument.resumed", "instrument.changed",
    ]  # fmt: skip


def test_clear_deletes_all_that_can_be_deleted(clerk: Caller, owner: Actor, runtime: Runtime) -> None:
    kept = add(clerk, serial_no="K")
    approve(runtime, owner, kept["id"])
    for n in range(3):
        add(clerk, serial_no=f"D{n}")
    assert clerk.get(f"{BASE}/deletable").json == {"count": 3}
    assert (
        clerk.post(f"{BASE}/actions/delete", {"selection": {"all": True, "expect": 9}}).json["code"]
        == "selection_changed"
    )
    assert clerk.post(f"{BASE}/actions/delete", {"selection": {"all": True, "expect": 3}}).json["done"] == 3
    assert clerk.get(BASE).json["total"] == 1


def test_anothers_instruments_do_not_exist(clerk: Caller, signed_in: SignIn) -> None:
    made = add(clerk)
    other = signed_in(applicant())
    assert other.get(f"{BASE}/{made['id']}").status_code == 404
    assert other.patch(f"{BASE}/{made['id']}", {"remark": "x"}, version=1).status_code == 404
    assert other.get(BASE).json["total"] == 0
    outcome = other.post(f"{BASE}/actions/scrap", {"selection": {"ids": [made["id"]]}}).json
    assert outcome["failed"][0]["code"] == "not_found"
    assert signed_in(staff()).get(f"{BASE}/{made['id']}").status_code == 404, "not filed: nobody's business yet"


def test_attachments_are_for_whoever_sees_the_instrument(
    clerk: Caller, signed_in: SignIn, runtime: Runtime, owner: Actor
) -> None:
    """The bureau of the area sees those of what is filed there, and nothing before or beside it."""
    made = add(clerk)
    path = f"{BASE}/{made['id']}/attachments"
    content = b"%PDF-1.7\n" + b"x" * 100
    kept = clerk.post(path, data={"file": (io.BytesIO(content), "型式评价.pdf")})
    assert kept.status_code == 201
    one = f"{path}/{kept.json['id']}"
    city, elsewhere, anyone = (signed_in(who) for who in (supervisor(), supervisor("440300"), admin()))
    assert {city.get(url).status_code for url in (path, one)} == {404}, "not filed: no business of the bureau yet"
    approve(runtime, owner, made["id"])
    for who in (clerk, city, anyone):
        assert [file["title"] for file in who.get(path).json["items"]] == ["型式评价.pdf"]
        assert who.get(one).data == content
    for who in (elsewhere, signed_in(applicant())):
        assert {who.get(url).status_code for url in (path, one)} == {404}
    assert {who.post(path).status_code for who in (city, anyone)} == {403}, "only the owner adds"
    assert signed_in(None).get(one).status_code == 401


@pytest.mark.parametrize(
    ("state", "adds", "removes"),
    [
        ("none", 201, 204), ("withdrawn", 201, 204), ("returned", 201, 204), ("lapsed", 201, 204),
        ("submitted", 201, 409), ("awaiting_confirmation", 409, 409), ("pending_reassignment", 409, 409),
        ("approved", 201, 409), ("revoked", 201, 409),
    ],
)  # fmt: skip
def test_a_wrong_paper_can_be_exchanged_but_not_under_the_clerks_eyes(
    clerk: Caller, signed_in: SignIn, runtime: Runtime, state: str, adds: int, removes: int
) -> None:
    made = add(clerk)
    path = f"{BASE}/{made['id']}/attachments"
    paper = lambda: {"file": (io.BytesIO(b"%PDF-1.7\n"), "错误的.pdf")}  # noqa: E731
    kept = clerk.post(path, data=paper()).json
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE instrument SET filing_state = :state"), {"state": state})
    assert clerk.post(path, data=paper()).status_code == adds
    assert signed_in(applicant()).delete(f"{path}/{kept['id']}").status_code == 404
    before = clerk.get(path).json["items"]
    removed = clerk.delete(f"{path}/{kept['id']}")
    assert removed.status_code == removes, removed.json
    assert len(clerk.get(path).json["items"]) == len(before) - (removes == 204)
    if removes == 204:
        assert clerk.get(f"{path}/{kept['id']}").status_code == 404
        last = clerk.get(f"{BASE}/{made['id']}/history").json["items"][0]
        assert (last["kind"], last["reference"]) == ("detached", "错误的.pdf")


def test_a_revoked_one_is_suspended_and_resumed_before_it_is_edited(
    clerk: Caller, runtime: Runtime, owner: Actor
) -> None:
    made = add(clerk)
    approve(runtime, owner, made["id"])
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE instrument SET filing_state = 'revoked'"))
    version = clerk.get(f"{BASE}/{made['id']}").json["version"]
    for changes in ({"model": "X"}, {"department": "二部"}):
        assert clerk.patch(f"{BASE}/{made['id']}", changes, version=version).json["code"] == "filing_revoked"
    one = {"selection": {"ids": [made["id"]]}}
    assert clerk.post(f"{BASE}/actions/suspend", one).json["done"] == 1
    assert clerk.post(f"{BASE}/actions/resume", one).json["done"] == 1
    version = clerk.get(f"{BASE}/{made['id']}").json["version"]
    assert clerk.patch(f"{BASE}/{made['id']}", {"model": "X"}, version=version).status_code == 200


def test_row_security_hides_what_a_forgotten_where_would_show(clerk: Caller, runtime: Runtime, owner: Actor) -> None:
    from sqlalchemy import text

    from chassis.db import Scope

    add(clerk)
    for scope, count in ((Scope(), 0), (Scope.of(owner), 1), (Scope.of(applicant()), 0), (Scope(everything=True), 1)):
        with runtime.database.transaction(scope) as db:
            assert db.execute(text("SELECT count(*) FROM instrument")).scalar_one() == count


def test_walking_by_cursor_meets_each_instrument_once(clerk: Caller) -> None:
    made = {add(clerk, serial_no=f"W{n}")["id"] for n in range(7)}
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = clerk.get(f"{BASE}?page_size=3&cursor={cursor}").json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == 7
    assert set(seen) == made


@pytest.mark.parametrize("query", ["page=0", "page_size=101", "sort=secret", "view=nonsense", "colour=red", "cursor=x"])
def test_a_query_that_makes_no_sense_is_told_so(clerk: Caller, query: str) -> None:
    assert clerk.get(f"{BASE}?{query}").status_code == 422
