"""Parts that notification adds to its runtime: the channels, and the official account's cipher."""

from dataclasses import dataclass
from typing import cast

from chassis.calls import ServiceClient
from chassis.runtime import Runtime, runtime
from chassis.sms import SmsClient
from chassis.wechat import WechatApp
from notification.domain.cipher import MessageCipher
from notification.settings import Settings

WHILE_WECHAT_WAITS = (0.5, 3.0)  # connect, read: WeChat waits five in all, so there is no retry [seconds]


@dataclass(frozen=True)
class Parts:
    settings: Settings
    sms: SmsClient
    official: WechatApp
    cipher: MessageCipher
    identity: ServiceClient
    identity_now: ServiceClient  # for calls while WeChat waits
    filing: ServiceClient
    booking: ServiceClient


def prepare(runtime: Runtime) -> None:
    settings = cast(Settings, runtime.settings)
    appid = settings.wechat_official_appid
    runtime.parts["notification"] = Parts(
        settings=settings,
        sms=SmsClient(settings.sms_url, settings.sms_secret),
        official=WechatApp(settings.wechat_api_url, appid, settings.wechat_official_secret),
        cipher=MessageCipher(settings.wechat_callback_aes_key, appid),
        identity=ServiceClient("identity", settings.identity_url, runtime.tokens),
        identity_now=ServiceClient("identity", settings.identity_url, runtime.tokens, WHILE_WECHAT_WAITS, attempts=1),
        filing=ServiceClient("filing", settings.filing_url, runtime.tokens, WHILE_WECHAT_WAITS, attempts=1),
        booking=ServiceClient("booking", settings.booking_url, runtime.tokens, WHILE_WECHAT_WAITS, attempts=1),
    )


def parts_of(runtime: Runtime) -> Parts:
    return cast(Parts, runtime.parts["notification"])


def parts() -> Parts:
    """Returns the parts of the application of the current request."""
    return parts_of(runtime())
