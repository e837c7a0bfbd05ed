"""Settings of notification."""

from dataclasses import dataclass

from chassis.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    filing_url: str
    booking_url: str
    sms_url: str
    sms_secret: str
    wechat_api_url: str
    wechat_open_url: str  # the page at which WeChat says whose browser it is
    wechat_official_appid: str
    wechat_official_secret: str
    wechat_callback_token: str
    wechat_callback_aes_key: str  # 43 characters, as the official account's page shows it
    wechat_callback_mode: str = "aes"  # or plain, as the official account's page says; a plain body is not signed
    wechat_template_registration: str = "registration"
    wechat_template_filing: str = "filing"
    wechat_template_booking: str = "booking"
    wechat_template_certificate: str = "certificate"
    wechat_template_reminder: str = "reminder"
