"""Finding out who signs in, slowly for those who guess. Every try is kept, also when it is refused.

What takes long, argon2 and WeChat, is done outside of any transaction. What was right counts only if, by then, not too
many others have been wrong (`actions.open_session`): a hundred guesses at once win nothing over one after another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from chassis import log, reads
from chassis.db import Database
from chassis.errors import Unavailable, invalid
from chassis.wechat import Person, WechatError
from identity import queries
from identity.actions import guard
from identity.actions.sessions import Identified
from identity.actions.sms_codes import use_code
from identity.captchas import check_captcha
from identity.counted import counted
from identity.domain.errors import (
    ApplicantsOnly,
    CaptchaRequired,
    CodeWrong,
    NotBound,
    SlowDown,
    WechatBlocked,
    WechatRefused,
    WrongCredentials,
)
from identity.models import Account
from identity.parts import Parts

Answer = TypeVar("Answer")
FAILURES_A_MINUTE = 30  # of one address


@dataclass(frozen=True)
class Door:
    """The surroundings of a sign-in: database, clients, address and time."""

    database: Database
    parts: Parts
    address: str
    now: datetime
    miniprogram: bool = False  # it serves applicants only, whatever the way


def identify(door: Door, body: dict[str, Any]) -> Identified:
    """Raises: WrongCredentials, CodeWrong, CaptchaRequired, SlowDown, NotBound, ApplicantsOnly, WechatRefused, Invalid
    when the body is none of the ways."""
    way = _way(body)
    login = login_of(body)
    known = _look(door, login)
    if known["address_failures"] >= FAILURES_A_MINUTE:
        raise SlowDown(retry_after=60)
    key = guard.key_of(known["id"], login) if way in ("password", "sms") else None
    if key is not None:
        guard.check(known["failures"], known["last_at"], door.now)
        if guard.needs_captcha(known["failures"], known["last_at"], door.now):
            counted(door.database, CaptchaRequired, lambda db: check_captcha(db, body, door.now))
    try:
        found = _WAYS[way](door, body, known, login)
    except (WrongCredentials, CodeWrong, NotBound, WechatRefused):
        with door.database.transaction() as db:
            named = known["id"] if key is not None else None  # a code of WeChat names nobody, as long as it is refused
            guard.failed(db, key, named, login, way, door.address, door.now)
        raise
    if found.kind != "applicant" and (door.miniprogram or way.startswith("miniprogram")):
        raise ApplicantsOnly
    return found


def check_own_password(door: Door, account: Account, password: str) -> None:
    """The same care for who is signed in already and types the old password. Raises: SlowDown, WrongCredentials."""
    known = _look(door, account.username_key)
    guard.check(known["failures"], known["last_at"], door.now)
    if not door.parts.hasher.verify(account.password_hash, password):
        with door.database.transaction() as db:
            key = guard.key_of(account.id, "")
            guard.failed(db, key, account.id, account.username_key, "password_change", door.address, door.now)
        raise WrongCredentials


def _look(door: Door, login: str) -> dict[str, Any]:
    [row] = reads.alone(
        door.database, queries.LOGIN,
        {"login": login, "address": door.address, "since": door.now - timedelta(minutes=1),
         "name_key": guard.key_of(None, login)},
    )  # fmt: skip
    return row


def login_of(body: dict[str, Any]) -> str:
    """What was typed to say who it is; the way, where WeChat says it."""
    return str(body.get("username") or body.get("phone") or _way(body)).strip().casefold()


def _way(body: dict[str, Any]) -> str:
    given = {name for name in body if not name.startswith("captcha")}
    for way, needed in (
        ("password", {"username", "password"}), ("sms", {"phone", "sms_code"}),
        ("miniprogram_phone", {"miniprogram_code", "phone_code"}), ("miniprogram", {"miniprogram_code"}),
        ("wechat", {"wechat_code"}),
    ):  # fmt: skip
        if needed <= given:
            return way
    raise invalid(
        "username", "required", "请填写用户名和密码，或手机号和短信验证码。", "Give user name and password, or phone and code."
    )  # fmt: skip


def _by_password(door: Door, body: dict[str, Any], known: dict[str, Any], login: str) -> Identified:
    hasher, password, stored = door.parts.hasher, body["password"], known["password_hash"]
    if not hasher.verify(stored, password) or known["id"] is None:
        raise WrongCredentials
    new_hash = hasher.hash(password) if hasher.outdated(stored) else None
    return Identified(known["id"], known["kind"], login, "password", new_hash, known["name"])


def _by_sms(door: Door, body: dict[str, Any], _known: dict[str, Any], login: str) -> Identified:
    def work(db: Session) -> Account:
        use_code(db, body["phone"], "sign_in", body["sms_code"], door.now)
        account = queries.account_by_phone(db, body["phone"])
        if account is None:
            raise CodeWrong
        return account

    account = counted(door.database, CodeWrong, work)
    return Identified(account.id, account.kind, login, "sms", name=account.name)


def _by_wechat(door: Door, body: dict[str, Any], _known: dict[str, Any], login: str) -> Identified:
    return _bound(door, person_of_website_code(door.parts, body["wechat_code"]), login, "wechat")


def _by_miniprogram(door: Door, body: dict[str, Any], _known: dict[str, Any], login: str) -> Identified:
    person = _asked(lambda: door.parts.miniprogram.person_of_miniprogram_code(body["miniprogram_code"]))
    return _bound(door, person, login, "miniprogram")


def _by_miniprogram_phone(door: Door, body: dict[str, Any], _known: dict[str, Any], login: str) -> Identified:
    """The phone that WeChat vouches for."""
    phone = _asked(lambda: door.parts.miniprogram.phone_of_code(body["phone_code"]))
    with door.database.transaction() as db:
        account = queries.account_by_phone(db, phone)
    if account is None:
        raise NotBound
    return Identified(account.id, account.kind, login, "miniprogram_phone", name=account.name)


Way = Callable[[Door, dict[str, Any], dict[str, Any], str], Identified]
_WAYS: dict[str, Way] = {
    "password": _by_password,
    "sms": _by_sms,
    "wechat": _by_wechat,
    "miniprogram": _by_miniprogram,
    "miniprogram_phone": _by_miniprogram_phone,
}


def person_of_website_code(parts: Parts, code: str) -> Person:
    """Raises: WechatRefused, SlowDown, Unavailable."""
    return _asked(lambda: parts.website.person_of_website_code(code))


def _asked(ask: Callable[[], Answer]) -> Answer:
    """WeChat's refusals in our words. Source: 微信开放文档, 全局返回码."""
    try:
        return ask()
    except WechatError as error:
        if error.code == 40226:
            raise WechatBlocked from error
        if error.code in (45009, 45011):
            raise SlowDown(retry_after=60) from error
        if error.code in (40029, 40163, 41008):
            raise WechatRefused from error
        # a wrong appid or secret, an address that WeChat does not know: not the user's fault, and no use trying again
        log.get().error("wechat_misconfigured", code=error.code, message=str(error))
        raise Unavailable(retry_after=30) from error


def _bound(door: Door, person: Person, login: str, way: str) -> Identified:
    with door.database.transaction() as db:
        account = queries.account_by_wechat(db, person.appid, person.openid, person.unionid)
    if account is None:
        raise NotBound
    return Identified(account.id, account.kind, login, way, name=account.name)
