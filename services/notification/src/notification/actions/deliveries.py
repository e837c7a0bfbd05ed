"""Sends a delivery: claims it in one transaction, calls the provider outside of it, and settles it in a second one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import log, outbox
from chassis.errors import ServiceError
from chassis.sms import SmsRefused
from chassis.wechat import WechatError
from notification import events, queries
from notification.actions.messages import sms_instead
from notification.domain.plain import cut
from notification.domain.texts import SHANGHAI
from notification.models import Delivery, Message, WechatReceipt, WechatSilence
from notification.parts import Parts

CHANNELS = ("wechat", "sms")
ATTEMPTS = 6
LEASE = timedelta(minutes=2)  # a try that was not settled is repeated after this time
LONGEST_WAIT = timedelta(days=1, hours=1)  # until the next try of a delivery
NOT_FOLLOWING = "not_following"
QUOTA = 45009  # the daily quota; WeChat resets it at midnight
WECHAT_FINAL = (40003, 40037, 43004, 43101, 47003)  # a retry would fail too
SILENT = {40003: "unknown", 43004: "unfollowed"}  # the next message to this openid would fail too
BLOCKED = "failed:user block"  # the receipt if a follower blocks messages
RECEIPTS_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Outcome:
    """The result of a try. state: sent, waiting or failed. again_at: the earliest next try; this try does not count."""

    state: str
    error: str | None = None
    provider_id: str | None = None
    again_at: datetime | None = None
    silent: str | None = None  # why WeChat will not deliver the next message to this openid


def claim(
    db: Session, channel: str, most: int, official_appid: str, now: datetime
) -> Sequence[tuple[Delivery, Message]]:
    """Returns up to `most` due deliveries of a channel, the most urgent first, and marks them as being sent. Sets the address
    of a WeChat delivery to the account's openid at the official account."""
    rows = db.execute(
        select(Delivery, Message)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.state.in_(["waiting", "sending"]), Delivery.channel == channel, due(now))
        .order_by(Delivery.lane, Delivery.next_at)
        .limit(most)
        .with_for_update(of=Delivery, skip_locked=True)
    ).all()
    for delivery, message in rows:
        delivery.state = "sending"
        delivery.attempts += 1
        delivery.next_at = now + LEASE
        if channel == "wechat":
            delivery.address = queries.reachable_openid(db, message.account_id, official_appid, now) or ""
    db.flush()
    return [(delivery, message) for delivery, message in rows]


def due(now: datetime) -> ColumnElement[bool]:
    """The second part: a time beyond the longest wait was stored before somebody set the clock back."""
    return or_(Delivery.next_at <= now, Delivery.next_at > now + LONGEST_WAIT)


def hand_over(parts: Parts, delivery: Delivery, message: Message, now: datetime) -> Outcome:
    """Sends one. Raises nothing: the outcome holds the error."""
    if not delivery.address:
        return Outcome("failed", NOT_FOLLOWING)
    try:
        if delivery.channel == "wechat":
            return Outcome("sent", provider_id=_by_wechat(parts, delivery, message))
        parts.sms.send(delivery.address, "notice", {"title": message.title, "body": message.body}, delivery.id)
    except WechatError as error:
        if error.code == QUOTA:
            return Outcome("waiting", str(error), again_at=_midnight_after(now))
        state = "failed" if error.code in WECHAT_FINAL else "waiting"
        return Outcome(state, str(error), silent=SILENT.get(error.code))
    except SmsRefused as error:
        return Outcome("failed", error.code)
    except ServiceError as error:
        wait = timedelta(seconds=error.retry_after or 0)
        return Outcome("waiting", error.code, again_at=now + wait if error.status == 429 else None)
    except Exception as error:
        log.get().error("delivery_failed", delivery_id=str(delivery.id), exc_info=error)
        return Outcome("waiting", repr(error))
    return Outcome("sent")


def _by_wechat(parts: Parts, delivery: Delivery, message: Message) -> str:
    """Returns WeChat's number of the message."""
    settings = parts.settings
    answer = parts.official.call(
        "/cgi-bin/message/template/send",
        {
            "touser": delivery.address,
            "template_id": getattr(settings, f"wechat_template_{message.template}"),
            "url": f"{settings.public_url}{message.link}",
            "client_msg_id": str(delivery.id),
            "data": {name: {"value": cut(value, 20)} for name, value in message.fields.items()},
        },
    )
    return str(answer.get("msgid", ""))


def settle(db: Session, delivery: Delivery, outcome: Outcome, appid: str, now: datetime) -> None:
    kept = db.get_one(Delivery, delivery.id)
    state, error = outcome.state, outcome.error
    if outcome.silent and delivery.address:
        silence(db, delivery.address, outcome.silent, now)
        if outcome.silent == "unfollowed":  # identity does not know it yet
            outbox.record(db, events.followed("wechat.unfollowed", appid, delivery.address, None))
    if state == "waiting" and outcome.again_at is not None:
        kept.attempts -= 1
        kept.next_at = outcome.again_at
        if kept.channel == "wechat" and _instead(db, kept, now):
            state = "failed"  # a person who must act cannot wait for tomorrow
    else:
        kept.next_at = now + timedelta(seconds=min(5 * 4 ** (kept.attempts - 1), 3600))
    if state == "waiting" and kept.attempts >= ATTEMPTS:
        state = "failed"
    kept.state, kept.error, kept.provider_id = state, error, outcome.provider_id
    kept.sent_at = now if state == "sent" else None
    if state == "failed" and kept.channel == "wechat":
        _instead(db, kept, now)


def _instead(db: Session, delivery: Delivery, now: datetime) -> bool:
    return sms_instead(db, db.get_one(Message, delivery.message_id), now)


def _midnight_after(now: datetime) -> datetime:
    """Returns 00:01 in Asia/Shanghai: a minute later, because WeChat's clock and ours may differ."""
    tomorrow = now.astimezone(SHANGHAI).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(0, 1), SHANGHAI)


# -- whom WeChat reaches ---------------------------------------------------------------------------------------------


def silence(db: Session, openid: str, reason: str, now: datetime) -> None:
    """Stops messages to this openid until it follows again."""
    values = {"openid": openid, "reason": reason, "since": now}
    statement = insert(WechatSilence).values(**values)
    db.execute(statement.on_conflict_do_update(index_elements=["openid"], set_={"reason": reason, "since": now}))


def hear_again(db: Session, openid: str, followed: bool) -> None:
    """Ends the silence of a follower who writes or taps. Only a new follow ends a block."""
    statement = delete(WechatSilence).where(WechatSilence.openid == openid)
    db.execute(statement if followed else statement.where(WechatSilence.reason != "blocked"))


def keep_receipt(db: Session, msgid: str, status: str, now: datetime) -> None:
    """Stores the receipt for later: it may arrive before we have stored the number of the message."""
    db.execute(insert(WechatReceipt).values(msgid=msgid, status=status, at=now).on_conflict_do_nothing())


def apply_receipts(db: Session, now: datetime) -> int:
    """Records which messages arrived and which failed. Returns the number of receipts."""
    rows = db.execute(
        select(WechatReceipt, Delivery)
        .join(Delivery, Delivery.provider_id == WechatReceipt.msgid)
        .where(Delivery.channel == "wechat")
        .limit(200)
        .with_for_update(of=WechatReceipt, skip_locked=True)
    ).all()
    for receipt, delivery in rows:
        db.delete(receipt)
        if delivery.state != "sent":
            continue
        if receipt.status.startswith("success"):
            delivery.state, delivery.delivered_at = "delivered", receipt.at
            continue
        delivery.state, delivery.error = "failed", receipt.status[:200]
        if receipt.status == BLOCKED:
            silence(db, delivery.address, "blocked", now)
        _instead(db, delivery, now)
    db.flush()
    return len(rows)


def forget_receipts(db: Session, now: datetime) -> None:
    db.execute(delete(WechatReceipt).where(WechatReceipt.at < now - RECEIPTS_KEPT))
