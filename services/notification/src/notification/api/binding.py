"""绑定账号 by user name and password, on a page in WeChat's browser. WeChat first tells us whose WeChat it is.

It starts at our own start page, which gives the browser a cookie and a state that works once. Only a browser that has both
gets the form and may send it. So a forwarded link binds the WeChat of the person who opens it, never that of the person who
sent it.
"""

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import jwt
from flask import Response, redirect, render_template, request

from chassis import clock, context, log
from chassis.auth import allow_anyone
from chassis.calls import Refused
from chassis.errors import Forbidden, Invalid, ServiceError
from chassis.runtime import runtime
from chassis.web import Blueprint, audit_refused, audit_subject, db, own_transactions
from chassis.wechat import Person, WechatError
from notification.actions import bind_states
from notification.parts import parts

blp = Blueprint("binding", __name__, description="绑定账号", template_folder="templates")

HTML = "text/html; charset=utf-8"
PAGE = {"type": "string"}
LIFETIME = timedelta(minutes=10)
AUDIENCE = "wechat-bind"
COOKIE = "qj_bind"
COOKIE_PATH = "/wechat"
REOPEN = "请在公众号中点击【绑定账号】重新打开此页面。"
CAPTCHA = "失败次数过多，请再次输入密码，并填写图中的字符。"


def bind_link() -> str:
    """The address of our start page, which the official account sends."""
    return f"{parts().settings.public_url}/wechat/bind/start"


@blp.route("/wechat/bind/start", methods=["GET"])
@allow_anyone
@blp.response(302)
def start() -> Any:
    """Redirect to WeChat, which returns the browser with a code and the state that is made here."""
    state, nonce = bind_states.begin(db(), clock.now())
    query = {
        "appid": parts().official.appid, "redirect_uri": f"{parts().settings.public_url}/wechat/bind",
        "response_type": "code", "scope": "snsapi_userinfo", "state": state,
    }  # fmt: skip
    response = redirect(
        f"{parts().settings.wechat_open_url}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"
    )
    # Lax: the return is a link on WeChat's page and carries the cookie; a form of another site does not
    response.set_cookie(
        COOKIE, nonce, max_age=int(bind_states.LIFETIME.total_seconds()), path=COOKIE_PATH, httponly=True,
        samesite="Lax", secure=parts().settings.public_url.startswith("https:"),
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


@blp.route("/wechat/bind", methods=["GET"])
@allow_anyone
@own_transactions
@blp.response(200, PAGE, content_type=HTML)
def ask() -> Any:
    """The form, for the follower that WeChat's code names. The browser must have started at the start page."""
    code, state, nonce = request.args.get("code", "")[:200], request.args.get("state", "")[:200], _nonce()
    with runtime().database.transaction() as session:
        ours = bool(code and nonce) and bind_states.use(session, state, nonce, clock.now())
    if not ours:
        return _page(problem=REOPEN)
    try:
        person, nickname = parts().official.named_person_of_code(code)
    except (WechatError, ServiceError):
        return _page(problem=REOPEN)
    shown = nickname or f"尾号 {person.openid[-4:]}"
    return _page(ticket=_ticket(person, nonce, shown), wechat=shown)


@blp.route("/wechat/bind", methods=["POST"])
@allow_anyone
@blp.response(200, PAGE, content_type=HTML)
def bind() -> Any:
    """Bind the follower to the account of this user name and password; identity checks them."""
    given = {
        name: request.form.get(name, "") for name in ("ticket", "username", "password", "captcha_id", "captcha_answer")
    }
    known, username, password = _person(given["ticket"]), given["username"].strip()[:50], given["password"][:128]
    audit_subject(username)
    if known is None:
        audit_refused(Forbidden())
        return _page(problem=REOPEN)
    person, wechat = known
    if not username or not password or "\x00" in username + password:
        audit_refused(Invalid())
        return _page(problem="请填写用户名和密码。", ticket=given["ticket"], wechat=wechat)
    asked = {"username": username, "password": password, "address": context.current().address,
             "openid": person.openid, "unionid": person.unionid}  # fmt: skip
    if _is_id(given["captcha_id"]):
        asked |= {"captcha_id": given["captcha_id"], "captcha_answer": given["captcha_answer"].strip()[:10]}
    shown = {"ticket": given["ticket"], "username": username, "wechat": wechat}
    try:
        with context.work(replace(context.current(), language="zh")):  # the page is always Chinese
            bound = parts().identity.post("/internal/accounts/verify", asked, idempotent=False)
    except ServiceError as error:
        audit_refused(error)
        if isinstance(error, Refused) and error.code == "captcha_required":
            return _page(problem=CAPTCHA, **shown, **_captcha())
        return _page(problem=error.message("zh"), **shown)
    audit_subject(bound["account_id"], openid=person.openid)
    return _page(done=bound["name"])


def _captcha() -> dict[str, str]:
    """Returns a captcha if there were too many wrong passwords. Returns nothing if identity does not answer."""
    try:
        made = parts().identity.get("/api/identity/captcha")
    except ServiceError:
        return {}
    return {"captcha_id": made["captcha_id"], "captcha": made["image"]}


def _is_id(given: str) -> bool:
    try:
        return bool(UUID(given))
    except ValueError:
        return False


def _page(**values: str) -> Response:
    response = Response(render_template("bind.html", **({"username": "", "wechat": ""} | values)), content_type=HTML)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _nonce() -> str:
    return request.cookies.get(COOKIE, "")[:200]


def _ticket_key() -> bytes:
    """A separate key for tickets: the callback's key must only encrypt pushes."""
    return hmac.digest(parts().settings.wechat_callback_aes_key.encode(), b"ticket of the binding page", hashlib.sha256)


def _ticket(person: Person, nonce: str, shown: str) -> str:
    claims = {"openid": person.openid, "unionid": person.unionid, "shown": shown, "aud": AUDIENCE,
              "browser": bind_states.digest(nonce).hex(), "exp": int((clock.now() + LIFETIME).timestamp())}  # fmt: skip
    return jwt.encode(claims, _ticket_key(), algorithm="HS256")


def _person(ticket: str) -> tuple[Person, str] | None:
    """Returns the openid in the ticket and its name on the page. None if the ticket is of another browser, or too old."""
    try:
        claims = jwt.decode(
            ticket, _ticket_key(), algorithms=["HS256"], audience=AUDIENCE,
            options={"require": ["exp", "aud", "openid", "browser"], "verify_exp": False},
        )  # fmt: skip
    except jwt.InvalidTokenError:
        return None
    here = bind_states.digest(_nonce()).hex()
    if claims["exp"] < clock.now().timestamp() or not hmac.compare_digest(claims["browser"], here):
        log.get().info("bind_ticket_refused")
        return None
    return Person(parts().official.appid, claims["openid"], claims.get("unionid")), claims["shown"]
