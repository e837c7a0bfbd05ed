"""The official account: what people do there reaches us as pushes, each taken once."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.events import Event
from notification.models import WechatPush

WELCOME = "欢迎关注。绑定平台账号后，备案、预约和证书的变化会通知到您。"
HELP = "发送预约单号可查询状态；点击菜单【绑定账号】绑定平台账号。"


def take_push(db: Session, appid: str, push: dict[str, str], unionid: str | None, now: datetime) -> str | None:
    """The reply's text, or None where there is none to give. A push that came before has no second effect."""
    key = push.get("MsgId") or f"{push['FromUserName']}:{push.get('CreateTime')}:{push.get('Event', '')}"
    fresh = db.execute(
        insert(WechatPush).values(key=key, at=now).on_conflict_do_nothing().returning(WechatPush.key)
    ).first()
    event, openid = push.get("Event", "").lower(), push["FromUserName"]
    if event == "subscribe":
        if fresh:
            outbox.record(db, _followed("wechat.followed", appid, openid, unionid))
        return WELCOME
    if event == "unsubscribe":
        if fresh:
            outbox.record(db, _followed("wechat.unfollowed", appid, openid, unionid))
        return None
    return HELP if push.get("MsgType") == "text" or event == "click" else None


def _followed(kind: str, appid: str, openid: str, unionid: str | None) -> Event:
    data: dict[str, Any] = {"appid": appid, "openid": openid, "unionid": unionid}
    return Event(kind, openid, data)
