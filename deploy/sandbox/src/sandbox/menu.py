"""The rules of a custom menu: at most 3 buttons with 5 sub-buttons each; sizes in bytes."""

from typing import Any

from sandbox.errors import WechatError

TYPES = {"click", "view", "miniprogram", "scancode_push", "scancode_waitmsg", "location_select"}


def check_menu(body: dict[str, Any]) -> None:
    """Raises: WechatError 40016-40020, 40054, 40055."""
    buttons = body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise WechatError(40016)
    for button in buttons:
        below = button.get("sub_button") if isinstance(button, dict) else None
        _check_name(button, 16)
        if not below:
            _check_button(button, 40055)
            continue
        if not isinstance(below, list) or len(below) > 5:
            raise WechatError(40016)
        for sub_button in below:
            _check_name(sub_button, 60)
            _check_button(sub_button, 40054)


def _check_name(button: Any, most_bytes: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= most_bytes:
        raise WechatError(40018)


def _check_button(button: dict[str, Any], wrong_url: int) -> None:
    if button.get("type") not in TYPES:
        raise WechatError(40017)
    if button["type"] in ("view", "miniprogram"):
        url = button.get("url")
        if not isinstance(url, str) or not 1 <= len(url.encode()) <= 1024:
            raise WechatError(40020)
        if not url.startswith(("http://", "https://")):
            raise WechatError(wrong_url)
    else:
        key = button.get("key")
        if not isinstance(key, str) or not 1 <= len(key.encode()) <= 128:
            raise WechatError(40019)


def keys_of(menu: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Returns (name, key) of every button that sends a CLICK, in order."""
    items = (item for button in (menu or {}).get("button", []) for item in button.get("sub_button") or [button])
    return [(item["name"], item["key"]) for item in items if item.get("type") == "click"]
