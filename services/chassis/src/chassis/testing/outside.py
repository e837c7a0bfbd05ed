"""WeChat and the SMS provider for tests: the stand-in of deploy/sandbox, served from a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from werkzeug.serving import make_server

SECRETS = {
    "SANDBOX_BIND": "127.0.0.1:0", "SMS_SECRET": "sms-secret",
    "WECHAT_WEBSITE_APPID": "wx-site", "WECHAT_WEBSITE_SECRET": "site-secret",
    "WECHAT_OFFICIAL_APPID": "wx-official", "WECHAT_OFFICIAL_SECRET": "official-secret",
    "WECHAT_MINIPROGRAM_APPID": "wx-mini", "WECHAT_MINIPROGRAM_SECRET": "mini-secret",
    "WECHAT_CALLBACK_TOKEN": "callback-token", "WECHAT_CALLBACK_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "WECHAT_CALLBACK_URL": "http://127.0.0.1:1/wechat/callback",
}  # fmt: skip


@dataclass(frozen=True)
class Outside:
    """The world outside, and what was sent to it."""

    url: str

    def sms(self, phone: str) -> list[dict[str, Any]]:
        return self._get("/outbox/sms", phone=phone)

    def wechat(self, openid: str) -> list[dict[str, Any]]:
        return self._get("/outbox/wechat", openid=openid)

    def person(self, openid: str, phone: str = "13900000000", **more: Any) -> None:
        body = {"openid": openid, "unionid": f"u-{openid}", "phone": phone} | more
        requests.post(f"{self.url}/phones", json=body, timeout=5).raise_for_status()

    def tap(self, openid: str, app: str = "website") -> str:
        """The code that a person's tap on "agree" gives."""
        answer = requests.post(f"{self.url}/phones/{openid}/login", params={"app": app}, timeout=5)
        return str(answer.json()["code"])

    def phone_code(self, openid: str) -> str:
        """The code of the mini-program's phone button."""
        return str(requests.post(f"{self.url}/phones/{openid}/phone-code", timeout=5).json()["code"])

    def expire_tokens(self) -> None:
        requests.post(f"{self.url}/tokens/expire", timeout=5).raise_for_status()

    def scan(self, url: str, openid: str) -> str:
        """A person scans WeChat's QR page and agrees; where the browser is sent then."""
        answer = requests.post(
            url.partition("#")[0], data={"openid": openid, "answer": "agree"}, timeout=5, allow_redirects=False
        )
        return str(answer.headers["Location"])

    def fault(self, **fault: Any) -> None:
        requests.post(f"{self.url}/faults", json=fault, timeout=5).raise_for_status()

    def no_faults(self) -> None:
        requests.delete(f"{self.url}/faults", timeout=5).raise_for_status()

    def _get(self, path: str, **params: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = requests.get(self.url + path, params=params, timeout=5).json()
        return items


@contextmanager
def outside() -> Iterator[Outside]:
    from sandbox.app import create_app  # both are there in every development set-up
    from sandbox.settings import read_settings

    server = make_server("127.0.0.1", 0, create_app(read_settings(SECRETS)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Outside(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()


def settings(url: str) -> dict[str, str]:
    """The settings of identity and notification that point at it."""
    return {name.lower(): value for name, value in SECRETS.items() if name.startswith("WECHAT_") and "CALLBACK_URL" not in name} | {
        "sms_url": url, "sms_secret": SECRETS["SMS_SECRET"], "wechat_api_url": url,
    }  # fmt: skip
