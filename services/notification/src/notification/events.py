"""The events of notification."""

from typing import Any

from chassis.events import Event


def followed(kind: str, appid: str, openid: str, unionid: str | None) -> Event:
    """kind: wechat.followed or wechat.unfollowed."""
    data: dict[str, Any] = {"appid": appid, "openid": openid, "unionid": unionid}
    return Event(kind, openid, data)
