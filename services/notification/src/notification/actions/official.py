"""The official account: what people do there reaches us as pushes, each taken once."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.events import Event
from notification import queries
from notification.models import WechatPush

WELCOME = "欢迎关注。绑定平台账号后，备案、预约和证书的变化会通知到您。"
BOUND = "已绑定平台账号：{name}。"
BIND = (
    "如您已在网站上绑定微信，系统将自动绑定，稍后再点一次【绑定账号】即可看到结果；"
    '否则请<a href="{link}">点此输入平台的用户名和密码</a>进行绑定。'
)
BIND_KEY, BIND_TEXT = "bind", "绑定账号"  # of the menu's button; what a follower may also type
HELP = "发送预约单号可查询状态；点击菜单【绑定账号】绑定平台账号。"


def take_push(
    db: Session, appid: str, push: dict[str, str], unionid: str | None, bind_link: str, now: datetime
) -> str | None:
    """The reply's text, or None where there is none to give. A push that came before has no second effect.
    bind_link: where a follower says which account is theirs."""
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
    if asks_to_bind(push):
        contact = queries.contact_of_follower(db, appid, openid)
        if contact is not None:
            return BOUND.format(name=contact.name)
        if fresh:
            outbox.record(db, _followed("wechat.followed", appid, openid, unionid))  # who is bound by unionid is found
        return BIND.format(link=bind_link)
    return HELP if push.get("MsgType") == "text" or event == "click" else None


def asks_to_bind(push: dict[str, str]) -> bool:
    if push.get("Event", "").lower() == "click":
        return push.get("EventKey") == BIND_KEY
    return push.get("MsgType") == "text" and push.get("Content", "").strip() == BIND_TEXT


def _followed(kind: str, appid: str, openid: str, unionid: str | None) -> Event:
    data: dict[str, Any] = {"appid": appid, "openid": openid, "unionid": unionid}
    return Event(kind, openid, data)
