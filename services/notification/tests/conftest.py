"""Fixtures of notification's tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from chassis.runtime import Service
from chassis.testing import outside
from notification.app import SERVICE

pytest_plugins = ["chassis.testing.plugin"]


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture(scope="session")
def world() -> Iterator[outside.Outside]:
    """WeChat and the SMS provider."""
    with outside.outside() as running:
        yield running


@pytest.fixture(scope="session")
def extra_settings(world: outside.Outside) -> dict[str, Any]:
    names = ("sms_url", "sms_secret", "wechat_api_url", "wechat_official_appid", "wechat_official_secret",
             "wechat_callback_token", "wechat_callback_aes_key")  # fmt: skip
    return {name: outside.settings(world.url)[name] for name in names} | {
        "wechat_open_url": world.url, "filing_url": "http://127.0.0.1:1", "booking_url": "http://127.0.0.1:1",
    }  # fmt: skip
