"""The families of errors. A service names its own below them; none knows of HTTP beyond its family's status.

    ServiceError
    ├── Malformed     400  the request cannot be read
    ├── Unauthorized  401  no valid sign-in
    ├── Forbidden     403  not your kind of account
    ├── NotFound      404  absent, or not yours
    ├── Conflict      409  the state does not allow it, or it exists already
    ├── Stale         412  changed since you read it
    ├── TooLarge      413
    ├── Unsupported   415  kind of file or content
    ├── Invalid       422  fields that are wrong
    ├── Precondition  428  If-Match is missing
    ├── TooMany       429  slower, please
    └── Unavailable   503  a part of the platform does not answer

An error carries its own words in both languages: `zh` and `en` are templates filled from the keyword arguments.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """One wrong field. `field` is its path (`org.credit_code`), `code` is stable."""

    field: str
    code: str
    zh: str
    en: str


class ServiceError(Exception):
    status = 500
    code = "internal_error"
    zh = "系统出错，请稍后再试。"
    en = "Something went wrong on our side. Please try again later."
    members: tuple[str, ...] = ()  # of its values, that the problem document carries beside the words

    def __init__(
        self, *, errors: list[FieldError] | None = None, retry_after: int | None = None, **values: Any
    ) -> None:
        self.errors = errors or []
        self.retry_after = retry_after  # [seconds]
        self.values = values
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        return (self.en if language == "en" else self.zh).format(**self.values)


class Malformed(ServiceError):
    status = 400
    code = "malformed"
    zh = "请求无法解析：{reason}"
    en = "The request cannot be read: {reason}"


class Unauthorized(ServiceError):
    status = 401
    code = "unauthorized"
    zh = "请先登录。"
    en = "Please sign in."


class Forbidden(ServiceError):
    status = 403
    code = "forbidden"
    zh = "当前账号无权进行此操作。"
    en = "This account may not do that."


class NotFound(ServiceError):
    status = 404
    code = "not_found"
    zh = "未找到该记录。"
    en = "There is no such record."


class Conflict(ServiceError):
    status = 409
    code = "conflict"
    zh = "当前状态不允许此操作。"
    en = "The present state does not allow this."


class IllegalMove(Conflict):
    """A state machine refused a move. Values: `state` now and `move` asked for."""

    code = "illegal_move"
    zh = "当前状态（{state}）不允许此操作（{move}）。"
    en = "Not possible in state {state}: {move}."


class Stale(ServiceError):
    status = 412
    code = "stale"
    zh = "该记录已被他人修改，请刷新后重试。"
    en = "The record has changed since you read it. Reload and try again."


class TooLarge(ServiceError):
    status = 413
    code = "too_large"
    zh = "内容过大，最多允许 {limit}。"
    en = "Too large; at most {limit} is allowed."


class Unsupported(ServiceError):
    status = 415
    code = "unsupported_media_type"
    zh = "不支持的文件或内容类型。{expected}"
    en = "This kind of file or content is not supported. {expected_en}"


class Invalid(ServiceError):
    status = 422
    code = "invalid"
    zh = "填写的内容有误，请按提示修改。"
    en = "Some fields are wrong."


class Precondition(ServiceError):
    status = 428
    code = "if_match_required"
    zh = "修改时须带上 If-Match（读取时返回的 ETag）。"
    en = "Send If-Match with the ETag that you read."


class TooMany(ServiceError):
    status = 429
    code = "too_many_requests"
    zh = "操作过于频繁，请稍后再试。"
    en = "Too many requests. Please wait a moment."


class Unavailable(ServiceError):
    status = 503
    code = "service_unavailable"
    zh = "相关服务暂时不可用，请稍后再试。"
    en = "A part of the platform does not answer. Please try again shortly."


def invalid(field: str, code: str, zh: str, en: str) -> Invalid:
    """One wrong field, as an error to raise."""
    return Invalid(errors=[FieldError(field, code, zh, en)])


class WorkbookInvalid(Invalid):
    """A file of rows cannot be read as such."""

    code = "workbook_invalid"
    zh = "文件无法读取：{reason}"
    en = "The file cannot be read: {reason}"
