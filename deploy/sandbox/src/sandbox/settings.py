"""Settings. Only this module reads the environment. Secrets have no default; without one the sandbox does not start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

APPS = ("website", "official", "miniprogram")


class SettingMissing(Exception):
    """The text names every setting that is missing or wrong."""


@dataclass(frozen=True)
class App:
    """One registered WeChat application. kind: website | official | miniprogram."""

    kind: str
    appid: str
    secret: str


@dataclass(frozen=True)
class Settings:
    bind: tuple[str, int]
    apps: dict[str, App]  # by kind
    sms_secret: str
    sms_per_minute: int  # messages to one phone in any 60 seconds
    callback_url: str
    callback_token: str
    callback_aes_key: str  # 43 characters
    callback_mode: str  # plain | aes: the default mode of a push
    token_seconds: int  # lifetime of an access token
    log_level: str

    def app_by_id(self, appid: str | None) -> App | None:
        return next((app for app in self.apps.values() if app.appid == appid), None)


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises: SettingMissing."""
    missing: list[str] = []

    def needed(name: str) -> str:
        value = environ.get(name, "")
        if not value and (path := environ.get(f"{name}_FILE")):
            value = Path(path).read_text("utf-8").strip()
        if not value:
            missing.append(name)
        return value

    apps = {
        kind: App(kind, needed(f"WECHAT_{kind.upper()}_APPID"), needed(f"WECHAT_{kind.upper()}_SECRET"))
        for kind in APPS
    }
    host, _, port = needed("SANDBOX_BIND").rpartition(":")
    settings = Settings(
        bind=(host, int(port) if port.isdigit() else -1),
        apps=apps,
        sms_secret=needed("SMS_SECRET"),
        sms_per_minute=int(environ.get("SANDBOX_SMS_PER_MINUTE", "60")),
        callback_url=needed("WECHAT_CALLBACK_URL"),
        callback_token=needed("WECHAT_CALLBACK_TOKEN"),
        callback_aes_key=needed("WECHAT_CALLBACK_AES_KEY"),
        callback_mode=environ.get("SANDBOX_CALLBACK_MODE", "aes"),
        token_seconds=int(environ.get("SANDBOX_TOKEN_SECONDS", "7200")),
        log_level=environ.get("LOG_LEVEL", "INFO"),
    )
    if settings.bind[1] < 0 and "SANDBOX_BIND" not in missing:
        missing.append("SANDBOX_BIND (host:port)")
    if settings.callback_aes_key and len(settings.callback_aes_key) != 43:
        missing.append("WECHAT_CALLBACK_AES_KEY (43 characters)")
    if settings.callback_mode not in ("plain", "aes"):
        missing.append("SANDBOX_CALLBACK_MODE (plain or aes)")
    if len({app.appid for app in apps.values()}) != len(apps):
        missing.append("WECHAT_*_APPID (three different ones)")
    if missing:
        raise SettingMissing("missing or wrong settings: " + ", ".join(missing))
    return settings
