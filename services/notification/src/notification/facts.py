"""The replicas that notification keeps of other services' facts."""

from sqlalchemy import func, select

from chassis.facts import Copy
from notification.models import Contact, WechatContact

COPIES = {
    "account": Copy(
        "identity", "account",
        select(Contact.account_id.label("key"), Contact.home_id, Contact.kind, Contact.name, Contact.phone,
               Contact.roles, Contact.status),
    ),
    "wechat": Copy(
        "identity", "wechat",
        select(WechatContact.account_id.label("key"),
               func.array_agg(WechatContact.appid + " " + WechatContact.openid).label("openids"))
        .group_by(WechatContact.account_id),
    ),
}  # fmt: skip
