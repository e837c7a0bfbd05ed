"""Mapped tables of notification."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, MetaData, SmallInteger
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.db import NAMING, TYPES
from chassis.ids import new_id


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES


class Contact(Base):
    """Replica of an account, fed by identity's events."""

    __tablename__ = "contact"
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    home_id: Mapped[UUID | None]
    kind: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str | None]
    roles: Mapped[list[str]]
    status: Mapped[str]


class WechatContact(Base):
    __tablename__ = "wechat_contact"
    account_id: Mapped[UUID]
    appid: Mapped[str] = mapped_column(primary_key=True)
    openid: Mapped[str] = mapped_column(primary_key=True)


class Place(Base):
    """Replica of the name of an organisation or institution, fed by identity's events."""

    __tablename__ = "place"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class Preference(Base):
    __tablename__ = "preference"
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    wechat: Mapped[bool] = mapped_column(default=True)
    sms: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class Message(Base):
    """A message to one account: always in-app, and on other channels by its deliveries. Events with the same `digest` join it
    until `gather_until`. lane: 0 security, 1 asks for action, 2 information, 3 may wait."""

    __tablename__ = "message"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID]
    event_id: Mapped[UUID]
    template: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    fields: Mapped[dict[str, Any]]
    link: Mapped[str]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    lane: Mapped[int] = mapped_column(SmallInteger, default=2)
    facts: Mapped[dict[str, Any] | None]
    digest: Mapped[str | None]
    gather_until: Mapped[datetime | None]


class MessageEvent(Base):
    """An event in a message. An account gets an event at most once."""

    __tablename__ = "message_event"
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))


class Delivery(Base):
    """A message on one channel. It is marked before the provider is called, and its id is sent along, so that a retry after a
    crash is not shown twice. sent: the provider accepted it; delivered: the provider reported its arrival."""

    __tablename__ = "delivery"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    channel: Mapped[str]
    address: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    lane: Mapped[int] = mapped_column(SmallInteger, default=2)
    provider_id: Mapped[str | None]
    delivered_at: Mapped[datetime | None]


class WechatSilence(Base):
    """An openid that WeChat does not deliver to: unfollowed, blocked or unknown."""

    __tablename__ = "wechat_silence"
    openid: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]


class WechatReceipt(Base):
    """WeChat's report about a message. It may arrive before we have stored the number of the message."""

    __tablename__ = "wechat_receipt"
    msgid: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    at: Mapped[datetime]


class FollowerQuestion(Base):
    """A follower whose unionid is looked up later, because WeChat waits for the answer to the push."""

    __tablename__ = "follower_question"
    openid: Mapped[str] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]


class NumberTry(Base):
    """How often a follower recently typed a booking number that does not exist."""

    __tablename__ = "number_try"
    openid: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
    last_at: Mapped[datetime]


class WechatPush(Base):
    """Pushes already processed, by key, and nonces with the body that came with them."""

    __tablename__ = "wechat_push"
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)


class BindState(Base):
    """A visit to the start page of 绑定账号 that has not returned from WeChat yet."""

    __tablename__ = "bind_state"
    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    nonce_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
