"""Notifies people: one message per account, and one delivery per channel.

An event makes at most one message per account. Single decisions that follow each other closely become one message. The
portal shows it at once; it grows, and the other channels send it when no event has joined it for a while.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.ids import new_id
from notification import queries
from notification.domain import texts
from notification.domain.texts import Text
from notification.models import Contact, Delivery, Message, MessageEvent, Preference

QUIET = timedelta(seconds=20)  # a message is sent when nothing has joined it for this time
LONGEST = timedelta(minutes=5)  # and after this time in any case
NO_MORE = timedelta(seconds=1)  # nothing joins a message this shortly before it is sent
A_DAY = timedelta(hours=24)  # reminders of one day are one message, even if some arrive late


def tell_applicant(
    db: Session, org_id: UUID | str, event_id: UUID | str, text: Text, now: datetime, but: str | None = None
) -> None:
    """Notifies every account of an organisation by its chosen channels, except `but`, the actor. Raises LookupError if the main
    account is not known yet, even if a sub-user is: identity's events have not all arrived, and the inbox retries."""
    people = list(db.scalars(select(Contact).where(Contact.home_id == org_id, Contact.kind == "applicant")))
    if not any("owner" in one.roles for one in people):
        raise LookupError(f"the main account of organisation {org_id} is not known")
    told = [one for one in people if one.status != "disabled" and str(one.account_id) != but]
    _tell(db, told, event_id, text, now, outside=True)


def tell_staff(
    db: Session, institution_id: UUID | str, role: str, event_id: UUID | str, text: Text, now: datetime, but: str | None
) -> None:
    """Notifies the staff of an institution who have this role. In-app only, because they work in the portal all day."""
    people = db.scalars(
        select(Contact).where(
            Contact.home_id == institution_id, Contact.roles.contains([role]), Contact.status == "approved"
        )
    )
    _tell(db, [one for one in people if str(one.account_id) != but], event_id, text, now, outside=False)


def tell_account(
    db: Session, account_id: UUID | str, event_id: UUID | str, text: Text, phones: Sequence[str], now: datetime
) -> None:
    """Notifies one account, and each of these phones by SMS. Raises LookupError if the account is not known yet."""
    person = db.get(Contact, UUID(str(account_id)))
    if person is None:
        raise LookupError(f"account {account_id} is not known")
    message = _new_message(db, person, event_id, text, now)
    if message is not None:
        db.add_all(_by_sms(message, phone, now) for phone in dict.fromkeys(phones))
    db.flush()


def _tell(
    db: Session, people: Sequence[Contact], event_id: UUID | str, text: Text, now: datetime, outside: bool
) -> None:
    for person in sorted(people, key=lambda p: p.account_id):
        if text.digest and _join(db, person, event_id, text, now):
            continue
        message = _new_message(db, person, event_id, text, now)
        if message is not None and outside:
            db.add_all(_deliveries(db, person, message, now))
    db.flush()


def _new_message(
    db: Session, person: Contact, event_id: UUID | str, text: Text, now: datetime, message_id: UUID | None = None
) -> Message | None:
    """Returns None if the account already has a message about this event."""
    message = Message(
        id=message_id or new_id(), account_id=person.account_id, event_id=UUID(str(event_id)), template=text.template,
        title=text.title, body=text.body, fields=text.fields, link=text.link, created_at=now, lane=text.lane,
        facts=text.facts or None, digest=text.digest, gather_until=_until(text, now) if text.digest else None,
    )  # fmt: skip
    if _told_before(db, person.account_id, event_id):
        return None
    db.add(message)
    db.flush()
    _keep_event(db, person.account_id, event_id, message.id)
    return message


def _join(db: Session, person: Contact, event_id: UUID | str, text: Text, now: datetime) -> bool:
    """Adds the event to a message that still gathers. True if the account now has, or already had, a message about it."""
    if _told_before(db, person.account_id, event_id):
        return True
    # lock: of two events at once, the second waits here and joins the message of the first
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{person.account_id}{text.digest}", 0))))
    message = db.scalars(
        select(Message)
        .where(
            Message.account_id == person.account_id, Message.digest == text.digest,
            Message.gather_until > now + NO_MORE, Message.created_at <= now + A_DAY,
        )
        .order_by(Message.id.desc())
        .limit(1)
        .with_for_update()
    ).first()  # fmt: skip
    if message is None or message.facts is None:
        return False
    both = texts.joined(message.facts, text.facts)
    message.title, message.body, message.fields, message.link = both.title, both.body, both.fields, both.link
    message.facts, message.lane, message.read_at = both.facts, both.lane, None
    goes_out = min(now + QUIET, message.created_at + LONGEST)
    if both.template != "reminder":
        message.gather_until = goes_out
    db.execute(
        update(Delivery)
        .where(Delivery.message_id == message.id, Delivery.state == "waiting", Delivery.attempts == 0)
        .values(next_at=goes_out, lane=both.lane)
    )
    _keep_event(db, person.account_id, event_id, message.id)
    return True


def _until(text: Text, now: datetime) -> datetime:
    return now + (A_DAY if text.template == "reminder" else QUIET)


def _told_before(db: Session, account_id: UUID, event_id: UUID | str) -> bool:
    statement = select(MessageEvent.message_id).where(
        MessageEvent.account_id == account_id, MessageEvent.event_id == event_id
    )
    return db.scalar(statement) is not None


def _keep_event(db: Session, account_id: UUID, event_id: UUID | str, message_id: UUID) -> None:
    db.execute(insert(MessageEvent).values(account_id=account_id, event_id=event_id, message_id=message_id))


def _deliveries(db: Session, person: Contact, message: Message, now: datetime) -> list[Delivery]:
    """Adds WeChat if wanted, and SMS if wanted. Also SMS if WeChat is wanted but cannot reach a person who must act."""
    choice = db.get(Preference, person.account_id) or Preference(wechat=True, sms=False)
    goes_out = now + QUIET if message.digest else now
    found: list[Delivery] = []
    if choice.wechat and queries.is_bound(db, person.account_id):
        # the address, and whether WeChat reaches it, is looked up at the time of sending
        found.append(Delivery(message_id=message.id, channel="wechat", address="", next_at=goes_out, lane=message.lane))
    instead = not found and message.lane <= texts.ACTION and (choice.wechat or message.template == "registration")
    if person.phone and (choice.sms or instead):
        found.append(_by_sms(message, person.phone, goes_out))
    return found


def sms_instead(db: Session, message: Message, now: datetime) -> bool:
    """Adds an SMS, once, if WeChat failed and the message asks for action. Says whether it did."""
    person = db.get(Contact, message.account_id)
    if message.lane > texts.ACTION or person is None or not person.phone or person.status == "disabled":
        return False
    by_sms = select(Delivery.id).where(Delivery.message_id == message.id, Delivery.channel == "sms").limit(1)
    if db.scalar(by_sms) is None:
        db.add(_by_sms(message, person.phone, now))
    return True


def _by_sms(message: Message, phone: str, goes_out: datetime) -> Delivery:
    return Delivery(message_id=message.id, channel="sms", address=phone, next_at=goes_out, lane=message.lane)


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
