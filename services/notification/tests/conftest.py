"""Fixtures of notification's tests."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from chassis.ids import new_id
from chassis.runtime import Runtime, Service
from chassis.testing import outside
from notification.app import SERVICE
from notification.domain.cipher import MessageCipher, signature
from notification.domain.pushes import first_level
from notification.settings import Settings

Seal = Callable[..., tuple[dict[str, str], bytes]]

pytest_plugins = ["chassis.testing.plugin"]


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture(scope="session")
def world() -> Iterator[outside.Outside]:
    """The stand-in for WeChat and the SMS provider."""
    with outside.outside() as running:
        yield running


@pytest.fixture(scope="session")
def extra_settings(world: outside.Outside) -> dict[str, Any]:
    names = ("sms_url", "sms_secret", "wechat_api_url", "wechat_official_appid", "wechat_official_secret",
             "wechat_callback_token", "wechat_callback_aes_key")  # fmt: skip
    return {name: outside.settings(world.url)[name] for name in names} | {
        "wechat_open_url": world.url, "filing_url": "http://127.0.0.1:1", "booking_url": "http://127.0.0.1:1",
    }  # fmt: skip


@pytest.fixture
def settings(runtime: Runtime) -> Settings:
    assert isinstance(runtime.settings, Settings)
    return runtime.settings


@pytest.fixture
def sealed(settings: Settings) -> Seal:
    """Returns query and body of an encrypted push."""

    begun = str(int(time.time()))

    def seal(xml: str, nonce: str = "") -> tuple[dict[str, str], bytes]:
        token, stamp, nonce = settings.wechat_callback_token, begun, nonce or str(new_id())
        cipher = MessageCipher(settings.wechat_callback_aes_key, settings.wechat_official_appid).encrypt(xml)
        query = {"timestamp": stamp, "nonce": nonce, "signature": signature(token, stamp, nonce), "encrypt_type": "aes",
                 "msg_signature": signature(token, stamp, nonce, cipher)}  # fmt: skip
        return query, f"<xml><Encrypt>{cipher}</Encrypt></xml>".encode()

    return seal


@pytest.fixture
def pushed(app: Flask, settings: Settings, sealed: Seal) -> Callable[..., str]:
    """`pushed(FromUserName="o-1", MsgType="text", Content="你好")`: returns the reply that the follower reads, or nothing."""

    def push(**fields: str) -> str:
        fields = {"ToUserName": "gh", "CreateTime": str(new_id())} | fields
        query, body = sealed(
            "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</xml>"
        )
        answer = app.test_client().post("/wechat/callback", data=body, query_string=query)
        assert answer.status_code == 200
        if answer.get_data(as_text=True) == "success":
            return ""
        cipher = MessageCipher(settings.wechat_callback_aes_key, settings.wechat_official_appid)
        reply = cipher.decrypt(first_level(answer.get_data(as_text=True))["Encrypt"])
        return first_level(reply)["Content"]

    return push
