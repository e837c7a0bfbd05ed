"""Mapped tables of notification."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.db import NAMING, TYPES
from chassis.ids import new_id


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES


class Contact(Base):
    """Copy of an account, fed by identity's events."""

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
    """Copy of the name of an organisation or institution, fed by identity's events."""

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
    """What one account is told about one event; in-app always, elsewhere by its deliveries."""

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


class Delivery(Base):
    """A message on its way through one channel. It is marked before it is handed over, and its id goes along, so that
    a try that is repeated after a crash is not shown twice."""

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


class NumberTry(Base):
    """How often a follower lately typed a booking number that there is not."""

    __tablename__ = "number_try"
    openid: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
    last_at: Mapped[datetime]


class WechatPush(Base):
    __tablename__ = "wechat_push"
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
