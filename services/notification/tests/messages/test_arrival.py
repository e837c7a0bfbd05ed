"""Messages arrive: a person whom WeChat does not reach gets an SMS, and *sent* is not yet *delivered*."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis import clock
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller, applicant, cloud_event, deliver, recorded
from chassis.testing.outside import SECRETS, Outside
from notification import background
from notification.background import send_due
from notification.models import Delivery, Message

SignIn = Callable[[Actor | None], Caller]
OFFICIAL = SECRETS["WECHAT_OFFICIAL_APPID"]


def example(runtime: Runtime, event_type: str, **changes: Any) -> dict[str, Any]:
    """Returns the example with a new event id. changes: replace fields of its data."""
    body: dict[str, Any] = json.loads((runtime.contracts.folder / f"{event_type}.v1.example.json").read_text("utf-8"))
    return body | {"id": str(new_id()), "data": body["data"] | changes}


@pytest.fixture
def phone() -> str:
    return f"138{new_id().int % 10**8:08d}"


@pytest.fixture
def owner(runtime: Runtime, phone: str) -> Actor:
    body = example(runtime, "account.changed", phone=phone)
    deliver(runtime, body)
    made = applicant(UUID(body["data"]["org_id"]))
    return Actor(
        UUID(body["data"]["account_id"]), "applicant", made.org_id, division="440106", session_id=made.session_id
    )


def bound(runtime: Runtime, owner: Actor, openid: str, appid: str = OFFICIAL) -> None:
    data = {"account_id": owner.account_id, "org_id": owner.org_id, "unionid": f"u-{openid}",
            "openids": [{"appid": appid, "openid": openid}]}  # fmt: skip
    deliver(runtime, cloud_event("account.wechat_bound", "identity", data, subject=owner.account_id, sequence=5))


@pytest.fixture
def openid(runtime: Runtime, world: Outside, owner: Actor) -> str:
    """The openid of a bound follower."""
    name = f"o-{new_id()}"
    world.person(name, phone=f"139{new_id().int % 10**8:08d}")
    bound(runtime, owner, name)
    return name


def states(runtime: Runtime) -> list[tuple[str, str, str | None]]:
    """(channel, state, error) of every delivery, in order of creation."""
    with runtime.database.transaction() as db:
        rows = db.execute(text("SELECT channel, state, error FROM delivery ORDER BY id"))
        return [(row.channel, row.state, row.error) for row in rows]


# -- who is reached ------------------------------------------------------------------------------------------------


def test_who_bound_on_the_website_and_does_not_follow_gets_an_sms(
    runtime: Runtime, world: Outside, owner: Actor, phone: str
) -> None:
    bound(runtime, owner, "o-of-the-website", appid=SECRETS["WECHAT_WEBSITE_APPID"])
    deliver(runtime, example(runtime, "organization.rejected"))
    send_due(runtime)
    [sms] = world.sms(phone)
    assert "审核未通过" in sms["text"]
    assert states(runtime) == [("wechat", "failed", "not_following"), ("sms", "sent", None)]


def test_who_is_not_approved_yet_reads_why(runtime: Runtime, owner: Actor, signed_in: SignIn) -> None:
    deliver(runtime, example(runtime, "organization.rejected"))
    rejected = signed_in(replace(owner, status="rejected"))
    [message] = rejected.get("/api/notification/messages").json["items"]
    assert message["link"] == "/registration"
    assert rejected.post(f"/api/notification/messages/{message['id']}/read").status_code == 200


def test_who_has_bound_no_wechat_gets_an_sms_of_what_asks_for_action_and_of_nothing_else(
    runtime: Runtime, world: Outside, owner: Actor, phone: str
) -> None:
    deliver(runtime, example(runtime, "booking.rejected"))
    deliver(runtime, example(runtime, "booking.received"))
    send_due(runtime)
    assert [sms["text"].partition("：")[0] for sms in world.sms(phone)] == ["【计量强检】预约被拒绝（YY2K7M4Q9P3X）"]


def test_who_wants_neither_is_told_in_the_portal_only(
    runtime: Runtime, world: Outside, owner: Actor, phone: str, signed_in: SignIn
) -> None:
    signed_in(owner).put("/api/notification/preferences", {"wechat": False, "sms": False})
    deliver(runtime, example(runtime, "booking.rejected"))
    send_due(runtime)
    assert world.sms(phone) == []


def test_who_unfollows_is_noticed_at_once(
    runtime: Runtime, world: Outside, owner: Actor, phone: str, openid: str, pushed: Callable[..., str]
) -> None:
    assert pushed(FromUserName=openid, MsgType="event", Event="unsubscribe") == ""
    deliver(runtime, example(runtime, "booking.confirmed"))
    send_due(runtime)
    assert world.wechat(openid) == []
    assert len(world.sms(phone)) == 1
    pushed(FromUserName=openid, MsgType="event", Event="subscribe")
    deliver(runtime, example(runtime, "booking.completed"))
    send_due(runtime)
    assert [shown["kind"] for shown in world.wechat(openid)] == ["template"]
    assert len(world.sms(phone)) == 1


def test_who_unfollowed_unheard_is_noticed_by_the_first_message(
    runtime: Runtime, world: Outside, owner: Actor, phone: str, openid: str
) -> None:
    world.person(openid, phone=world_phone(world, openid), following=False)
    deliver(runtime, example(runtime, "booking.confirmed"))
    send_due(runtime)
    assert len(world.sms(phone)) == 1
    [told] = recorded(runtime, "wechat.unfollowed")
    assert told["data"]["openid"] == openid
    deliver(runtime, example(runtime, "booking.completed"))
    send_due(runtime)
    assert states(runtime)[2][2] == "not_following", "WeChat is not asked again"
    assert len(world.sms(phone)) == 2


def world_phone(world: Outside, openid: str) -> str:
    return next(str(one["phone"]) for one in world._get("/phones") if one["openid"] == openid)


@pytest.mark.parametrize(
    ("status", "state", "by_sms"),
    [("success", "delivered", 0), ("failed:user block", "failed", 1), ("failed: system failed", "failed", 1),
     ("failed:freq limit", "failed", 1)],
)  # fmt: skip
def test_what_wechat_accepted_is_delivered_when_it_says_so(
    runtime: Runtime, world: Outside, owner: Actor, phone: str, openid: str, pushed: Callable[..., str],
    status: str, state: str, by_sms: int,
) -> None:  # fmt: skip
    deliver(runtime, example(runtime, "booking.confirmed"))
    send_due(runtime)
    assert states(runtime) == [("wechat", "sent", None)]
    for _ in range(2):
        receipt(runtime, openid, pushed, status)
        send_due(runtime)
        assert states(runtime)[0][:2] == ("wechat", state)
        assert len(world.sms(phone)) == by_sms


def test_a_receipt_that_comes_before_we_know_the_number_is_not_lost(
    runtime: Runtime, world: Outside, owner: Actor, openid: str, pushed: Callable[..., str]
) -> None:
    deliver(runtime, example(runtime, "booking.confirmed"))
    send_due(runtime)
    with runtime.database.transaction() as db:
        number = db.execute(text("UPDATE delivery SET provider_id = NULL RETURNING provider_id")).scalar_one()
        assert number is None
    pushed(FromUserName=openid, MsgType="event", Event="TEMPLATESENDJOBFINISH", MsgID="4711", Status="success")
    send_due(runtime)
    assert states(runtime) == [("wechat", "sent", None)]
    with runtime.database.transaction() as db:
        db.execute(text("UPDATE delivery SET provider_id = '4711'"))
    send_due(runtime)
    assert states(runtime) == [("wechat", "delivered", None)]


def receipt(runtime: Runtime, openid: str, pushed: Callable[..., str], status: str) -> None:
    """Pushes WeChat's report about the message that was sent."""
    with runtime.database.transaction() as db:
        msgid = db.execute(
            text("SELECT provider_id FROM delivery WHERE channel = 'wechat' ORDER BY id LIMIT 1")
        ).scalar_one()
    push = {
        "FromUserName": openid,
        "MsgType": "event",
        "Event": "TEMPLATESENDJOBFINISH",
        "MsgID": msgid,
        "Status": status,
    }
    assert pushed(**push) == ""


def test_who_blocks_messages_gets_an_sms_at_once_the_next_time(
    runtime: Runtime, world: Outside, owner: Actor, phone: str, openid: str, pushed: Callable[..., str], at: Any
) -> None:
    deliver(runtime, example(runtime, "booking.confirmed"))
    send_due(runtime)
    receipt(runtime, openid, pushed, "failed:user block")
    send_due(runtime)
    pushed(FromUserName=openid, MsgType="text", Content="你好")  # a follower who writes is still blocked
    deliver(runtime, example(runtime, "booking.completed"))
    send_due(runtime)
    assert len(world.wechat(openid)) == 1
    assert len(world.sms(phone)) == 2
    at(clock.now() + timedelta(days=31))
    deliver(runtime, example(runtime, "booking.no_show"))
    send_due(runtime)
    assert states(runtime)[-1][:2] == ("wechat", "sent"), "after a month it is tried again"


def test_the_days_quota_is_tried_again_after_midnight_in_shanghai(
    runtime: Runtime, world: Outside, owner: Actor, phone: str, openid: str, at: Any
) -> None:
    afternoon = clock.now().replace(hour=9, minute=0) + timedelta(days=1)  # 17:00 there
    at(afternoon)
    world.fault(path="/cgi-bin/message/template/send", errcode=45009, times=2)
    deliver(runtime, example(runtime, "booking.received"))  # asks for nothing
    deliver(runtime, example(runtime, "booking.rejected"))
    send_due(runtime)
    assert sorted(row[:2] for row in states(runtime)) == [("sms", "sent"), ("wechat", "failed"), ("wechat", "waiting")]
    assert "被拒绝" in world.sms(phone)[0]["text"]
    at(afternoon.replace(hour=15, minute=59))
    send_due(runtime)
    assert world.wechat(openid) == []
    at(afternoon.replace(hour=16, minute=2))
    send_due(runtime)
    [shown] = world.wechat(openid)
    assert shown["data"]["thing2"] == "仪器已接收"


def test_a_provider_that_asks_for_patience_gets_it(
    runtime: Runtime, world: Outside, owner: Actor, phone: str, at: Any
) -> None:
    deliver(runtime, example(runtime, "booking.rejected"))
    world.fault(path="/messages", status=429, times=1)
    send_due(runtime)
    assert states(runtime)[0][:2] == ("sms", "waiting")
    at(clock.now() + timedelta(minutes=2))
    send_due(runtime)
    assert len(world.sms(phone)) == 1


# -- security --------------------------------------------------------------------------------------------------------


def test_what_happens_to_an_account_is_told_by_sms_whatever_was_chosen(
    runtime: Runtime, world: Outside, owner: Actor, phone: str, openid: str, signed_in: SignIn
) -> None:
    signed_in(owner).put("/api/notification/preferences", {"wechat": True, "sms": False})
    old = f"137{new_id().int % 10**8:08d}"
    event = example(runtime, "account.security", what="phone_changed", phones=[old, phone])
    for _ in range(2):
        deliver(runtime, event)
        send_due(runtime)
    assert [len(world.sms(number)) for number in (old, phone)] == [1, 1]
    assert "手机号已更换" in world.sms(old)[0]["text"]
    assert world.wechat(openid) == []
    [message] = signed_in(owner).get("/api/notification/messages").json["items"]
    assert message["link"] == "/account/sessions"


@pytest.mark.parametrize("what", ["wechat_bound", "wechat_unbound", "password_changed", "password_reset", "new_device"])
def test_each_has_its_words(runtime: Runtime, world: Outside, owner: Actor, phone: str, what: str) -> None:
    deliver(runtime, example(runtime, "account.security", what=what, phones=[phone]))
    send_due(runtime)
    [sms] = world.sms(phone)
    assert "如非本人操作" in sms["text"]
    assert "2026-11-23 11:00" in sms["text"], "the time in Shanghai"


# -- lanes -----------------------------------------------------------------------------------------------------------


def queue(runtime: Runtime, owner: Actor, channel: str, address: str, lane: int, number: int) -> None:
    with runtime.database.transaction() as db:
        for n in range(number):
            message = Message(
                id=new_id(), account_id=owner.account_id, event_id=new_id(), template="booking", title=f"第 {n} 条",
                body="内容", fields={"character_string1": "YY2K7M4Q9P3X", "thing2": "预约已确认", "thing3": f"{n}", "thing4": "广州"},
                link="/home", created_at=clock.now(), lane=lane,
            )  # fmt: skip
            db.add(message)
            db.flush()
            db.add(Delivery(message_id=message.id, channel=channel, address=address, lane=lane, next_at=clock.now()))


def test_an_urgent_sms_waits_behind_no_others(
    runtime: Runtime, world: Outside, owner: Actor, phone: str, openid: str
) -> None:
    """Even if WeChat hangs."""
    queue(runtime, owner, "wechat", "", 3, 60)
    other = f"137{new_id().int % 10**8:08d}"
    queue(runtime, owner, "sms", other, 3, 40)
    world.fault(path="/cgi-bin/message/template/send", delay_seconds=3, times=60)
    world.fault(path="/messages", delay_seconds=0.2, times=40)
    stop = threading.Event()
    thread = threading.Thread(target=background.run, args=(runtime, stop))
    thread.start()
    try:
        wait_for(lambda: len(world.sms(other)) >= 1)
        deliver(runtime, example(runtime, "account.security", phones=[phone]))
        wait_for(lambda: len(world.sms(phone)) == 1, seconds=2.5)
        assert len(world.sms(other)) < 40
    finally:
        stop.set()
        thread.join(30)
        world.no_faults()


def wait_for(done: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "too late"
        time.sleep(0.05)
