"""Finding out who signs in, slowly for those who guess. Every try is kept; the caller commits it also on refusal."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.errors import ServiceError, invalid
from chassis.wechat import Person, WechatApp, WechatError
from identity import queries
from identity.actions.sms_codes import use_code
from identity.captchas import check_captcha
from identity.domain.errors import (
    ApplicantsOnly,
    CodeWrong,
    NotBound,
    SlowDown,
    WechatRefused,
    WrongCredentials,
)
from identity.models import Account, SignIn
from identity.parts import Parts

CAPTCHA_AFTER = 3  # failures in a row
DELAY_AFTER = 5
MAX_DELAY = 60  # [seconds]
FAILURES_A_MINUTE = 30  # of one address


def identify(db: Session, parts: Parts, body: dict[str, Any], address: str, now: datetime) -> Account:
    """The account of a sign-in request. Raises: WrongCredentials, CodeWrong, CaptchaRequired, SlowDown, NotBound,
    ApplicantsOnly, WechatRefused, Invalid when the body is none of the ways."""
    way = _way(body)
    login = str(body.get("username") or body.get("phone") or way).strip().casefold()
    _slow_down_address(db, address, now)
    if way in ("password", "sms"):
        _slow_down_account(db, login, body, now)
    try:
        account = _WAYS[way](db, parts, body, now)
    except ServiceError as error:
        if isinstance(error, WrongCredentials | CodeWrong | NotBound | WechatRefused):
            db.add(
                SignIn(
                    login_key=login,
                    account_id=_known(db, login),
                    at=now,
                    address=address,
                    way=way,
                    success=False,
                )
            )
        raise
    db.add(SignIn(login_key=login, account_id=account.id, at=now, address=address, way=way, success=True))
    return account


def _way(body: dict[str, Any]) -> str:
    given = {name for name in body if not name.startswith("captcha")}
    for way, needed in (
        ("password", {"username", "password"}), ("sms", {"phone", "sms_code"}), ("miniprogram_phone", {"miniprogram_code", "phone_code"}),
        ("miniprogram", {"miniprogram_code"}), ("wechat", {"wechat_code"}),
    ):  # fmt: skip
        if needed <= given:
            return way
    raise invalid(
        "username",
        "required",
        "请填写用户名和密码，或手机号和短信验证码。",
        "Give user name and password, or phone and code.",
    )


def _by_password(db: Session, parts: Parts, body: dict[str, Any], _now: datetime) -> Account:
    account = queries.account_by_login(db, body["username"])
    if not parts.hasher.verify(account.password_hash if account else None, body["password"]) or account is None:
        raise WrongCredentials
    if parts.hasher.outdated(account.password_hash):
        account.password_hash = parts.hasher.hash(body["password"])
    return account


def _by_sms(db: Session, _parts: Parts, body: dict[str, Any], now: datetime) -> Account:
    use_code(db, body["phone"], "sign_in", body["sms_code"], now)
    account = queries.account_by_phone(db, body["phone"])
    if account is None:
        raise CodeWrong
    return account


def _by_wechat(db: Session, parts: Parts, body: dict[str, Any], _now: datetime) -> Account:
    return _bound(db, person_of_website_code(parts, body["wechat_code"]))


def _by_miniprogram(db: Session, parts: Parts, body: dict[str, Any], _now: datetime) -> Account:
    return _applicant(_bound(db, _person(parts.miniprogram, body["miniprogram_code"])))


def _by_miniprogram_phone(db: Session, parts: Parts, body: dict[str, Any], _now: datetime) -> Account:
    try:
        phone = parts.miniprogram.phone_of_code(body["phone_code"])
    except WechatError as error:
        raise WechatRefused from error
    account = queries.account_by_phone(db, phone)
    if account is None:
        raise NotBound
    return _applicant(account)


_WAYS = {
    "password": _by_password,
    "sms": _by_sms,
    "wechat": _by_wechat,
    "miniprogram": _by_miniprogram,
    "miniprogram_phone": _by_miniprogram_phone,
}


def person_of_website_code(parts: Parts, code: str) -> Person:
    """Raises: WechatRefused."""
    try:
        return parts.website.person_of_website_code(code)
    except WechatError as error:
        raise WechatRefused from error


def _person(app: WechatApp, code: str) -> Person:
    try:
        return app.person_of_miniprogram_code(code)
    except WechatError as error:
        raise WechatRefused from error


def _bound(db: Session, person: Person) -> Account:
    account = queries.account_by_wechat(db, person.appid, person.openid, person.unionid)
    if account is None:
        raise NotBound
    return account


def _applicant(account: Account) -> Account:
    if account.kind != "applicant":
        raise ApplicantsOnly
    return account


def _slow_down_account(db: Session, login: str, body: dict[str, Any], now: datetime) -> None:
    """From the fourth try after failures in a row a captcha; then growing delays. A success forgets them."""
    last_success = select(func.coalesce(func.max(SignIn.id), 0)).where(SignIn.login_key == login, SignIn.success)
    failures, last_at = db.execute(
        select(func.count(), func.max(SignIn.at)).where(
            SignIn.login_key == login,
            SignIn.id > last_success.scalar_subquery(),
            SignIn.at > now - timedelta(hours=1),
        )
    ).one()
    if failures >= DELAY_AFTER:
        delay = min(2 ** (failures - DELAY_AFTER + 1), MAX_DELAY)
        left = (last_at + timedelta(seconds=delay) - now).total_seconds()
        if left > 0:
            raise SlowDown(retry_after=max(1, round(left)))
    if failures >= CAPTCHA_AFTER:
        check_captcha(db, body, now)


def _slow_down_address(db: Session, address: str, now: datetime) -> None:
    since = now - timedelta(minutes=1)
    count = db.scalar(
        select(func.count()).where(SignIn.address == address, SignIn.at > since, SignIn.success.is_(False))
    )
    if (count or 0) >= FAILURES_A_MINUTE:
        raise SlowDown(retry_after=60)


def _known(db: Session, login: str) -> Any:
    account = queries.account_by_login(db, login)
    return account.id if account else None
