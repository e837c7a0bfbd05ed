"""The last messages of both kinds, in memory. Reads return the newest first."""

from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

MOST_MESSAGES = 10_000  # of each kind


@dataclass(frozen=True)
class Sms:
    phone: str
    text: str
    code: str | None
    sent_at: str  # RFC 3339, UTC
    template: str
    params: dict[str, str]


@dataclass(frozen=True)
class WechatMessage:
    """kind: template | subscription (service account) | miniprogram | reply (answer to a push)."""

    openid: str
    kind: str
    template: str | None
    data: dict[str, str]  # as the phone shows it: name of the field -> text
    sent_at: str
    app: str
    url: str | None = None
    page: str | None = None


class Outbox:
    """Not thread-safe: the caller holds the lock of the state."""

    def __init__(self) -> None:
        self._sms: deque[Sms] = deque(maxlen=MOST_MESSAGES)
        self._wechat: deque[WechatMessage] = deque(maxlen=MOST_MESSAGES)

    def add(self, message: Sms | WechatMessage) -> None:
        if isinstance(message, Sms):
            self._sms.append(message)
        else:
            self._wechat.append(message)

    def sms(self, phone: str | None = None, limit: int = 200) -> list[dict[str, Any]]:
        found = (m for m in reversed(self._sms) if phone is None or m.phone == phone)
        return [asdict(m) for m, _ in zip(found, range(limit), strict=False)]

    def wechat(self, openids: set[str] | None = None, limit: int = 200) -> list[dict[str, Any]]:
        found = (m for m in reversed(self._wechat) if openids is None or m.openid in openids)
        return [asdict(m) for m, _ in zip(found, range(limit), strict=False)]

    def phones(self) -> list[str]:
        """Returns numbers that got an SMS recently, newest first."""
        return list(dict.fromkeys(m.phone for m in reversed(self._sms)))

    def clear(self) -> None:
        self._sms.clear()
        self._wechat.clear()


def stamp(now: float) -> str:
    """Unix time [s] -> RFC 3339 in UTC, milliseconds."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
