"""The audit trail of decisions: on what, by whom, how it ended and why."""

from collections.abc import Callable
from typing import Any

from chassis.actor import Actor
from chassis.testing import Caller, admin, applicant, staff

ACTIONS = "/api/filing/filings/actions"
SignIn = Callable[[Actor | None], Caller]


def lines(signed_in: SignIn, query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = signed_in(admin()).get(f"/api/filing/audit?{query}").json["items"]
    return items


def act(caller: Caller, move: str, filings: list[dict[str, Any]], **more: Any) -> Any:
    return caller.post(f"{ACTIONS}/{move}", {"selection": {"ids": [f["id"] for f in filings]}, **more})


def test_a_decision_on_many_is_found_by_each_and_says_what_changed(submit: Any, signed_in: SignIn) -> None:
    filings = submit(applicant(), 3)
    clerk = staff(name="王经办")
    assert act(signed_in(clerk), "return", filings, reason="缺少铭牌照片").status_code == 200
    for filing in filings:
        [line] = lines(signed_in, f"subject={filing['id']}")
        assert (line["actor_name"], line["action"], line["outcome"]) == ("王经办", "filings/return_", "done")
    told = line["detail"]
    assert (told["done"], told["refused"], told["reason"]) == (3, 0, "缺少铭牌照片")
    assert {"of": "filing", "field": "state", "before": "submitted", "after": "returned", "count": 3} in told["changes"]
    assert lines(signed_in, "q=铭牌照片") == [line]


def test_a_stale_decision_reads_as_refused(submit: Any, signed_in: SignIn) -> None:
    filings = submit(applicant(), 2)
    act(signed_in(staff()), "approve", filings[:1])
    act(signed_in(staff()), "approve", filings[:1])
    act(signed_in(staff()), "approve", filings)
    found = lines(signed_in, "action=filings/approve")
    assert [(line["outcome"], line["detail"]["done"], line["detail"]["refused"]) for line in found] == [
        ("partly", 1, 1), ("refused", 0, 1), ("done", 1, 0),
    ]  # fmt: skip
    assert found[1]["subject"] == filings[0]["id"]
    assert found[1]["detail"]["refusals"][0]["code"]


def test_who_may_not_is_in_the_trail(submit: Any, signed_in: SignIn) -> None:
    filings = submit(owner := applicant())
    assert act(signed_in(owner), "approve", filings).status_code == 403
    [line] = lines(signed_in, "outcome=refused")
    assert (line["actor_id"], line["detail"]["code"]) == (str(owner.account_id), "forbidden")
