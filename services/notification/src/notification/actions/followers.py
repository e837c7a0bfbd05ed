"""Looks up the unionid of followers. A push contains only the openid; identity knows the person by the unionid."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import log, outbox
from chassis.errors import ServiceError
from chassis.runtime import Runtime
from chassis.wechat import WechatError
from notification import events
from notification.models import FollowerQuestion
from notification.parts import parts_of

ATTEMPTS = 8
LEASE = timedelta(seconds=30)


def ask_later(db: Session, openid: str, now: datetime) -> None:
    statement = insert(FollowerQuestion).values(openid=openid, attempts=0, next_at=now)
    db.execute(statement.on_conflict_do_update(index_elements=["openid"], set_={"attempts": 0, "next_at": now}))


def claim(db: Session, most: int, now: datetime) -> Sequence[str]:
    """Returns the openids to look up now."""
    found = db.scalars(
        select(FollowerQuestion)
        .where(FollowerQuestion.next_at <= now)
        .order_by(FollowerQuestion.next_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for question in found:
        question.attempts += 1
        question.next_at = now + LEASE * 2 ** (question.attempts - 1)
    return [question.openid for question in found]


def look_up(runtime: Runtime, openid: str) -> None:
    """Asks WeChat and publishes the follower to identity. After the last try it publishes the follower without a unionid."""
    official, unionid = parts_of(runtime).official, None
    try:
        unionid = official.unionid_of(openid)
    except (WechatError, ServiceError) as error:
        log.get().warning("unionid_unknown", error=repr(error))
        with runtime.database.transaction() as db:
            question = db.get(FollowerQuestion, openid)
            if question is not None and question.attempts < ATTEMPTS:
                return
    except Exception as error:
        log.get().error("follower_not_looked_up", exc_info=error)
        return
    with runtime.database.transaction() as db:
        told(db, official.appid, openid, unionid)


def told(db: Session, appid: str, openid: str, unionid: str | None) -> None:
    """Publishes the follower to identity and deletes the question."""
    db.execute(delete(FollowerQuestion).where(FollowerQuestion.openid == openid))
    outbox.record(db, events.followed("wechat.followed", appid, openid, unionid))
