"""The official account: what people do there reaches us as pushes, each taken once.

What only filing or booking knows is a question that is answered after the transaction: no service calls another in one.
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
BIND_KEY, BIND_TEXT = "bind", "绑定账号"  # of the menu's button; what a follower may also type
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
    """备案查询 or 检定查询: what filing or booking knows of the follower's organisation."""

    what: str
    org_id: UUID


@dataclass(frozen=True)
class OfNumber:
    """The state of a booking. counted: the try has been counted, and is given back where the number was right."""

    number: str
    openid: str
    counted: bool


@dataclass(frozen=True)
class WhoseWechat:
    """绑定账号: whether this follower is bound on the website, which identity knows by the unionid."""

    openid: str


Question = OfOrganisation | OfNumber | WhoseWechat


def take_push(db: Session, appid: str, push: dict[str, str], bind_link: str, now: datetime) -> str | Question | None:
    """The reply's text, what has to be asked for it, or None where there is none to give. A push that came before has no
    second effect. bind_link: where a follower says which account is theirs."""
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
    """The key of the button that was tapped, or whose words were typed."""
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
