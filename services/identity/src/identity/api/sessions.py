"""Sign-in in all its ways, refresh, sessions, SMS codes and captcha."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from chassis import clock, context, direct, log
from chassis.auth import SIGNED_IN, allow, allow_anyone
from chassis.errors import NotFound, ServiceError, Unauthorized
from chassis.paging import PageArgs, page_response, page_schema
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.sms import SmsRefused
from chassis.web import (
    Blueprint,
    audit_line,
    audit_subject,
    current_user,
    db,
    not_audited,
    own_transactions,
    reader,
    secret_answer,
)
from identity import actions, queries, sign_in
from identity.actions.sessions import Device
from identity.actions.sms_codes import LIFETIME, sent_from
from identity.api.schemas import (
    CaptchaView,
    PasswordReset,
    RefreshRequest,
    SessionsView,
    SignedIn,
    SignInRequest,
    SignInView,
    SmsRequest,
)
from identity.api.views import account_view
from identity.api.wechat_login import check_came_back
from identity.captchas import check_captcha, new_captcha
from identity.counted import counted
from identity.domain import devices
from identity.domain.errors import CaptchaRequired, CodeWrong
from identity.models import Holder
from identity.parts import parts
from identity.tokens import ACCESS_SECONDS

blp = Blueprint("sessions", "sessions", url_prefix="/api/identity", description="Sign-in and sessions")

COOKIE = "qj_refresh"
COOKIE_PATH = "/api/identity/sessions"
DEVICE_COOKIE = "qj_device"
DEVICE_SECONDS = 2 * 365 * 86_400
CODES_WITHOUT_CAPTCHA = 10  # SMS codes of one address in an hour


@blp.route("/sessions", methods=["POST"])
@allow_anyone
@own_transactions
@secret_answer
@blp.arguments(SignInRequest)
@blp.response(201, SignedIn)
def create_session(body: dict[str, Any]) -> Any:
    """Sign in by password, SMS code, WeChat or mini-program."""
    now, address, database = clock.now(), context.current().address, runtime().database
    audit_subject(sign_in.login_of(body))
    if body.get("wechat_code"):
        check_came_back(body, is_portal())
    miniprogram = request.headers.get("X-Client") == "miniprogram"
    who = sign_in.identify(sign_in.Door(database, parts(), address, now, miniprogram), body)
    device, cookie = _device()
    with direct.transaction(database, scope=None) as opening:
        told = audit_line(who.account_id, who.actor(), way=who.way, device=device.name)
        holder, session_id, refresh_token = actions.open_session(opening, who, told, device, address, _lifetime(), now)
        answer = _signed_in(holder, session_id, refresh_token, 201)
    if cookie:
        answer.set_cookie(
            DEVICE_COOKIE, cookie, max_age=DEVICE_SECONDS, path=COOKIE_PATH, httponly=True, samesite="Strict",
            secure=parts().settings.secure_cookies,
        )  # fmt: skip
    return answer


@blp.route("/sessions/refresh", methods=["POST"])
@allow_anyone
@not_audited
@own_transactions
@secret_answer
@blp.arguments(RefreshRequest)
@blp.response(200, SignedIn)
def refresh(body: dict[str, Any]) -> Any:
    """A new access token and the next refresh token. Using an old one again, more than ten seconds later, ends the session."""
    token = body.get("refresh_token") or _cookie()
    if not token:
        raise Unauthorized
    with runtime().database.transaction() as session:
        rotated = actions.refresh(session, token, _lifetime(), clock.now())
        answer = None
        if rotated is not None:
            account = queries.account_by_id(session, rotated[0].account_id)
            answer = _signed_in(account.holder(), rotated[0].id, rotated[1], 200)
    if answer is None:
        raise Unauthorized
    return answer


@blp.route("/sessions", methods=["GET"])
@allow(*SIGNED_IN, pending=True)
@blp.response(200, SessionsView)
def list_sessions() -> Any:
    """The account's open sessions."""
    return json_response({"items": queries.sessions(reader(), current_user())})


@blp.route("/sessions/current", methods=["DELETE"])
@allow(*SIGNED_IN, pending=True)
@blp.response(204)
def sign_out() -> Any:
    """Sign out: end the session of this very token."""
    session_id = current_user().session_id
    if session_id is None:
        raise NotFound
    return _ended(session_id)


@blp.route("/sessions/<uuid:session_id>", methods=["DELETE"])
@allow(*SIGNED_IN, pending=True)
@blp.response(204)
def delete_session(session_id: UUID) -> Any:
    """End another of one's own sessions."""
    return _ended(session_id)


def _ended(session_id: UUID) -> Response:
    audit_subject(session_id)
    actions.end_session(db(), current_user(), session_id, clock.now())
    response = Response(status=204)
    if session_id == current_user().session_id:  # another device's session is not in this browser's cookie
        response.delete_cookie(COOKIE, path=COOKIE_PATH)
    return response


@blp.route("/me/sign-ins", methods=["GET"])
@allow(*SIGNED_IN, pending=True)
@blp.arguments(PageArgs, location="query")
@blp.response(200, page_schema(SignInView))
def my_sign_ins(args: dict[str, Any]) -> Any:
    """When, from where and how this account was signed in to, failures too."""
    return page_response(queries.sign_ins(reader(), current_user(), args))


@blp.route("/sms-codes", methods=["POST"])
@allow_anyone
@own_transactions
@blp.arguments(SmsRequest)
@blp.response(202)
def send_sms_code(body: dict[str, Any]) -> Any:
    """Send a code by SMS. The answer tells nothing about whether the phone is known."""
    now, address, database = clock.now(), context.current().address, runtime().database
    phone, purpose = body["phone"], body["purpose"]
    audit_subject(phone, purpose=purpose)

    def work(session: Session) -> tuple[UUID, str]:
        if sent_from(session, address, now) >= CODES_WITHOUT_CAPTCHA:
            check_captcha(session, body, now)
        made, code = actions.new_code(session, phone, purpose, address, now)
        return made.id, code

    code_id, code = counted(database, CaptchaRequired, work)
    try:  # after the commit: a provider that is slow holds neither a lock nor a connection
        parts().sms.send(phone, f"code_{purpose}", {"code": code, "minutes": int(LIFETIME.total_seconds() // 60)})
    except SmsRefused as error:
        log.get().warning("sms_refused", code=error.code)
    except ServiceError:
        with database.transaction() as session:
            actions.forget_code(session, code_id)
        raise
    return json_response({"sent": True}, 202)


@blp.route("/captcha", methods=["GET"])
@allow_anyone
@blp.response(200, CaptchaView)
def captcha() -> Any:
    """A picture to read; good for one answer within five minutes."""
    view = new_captcha(db(), clock.now())
    db().commit()
    return view


@blp.route("/password-resets", methods=["POST"])
@allow_anyone
@own_transactions
@blp.arguments(PasswordReset)
@blp.response(204)
def reset_password(body: dict[str, Any]) -> Any:
    """Set a new password with an SMS code; every session ends."""
    hasher, now = parts().hasher, clock.now()
    phone, code, password = body["phone"], body["sms_code"], body["password"]
    audit_subject(phone)
    counted(
        runtime().database, CodeWrong,
        lambda session: actions.reset_password(session, hasher, phone, code, password, now),
    )  # fmt: skip
    return ""


# -- helpers ---------------------------------------------------------------------------------------------------------


def _signed_in(account: Holder, session_id: UUID, refresh_token: str, status: int) -> Response:
    body: dict[str, Any] = {
        "access_token": parts().signer.sign(account, session_id, clock.now()),
        "expires_in": ACCESS_SECONDS,
        "account": account_view(account),
    }
    if not is_portal():
        return json_response(body | {"refresh_token": refresh_token}, status)
    response = json_response(body, status)
    response.set_cookie(
        COOKIE, refresh_token, max_age=int(_lifetime().total_seconds()), path=COOKIE_PATH, httponly=True,
        samesite="Strict", secure=parts().settings.secure_cookies,
    )  # fmt: skip
    return response


def is_portal() -> bool:
    return request.headers.get("X-Client") == "portal"


def _cookie() -> str | None:
    """The browser's refresh token: only with the portal's header and an Origin of our own (CSRF)."""
    ours = (parts().settings.public_url, request.host_url.rstrip("/"))
    if is_portal() and request.headers.get("Origin") in ours:
        return request.cookies.get(COOKIE)
    return None


def _device() -> tuple[Device, str]:
    """From where somebody signs in, and the cookie by which this browser will be known."""
    if request.headers.get("X-Client") == "miniprogram":
        return Device("miniprogram", "miniprogram"), ""
    name = devices.name_of(request.headers.get("User-Agent", "")[:500])
    if not is_portal():
        return Device(name, name), ""
    known = request.cookies.get(DEVICE_COOKIE, "")[:100]
    cookie = known or secrets.token_urlsafe(24)
    return Device(cookie, name), cookie


def _lifetime() -> timedelta:
    return timedelta(days=parts().settings.refresh_days)
