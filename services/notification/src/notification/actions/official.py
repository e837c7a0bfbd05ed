"""The official account. WeChat sends what people do there as pushes; each is processed once.

A transaction must not contain a call to another service. So what only filing or booking knows becomes a question, which is
answered after the transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import outbox
from notification import events, queries
from notification.actions import deliveries, followers, tries
from notification.domain.answers import number_in
from notification.models import Contact, WechatPush

WELCOME = "欢迎关注。绑定平台账号后，备案、预约和证书的变化会通知到您。"
BOUND = "已绑定平台账号：{name}。"
NOT_BOUND = '此微信尚未绑定平台账号，请<a href="{link}">点此输入平台的用户名和密码</a>进行绑定。'
BIND = (
    "如您已在网站上绑定微信，系统将自动绑定，稍后再点一次【绑定账号】即可看到结果；"
    '否则请<a href="{link}">点此输入平台的用户名和密码</a>进行绑定。'
)
BIND_KEY, BIND_TEXT = "bind", "绑定账号"  # key of the menu's button; the words that a follower may type instead
FILINGS, BOOKINGS = "filings", "bookings"  # keys of the menu's other buttons
TYPED = {BIND_TEXT: BIND_KEY, "备案查询": FILINGS, "检定查询": BOOKINGS}
MENU = [
    {
        "name": "查询",
        "sub_button": [{"type": "click", "name": name, "key": key} for name, key in TYPED.items() if key != BIND_KEY],
    },
    {"type": "click", "name": BIND_TEXT, "key": BIND_KEY},
]
HELP = "发送预约单号可查询状态；点击菜单【查询】可查询备案和检定；点击菜单【绑定账号】绑定平台账号。"
NOT_OPEN = "您绑定的账号尚未通过审核或已停用，暂不能查询。"
NO_APPLICANT = "备案和检定查询只对申请方的账号开放，请登录平台查看。"
SLOW_DOWN = "查询次数过多，请稍后再试。"


@dataclass(frozen=True)
class OfOrganisation:
    """备案查询 or 检定查询: the counts of filing or booking for the follower's organisation."""

    what: str
    org_id: UUID


@dataclass(frozen=True)
class OfNumber:
    """The state of a booking. counted: the try is counted; it is returned if the number was right."""

    number: str
    openid: str
    counted: bool


@dataclass(frozen=True)
class WhoseWechat:
    """绑定账号: whether the website has bound this follower. Identity knows it by the unionid."""

    openid: str


Question = OfOrganisation | OfNumber | WhoseWechat


def take_push(db: Session, appid: str, push: dict[str, str], bind_link: str, now: datetime) -> str | Question | None:
    """Returns the text of the reply, or the question whose answer it needs, or None for no reply. A repeated push has no second
    effect. bind_link: the page on which a follower names their account."""
    key = push.get("MsgId") or f"{push['FromUserName']}:{push.get('CreateTime')}:{push.get('Event', '')}"
    fresh = db.execute(
        insert(WechatPush).values(key=key, at=now).on_conflict_do_nothing().returning(WechatPush.key)
    ).first()
    event, openid = push.get("Event", "").lower(), push["FromUserName"]
    if event == "templatesendjobfinish":
        deliveries.keep_receipt(db, push.get("MsgID", ""), push.get("Status", ""), now)
        return None
    if event == "unsubscribe":
        if fresh:
            deliveries.silence(db, openid, "unfollowed", now)
            outbox.record(db, events.followed("wechat.unfollowed", appid, openid, None))
        return None
    if fresh:
        deliveries.hear_again(db, openid, followed=event == "subscribe")
    if event == "subscribe":
        if fresh:
            followers.ask_later(db, openid, now)
        return WELCOME
    asked = _asked(push)
    if asked == BIND_KEY:
        contact = queries.contact_of_follower(db, appid, openid)
        if contact is not None:
            return BOUND.format(name=contact.name)
        return WhoseWechat(openid)
    if asked in (FILINGS, BOOKINGS):
        return _of_organisation(asked, queries.contact_of_follower(db, appid, openid), bind_link)
    if push.get("MsgType") == "text" and (number := number_in(push.get("Content", ""))):
        if fresh and not tries.take(db, openid, now):
            return SLOW_DOWN
        return OfNumber(number, openid, counted=fresh is not None)
    return HELP if push.get("MsgType") == "text" or event == "click" else None


def _asked(push: dict[str, str]) -> str | None:
    """Returns the key of the tapped button, or of the button whose words were typed."""
    if push.get("Event", "").lower() == "click":
        return push.get("EventKey")
    return TYPED.get(push.get("Content", "").strip()) if push.get("MsgType") == "text" else None


def _of_organisation(what: str, contact: Contact | None, bind_link: str) -> str | Question:
    if contact is None:
        return BIND.format(link=bind_link)
    if contact.status != "approved":
        return NOT_OPEN
    if contact.kind != "applicant" or contact.home_id is None:
        return NO_APPLICANT
    return OfOrganisation(what, contact.home_id)
