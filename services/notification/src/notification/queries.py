"""Reads of notification. An account sees only its own messages."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.paging import narrowed, paginate
from notification.models import Contact, Delivery, Message, Place, Preference, WechatContact, WechatSilence

M = Message
CONTAINED = {"title": M.title, "body": M.body}
DAYS = {"created": M.created_at}


def messages(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the account's messages, newest first."""
    statement = select(M.id, M.template, M.title, M.body, M.link, M.created_at, M.read_at).where(
        M.account_id == actor.account_id
    )
    if args.get("unread"):
        statement = statement.where(M.read_at.is_(None))
    statement = narrowed(statement, args, contained=CONTAINED, days=DAYS)
    return paginate(db, statement, args, key=M.id, sortable={"created_at": M.created_at, "title": M.title})


def contact_of_follower(db: Session, appid: str, openid: str) -> Contact | None:
    """Returns the account to which a follower of the official account is bound."""
    bound = WechatContact
    statement = select(Contact).join(bound, bound.account_id == Contact.account_id)
    return db.scalars(statement.where(bound.appid == appid, bound.openid == openid)).first()


def deliveries(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """Returns deliveries. An administrator sees all, other accounts see their own."""
    d, m = Delivery, Message
    statement = select(
        d.id, d.message_id, m.title, d.channel, d.address, d.state, d.attempts, d.sent_at, d.delivered_at, d.error
    ).join(m, m.id == d.message_id)  # fmt: skip
    if actor.kind != "admin":
        statement = statement.where(m.account_id == actor.account_id)
    if args.get("state"):
        statement = statement.where(d.state == args["state"])
    return paginate(db, statement, args, key=d.id, sortable={"sent_at": d.sent_at})


def preference(db: Session, actor: Actor) -> Preference:
    return db.get(Preference, actor.account_id) or Preference(
        account_id=actor.account_id, wechat=True, sms=False, version=0
    )


def name_of(db: Session, place_id: UUID | str) -> str:
    return db.scalar(select(Place.name).where(Place.id == place_id)) or "技术机构"


BLOCKED_FOR = timedelta(days=30)  # then one more message is tried: WeChat does not report the end of a block


def reachable_openid(db: Session, account_id: UUID, appid: str, now: datetime) -> str | None:
    """Returns the openid at which the official account can reach the account, or None."""
    bound, silence = WechatContact, WechatSilence
    silent = select(silence.openid).where(
        silence.openid == bound.openid, or_(silence.reason != "blocked", silence.since > now - BLOCKED_FOR)
    )
    return db.scalar(
        select(bound.openid).where(bound.account_id == account_id, bound.appid == appid, ~silent.exists()).limit(1)
    )


def is_bound(db: Session, account_id: UUID) -> bool:
    return db.scalar(select(WechatContact.openid).where(WechatContact.account_id == account_id).limit(1)) is not None
