"""Events notify people: once each, by the channels that reach them."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis import clock
from chassis.actor import Actor
from chassis.inbox import Inbox
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, cloud_event, deliver, recorded, staff
from chassis.testing.outside import SECRETS, Outside
from notification.actions.messages import QUIET
from notification.background import send_due
from notification.consumers import EFFECTS

SignIn = Callable[[Actor | None], Caller]
PHONE = "13800138000"


def example(runtime: Runtime, event_type: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((runtime.contracts.folder / f"{event_type}.v1.example.json").read_text("utf-8"))
    return body


@pytest.mark.parametrize("event_type", sorted(EFFECTS))
def test_every_example_is_taken(runtime: Runtime, owner: Actor, event_type: str) -> None:
    deliver(runtime, example(runtime, event_type))


def test_news_that_comes_before_the_account_waits_for_it(runtime: Runtime) -> None:
    """The bus promises no order: the event of the account may arrive later."""
    inbox = Inbox(runtime.database, runtime.contracts, dict(EFFECTS))
    inbox.receive(example(runtime, "filing.approved"))
    deliver(runtime, example(runtime, "account.changed"))
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT count(*) FROM message")).scalar_one() == 0
        db.execute(text("UPDATE inbox SET next_at = now() WHERE state = 'retry'"))
    assert inbox.retry_due()
    with runtime.database.transaction() as db:
        assert db.execute(text("SELECT count(*) FROM message")).scalar_one() == 1


def test_news_that_comes_when_only_a_sub_user_is_known_reaches_the_main_account_too(runtime: Runtime) -> None:
    inbox = Inbox(runtime.database, runtime.contracts, dict(EFFECTS))
    main = example(runtime, "account.changed")
    sub = main["data"] | {"account_id": "01920000-0000-7000-8000-000000000099", "roles": []}
    deliver(runtime, cloud_event("account.changed", "identity", sub, subject=UUID(sub["account_id"]), sequence=1))
    inbox.receive(example(runtime, "filing.approved"))
    deliver(runtime, main)
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE inbox SET next_at = now() WHERE state = 'retry'"))
    assert inbox.retry_due()
    with runtime.database.transaction() as db:
        told = db.execute(text("SELECT account_id::text FROM message ORDER BY 1")).scalars().all()
    assert told == [main["data"]["account_id"], sub["account_id"]]


@pytest.fixture
def owner(runtime: Runtime) -> Actor:
    """The applicant of the examples; the service knows the account."""
    body = example(runtime, "account.changed")
    deliver(runtime, body)
    return _actor(body)


def _actor(body: dict[str, Any]) -> Actor:
    made = applicant(UUID(body["data"]["org_id"]))
    return Actor(
        UUID(body["data"]["account_id"]), "applicant", made.org_id, division="440106", session_id=made.session_id
    )


def bind(runtime: Runtime, world: Outside, owner: Actor, openid: str) -> None:
    world.person(openid, phone="139" + str(abs(hash(openid)) % 10**8).zfill(8))
    openids = [{"appid": SECRETS["WECHAT_OFFICIAL_APPID"], "openid": openid}]
    data = {"account_id": owner.account_id, "org_id": owner.org_id, "unionid": f"u-{openid}", "openids": openids}
    deliver(runtime, cloud_event("account.wechat_bound", "identity", data, subject=owner.account_id, sequence=5))


def test_a_bound_applicant_is_told_by_wechat_and_in_the_portal_once(
    runtime: Runtime, world: Outside, owner: Actor, signed_in: SignIn, at: Any
) -> None:
    bind(runtime, world, owner, "o-filing")
    event = example(runtime, "filing.approved")
    deliver(runtime, event)
    deliver(runtime, event)
    at(clock.now() + QUIET)
    send_due(runtime)
    send_due(runtime)
    (shown,) = world.wechat("o-filing")
    assert shown["data"]["thing2"] == "备案已通过"
    page = signed_in(owner).get("/api/notification/messages").json
    assert signed_in(owner).get("/api/notification/messages?sort=-title").json["total"] == page["total"]
    assert [m["title"] for m in page["items"]] == ["备案已通过（1 台）"]
    today = clock.today()
    shown_by = {
        "title_contains=已通过": 1, "title_contains=%25": 0, "body_contains=电子计价秤": 1, "body_contains=没有这样的话": 0,
        f"created_from={today}&created_to={today}": 1, "created_to=2020-01-01": 0,
    }  # fmt: skip
    for query, total in shown_by.items():
        assert signed_in(owner).get(f"/api/notification/messages?{query}").json["total"] == total, query
    assert signed_in(owner).get("/api/notification/messages?title_contains=").status_code == 422
    assert signed_in(owner).get("/api/notification/deliveries").json["items"][0]["state"] == "sent"
    read = signed_in(owner).post(f"/api/notification/messages/{page['items'][0]['id']}/read").json
    assert read["read_at"]
    assert signed_in(owner).get("/api/notification/messages?unread=true").json["total"] == 0


def test_without_wechat_the_decision_on_a_registration_comes_by_sms(
    runtime: Runtime, world: Outside, owner: Actor
) -> None:
    before = len(world.sms(PHONE))
    deliver(runtime, example(runtime, "organization.approved"))
    send_due(runtime)
    assert len(world.sms(PHONE)) == before + 1
    assert "审核通过" in world.sms(PHONE)[0]["text"]


def test_what_one_did_oneself_is_no_news_and_the_clerk_is_told(
    runtime: Runtime, owner: Actor, signed_in: SignIn
) -> None:
    clerk = staff()
    data = {
        "account_id": clerk.account_id, "org_id": clerk.org_id, "kind": "institution", "username": "c", "name": "王经办",
        "phone": None, "roles": ["filing_clerk"], "status": "approved", "tier": "city", "division_code": "440100",
    }  # fmt: skip
    deliver(runtime, cloud_event("account.changed", "identity", data, subject=clerk.account_id, sequence=1))
    for kind in ("filing.submitted", "filing.amended"):
        deliver(runtime, example(runtime, kind))
    assert signed_in(owner).get("/api/notification/messages").json["total"] == 0
    assert signed_in(clerk).get("/api/notification/messages").json["total"] == 2


def test_a_failing_channel_is_tried_again_and_nothing_is_sent_twice(
    runtime: Runtime, world: Outside, owner: Actor, at: Any
) -> None:
    bind(runtime, world, owner, "o-retry")
    world.fault(path="/cgi-bin/message/template/send", errcode=-1, times=1)
    deliver(runtime, example(runtime, "booking.confirmed"))
    send_due(runtime)
    assert world.wechat("o-retry") == []
    at(clock.now() + timedelta(seconds=10))
    send_due(runtime)
    send_due(runtime)
    assert len(world.wechat("o-retry")) == 1


def test_who_chose_otherwise_is_told_otherwise(
    runtime: Runtime, world: Outside, owner: Actor, signed_in: SignIn
) -> None:
    bind(runtime, world, owner, "o-choice")
    signed_in(owner).put("/api/notification/preferences", {"wechat": False, "sms": True})
    before = len(world.sms(PHONE))
    deliver(runtime, example(runtime, "booking.confirmed"))
    send_due(runtime)
    assert world.wechat("o-choice") == []
    assert len(world.sms(PHONE)) == before + 1


def test_messages_are_ones_own(runtime: Runtime, owner: Actor, signed_in: SignIn) -> None:
    deliver(runtime, example(runtime, "booking.confirmed"))
    message = signed_in(owner).get("/api/notification/messages").json["items"][0]
    other = signed_in(applicant())
    assert other.get("/api/notification/messages").json["total"] == 0
    assert other.post(f"/api/notification/messages/{message['id']}/read").status_code == 404


def test_a_follow_is_told_once_however_often_it_is_pushed(
    runtime: Runtime, world: Outside, pushed: Callable[..., str], at: Any
) -> None:
    world.person("o-follow", phone="13711110098")
    push = {"FromUserName": "o-follow", "CreateTime": "1", "MsgType": "event", "Event": "subscribe"}
    assert "欢迎关注" in pushed(**push)
    at(clock.now() + timedelta(seconds=1))
    send_due(runtime)
    assert "欢迎关注" in pushed(**push)
    send_due(runtime)
    (event,) = recorded(runtime, "wechat.followed")
    assert event["data"] == {"appid": "wx-official", "openid": "o-follow", "unionid": "u-o-follow"}
