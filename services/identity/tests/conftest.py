"""Fixtures of identity's tests."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chassis.runtime import Runtime, Service
from identity.app import SERVICE

pytest_plugins = ["chassis.testing.plugin"]


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture(scope="session")
def extra_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("token-keys")
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / "1.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    nowhere = "http://127.0.0.1:1"
    return {
        "token_keys_dir": folder,
        "sms_url": nowhere, "sms_secret": "test", "wechat_api_url": nowhere,
        "wechat_website_appid": "wx-site", "wechat_website_secret": "s",
        "wechat_official_appid": "wx-official", "wechat_official_secret": "s",
        "wechat_miniprogram_appid": "wx-mini", "wechat_miniprogram_secret": "s",
        "registry_url": nowhere, "filing_url": nowhere, "booking_url": nowhere, "notification_url": nowhere,
        "password_time_cost": 1, "password_memory_kib": 64,
    }  # fmt: skip


@pytest.fixture
def seeded(runtime: Runtime) -> Runtime:
    """With reference data and the demo accounts."""
    assert SERVICE.seed is not None
    SERVICE.seed(runtime, "demo")
    return runtime
