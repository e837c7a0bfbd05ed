"""Reading bodies and writing answers of WeChat's API."""

import json
from typing import Any

from flask import Response, request

from sandbox.errors import WechatError


def read_json() -> dict[str, Any]:
    """The body, whatever its content type says, as WeChat reads it. Raises: WechatError 47001."""
    try:
        body = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise WechatError(47001) from None
    if not isinstance(body, dict):
        raise WechatError(47001)
    return body


def ok(fields: dict[str, Any] | None = None, mimetype: str = "application/json") -> Response:
    """HTTP 200; `errcode` 0 unless the answer of this call has none (the sns calls)."""
    body = {"errcode": 0, "errmsg": "ok"} | (fields or {}) if mimetype == "application/json" else fields
    return Response(json.dumps(body, ensure_ascii=False), mimetype=mimetype)
