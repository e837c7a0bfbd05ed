"""The message door: what identity does when others tell something."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.wechat import Person
from identity import actions


def on_followed(db: Session, body: dict[str, Any], _now: datetime) -> None:
    data = body["data"]
    actions.bind_follower(db, Person(data["appid"], data["openid"], data["unionid"]))


def on_unfollowed(db: Session, body: dict[str, Any], _now: datetime) -> None:
    actions.unfollow(db, body["data"]["appid"], body["data"]["openid"])


EFFECTS = {"wechat.followed": on_followed, "wechat.unfollowed": on_unfollowed}
