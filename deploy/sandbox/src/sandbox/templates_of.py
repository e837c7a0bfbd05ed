"""The templates of the accounts, and the allowed values of each type of keyword.

Source: 微信开放文档, 模板消息 and 订阅消息参数值内容限制说明.
"""

import json
import re
from importlib import resources

from sandbox.errors import WechatError

TEMPLATES: dict[str, list[str]] = json.loads(
    (resources.files("sandbox") / "wechat_templates.json").read_text(encoding="utf-8")
)
IGNORED = {"first", "remark"}  # of old templates; a phone does not show them
_CLOCK = r"\d{1,2}:\d{2}(:\d{2})?"
_DAY = r"(\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2})"
# type (the keyword without its number) -> pattern of the whole value
_TYPES = {
    "thing": r".+", "name": r"[^\d]{1,20}", "const": r".{1,20}",
    "character_string": r"[\x21-\x7e][\x20-\x7e]*",  # no Chinese
    "number": r"-?\d+(\.\d+)?", "letter": r"[A-Za-z]+", "phrase": r"[\u3400-\u9fff]{1,5}", "symbol": r"[^\w\s]{1,5}",
    "time": rf"({_DAY} ?)?{_CLOCK}(~.+)?|{_DAY}", "date": rf"{_DAY}( ?{_CLOCK})?(~.+)?",
    "amount": r"[¥￥$]?\d{1,10}(\.\d+)?元?", "phone_number": r"[\d+-]{1,17}", "car_number": r".{1,8}",
}  # fmt: skip


def keywords_of(template_id: object) -> list[str]:
    """Raises: WechatError 40037."""
    if not isinstance(template_id, str) or template_id not in TEMPLATES:
        raise WechatError(40037)
    return TEMPLATES[template_id]


def check(template_id: str, data: dict[str, str]) -> None:
    """Raises WechatError 47003 if a keyword is missing, belongs to another template, or has the wrong type."""
    wanted = keywords_of(template_id)
    for name in [*wanted, *(given for given in data if given not in IGNORED)]:
        if name not in wanted:
            raise WechatError(47003, f"data.{name} is not of this template")
        value = data.get(name, "")
        if not value.strip():
            raise WechatError(47003, f"data.{name}.value is empty")
        kind = name.rstrip("0123456789")
        if not re.fullmatch(_TYPES.get(kind, r".+"), value.strip(), re.DOTALL):
            raise WechatError(47003, f"data.{name}.value invalid")
