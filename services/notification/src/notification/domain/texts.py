"""What messages say. Values for WeChat are short: `thing` fields hold 20 characters, without line breaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WORDS = {
    "filing.submitted": "已提交备案", "filing.dispatched": "已分派至区县级机构", "filing.forwarded": "已转送至省级机构",
    "filing.declined": "待市级机构重新处理", "filing.recalled": "已由市级机构收回", "filing.approved": "备案已通过", "filing.returned": "备案被退回",
    "filing.revoked": "备案被撤销", "filing.withdrawn": "备案已撤回", "filing.closed": "备案已关闭",
    "booking.submitted": "预约已提交", "booking.confirmed": "预约已确认", "booking.rejected": "预约被拒绝",
    "booking.cancelled": "预约已取消", "booking.rescheduled": "预约已改期", "booking.received": "仪器已接收",
    "booking.returned": "仪器被退回", "booking.completed": "检定已完成", "booking.no_show": "预约未到",
}  # fmt: skip
REASONED = ("booking.rejected", "booking.cancelled", "booking.returned", "booking.no_show")
PERIODS = {"am": "上午", "pm": "下午"}
REMINDERS = {
    "expires_in_30": "30 天后到期", "expires_in_10": "10 天后到期", "expires_today": "今天到期", "not_verified": "备案后未检定",
}  # fmt: skip


@dataclass(frozen=True)
class Text:
    """One message. template: registration, filing, booking, certificate or reminder. fields: for WeChat and SMS."""

    template: str
    title: str
    body: str
    fields: dict[str, str]
    link: str


def registration(approved: bool, data: Mapping[str, Any]) -> Text:
    result = "审核通过" if approved else "审核未通过"
    reason = data.get("reason") or "可登录使用"
    return Text("registration", f"注册申请{result}", f"{data['name']} 的注册申请{result}。{'' if approved else '原因：' + reason}",
                {"thing1": data["name"], "phrase2": result, "thing3": reason}, "/account")  # fmt: skip


def filing(kind: str, data: Mapping[str, Any], institution: str) -> Text:
    count, result = len(data["items"]), WORDS[kind]
    reason = f"原因：{data['reason']}" if data["reason"] else ""
    return Text("filing", f"{result}（{count} 台）", f"{count} 台仪器{result}，机构：{institution}。{reason}",
                {"thing1": f"{count} 台仪器", "thing2": result, "thing3": institution, "thing4": data["reason"] or "——"},
                f"/filings?state={data['items'][0]['state']}")  # fmt: skip


def booking(kind: str, data: Mapping[str, Any], institution: str) -> Text:
    result, when = WORDS[kind], f"{data['date']} {PERIODS[data['period']]}"
    why = data["reason"] if kind in REASONED else None  # a booking keeps the reason of an earlier step
    reason = f"原因：{why}" if why else ""
    return Text("booking", f"{result}（{data['number']}）", f"预约单 {data['number']}（{when}，{institution}）{result}。{reason}",
                {"character_string1": data["number"], "thing2": result, "thing3": when, "thing4": why or institution},
                f"/bookings/{data['booking_id']}")  # fmt: skip


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
                "/certificates")  # fmt: skip


def reminder(data: Mapping[str, Any]) -> Text:
    count, reason = len(data["items"]), REMINDERS[data["items"][0]["reason"]]
    return Text("reminder", f"{count} 台仪器{reason}", f"{count} 台仪器{reason}，请及时预约检定。",
                {"thing1": f"{count} 台仪器", "thing2": reason, "time3": str(data["items"][0]["due_on"])},
                "/instruments?view=due")  # fmt: skip
