"""Problem documents (RFC 9457) for every error, from one table of words. One envelope for all."""

import http
import re
from typing import Any

import psycopg
from flask import Response, current_app, request
from flask_smorest import Api
from marshmallow import Schema, fields
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from chassis import context, log
from chassis.errors import Conflict, FieldError, Invalid, Malformed, ServiceError, Unavailable
from chassis.inbox import database_is_away, will_pass
from chassis.rawjson import json_response

# marshmallow's and webargs' own sentences -> stable code, Chinese, English. The first that matches wins.
_WORDS: list[tuple[re.Pattern[str], str, str, str]] = [
    (re.compile(pattern), code, zh, en)
    for pattern, code, zh, en in [
        (r"Missing data for required field", "required", "此项必填。", "This field is required."),
        (r"may not be null", "required", "此项不能为空。", "This field may not be null."),
        (r"Unknown field", "unknown_field", "没有这一项，请检查字段名。", "There is no such field."),
        (r"Longer than maximum length (?P<n>\d+)", "too_long", "最多 {n} 个字符（或项）。", "At most {n} characters or items."),
        (r"Shorter than minimum length (?P<n>\d+)", "too_short", "至少 {n} 个字符（或项）。", "At least {n} characters or items."),
        (r"Length must be between (?P<low>\d+) and (?P<high>\d+)", "wrong_length", "应为 {low} 到 {high} 个字符（或项）。", "From {low} to {high} characters or items."),
        (r"Length must be (?P<n>\d+)", "wrong_length", "应为 {n} 个字符（或项）。", "Must be {n} characters or items."),
        (r"Must be one of: (?P<n>.+)\.", "not_an_option", "不是可选的值，请重新选择。", "Must be one of: {n}."),
        (r"greater than or equal to (?P<low>\S+) and less than or equal to (?P<high>\S+?)\.$", "out_of_range", "应在 {low} 到 {high} 之间。", "Must be from {low} to {high}."),
        (r"greater than or equal to (?P<n>\S+?)\.$", "too_small", "不能小于 {n}。", "Must not be less than {n}."),
        (r"less than or equal to (?P<n>\S+?)\.$", "too_large", "不能大于 {n}。", "Must not be more than {n}."),
        (r"Not a valid integer", "not_an_integer", "应填写整数。", "Must be a whole number."),
        (r"Not a valid number", "not_a_number", "应填写数字。", "Must be a number."),
        (r"Number too large", "too_large", "数字过大。", "The number is too large."),
        (r"Not a valid (UUID|uuid)", "not_an_id", "编号格式不正确。", "Not a valid id."),
        (r"Not a valid date\b", "date_invalid", "日期格式应为 2026-01-31。", "Write the date as 2026-01-31."),
        (r"Not a valid (naive |aware )?datetime|Not a valid (time|period)", "date_invalid", "时间格式不正确（RFC 3339）。", "Not a valid time (RFC 3339)."),
        (r"Not a valid boolean", "not_a_boolean", "只能填写 true 或 false。", "Must be true or false."),
        (r"Not a valid (utf-8 )?string|Invalid type", "not_text", "应填写文字。", "Must be text."),
        (r"Not a valid (list|tuple)", "not_a_list", "应为列表。", "Must be a list."),
        (r"Not a valid mapping|Invalid input type", "not_an_object", "应为对象。", "Must be an object."),
        (r"does not match expected pattern", "wrong_format", "格式不正确，请检查。", "Not in the expected format."),
        (r"Must be equal to (?P<n>.+?)\.?$", "not_equal", "须为规定的值。", "Must be {n}."),
        (r"Must be greater than (?P<n>\S+?)\.$", "too_small", "应大于 {n}。", "Must be greater than {n}."),
        (r"Must be less than (?P<n>\S+?)\.$", "too_large", "应小于 {n}。", "Must be less than {n}."),
    ]
]  # fmt: skip


class Message(str):
    """The text of a field error with its own code and its English; for validators of services."""

    code: str
    en: str

    def __new__(cls, code: str, zh: str, en: str) -> "Message":
        self = super().__new__(cls, zh)
        self.code, self.en = code, en
        return self


class FieldProblem(Schema):
    field = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class Problem(Schema):
    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldProblem), required=True)
    request_id = fields.String(required=True)
    count = fields.Integer(metadata={"description": "of selection_changed: how many it holds now"})


class ProblemApi(Api):
    """flask-smorest's Api, answering with problem documents and keeping the headers that it drops."""

    ERROR_SCHEMA = Problem

    def _register_responses(self) -> None:
        """Every error is a problem document, and of that type."""
        content = {"application/problem+json": {"schema": self.ERROR_SCHEMA}}
        for status in http.HTTPStatus:
            response = {"description": status.phrase} | ({"content": content} if status >= 400 else {})
            self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "A problem document", "content": content}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, default, lazy=True)

    def _register_error_handlers(self) -> None:
        super()._register_error_handlers()
        self._app.register_error_handler(ServiceError, problem)
        self._app.register_error_handler(OperationalError, _database_error)
        self._app.register_error_handler(InterfaceError, _database_error)
        self._app.register_error_handler(IntegrityError, _database_error)
        self._app.register_error_handler(PoolTimeout, _database_error)
        self._app.register_error_handler(psycopg.OperationalError, _database_error)

    def handle_http_exception(self, error: HTTPException) -> Response:
        return problem(_from_http(error), of=error)


def problem(error: ServiceError, of: HTTPException | None = None) -> Response:
    language = context.current().language
    body = {
        "type": f"urn:qj:problem:{error.code}",
        "title": type(error).__name__ if of is None else of.name,
        "status": error.status,
        "code": error.code,
        "detail": error.message(language),
        "errors": [
            {"field": e.field, "code": e.code, "message": e.en if language == "en" else e.zh} for e in error.errors
        ],
        "request_id": context.current().request_id,
    } | {name: error.values[name] for name in error.members}
    response = json_response(body, error.status, content_type="application/problem+json")
    if of is not None:
        for name, value in of.get_headers():
            if name.lower() in ("allow", "retry-after", "www-authenticate"):
                response.headers[name] = value
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


class _Http(ServiceError):
    """An error of the framework, under our envelope."""

    def __init__(self, status: int, code: str, zh: str, en: str) -> None:
        self.status, self.code, self.zh, self.en = status, code, zh, en
        super().__init__()


_HTTP_WORDS = {
    400: ("malformed", "请求无法解析。", "The request cannot be read."),
    404: ("not_found", "没有这个地址。", "There is no such address."),
    405: ("method_not_allowed", "此地址不支持该方法。", "This address does not take that method."),
    413: ("too_large", "内容过大。", "The content is too large."),
    415: (
        "unsupported_media_type",
        "内容类型应为 application/json。",
        "The content type must be application/json.",
    ),
    429: ("too_many_requests", "操作过于频繁，请稍后再试。", "Too many requests. Please wait a moment."),
}


def _from_http(error: HTTPException) -> ServiceError:
    data = getattr(error, "data", None) or {}
    messages = data.get("errors") or data.get("messages")
    if error.code == 422 and messages:
        return Invalid(errors=list(field_errors(messages)))
    if error.code == 400 and messages:
        return Malformed(reason="JSON")
    status = error.code or 500
    if status == 500:
        log.get().error("unhandled", path=request.path, exc_info=getattr(error, "original_exception", error))
        return ServiceError()
    code, zh, en = _HTTP_WORDS.get(status, ("error", error.name, error.name))
    return _Http(status, code, zh, en)


_PLACES = ("json", "query", "files", "form", "headers")


def field_errors(messages: Any, path: str = "", *, top: bool = True) -> list[FieldError]:
    """Flatten marshmallow's nested messages; the location (json, query, …) at the top is not part of a field's path."""
    found: list[FieldError] = []
    if isinstance(messages, dict):
        for key, value in messages.items():
            nameless = key == "_schema" or (top and key in _PLACES)
            found += field_errors(value, path if nameless else f"{path}.{key}".lstrip("."), top=False)
    elif isinstance(messages, list):
        for value in messages:
            found += field_errors(value, path, top=False)
    else:
        found.append(_worded(path, messages))
    return found


def _worded(path: str, text: str) -> FieldError:
    if isinstance(text, Message):
        return FieldError(path, text.code, str(text), text.en)
    for pattern, code, zh, en in _WORDS:
        if match := pattern.search(str(text)):
            values = match.groupdict()
            return FieldError(path, code, zh.format(**values), en.format(**values))
    return FieldError(path, "invalid", "填写有误，请检查。", str(text))


def _database_error(error: DBAPIError | PoolTimeout | psycopg.OperationalError) -> Response:
    """psycopg's own come from hot reads (chassis.reads), which go below SQLAlchemy."""
    if isinstance(error, PoolTimeout) or database_is_away(error):
        log.get().error("database_away", error=repr(error))
        return problem(Unavailable(retry_after=2))
    sqlstate = getattr(getattr(error, "orig", error), "sqlstate", "") or ""
    log.get().error("database_error", sqlstate=sqlstate, exc_info=error)
    if sqlstate in ("23505", "23P01"):  # two at the same moment, and the database decided
        return problem(Conflict())
    if will_pass(error):
        return problem(Unavailable(retry_after=1))
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return problem(ServiceError())
