"""Settings of identity."""

from dataclasses import dataclass
from pathlib import Path

from chassis.settings import ServiceSettings


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    token_keys_dir: Path  # private ES256 keys, *.pem; the last by name signs, all are published
    sms_url: str
    sms_secret: str
    wechat_api_url: str
    wechat_open_url: str  # where browsers find WeChat's QR page
    wechat_website_appid: str
    wechat_website_secret: str
    wechat_official_appid: str
    wechat_official_secret: str
    wechat_miniprogram_appid: str
    wechat_miniprogram_secret: str
    registry_url: str
    filing_url: str
    booking_url: str
    notification_url: str
    refresh_days: int = 30
    secure_cookies: bool = False  # true where the portal is reached by https
    # of argon2id: OWASP's recommendation, 20 ms. RFC 9106's 3 and 65536 take 150 ms, eleven sign-ins a second on two cores.
    password_time_cost: int = 2
    password_memory_kib: int = 19456
