"""Texts of messages. Values for WeChat are short: a `thing` field has 20 characters and no line breaks.

A text is made from facts, so that it can be rewritten when another event joins the message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from notification.domain.plain import plain

WORDS = {
    "filing.submitted": "已提交备案", "filing.amended": "已提交的备案有修改",
    "filing.dispatched": "已分派至区县级机构", "filing.forwarded": "已转送至省级机构",
    "filing.declined": "待市级机构重新处理", "filing.recalled": "已由市级机构收回", "filing.approved": "备案已通过", "filing.returned": "备案被退回",
    "filing.revoked": "备案被撤销", "filing.withdrawn": "备案已撤回", "filing.closed": "备案已关闭",
    "booking.submitted": "预约已提交", "booking.confirmed": "预约已确认", "booking.rejected": "预约被拒绝",
    "booking.cancelled": "预约已取消", "booking.rescheduled": "预约已改期", "booking.received": "仪器已接收",
    "booking.returned": "仪器被退回", "booking.completed": "检定已完成", "booking.no_show": "未到检",
    "booking.sent_back": "检定结果被核验员退回",
}  # fmt: skip
REASONED = ("booking.rejected", "booking.cancelled", "booking.returned", "booking.no_show", "booking.sent_back")
PERIODS = {"am": "上午", "pm": "下午"}
SHANGHAI = ZoneInfo("Asia/Shanghai")

SECURITY, ACTION, NEWS, LATER = 0, 1, 2, 3  # lanes
# The applicant must act on these or waits for them: they also go by SMS if WeChat does not reach the person.
ASKS = (
    "filing.approved", "filing.returned", "filing.revoked", "booking.confirmed", "booking.rejected", "booking.cancelled",
    "booking.rescheduled", "booking.returned", "booking.completed", "booking.no_show",
)  # fmt: skip
# The page that lists the subject of the message, for the applicant and for a clerk.
LISTS = {
    "filing.submitted": "submitted", "filing.amended": "submitted",
    "filing.dispatched": "awaiting_confirmation", "filing.forwarded": "awaiting_confirmation",
    "filing.declined": "pending_reassignment", "filing.recalled": "pending_reassignment",
    "filing.approved": "approved", "filing.returned": "returned",
    "filing.revoked": "revoked", "filing.withdrawn": "unfiled", "filing.closed": "unfiled",
}  # fmt: skip


@dataclass(frozen=True)
class Text:
    """One message. template: registration, filing, booking, certificate, reminder or security. fields: for WeChat.
    digest: texts with the same digest may join into one message, by their `facts`."""

    template: str
    title: str
    body: str
    fields: dict[str, str]
    link: str
    lane: int = NEWS
    digest: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def registration(approved: bool, data: Mapping[str, Any]) -> Text:
    result = "审核通过" if approved else "审核未通过"
    name, reason = plain(data["name"]), plain(data.get("reason") or "可登录使用")
    return Text("registration", f"注册申请{result}", f"{name} 的注册申请{result}。{'' if approved else '原因：' + reason}",
                {"thing1": name, "phrase2": result, "thing3": reason}, "/home" if approved else "/registration",
                lane=ACTION)  # fmt: skip


def filing(kind: str, data: Mapping[str, Any], institution: str, staff: bool = False) -> Text:
    """staff: the text for the clerks who must act next."""
    snapshots = [item["snapshot"]["name"] for item in data["items"][:1] if item.get("snapshot")]
    facts = {
        "kind": kind, "count": len(data["items"]), "institution": institution, "staff": staff,
        "reasons": [plain(data["reason"])] if data["reason"] else [], "name": plain(snapshots[0]) if snapshots else "",
        "only": str(data["items"][0]["filing_id"]) if len(data["items"]) == 1 else "",
    }  # fmt: skip
    return _filing(facts)


def _filing(facts: Mapping[str, Any]) -> Text:
    kind, count, institution, staff = facts["kind"], facts["count"], facts["institution"], facts["staff"]
    result, reasons, name = WORDS[kind], facts["reasons"], facts["name"]
    what = (
        f"{name}等 {count} 台仪器"
        if name and count > 1
        else f"{name or '1 台仪器'}"
        if count == 1
        else f"{count} 台仪器"
    )
    why = f"原因：{reasons[0]}" if len(reasons) == 1 else "原因各有不同，请打开列表查看。" if reasons else ""
    short = reasons[0] if len(reasons) == 1 else "原因见列表" if reasons else "——"
    link = f"/filings/{facts['only']}" if facts["only"] else f"/filings/{LISTS[kind]}"
    if staff:
        link = f"/desk/filings/{LISTS[kind]}"
    return Text("filing", f"{result}（{count} 台）", f"{what}{result}，机构：{institution}。{why}",
                {"thing1": what, "thing2": result, "thing3": institution, "thing4": short}, link,
                lane=ACTION if kind in ASKS else NEWS, digest=f"{kind}:{institution}:{'staff' if staff else ''}",
                facts=dict(facts))  # fmt: skip


def booking(kind: str, data: Mapping[str, Any], institution: str) -> Text:
    result, when, reason = WORDS[kind], f"{data['date']} {PERIODS[data['period']]}", data["reason"]
    if kind == "booking.returned":  # its items are the returned ones; the booking continues with the rest
        reason = data["items"][0].get("reason") or reason
        if data["state"] != "returned":
            result = f"{len(data['items'])} 台仪器被退回，其余照常检定"
    why = plain(reason) if kind in REASONED and reason else None  # a booking keeps the reason of an earlier step
    told = f"原因：{why}" if why else ""
    return Text("booking", f"{result}（{data['number']}）", f"预约单 {data['number']}（{when}，{institution}）{result}。{told}",
                {"character_string1": data["number"], "thing2": result, "thing3": when, "thing4": why or institution},
                f"/bookings/{data['booking_id']}", lane=ACTION if kind in ASKS else NEWS)  # fmt: skip


def certificates(data: Mapping[str, Any], institution: str) -> Text:
    count = len(data["items"])
    failed = sum(item["kind"] == "failure_notice" for item in data["items"])
    result = f"{count} 份证书已出具" + (f"，其中 {failed} 份为检定结果通知书" if failed else "")
    return Text("certificate", result, f"{institution}：{result}，可在“证书查询”中下载。",
                {"thing1": institution, "thing2": f"{count} 份证书已出具", "character_string3": data["items"][0]["number"]},
                "/certificates")  # fmt: skip


def superseded(data: Mapping[str, Any], institution: str) -> Text:
    numbers = [item["number"] for item in data["items"]]
    more = f" 等 {len(numbers)} 份" if len(numbers) > 1 else ""
    return Text("certificate", f"证书更正或作废：{numbers[0]}{more}",
                f"{institution}：证书 {numbers[0]}{more}已被更正或作废，请在“证书查询”中查看现行的证书。",
                {"thing1": institution, "thing2": f"{len(numbers)} 份证书更正或作废", "character_string3": numbers[0]},
                "/certificates", lane=ACTION)  # fmt: skip


def reminder(data: Mapping[str, Any], today: str) -> Text:
    """All reminders of an organisation on one day become one message. today: the business date, 2026-12-01."""
    days = [str(item["due_on"]) for item in data["items"]]
    new = data["items"][0]["reason"] == "not_verified"
    return _reminder({
        "kind": "reminder", "today": today, "count": len(days), "never": len(days) if new else 0, "earliest": min(days),
        "name": plain(min(data["items"], key=lambda item: str(item["due_on"]))["name"]),
        "later": data["items"][0]["reason"] == "expires_in_30",
    })  # fmt: skip


def _reminder(facts: Mapping[str, Any]) -> Text:
    count, never, earliest, name = facts["count"], facts["never"], facts["earliest"], facts["name"]
    what = name if count == 1 else f"{count} 台仪器"
    first = f"最早 {earliest} 到期" if count > 1 else f"{earliest} 到期"
    overdue = earliest < facts["today"]
    if overdue:
        first = f"最早的 {earliest} 已到期" if count > 1 else f"{earliest} 已到期"
    which = f"（{name} 等）" if count > 1 else ""
    fresh = f"其中 {never} 台备案通过后尚未检定。" if 0 < never < count else "备案通过后尚未检定。" if never else ""
    return Text("reminder", f"{what}须检定，{first}", f"{what}{which}须检定，{first}。{fresh}请及时预约检定。",
                {"thing1": what, "thing2": "请及时预约检定", "time3": earliest},
                "/instruments/overdue" if overdue and count == 1 else "/instruments/due",
                lane=LATER if facts["later"] else ACTION, digest=f"reminder:{facts['today']}", facts=dict(facts))  # fmt: skip


def joined(before: Mapping[str, Any], after: Mapping[str, Any]) -> Text:
    """Returns the message for both: two single decisions, or two reminders."""
    both = dict(before) | {"count": before["count"] + after["count"]}
    if before["kind"] == "reminder":
        first = min(before, after, key=lambda facts: facts["earliest"])
        both |= {"never": before["never"] + after["never"], "earliest": first["earliest"], "name": first["name"],
                 "later": before["later"] and after["later"]}  # fmt: skip
        return _reminder(both)
    both |= {"reasons": list(dict.fromkeys([*before["reasons"], *after["reasons"]]))[:2], "only": ""}
    return _filing(both)


SECURITY_WORDS = {
    "wechat_bound": ("账号绑定了微信", "账号绑定了微信"),
    "wechat_unbound": ("账号解除了微信绑定", "账号解除了微信绑定"),
    "password_changed": ("账号的密码已修改", "账号的密码已修改"),
    "password_reset": ("账号的密码已通过短信验证码重设", "账号的密码已通过短信验证码重设，其他设备已全部退出"),
    "phone_changed": ("账号的手机号已更换", "账号的手机号已更换"),
    "new_device": ("账号在新设备上登录", "账号在新设备上登录"),
}


def security(data: Mapping[str, Any]) -> Text:
    """A change of an account. The account is notified even if its own user made the change."""
    title, happened = SECURITY_WORDS[data["what"]]
    at = datetime.fromisoformat(data["at"]).astimezone(SHANGHAI)
    when = f"{at:%Y-%m-%d %H:%M}"
    device = f"（{plain(data['device'])}）" if data.get("device") else ""
    body = f"{data['username']}：{when} {happened}{device}。如非本人操作，请立即修改密码，并在“登录设备与记录”中退出其他设备。"
    link = "/account/wechat" if data["what"].startswith("wechat") else "/account/sessions"
    return Text("security", title, body, {}, link, lane=SECURITY)
