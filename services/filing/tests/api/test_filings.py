"""Filings through the HTTP door: who may do what, and what becomes of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event, text

from chassis import reads
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import (
    GUANGZHOU,
    PROVINCE,
    SHENZHEN,
    TIANHE,
    Caller,
    applicant,
    assert_satisfies,
    recorded,
    run_jobs,
    staff,
    supervisor,
)
from filing.api.schemas import FilingDetail, FilingView

ACTIONS = "/api/filing/filings/actions"
SignIn = Callable[[Actor | None], Caller]
Snapshot = Callable[..., dict[str, Any]]
Submit = Callable[..., list[dict[str, Any]]]


def act(caller: Caller, move: str, filings: list[dict[str, Any]], **more: Any) -> Any:
    return caller.post(f"{ACTIONS}/{move}", {"selection": {"ids": [f["id"] for f in filings]}, **more}).json


def state_of(caller: Caller, filing: dict[str, Any]) -> str:
    return str(caller.get(f"/api/filing/filings/{filing['id']}").json["state"])


def test_a_submission_gives_a_receipt_and_a_filing_for_each_instrument(submit: Submit, runtime: Runtime) -> None:
    filings = submit(applicant(), 3)
    assert [f["state"] for f in filings] == ["submitted"] * 3
    assert {f["institution_id"] for f in filings} == {str(GUANGZHOU)}
    (event,) = recorded(runtime, "filing.submitted")
    assert len(event["data"]["items"]) == 3


def test_the_statement_of_responsibility_must_be_accepted(submit: Submit, signed_in: SignIn) -> None:
    submit(owner := applicant())
    body = {"selection": {"all": True}, "institution_id": str(GUANGZHOU), "accept_responsibility": False}
    refused = signed_in(owner).post("/api/filing/filings", body)
    assert (refused.status_code, refused.json["code"]) == (422, "responsibility_not_accepted")


@pytest.mark.parametrize(("area", "found"), [("440106", 1), ("440100", 1), ("440000", 1), ("440300", 0)])
def test_a_city_holds_the_filings_of_its_counties(submit: Submit, signed_in: SignIn, area: str, found: int) -> None:
    submit(owner := applicant())
    assert signed_in(owner).get(f"/api/filing/filings?division_code={area}").json["total"] == found


def test_out_of_area_is_refused_item_by_item(
    submit: Submit, claims: Any, signed_in: SignIn, seeded: Runtime, snapshot: Snapshot
) -> None:
    near, far = new_id(), new_id()
    claims.ledger |= {near: snapshot(serial_no="N"), far: snapshot(serial_no="F", division_code="440305")}
    body = {
        "selection": {"ids": [str(near), str(far)]},
        "institution_id": str(GUANGZHOU),
        "accept_responsibility": True,
    }
    receipt = signed_in(applicant()).post("/api/filing/filings", body).json
    assert receipt["done"] == 1
    assert [(f["id"], f["code"]) for f in receipt["failed"]] == [(str(far), "out_of_area")]


def test_pressed_twice_with_one_key_it_files_once(
    submit: Submit, claims: Any, signed_in: SignIn, seeded: Runtime, snapshot: Snapshot
) -> None:
    owner = signed_in(applicant())
    claims.ledger[new_id()] = snapshot()
    body = {"selection": {"all": True}, "institution_id": str(GUANGZHOU), "accept_responsibility": True}
    first = owner.post("/api/filing/filings", body, headers={"Idempotency-Key": "k1"})
    second = owner.post("/api/filing/filings", body, headers={"Idempotency-Key": "k1"})
    assert first.json == second.json
    assert second.headers["Idempotent-Replay"] == "true"
    assert owner.get("/api/filing/filings").json["total"] == 1


def test_beyond_a_thousand_a_job_files_the_rest(
    claims: Any, signed_in: SignIn, seeded: Runtime, snapshot: Snapshot
) -> None:
    claims.ledger |= {new_id(): snapshot(serial_no=str(n)) for n in range(1200)}
    owner = signed_in(applicant())
    body = {"selection": {"all": True}, "institution_id": str(GUANGZHOU), "accept_responsibility": True}
    accepted = owner.post("/api/filing/filings", body)
    assert accepted.status_code == 202
    assert accepted.json["number"].startswith("BA")
    run_jobs(seeded)
    job = owner.get(accepted.headers["Location"]).json
    assert (job["state"], job["done"], job["failed"]) == ("done", 1200, 0)
    assert owner.get("/api/filing/filings").json["total"] == 1200


def test_the_city_approves_and_becomes_the_holder(submit: Submit, signed_in: SignIn, runtime: Runtime) -> None:
    (filing,) = submit(owner := applicant())
    outcome = act(signed_in(staff()), "approve", [filing])
    assert outcome == {"done": 1, "failed": []}
    detail = signed_in(owner).get(f"/api/filing/filings/{filing['id']}").json
    assert (detail["state"], detail["holder_id"]) == ("approved", str(GUANGZHOU))
    assert_satisfies(FilingDetail, detail)
    (event,) = recorded(runtime, "filing.approved")
    assert event["data"]["items"][0]["snapshot"]["name"] == "电子计价秤"


def test_dispatch_decline_forward_confirm(submit: Submit, signed_in: SignIn) -> None:
    (filing,) = submit(owner := applicant())
    city, county, province = (signed_in(staff(i)) for i in (GUANGZHOU, TIANHE, PROVINCE))
    assert act(city, "dispatch", [filing], institution_id=str(TIANHE))["done"] == 1
    assert act(city, "approve", [filing])["failed"][0]["code"] == "not_your_turn"
    assert act(county, "decline", [filing], reason="无能力")["done"] == 1
    assert state_of(city, filing) == "pending_reassignment"
    assert act(city, "forward", [filing])["done"] == 1
    assert act(province, "confirm", [filing])["done"] == 1
    detail = signed_in(owner).get(f"/api/filing/filings/{filing['id']}").json
    assert [step["move"] for step in detail["steps"]] == ["submit", "dispatch", "decline", "forward", "confirm"]
    assert detail["holder_id"] == str(PROVINCE)


def test_dispatch_goes_to_a_county_of_the_same_city_only(submit: Submit, signed_in: SignIn) -> None:
    (filing,) = submit(applicant())
    for wrong in (SHENZHEN, PROVINCE, new_id()):
        body = {"selection": {"ids": [filing["id"]]}, "institution_id": str(wrong)}
        assert signed_in(staff()).post(f"{ACTIONS}/dispatch", body).status_code == 422


def test_a_returned_one_can_be_submitted_again_and_names_the_old(
    submit: Submit, signed_in: SignIn, claims: Any
) -> None:
    (filing,) = submit(owner := applicant())
    city = signed_in(staff())
    assert city.post(f"{ACTIONS}/return", {"selection": {"ids": [filing["id"]]}}).status_code == 422, "needs a reason"
    act(city, "return", [filing], reason="缺照片", reason_code="incomplete")
    body = {
        "selection": {"ids": [filing["instrument_id"]]}, "institution_id": str(GUANGZHOU), "accept_responsibility": True,
    }  # fmt: skip
    assert signed_in(owner).post("/api/filing/filings", body).json["done"] == 1
    page = signed_in(owner).get("/api/filing/filings").json
    assert page["total"] == 1, "the list shows the latest filing of an instrument"
    assert page["items"][0]["previous_id"] == filing["id"]
    assert page["items"][0]["version"] > 1
    assert signed_in(owner).get("/api/filing/filings?history=true").json["total"] == 2
    assert_satisfies(FilingView, page["items"][0])


def test_the_applicant_withdraws_only_what_nobody_touched(submit: Submit, signed_in: SignIn) -> None:
    first, second = submit(owner := applicant(), 2)
    act(signed_in(staff()), "approve", [first])
    outcome = act(signed_in(owner), "withdraw", [first, second])
    assert outcome["done"] == 1
    assert outcome["failed"][0]["code"] == "illegal_move"


def test_only_the_holder_or_a_supervisor_revokes(submit: Submit, signed_in: SignIn) -> None:
    first, second = submit(applicant(), 2)
    city = signed_in(staff())
    act(city, "dispatch", [first], institution_id=str(TIANHE))
    act(signed_in(staff(TIANHE)), "confirm", [first])
    act(city, "approve", [second])
    assert act(city, "revoke", [first], reason="x")["failed"][0]["code"] == "out_of_mandate"
    assert act(signed_in(supervisor()), "revoke", [first], reason="信息不实")["done"] == 1
    assert act(city, "revoke", [second], reason="信息不实")["done"] == 1


@pytest.mark.parametrize(
    "actor",
    [applicant(), staff(SHENZHEN), supervisor("440300")],
    ids=["another organisation", "another city", "a supervisor of another city"],
)
def test_what_is_foreign_does_not_exist(submit: Submit, signed_in: SignIn, actor: Actor) -> None:
    (filing,) = submit(applicant())
    caller = signed_in(actor)
    assert caller.get(f"/api/filing/filings/{filing['id']}").status_code == 404
    assert caller.get("/api/filing/filings").json["total"] == 0
    if actor.kind == "institution":
        assert act(caller, "approve", [filing])["failed"][0]["code"] == "not_found"


def test_a_selection_that_changed_is_told_with_the_new_count(submit: Submit, signed_in: SignIn) -> None:
    submit(applicant(), 3)
    body = {"selection": {"filter": {"state": "submitted"}, "expect": 2}}
    refused = signed_in(staff()).post(f"{ACTIONS}/approve", body)
    assert (refused.status_code, refused.json["code"]) == (409, "selection_changed")
    assert refused.json["count"] == 3
    assert "3" in refused.json["detail"]


def test_two_clerks_at_once_decide_once(submit: Submit, signed_in: SignIn, runtime: Runtime) -> None:
    filings = submit(applicant(), 20)
    clerks = [signed_in(staff()) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda clerk: act(clerk, "approve", filings), clerks))
    assert sum(outcome["done"] for outcome in outcomes) == 20
    told = [item["filing_id"] for e in recorded(runtime, "filing.approved") for item in e["data"]["items"]]
    assert sorted(told) == sorted(f["id"] for f in filings)


def test_counts_equal_lists(submit: Submit, signed_in: SignIn) -> None:
    filings = submit(owner := applicant(), 5)
    act(signed_in(staff()), "approve", filings[:2])
    counts = signed_in(owner).get("/api/filing/statistics/overview").json
    assert counts == {"approved": 2, "submitted": 3, "total": 5}
    for state in ("approved", "submitted"):
        assert signed_in(owner).get(f"/api/filing/filings?state={state}").json["total"] == counts[state]


def test_the_list_costs_one_round_trip_however_long(
    submit: Submit, signed_in: SignIn, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(owner := applicant(), 30)
    seen: list[str] = []
    trips: list[int] = []
    run = reads.Snapshot.run

    def counted(self: reads.Snapshot, *asked: Any) -> Any:
        trips.append(len(asked))
        return run(self, *asked)

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    monkeypatch.setattr(reads.Snapshot, "run", counted)
    event.listen(runtime.database.engine, "before_cursor_execute", note)
    try:
        assert len(signed_in(owner).get("/api/filing/filings?page_size=30").json["items"]) == 30
    finally:
        event.remove(runtime.database.engine, "before_cursor_execute", note)
    assert trips == [2], "page and total together"
    assert [s for s in seen if "revoked_session" not in s and "set_config" not in s] == []


@pytest.mark.parametrize(
    ("path", "by", "move"),
    [
        ([], applicant(), "withdraw"),
        ([], staff(), "approve"),
        ([], staff(), "forward"),
        ([("dispatch", staff())], staff(TIANHE), "confirm"),
        ([("dispatch", staff())], staff(), "recall"),
        ([], staff(), "dispatch"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_move_takes_a_reason_and_keeps_it(
    submit: Submit, signed_in: SignIn, path: list[tuple[str, Actor]], by: Actor, move: str
) -> None:
    by = by if by.kind == "institution" else applicant()
    (filing,) = submit(owner := by if by.kind == "applicant" else applicant())
    for before, clerk in path:
        act(signed_in(clerk), before, [filing], institution_id=str(TIANHE))
    more = {"institution_id": str(TIANHE)} if move == "dispatch" else {}
    assert act(signed_in(by), move, [filing], reason="电话已核实", **more) == {"done": 1, "failed": []}
    step = signed_in(owner).get(f"/api/filing/filings/{filing['id']}").json["steps"][-1]
    assert (step["move"], step["reason"]) == (move, "电话已核实")


def test_dispatch_outside_the_countys_area_is_refused_one_by_one(submit: Submit, signed_in: SignIn) -> None:
    (near,) = submit(applicant())
    (far,) = submit(applicant(), division_code="440104")
    outcome = act(signed_in(staff()), "dispatch", [near, far], institution_id=str(TIANHE))
    assert outcome["done"] == 1
    assert [(f["id"], f["code"]) for f in outcome["failed"]] == [(far["id"], "out_of_area")]
    assert "440104" in outcome["failed"][0]["detail"]


def test_the_city_recalls_what_nobody_confirms(submit: Submit, signed_in: SignIn, runtime: Runtime) -> None:
    waiting, confirmed = submit(owner := applicant(), 2)
    city, county = signed_in(staff()), signed_in(staff(TIANHE))
    act(city, "dispatch", [waiting, confirmed], institution_id=str(TIANHE))
    act(county, "confirm", [confirmed])
    assert act(county, "recall", [waiting])["failed"][0]["code"] == "not_your_turn"
    outcome = city.post(f"{ACTIONS}/recall", {"selection": {"all": True}, "reason": "区县未答复"}).json
    assert outcome == {"done": 1, "failed": []}
    assert act(city, "recall", [confirmed])["failed"][0]["code"] == "illegal_move"
    shown = signed_in(owner).get(f"/api/filing/filings/{waiting['id']}").json
    assert (shown["state"], shown["institution_id"]) == ("pending_reassignment", str(GUANGZHOU))
    assert [e["data"]["reason"] for e in recorded(runtime, "filing.recalled")] == ["区县未答复"]
    assert act(county, "confirm", [waiting])["failed"][0]["code"] == "not_your_turn"
    assert act(city, "approve", [waiting])["done"] == 1


def test_a_step_keeps_from_where_it_was_made(submit: Submit, signed_in: SignIn, runtime: Runtime) -> None:
    (filing,) = submit(applicant())
    body = {"selection": {"ids": [filing["id"]]}}
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "a" * 32}
    assert signed_in(staff()).post(f"{ACTIONS}/approve", body, headers=headers).json["done"] == 1
    with runtime.database.transaction() as db:
        last = db.execute(text("SELECT address, request_id FROM step WHERE move = 'approve'")).one()
    assert tuple(last) == ("203.0.113.9", "a" * 32)


def test_the_numbers_of_an_institution_are_those_of_its_own_lists(submit: Submit, signed_in: SignIn) -> None:
    ours, theirs, waiting, other = submit(applicant(), 4)
    city, county = signed_in(staff()), signed_in(staff(TIANHE))
    act(city, "approve", [ours])
    act(city, "dispatch", [theirs, waiting, other], institution_id=str(TIANHE))
    act(county, "confirm", [theirs])
    act(county, "decline", [other], reason="无能力")
    overview = "/api/filing/statistics/overview"
    for clerk, states in (
        (city, {"approved": f"holder_id={GUANGZHOU}", "awaiting_confirmation": "", "pending_reassignment": ""}),
        (county, {"approved": f"holder_id={TIANHE}", "awaiting_confirmation": f"institution_id={TIANHE}"}),
    ):
        mine, everything = clerk.get(f"{overview}?mine=true").json, clerk.get(overview).json
        for state, narrowed in states.items():
            total = clerk.get(f"/api/filing/filings?state={state}&{narrowed}").json["total"]
            assert mine[state] == total == 1, state
            assert everything[state] == clerk.get(f"/api/filing/filings?state={state}").json["total"]
    assert city.get(overview).json["approved"] == 2
