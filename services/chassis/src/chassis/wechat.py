"""WeChat's server API as far as the platform speaks it: tokens, sign-in codes, phone numbers, messages.

Base URLs are settings, so that the same code runs against WeChat and against the stand-in of deploy/sandbox. Every
answer is HTTP 200; failure is `{"errcode": n, "errmsg": …}`.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from chassis.errors import Unavailable

TIMEOUT = (2.0, 5.0)  # connect, read [seconds]
CONNECTIONS = 16  # that are kept
_TOKEN_ERRORS = (40001, 40014, 41001, 42001)


class WechatError(Exception):
    """WeChat refused; `code` is its errcode."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(f"{code} {message}")


@dataclass(frozen=True)
class Person:
    """The person of a code. `openid` differs from app to app; `unionid`, if there is one, joins them."""

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
        self._connections = requests.Session()  # kept open; safe for several threads as far as it is used here
        self._connections.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS))
        self._connections.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS))

    # -- sign-in ---------------------------------------------------------------------------------------------

    def person_of_website_code(self, code: str) -> Person:
        """Raises: WechatError (40029 unknown, 40163 used), Unavailable."""
        answer = self._get("/sns/oauth2/access_token", appid=self.appid, secret=self._secret, code=code,
                           grant_type="authorization_code")  # fmt: skip
        return Person(self.appid, answer["openid"], answer.get("unionid"))

    def named_person_of_code(self, code: str) -> tuple[Person, str]:
        """As above, with the nickname: for a page that was asked for with the scope snsapi_userinfo. Nothing where WeChat
        does not tell it."""
        answer = self._get("/sns/oauth2/access_token", appid=self.appid, secret=self._secret, code=code,
                           grant_type="authorization_code")  # fmt: skip
        person = Person(self.appid, answer["openid"], answer.get("unionid"))
        try:
            told = self._get("/sns/userinfo", access_token=answer["access_token"], openid=person.openid, lang="zh_CN")
        except (WechatError, Unavailable):
            return person, ""
        return person, str(told.get("nickname", ""))

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
        return self.get("/cgi-bin/user/info", openid=openid, lang="zh_CN").get("unionid")

    # -- calls with a token ------------------------------------------------------------------------------------

    def get(self, path: str, **params: str) -> dict[str, Any]:
        """GET with the access token."""
        return self._with_token(lambda token: self._get(path, access_token=token, **params))

    def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST with the access token."""
        return self._with_token(lambda token: self._post(f"{path}?access_token={token}", body))

    def _with_token(self, ask: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        """Returns the answer of WeChat. If it refuses the token, one retry follows with a fresh one."""
        token = self.token()
        try:
            return ask(token)
        except WechatError as error:
            if error.code not in _TOKEN_ERRORS:
                raise
        return ask(self.token(refused=token))

    def token(self, refused: str = "") -> str:
        """refused: a token that is no good any more; the one that is kept may be newer."""
        with self._lock:
            if refused and refused == self._token:
                self._token_until = 0.0
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
            answer = self._connections.request(method, self._api_url + path, timeout=TIMEOUT, **kwargs)
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
