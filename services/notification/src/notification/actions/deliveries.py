"""Sending: a delivery is claimed in one transaction, handed over outside of it, and settled in a second one."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from chassis import log
from chassis.errors import ServiceError
from chassis.sms import SmsRefused
from chassis.wechat import WechatError
from notification import queries
from notification.models import Delivery, Message
from notification.parts import Parts

ATTEMPTS = 6
LEASE = timedelta(minutes=2)  # a try that was never settled is made again after so long
WECHAT_FINAL = (40003, 40037, 43004, 43101, 47003)  # no use trying again


def claim(db: Session, official_appid: str, now: datetime) -> tuple[Delivery, Message] | None:
    """The next delivery that is due, marked as being sent; by WeChat to the account's openid at the official account."""
    row = db.execute(
        select(Delivery, Message)
        .join(Message, Message.id == Delivery.message_id)
        .where(Delivery.state.in_(["waiting", "sending"]), _due(now))
        .order_by(Delivery.next_at)
        .limit(1)
        .with_for_update(of=Delivery, skip_locked=True)
    ).first()
    if row is None:
        return None
    delivery, message = row
    delivery.state = "sending"
    delivery.attempts += 1
    delivery.next_at = now + LEASE
    if delivery.channel == "wechat":
        delivery.address = queries.openid_of(db, message.account_id, official_appid) or ""
    db.flush()
    return delivery, message


def _due(now: datetime) -> ColumnElement[bool]:
    """A time that is further away than any wait was set before the clock was set back."""
    return or_(Delivery.next_at <= now, Delivery.next_at > now + timedelta(days=1))


def hand_over(parts: Parts, delivery: Delivery, message: Message) -> tuple[str, str | None]:
    """Send one; (sent | waiting | failed, error). Nothing is raised: the outcome is kept."""
    if not delivery.address:
        return "failed", "not_following"
    try:
        if delivery.channel == "wechat":
            _by_wechat(parts, delivery, message)
        else:
            parts.sms.send(delivery.address, "notice", {"title": message.title, "body": message.body}, delivery.id)
    except WechatError as error:
        return ("failed" if error.code in WECHAT_FINAL else "waiting"), str(error)
    except SmsRefused as error:
        return "failed", error.code
    except ServiceError as error:
        return "waiting", error.code
    except Exception as error:
        log.get().error("delivery_failed", delivery_id=str(delivery.id), exc_info=error)
        return "waiting", repr(error)
    return "sent", None


def _by_wechat(parts: Parts, delivery: Delivery, message: Message) -> None:
    settings = parts.settings
    parts.official.call(
        "/cgi-bin/message/template/send",
        {
            "touser": delivery.address,
            "template_id": getattr(settings, f"wechat_template_{message.template}"),
            "url": f"{settings.public_url}{message.link}",
            "client_msg_id": str(delivery.id),
            "data": {name: {"value": value[:20]} for name, value in message.fields.items()},
        },
    )


def settle(db: Session, delivery_id: UUID, outcome: str, error: str | None, now: datetime) -> None:
    delivery = db.get_one(Delivery, delivery_id)
    if outcome == "waiting" and delivery.attempts >= ATTEMPTS:
        outcome = "failed"
    delivery.state, delivery.error = outcome, error
    delivery.sent_at = now if outcome == "sent" else None
    delivery.next_at = now + timedelta(seconds=min(5 * 4 ** (delivery.attempts - 1), 3600))
