"""The SMS provider: `POST /messages`, signed. The README has the contract."""

import hashlib
import hmac
import json
import math
import re
import string
import time
from importlib import resources
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, jsonify, request

from sandbox.outbox import Sms, stamp
from sandbox.state import bound, state

blueprint = Blueprint("sms", __name__)

REFUSED = re.compile("[\r\n【】\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]")  # characters that providers refuse
PHONE = re.compile(r"1[3-9]\d{9}")
CLOCK_SECONDS = 300  # tolerance of X-Timestamp [s]
WINDOW_SECONDS = 60.0
TEMPLATES: dict[str, str] = json.loads(resources.files("sandbox").joinpath("sms_templates.json").read_text("utf-8"))


class SmsError(Exception):
    """A refusal: HTTP status, stable code, message, and for 429 and 503 the seconds to wait."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(status, code, message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after

    def answer(self) -> Response:
        response = jsonify(code=self.code, message=self.message)
        response.status_code = self.status
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(self.retry_after)
        return response


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Returns the expected X-Signature: `sha256=` and hex HMAC-SHA256 over timestamp, a full stop and the raw body."""
    made = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return "sha256=" + made.hexdigest()


@blueprint.post("/messages")
def send() -> Response:
    """Answers 202 `{"id"}`. A repeated request_id gives the same id and sends nothing."""
    here = state()
    if (fault := here.take_fault("/messages")) is not None:
        time.sleep(fault.delay_seconds)
        if fault.status:
            raise SmsError(fault.status, "injected", "asked for by /faults", retry_after=1)
    body = request.get_data()
    check_signature(here.settings.sms_secret, body, here.clock())
    message = read_message(body)
    with here.lock:
        now = here.clock()
        request_id = message["request_id"]
        if request_id in here.sms_requests:
            return accepted(here.sms_requests[request_id])
        check_rate(message["phone"], now)
        sent = Sms(
            phone=message["phone"],
            text=render(message["template"], message["params"]),
            code=message["params"].get("code"),
            sent_at=stamp(now),
            template=message["template"],
            params=message["params"],
        )
        here.outbox.add(sent)
        made = uuid4().hex
        if request_id:
            here.sms_requests[request_id] = made
            bound(here.sms_requests)
    return accepted(made)


def accepted(message_id: str) -> Response:
    response = jsonify(id=message_id)
    response.status_code = 202
    return response


def check_signature(secret: str, body: bytes, now: float) -> None:
    """Raises: SmsError 401 timestamp_invalid, signature_invalid."""
    timestamp = request.headers.get("X-Timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit() or abs(int(timestamp[:12]) - now) > CLOCK_SECONDS:
        raise SmsError(401, "timestamp_invalid", "X-Timestamp is missing or more than five minutes off")
    expected = signature(secret, timestamp, body)
    if not hmac.compare_digest(expected.encode(), request.headers.get("X-Signature", "").encode()):
        raise SmsError(401, "signature_invalid", "X-Signature does not fit the body")


def read_message(body: bytes) -> dict[str, Any]:
    """Raises: SmsError 400 malformed, 422 phone_invalid, template_unknown, param_missing, param_invalid."""
    try:
        message = json.loads(body)
    except ValueError:
        message = None
    if not isinstance(message, dict) or not isinstance(message.get("params", {}), dict):
        raise SmsError(400, "malformed", "the body is not {phone, template, params}")
    phone, template = str(message.get("phone", "")), str(message.get("template", ""))
    if not PHONE.fullmatch(phone):
        raise SmsError(422, "phone_invalid", "phone: 11 digits of a mobile number of mainland China")
    if template not in TEMPLATES:
        raise SmsError(422, "template_unknown", f"{template!r} is none of {', '.join(TEMPLATES)}")
    params = {str(name): str(value) for name, value in message.get("params", {}).items()}
    missing = [name for name in names_in(TEMPLATES[template]) if not params.get(name)]
    if missing:
        raise SmsError(422, "param_missing", "params lacks " + ", ".join(missing))
    if wrong := [name for name, value in params.items() if REFUSED.search(value)]:
        raise SmsError(422, "param_invalid", "line breaks, emoji or 【】 in " + ", ".join(wrong))
    request_id = message.get("request_id")
    return {
        "phone": phone,
        "template": template,
        "params": params,
        "request_id": str(request_id) if request_id else "",
    }


def names_in(template: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def render(template: str, params: dict[str, str]) -> str:
    return TEMPLATES[template].format_map(params)


def check_rate(phone: str, now: float) -> None:
    """Counts this message. Raises SmsError 429 rate_limited with the time until the oldest one leaves the window."""
    here = state()
    times = [at for at in here.sms_times.get(phone, []) if at > now - WINDOW_SECONDS]
    if len(times) >= here.settings.sms_per_minute:
        wait = max(1, math.ceil(times[0] + WINDOW_SECONDS - now))
        raise SmsError(429, "rate_limited", "too many messages to this phone", retry_after=wait)
    here.sms_times[phone] = [*times, now]
    here.sms_times.move_to_end(phone)
    bound(here.sms_times)
