"""Binding of WeChat persons to accounts: one person, one account; openids of the same person join by unionid."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.wechat import Person
from identity import events, queries
from identity.domain.errors import WechatTaken
from identity.models import Account, WechatPerson


def bind(db: Session, account: Account, person: Person, now: datetime) -> None:
    """The account is told, whoever did it. Raises: WechatTaken where that person is bound to another account."""
    holder = queries.account_by_wechat(db, person.appid, person.openid, person.unionid)
    if holder is not None and holder.id != account.id:
        raise WechatTaken
    _remember(db, person)
    for known in _same_person(db, person):
        known.account_id = account.id
    audit.record(db, "wechat_bound", account.id, {"appid": person.appid})
    _tell(db, account, "bound", person.unionid)
    outbox.record(db, events.account_security(account, "wechat_bound", now))


def bind_follower(db: Session, person: Person) -> Account | None:
    """Somebody follows the official account; whoever is bound already by unionid is now reached there too. Returns whose
    WeChat it is."""
    _remember(db, person).following = True
    account = queries.account_by_wechat(db, person.appid, person.openid, person.unionid)
    if account is not None:
        for known in _same_person(db, person):
            known.account_id = account.id
        _tell(db, account, "bound", person.unionid)
    return account


def unfollow(db: Session, appid: str, openid: str) -> None:
    known = db.get(WechatPerson, (appid, openid))
    if known is not None:
        known.following = False


def unbind(db: Session, account: Account, now: datetime) -> None:
    known = queries.wechat_of(db, account.id)
    for person in known:
        person.account_id = None
    audit.record(db, "wechat_unbound", account.id)
    account.version += 1
    openids = [(person.appid, person.openid) for person in known]
    outbox.record(db, events.wechat_event("unbound", account, None, openids))
    if openids:
        outbox.record(db, events.account_security(account, "wechat_unbound", now))


def _remember(db: Session, person: Person) -> WechatPerson:
    known = db.get(WechatPerson, (person.appid, person.openid))
    if known is None:
        known = WechatPerson(appid=person.appid, openid=person.openid)
        db.add(known)
    known.unionid = person.unionid or known.unionid
    db.flush()
    return known


def _same_person(db: Session, person: Person) -> list[WechatPerson]:
    statement = select(WechatPerson)
    if person.unionid:
        statement = statement.where(WechatPerson.unionid == person.unionid)
    else:
        statement = statement.where(WechatPerson.appid == person.appid, WechatPerson.openid == person.openid)
    return list(db.scalars(statement))


def _tell(db: Session, account: Account, verb: str, unionid: str | None) -> None:
    db.flush()
    account.version += 1
    openids = [(known.appid, known.openid) for known in queries.wechat_of(db, account.id)]
    outbox.record(db, events.wechat_event(verb, account, unionid, openids))
