"""Sending SMS: `POST SMS_URL/messages {phone, template, params}`, signed with HMAC-SHA256 over time and body."""

import hashlib
import hmac
import re
import time
from typing import Any
from uuid import UUID

import orjson
import requests

from chassis.errors import TooMany, Unavailable

TIMEOUT = (2.0, 5.0)  # connect, read [seconds]


class SmsRefused(Exception):
    """The provider refused this message for good; `code` is its word."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


_PICTURES = re.compile("[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")
_SIGNATURE = str.maketrans("【】", "[]")  # these enclose the sender's name


def _one_line(value: Any) -> str:
    """As providers let it through: a name that somebody typed must not keep a message from going out."""
    return " ".join(_PICTURES.sub("", str(value)).translate(_SIGNATURE).split()) or "-"


class SmsClient:
    def __init__(self, base_url: str, secret: str) -> None:
        self._url = f"{base_url}/messages"
        self._secret = secret.encode()
        self._connections = requests.Session()  # kept open

    def send(self, phone: str, template: str, params: dict[str, Any], request_id: UUID | None = None) -> None:
        """Hand one message to the provider. phone: 11 digits. request_id: a repeat with the same one sends nothing
        again. Raises: TooMany, Unavailable (worth another try),
        SmsRefused (not worth one)."""
        shown = {name: _one_line(value) for name, value in params.items()}
        message: dict[str, Any] = {"phone": phone, "template": template, "params": shown}
        if request_id is not None:
            message["request_id"] = str(request_id)
        body = orjson.dumps(message)
        stamp = str(int(time.time()))
        signature = hmac.new(self._secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Timestamp": stamp,
            "X-Signature": f"sha256={signature}",
        }
        try:
            answer = self._connections.post(self._url, data=body, headers=headers, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise Unavailable(retry_after=5) from error
        if answer.status_code == 429:
            raise TooMany(retry_after=int(answer.headers.get("Retry-After", "60")))
        if answer.status_code >= 500:
            raise Unavailable(retry_after=5)
        if answer.status_code >= 400:
            raise SmsRefused(str(answer.json().get("code", answer.status_code)))
