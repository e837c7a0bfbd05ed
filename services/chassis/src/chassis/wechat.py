"""WeChat's server API as far as the platform speaks it: tokens, sign-in codes, phone numbers, messages.

Base URLs are settings, so that the same code runs against WeChat and against the stand-in of deploy/sandbox. Every
answer is HTTP 200; failure is `{"errcode": n, "errmsg": …}`.
"""

import threading
import time
from dataclasses import dataclass
from typing import Any

import requests

from chassis.errors import Unavailable

TIMEOUT = (2.0, 5.0)  # connect, read [seconds]
_TOKEN_ERRORS = (40001, 40014, 41001, 42001)


class WechatError(Exception):
    """WeChat refused; `code` is its errcode."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(f"{code} {message}")


@dataclass(frozen=True)
class Person:
    """Who stands behind a code: `openid` differs from app to app, `unionid` (where there is one) joins them."""

    appid: str
    openid: str
    unionid: str | None


class WechatApp:
    """One app (website, official account or mini-program) with its id and secret."""

    def __init__(self, api_url: str, appid: str, secret: str) -> None:
        self.appid = appid
        self._api_url = api_url
        self._secret = secret
        self._token = ""
        self._token_until = 0.0
        self._lock = threading.Lock()

    # -- sign-in ---------------------------------------------------------------------------------------------

    def person_of_website_code(self, code: str) -> Person:
        """Raises: WechatError (40029 unknown, 40163 used), Unavailable."""
        answer = self._get("/sns/oauth2/access_token", appid=self.appid, secret=self._secret, code=code,
                           grant_type="authorization_code")  # fmt: skip
        return Person(self.appid, answer["openid"], answer.get("unionid"))

    def person_of_miniprogram_code(self, code: str) -> Person:
        """The session key that comes along is dropped: it never leaves this process."""
        answer = self._get("/sns/jscode2session", appid=self.appid, secret=self._secret, js_code=code,
                           grant_type="authorization_code")  # fmt: skip
        return Person(self.appid, answer["openid"], answer.get("unionid"))

    def phone_of_code(self, code: str) -> str:
        """The 11 digits behind the code of the phone button."""
        answer = self.call("/wxa/business/getuserphonenumber", {"code": code})
        return str(answer["phone_info"]["purePhoneNumber"])

    def unionid_of(self, openid: str) -> str | None:
        """Of a follower of the official account."""
        answer = self._get("/cgi-bin/user/info", access_token=self.token(), openid=openid, lang="zh_CN")
        return answer.get("unionid")

    # -- calls with a token ------------------------------------------------------------------------------------

    def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST with the access token; one retry with a fresh token where the old one was refused."""
        try:
            return self._post(f"{path}?access_token={self.token()}", body)
        except WechatError as error:
            if error.code not in _TOKEN_ERRORS:
                raise
        self._token_until = 0.0
        return self._post(f"{path}?access_token={self.token()}", body)

    def token(self) -> str:
        with self._lock:
            if time.monotonic() >= self._token_until:
                answer = self._post("/cgi-bin/stable_token", {
                    "grant_type": "client_credential", "appid": self.appid, "secret": self._secret,
                })  # fmt: skip
                self._token = answer["access_token"]
                self._token_until = time.monotonic() + max(int(answer["expires_in"]) - 300, 30)
            return self._token

    def _get(self, path: str, **params: str) -> dict[str, Any]:
        return self._send("GET", path, params=params)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._send("POST", path, json=body)

    def _send(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        try:
            answer = requests.request(method, self._api_url + path, timeout=TIMEOUT, **kwargs)
            answer.raise_for_status()
            answer.encoding = "utf-8"  # sns/* say something else and mean this
            body: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Unavailable(retry_after=5) from error
        if body.get("errcode"):
            if body["errcode"] == -1:
                raise Unavailable(retry_after=2)
            raise WechatError(int(body["errcode"]), str(body.get("errmsg", "")))
        return body
