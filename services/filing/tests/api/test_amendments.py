"""An applicant amends what is submitted: one step, one filing, in spite of refusals, repeats and processes that die."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis import clock
from chassis.actor import Actor
from chassis.calls import Refused
from chassis.errors import Unavailable
from chassis.runtime import Runtime
from chassis.testing import TIANHE, Caller, applicant, recorded, staff
from filing.background import resume_amendments

SignIn = Callable[[Actor | None], Caller]
Submit = Callable[..., list[dict[str, Any]]]
ACTIONS = "/api/filing/filings/actions"
DEEP: dict[str, Any] = {}
for _ in range(100):
    DEEP = {"details": DEEP}
MODEL = {"changes": {"model": "ACS-30C"}, "reason": "型号写错"}


@pytest.fixture
def owner() -> Actor:
    return applicant()


@pytest.fixture
def filing(submit: Submit, owner: Actor) -> dict[str, Any]:
    return submit(owner)[0]


@pytest.fixture
def me(signed_in: SignIn, owner: Actor) -> Caller:
    return signed_in(owner)


@pytest.fixture
def city(signed_in: SignIn) -> Caller:
    return signed_in(staff(roles=["filing_clerk"]))


def amend(
    caller: Caller, filing: dict[str, Any], body: dict[str, Any] = MODEL, version: int = 1, **headers: str
) -> Any:
    return caller.post(
        f"/api/filing/filings/{filing['id']}/amend", body, headers={"If-Match": f'"{version}"', **headers}
    )


def act(caller: Caller, move: str, filing: dict[str, Any], **more: Any) -> Any:
    return caller.post(f"{ACTIONS}/{move}", {"selection": {"ids": [filing["id"]]}, **more}).json


def later(runtime: Runtime) -> None:
    resume_amendments(runtime, clock.now() + timedelta(minutes=3))


def test_an_amendment_renews_the_snapshot_in_one_step_and_keeps_number_and_place(
    me: Caller, filing: dict[str, Any], city: Caller, runtime: Runtime
) -> None:
    answer = amend(me, filing)
    assert answer.status_code == 200, answer.json
    after = answer.json
    assert after["instrument"]["model"] == "ACS-30C"
    kept = (
        "id",
        "number",
        "state",
        "submitted_at",
        "due_on",
        "institution_id",
        "submission_id",
        "reason",
        "decided_at",
    )
    assert {key: after[key] for key in kept} == {key: filing[key] for key in kept}
    assert after["version"] == filing["version"] + 1
    step = after["steps"][-1]
    assert [step["move"] for step in after["steps"]] == ["submit", "amend"]
    assert (step["from_state"], step["to_state"], step["reason"]) == ("submitted", "submitted", "型号写错")
    assert step["changes"] == [{"field": "model", "before": "ACS-30", "after": "ACS-30C"}]
    assert city.get("/api/filing/filings?q=ACS-30C").json["total"] == 1
    (told,) = recorded(runtime, "filing.amended")
    assert (told["data"]["reason"], told["data"]["items"][0]["version"]) == ("型号写错", after["version"])
    assert not recorded(runtime, "filing.withdrawn")


def test_what_is_approved_then_is_what_was_amended(
    me: Caller, filing: dict[str, Any], city: Caller, runtime: Runtime
) -> None:
    amend(me, filing)
    assert act(city, "approve", filing)["done"] == 1
    (item,) = recorded(runtime, "filing.approved")[0]["data"]["items"]
    assert (item["snapshot"]["model"], item["instrument_version"]) == ("ACS-30C", 2)


def test_what_was_amended_is_not_approved_unseen(me: Caller, filing: dict[str, Any], city: Caller) -> None:
    versions = {filing["id"]: filing["version"]}
    now = amend(me, filing).json
    refused = act(city, "approve", filing, versions=versions)
    assert (refused["status"], refused["code"]) == (409, "amended_since")
    assert filing["number"] in refused["detail"]
    assert act(city, "approve", filing, versions={filing["id"]: now["version"]})["done"] == 1


def test_only_the_applicant_amends_and_only_what_nobody_has_touched(
    me: Caller, filing: dict[str, Any], city: Caller, signed_in: SignIn, claims: Any
) -> None:
    assert amend(city, filing).status_code == 403
    assert amend(signed_in(applicant()), filing).status_code == 404
    assert me.post(f"/api/filing/filings/{filing['id']}/amend", MODEL).status_code == 428
    act(city, "dispatch", filing, institution_id=str(TIANHE))
    refused = amend(me, filing)
    assert (refused.status_code, refused.json["code"]) == (409, "illegal_move")
    assert not claims.amended


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (422, {"code": "invalid", "errors": [{"field": "changes.model", "code": "required", "message": "此项必填。"}]}),
        (409, {"code": "out_of_area", "detail": "使用区域 440305 不在所选机构的管辖范围内。"}),
        (412, {"code": "stale", "detail": "…"}),
    ],
)
def test_what_the_registry_refuses_is_told_and_leaves_the_filing_as_it_was(
    me: Caller, filing: dict[str, Any], city: Caller, claims: Any, status: int, problem: dict[str, Any]
) -> None:
    claims.refusal = Refused(status, problem)
    refused = amend(me, filing)
    assert (refused.status_code, refused.json["code"]) == (status, problem["code"])
    assert refused.json.get("errors", []) == problem.get("errors", [])
    assert me.get(f"/api/filing/filings/{filing['id']}").json["version"] == filing["version"]
    assert act(city, "approve", filing)["done"] == 1


def test_nothing_else_happens_to_a_filing_while_it_is_amended(
    me: Caller, filing: dict[str, Any], city: Caller, claims: Any
) -> None:
    seen: list[str] = []

    def meanwhile() -> None:
        seen.append(act(city, "approve", filing)["failed"][0]["code"])
        seen.append(act(me, "withdraw", filing)["failed"][0]["code"])
        seen.append(amend(me, filing, {"changes": {"model": "X"}}).json["code"])

    claims.meanwhile = meanwhile
    assert amend(me, filing).json["instrument"]["model"] == "ACS-30C"
    assert seen == ["being_amended"] * 3


@pytest.mark.parametrize("made", [False, True], ids=["before the registry", "after the registry"])
def test_a_process_that_dies_in_the_middle_is_taken_up_in_the_name_of_who_asked(
    me: Caller, filing: dict[str, Any], claims: Any, runtime: Runtime, made: bool
) -> None:
    claims.dies = "after" if made else "before"
    with pytest.raises(SystemError):
        amend(me, filing)
    claims.dies = ""
    later(runtime)
    later(runtime)
    found = me.get(f"/api/filing/filings/{filing['id']}").json
    assert found["instrument"]["model"] == "ACS-30C"
    assert [(step["move"], step["actor"]["name"]) for step in found["steps"]][1:] == [("amend", me.actor.name)]  # type: ignore[union-attr]
    assert len(recorded(runtime, "filing.amended")) == 1


def test_what_the_registry_refuses_later_leaves_the_filing_as_it_was(
    me: Caller, filing: dict[str, Any], city: Caller, claims: Any, runtime: Runtime
) -> None:
    claims.refusal = Unavailable(retry_after=2)
    assert amend(me, filing).status_code == 503
    claims.refusal = Refused(412, {"code": "stale"})
    later(runtime)
    assert act(city, "approve", filing)["done"] == 1


def test_a_repeat_with_its_key_goes_on_with_what_was_begun(
    me: Caller, filing: dict[str, Any], claims: Any, runtime: Runtime
) -> None:
    key = {"Idempotency-Key": "k"}
    claims.refusal = Unavailable(retry_after=2)
    assert amend(me, filing, **key).status_code == 503
    claims.refusal = None
    first = amend(me, filing, **key)
    assert (first.status_code, first.json["instrument"]["model"]) == (200, "ACS-30C")
    assert amend(me, filing, **key).json == first.json
    with runtime.database.transaction() as db:  # the process died before the answer was kept
        db.execute(text("DELETE FROM idempotency_key"))
    assert amend(me, filing, **key).json == first.json


def test_what_changes_nothing_makes_no_step(me: Caller, filing: dict[str, Any], runtime: Runtime) -> None:
    answer = amend(me, filing, {"changes": {"model": "ACS-30"}})
    assert (answer.status_code, len(answer.json["steps"])) == (200, 1)
    assert not recorded(runtime, "filing.amended")


@pytest.mark.parametrize("changes", [{"model": "a\x00"}, {"\ud800": 1}, {"model": float("inf")}, DEEP, [], None])
def test_what_cannot_be_kept_is_refused(me: Caller, filing: dict[str, Any], changes: Any) -> None:
    assert amend(me, filing, {"changes": changes}).status_code in (400, 422)
