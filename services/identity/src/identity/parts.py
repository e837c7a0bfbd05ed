"""The parts that identity adds to its runtime: password hasher, token signer, SMS and WeChat clients."""

import os
from dataclasses import dataclass
from typing import cast

from chassis.auth import KeySet
from chassis.runtime import Runtime, runtime
from chassis.sms import SmsClient
from chassis.wechat import WechatApp
from identity.domain.passwords import Hasher
from identity.settings import Settings
from identity.tokens import TokenSigner


@dataclass(frozen=True)
class Parts:
    settings: Settings
    hasher: Hasher
    signer: TokenSigner
    sms: SmsClient
    website: WechatApp
    official: WechatApp
    miniprogram: WechatApp


def prepare(runtime: Runtime) -> None:
    settings = cast(Settings, runtime.settings)
    signer = TokenSigner(settings.token_keys_dir)
    runtime.keys = KeySet(signer.jwks)  # identity needs nobody to tell it its own keys
    url = settings.wechat_api_url
    runtime.parts["identity"] = Parts(
        settings=settings,
        hasher=Hasher(settings.password_time_cost, settings.password_memory_kib, _cores_each(settings)),
        signer=signer,
        sms=SmsClient(settings.sms_url, settings.sms_secret),
        website=WechatApp(url, settings.wechat_website_appid, settings.wechat_website_secret),
        official=WechatApp(url, settings.wechat_official_appid, settings.wechat_official_secret),
        miniprogram=WechatApp(url, settings.wechat_miniprogram_appid, settings.wechat_miniprogram_secret),
    )


def _cores_each(settings: Settings) -> int:
    """Cores for each web worker."""
    return max(1, len(os.sched_getaffinity(0)) // settings.web_workers)


def parts() -> Parts:
    """The parts of the application that answers the current request."""
    return cast(Parts, runtime().parts["identity"])
