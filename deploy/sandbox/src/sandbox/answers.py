"""Reads bodies and writes answers of WeChat's API."""

import json
from typing import Any

from flask import Response, request

from sandbox.errors import WechatError


def read_json() -> dict[str, Any]:
    """Reads the body and ignores its content type, as WeChat does. Raises WechatError 47001."""
    try:
        body = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise WechatError(47001) from None
    if not isinstance(body, dict):
        raise WechatError(47001)
    return body


def ok(fields: dict[str, Any] | None = None, mimetype: str = "application/json") -> Response:
    """HTTP 200 with `errcode` 0; the sns calls have no errcode."""
    body = {"errcode": 0, "errmsg": "ok"} | (fields or {}) if mimetype == "application/json" else fields
    return Response(json.dumps(body, ensure_ascii=False), mimetype=mimetype)
