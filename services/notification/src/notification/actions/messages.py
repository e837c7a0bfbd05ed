"""Telling people: one message an event and account, and a delivery for each channel that reaches them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.ids import new_id
from notification.domain.texts import Text
from notification.models import Contact, Delivery, Message, Preference, WechatContact

ALWAYS_BY_SMS = ("registration",)  # who registers has no WeChat bound yet


def tell_applicant(db: Session, org_id: UUID | str, event_id: UUID | str, text: Text, now: datetime) -> None:
    """Every account of an organisation, by its own choice of channels. Raises: LookupError while its main account is not
    known (a sub-user may be): identity's events have not all arrived yet, and the inbox tries again."""
    people = list(db.scalars(select(Contact).where(Contact.home_id == org_id, Contact.kind == "applicant")))
    if not any("owner" in one.roles for one in people):
        raise LookupError(f"the main account of organisation {org_id} is not known")
    _tell(db, [one for one in people if one.status != "disabled"], event_id, text, now, outside=True)


def tell_staff(
    db: Session, institution_id: UUID | str, role: str, event_id: UUID | str, text: Text, now: datetime
) -> None:
    """The staff of an institution who have a role, in-app: they work in the portal all day."""
    people = db.scalars(
        select(Contact).where(
            Contact.home_id == institution_id, Contact.roles.contains([role]), Contact.status == "approved"
        )
    )
    _tell(db, list(people), event_id, text, now, outside=False)


def _tell(
    db: Session, people: Sequence[Contact], event_id: UUID | str, text: Text, now: datetime, outside: bool
) -> None:
    for person in sorted(people, key=lambda p: p.account_id):
        message_id = db.execute(
            insert(Message)
            .values(id=new_id(), account_id=person.account_id, event_id=event_id, template=text.template, title=text.title,
                    body=text.body, fields=text.fields, link=text.link, created_at=now)
            .on_conflict_do_nothing()
            .returning(Message.id)
        ).scalar()  # fmt: skip
        if message_id is not None and outside:
            db.add_all(_deliveries(db, person, message_id, text, now))
    db.flush()


def _deliveries(db: Session, person: Contact, message_id: UUID, text: Text, now: datetime) -> list[Delivery]:
    """WeChat where it is bound and wanted; SMS where it is wanted, or nothing else reaches who must know."""
    choice = db.get(Preference, person.account_id) or Preference(wechat=True, sms=False)
    found: list[Delivery] = []
    if choice.wechat:
        bound = db.scalars(
            select(WechatContact.openid).where(WechatContact.account_id == person.account_id).limit(1)
        ).first()
        if bound is not None:  # where to is found out when it is sent
            found.append(Delivery(message_id=message_id, channel="wechat", address="", next_at=now))
    if person.phone and (choice.sms or (not found and text.template in ALWAYS_BY_SMS)):
        found.append(Delivery(message_id=message_id, channel="sms", address=person.phone, next_at=now))
    return found


def mark_read(db: Session, by: Actor, message_id: UUID, now: datetime) -> Message:
    message = db.scalars(select(Message).where(Message.id == message_id, Message.account_id == by.account_id)).first()
    if message is None:
        raise NotFound
    message.read_at = message.read_at or now
    db.flush()
    return message


def choose(db: Session, by: Actor, wechat: bool, sms: bool) -> Preference:
    preference = db.get(Preference, by.account_id)
    if preference is None:
        preference = Preference(account_id=by.account_id, wechat=wechat, sms=sms, version=0)
        db.add(preference)
    preference.wechat, preference.sms = wechat, sms
    preference.version += 1
    db.flush()
    return preference
