"""Single decisions that follow each other closely become one message; so do the reminders of one day."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis import clock
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, cloud_event, deliver, staff
from chassis.testing.outside import SECRETS, Outside
from notification.actions.messages import LONGEST, QUIET
from notification.background import send_due

SignIn = Callable[[Actor | None], Caller]


def example(runtime: Runtime, event_type: str, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((runtime.contracts.folder / f"{event_type}.v1.example.json").read_text("utf-8"))
    return body | {"id": str(new_id()), "data": body["data"] | changes}


@pytest.fixture
def owner(runtime: Runtime, world: Outside) -> Actor:
    """The organisation of an account that is bound to a follower."""
    body = example(runtime, "account.changed")
    deliver(runtime, body)
    made = applicant(UUID(body["data"]["org_id"]))
    owner = Actor(UUID(body["data"]["account_id"]), "applicant", made.org_id, session_id=made.session_id)
    world.person("o-gathers", phone="13711110097")
    data = {"account_id": owner.account_id, "org_id": owner.org_id, "unionid": "u-o-gathers",
            "openids": [{"appid": SECRETS["WECHAT_OFFICIAL_APPID"], "openid": "o-gathers"}]}  # fmt: skip
    deliver(runtime, cloud_event("account.wechat_bound", "identity", data, subject=owner.account_id, sequence=5))
    return owner


@pytest.fixture
def inbox(signed_in: SignIn, owner: Actor) -> Callable[[], list[dict[str, Any]]]:
    def read() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = signed_in(owner).get("/api/notification/messages").json["items"]
        return items

    return read


@pytest.fixture
def shown(world: Outside) -> Callable[[], list[dict[str, Any]]]:
    """Returns the cards that the phone received during this test."""
    before = len(world.wechat("o-gathers")) if world._get("/phones") else 0
    return lambda: world.wechat("o-gathers")[: len(world.wechat("o-gathers")) - before]


def test_twenty_single_decisions_are_one_message(
    runtime: Runtime, owner: Actor, inbox: Any, shown: Any, at: Any
) -> None:
    start = clock.now()
    for n in range(20):
        at(start + n * timedelta(seconds=5))
        deliver(runtime, example(runtime, "filing.approved"))
        send_due(runtime)
    assert shown() == []
    [message] = inbox()
    assert message["title"] == "备案已通过（20 台）"
    assert message["link"] == "/filings/approved"
    at(start + 19 * timedelta(seconds=5) + QUIET)
    send_due(runtime)
    [card] = shown()
    assert card["data"]["thing1"] == "电子计价秤等 20 台仪器"
    assert card["url"].endswith("/filings/approved")


def test_one_decision_names_its_instrument_and_opens_it(runtime: Runtime, owner: Actor, inbox: Any) -> None:
    event = example(runtime, "filing.approved")
    deliver(runtime, event)
    [message] = inbox()
    assert message["body"].startswith("电子计价秤备案已通过")
    assert message["link"] == f"/filings/{event['data']['items'][0]['filing_id']}"


def test_decisions_without_end_are_told_after_a_while(
    runtime: Runtime, owner: Actor, inbox: Any, shown: Any, at: Any
) -> None:
    start = clock.now()
    for n in range(40):
        at(start + n * timedelta(seconds=10))
        deliver(runtime, example(runtime, "filing.approved"))
        send_due(runtime)
    at(start + timedelta(minutes=8))
    send_due(runtime)
    assert [card["data"]["thing1"] for card in shown()] == ["电子计价秤等 10 台仪器", "电子计价秤等 30 台仪器"]
    assert len(inbox()) == 2
    assert timedelta(minutes=1) < LONGEST


def test_an_event_that_comes_twice_counts_once(runtime: Runtime, owner: Actor, inbox: Any) -> None:
    events = [example(runtime, "filing.approved") for _ in range(3)]
    for event in [*events, *events]:
        deliver(runtime, event)
    assert [message["title"] for message in inbox()] == ["备案已通过（3 台）"]


def test_another_institution_and_another_decision_are_other_messages(
    runtime: Runtime, owner: Actor, inbox: Any
) -> None:
    place = example(runtime, "institution.changed")
    deliver(runtime, place)
    deliver(runtime, example(runtime, "filing.approved"))
    deliver(runtime, example(runtime, "filing.approved", holder_id=str(new_id())))
    deliver(runtime, example(runtime, "filing.returned"))
    assert len(inbox()) == 3


@pytest.mark.parametrize(
    ("reasons", "words"),
    [(["缺照片", "缺照片"], "原因：缺照片"), (["缺照片", "地址不符"], "原因各有不同")],
    ids=["one", "two"],
)
def test_reasons_that_differ_are_not_told_as_one(
    runtime: Runtime, owner: Actor, inbox: Any, reasons: list[str], words: str
) -> None:
    for reason in reasons:
        deliver(runtime, example(runtime, "filing.returned", reason=reason))
    [message] = inbox()
    assert words in message["body"]


def test_a_message_that_was_read_is_unread_when_others_join(
    runtime: Runtime, owner: Actor, inbox: Any, signed_in: SignIn
) -> None:
    deliver(runtime, example(runtime, "filing.approved"))
    signed_in(owner).post(f"/api/notification/messages/{inbox()[0]['id']}/read")
    deliver(runtime, example(runtime, "filing.approved"))
    assert inbox()[0]["read_at"] is None


def test_a_clerks_link_leads_to_the_desk(runtime: Runtime, owner: Actor, signed_in: SignIn) -> None:
    clerk = staff()
    data = {
        "account_id": clerk.account_id, "org_id": clerk.org_id, "kind": "institution", "username": "c", "name": "王经办",
        "phone": None, "roles": ["filing_clerk"], "status": "approved", "tier": "city", "division_code": "440100",
    }  # fmt: skip
    deliver(runtime, cloud_event("account.changed", "identity", data, subject=clerk.account_id, sequence=1))
    deliver(runtime, example(runtime, "filing.submitted"))
    deliver(runtime, example(runtime, "filing.submitted"))
    [message] = signed_in(clerk).get("/api/notification/messages").json["items"]
    assert (message["title"], message["link"]) == ("已提交备案（2 台）", "/desk/filings/submitted")


# -- reminders -------------------------------------------------------------------------------------------------------


def items(reason: str, *days: str) -> list[dict[str, Any]]:
    return [
        {"instrument_id": str(new_id()), "version": 1, "name": f"压力表{day[-2:]}", "reason": reason, "due_on": day}
        for day in days
    ]


def test_the_reminders_of_a_day_are_one_message_with_date_and_number(
    runtime: Runtime, owner: Actor, inbox: Any, shown: Any, at: Any
) -> None:
    today = clock.now().replace(month=12, day=1, hour=1, minute=0)
    at(today)
    deliver(
        runtime, example(runtime, "instrument.reminder_due", items=items("expires_in_30", "2026-12-16", "2026-12-13"))
    )
    deliver(
        runtime, example(runtime, "instrument.reminder_due", items=items("expires_in_10", "2026-12-06", "2026-12-04"))
    )
    deliver(runtime, example(runtime, "instrument.reminder_due", items=items("not_verified", "2026-12-05")))
    at(today + QUIET)
    send_due(runtime)
    [message] = inbox()
    assert message["title"] == "5 台仪器须检定，最早 2026-12-04 到期"
    assert "压力表04 等" in message["body"]
    assert "其中 1 台备案通过后尚未检定" in message["body"]
    assert message["link"] == "/instruments/due"
    [card] = shown()
    assert card["data"] == {"thing1": "5 台仪器", "thing2": "请及时预约检定", "time3": "2026-12-04"}
    at(today + timedelta(hours=3))
    deliver(runtime, example(runtime, "instrument.reminder_due", items=items("expires_today", "2026-12-01")))
    send_due(runtime)
    assert [message["title"] for message in inbox()] == ["6 台仪器须检定，最早 2026-12-01 到期"]
    assert len(shown()) == 1
    at(today + timedelta(days=1))
    deliver(runtime, example(runtime, "instrument.reminder_due", items=items("expires_in_10", "2026-12-12")))
    assert inbox()[0]["title"] == "压力表12须检定，2026-12-12 到期"


def test_a_date_that_is_past_is_told_as_past(runtime: Runtime, owner: Actor, inbox: Any, at: Any) -> None:
    at(clock.now().replace(month=12, day=9, hour=1))
    deliver(runtime, example(runtime, "instrument.reminder_due", items=items("not_verified", "2026-12-04")))
    assert inbox()[0]["title"] == "压力表04须检定，2026-12-04 已到期"


# -- what is told ----------------------------------------------------------------------------------------------------


def test_nobody_is_told_of_what_they_did_themselves(runtime: Runtime, owner: Actor, inbox: Any) -> None:
    own = {"account_id": str(owner.account_id), "kind": "applicant", "name": "陈志强"}
    deliver(runtime, example(runtime, "booking.cancelled", actor=own))
    assert inbox() == []
    deliver(runtime, example(runtime, "booking.cancelled"))
    assert len(inbox()) == 1


def test_who_gets_a_part_back_is_told_how_many(runtime: Runtime, owner: Actor, inbox: Any) -> None:
    one = {"instrument_id": str(new_id()), "state": "returned", "reason": "铭牌与备案不符"}
    deliver(runtime, example(runtime, "booking.returned", state="received", items=[one], reason=None))
    assert "1 台仪器被退回，其余照常检定。原因：铭牌与备案不符" in inbox()[0]["body"]
    deliver(runtime, example(runtime, "booking.returned", state="returned"))
    assert "其余" not in inbox()[0]["body"]


def test_a_reason_goes_out_in_one_line_without_links_and_pictures(
    runtime: Runtime, owner: Actor, inbox: Any, shown: Any
) -> None:
    reason = "请访问 http://evil.example/x?a=1 或 evil.com/login，\n照片不清楚😀，压力 5 ℃，详见《规程》第 2.1 条"
    deliver(runtime, example(runtime, "booking.rejected", reason=reason))
    send_due(runtime)
    assert "请访问 [链接] 或 [链接]， 照片不清楚，压力 5 ℃，详见《规程》第 2.1 条" in inbox()[0]["body"]
    [card] = shown()
    assert card["data"]["thing4"] == "请访问 [链接] 或 [链接]， 照片…"
