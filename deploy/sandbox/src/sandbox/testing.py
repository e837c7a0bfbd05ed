"""Helpers of the sandbox's own tests: known settings, a clock to move, a recorded platform."""

import threading
from dataclasses import dataclass, field

from flask.testing import FlaskClient

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ENVIRON = {
    "SANDBOX_BIND": "127.0.0.1:25001",
    "WECHAT_WEBSITE_APPID": "wxsite",
    "WECHAT_WEBSITE_SECRET": "site-secret",
    "WECHAT_OFFICIAL_APPID": "wxofficial",
    "WECHAT_OFFICIAL_SECRET": "official-secret",
    "WECHAT_MINIPROGRAM_APPID": "wxmini",
    "WECHAT_MINIPROGRAM_SECRET": "mini-secret",
    "SMS_SECRET": "sms-secret",
    "WECHAT_CALLBACK_TOKEN": "callback-token",
    "WECHAT_CALLBACK_AES_KEY": AES_KEY,
    "SANDBOX_SMS_PER_MINUTE": "3",
}


@dataclass
class Clock:
    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Platform:
    """Records pushes (decrypted) and answers them. An empty answer means `success`."""

    url: str = ""
    pushed: list[str] = field(default_factory=list)
    answer: str = ""
    failures: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)


class TokenOf:
    """A call returns an access token, or the errcode as text if it is refused."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def __call__(self, app: str = "official", **more: object) -> str:
        appid, secret = {"official": ("wxofficial", "official-secret"), "miniprogram": ("wxmini", "mini-secret")}[app]
        body = {"grant_type": "client_credential", "appid": appid, "secret": secret, **more}
        answer = self._client.post("/cgi-bin/stable_token", json=body)
        assert answer.status_code == 200
        return str(answer.get_json().get("access_token") or answer.get_json()["errcode"])
