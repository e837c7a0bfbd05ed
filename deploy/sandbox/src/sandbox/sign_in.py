"""Sign-in with WeChat: the QR page and codes of a site, and the codes of the mini-program."""

import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

import segno
from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.answers import ok
from sandbox.errors import WechatError
from sandbox.people import CodeUnknown, CodeUsed, Person
from sandbox.settings import App
from sandbox.state import bound, state
from sandbox.tokens import SignIn

blueprint = Blueprint("sign_in", __name__)

MINIPROGRAM_A_MINUTE = 100  # sign-ins of one person
TEXT = "text/plain"  # as WeChat declares it, although the body is JSON in UTF-8


@blueprint.get("/connect/qrconnect")
@blueprint.get("/connect/oauth2/authorize")
def qr_page() -> str:
    """The page with a QR code. A button per phone replaces scanning and agreeing. In WeChat's own browser (oauth2/authorize)
    the phone would be known; here the user chooses whose browser this is."""
    here = state()
    problem = sign_in_problem()
    with here.lock:
        people = here.people.all()[:50]
    picture = segno.make(request.url, error="l").svg_data_uri(scale=4)
    return render_template("qrconnect.html", people=people, problem=problem, picture=picture, fields=request.args)


@blueprint.post("/connect/qrconnect")
@blueprint.post("/connect/oauth2/authorize")
def qr_tap() -> AnyResponse | str:
    """A person agrees, and the browser returns with code and state. A refusal redirects nowhere, as in WeChat."""
    here = state()
    target, given = request.args.get("redirect_uri", ""), request.args.get("state", "")
    with here.lock:
        person = here.people.find(request.form.get("openid", ""))
        if sign_in_problem() or person is None or request.form.get("answer") != "agree":
            return render_template("qrconnect.html", people=[], problem="已拒绝，没有登录。", picture="", fields={})
        code = here.people.give_code(person, asking()[0], here.clock())
    joint = "&" if urlsplit(target).query else "?"
    return redirect(f"{target}{joint}{urlencode({'code': code, 'state': given})}")


def asking() -> tuple[str, tuple[str, ...]]:
    """Returns which kind of app may use this page, and with which scopes."""
    if request.path.endswith("/qrconnect"):
        return "website", ("snsapi_login",)
    return "official", ("snsapi_base", "snsapi_userinfo")


def sign_in_problem() -> str | None:
    """Returns the error in the query of the sign-in page, or nothing."""
    app = state().settings.app_by_id(request.args.get("appid"))
    kind, scopes = asking()
    if app is None or app.kind != kind:
        return "AppID 参数错误"
    if urlsplit(request.args.get("redirect_uri", "")).scheme not in ("http", "https"):
        return "redirect_uri 参数错误"
    if request.args.get("response_type") != "code" or request.args.get("scope") not in scopes:
        return "response_type 或 scope 参数错误"
    return None


@blueprint.get("/sns/oauth2/access_token")
def access_token() -> Response:
    here = state()
    app = calling_app("website", "official")
    person = person_of_code(app, "code")
    with here.lock:
        now = here.clock()
        text, made = here.tokens.sign_in(person, app.kind, now)
    return ok(sign_in_answer(text, made, now), TEXT)


@blueprint.get("/sns/oauth2/refresh_token")
def refresh_token() -> Response:
    here = state()
    app = here.settings.app_by_id(request.args.get("appid"))
    if app is None:
        raise WechatError(40013)
    if request.args.get("grant_type") != "refresh_token":
        raise WechatError(40002)
    with here.lock:
        now = here.clock()
        text, made = here.tokens.renew(request.args.get("refresh_token"), app.kind, now)
    return ok(sign_in_answer(text, made, now), TEXT)


@blueprint.get("/sns/userinfo")
def user_info() -> Response:
    here = state()
    openid = request.args.get("openid")
    with here.lock:
        person = here.tokens.person_of(request.args.get("access_token"), openid, here.clock())
    answer: dict[str, Any] = {
        "openid": openid,
        "nickname": person.nickname,
        "sex": 0,
        "headimgurl": "",
        "privilege": [],
    }
    return ok(answer | union_of(person), TEXT)


@blueprint.get("/sns/jscode2session")
def miniprogram_session() -> Response:
    app = calling_app("miniprogram")
    person = person_of_code(app, "js_code")
    if person.risky:
        raise WechatError(40226)
    check_rate(person)
    session_key = secrets.token_urlsafe(16)
    return ok({"openid": person.openid_of(app.kind), "session_key": session_key} | union_of(person), TEXT)


def check_rate(person: Person) -> None:
    """Raises WechatError 45011 after a hundred sign-ins of one person in a minute."""
    here = state()
    with here.lock:
        now = here.clock()
        times = [at for at in here.sign_in_times.get(person.openid, []) if at > now - 60]
        if len(times) >= MINIPROGRAM_A_MINUTE:
            raise WechatError(45011)
        here.sign_in_times[person.openid] = [*times, now]
        here.sign_in_times.move_to_end(person.openid)
        bound(here.sign_in_times)


def calling_app(*kinds: str) -> App:
    """Raises: WechatError 40013, 40125, 40002."""
    app = state().settings.app_by_id(request.args.get("appid"))
    if app is None or app.kind not in kinds:
        raise WechatError(40013)
    if request.args.get("secret") != app.secret:
        raise WechatError(40125)
    if request.args.get("grant_type") != "authorization_code":
        raise WechatError(40002)
    return app


def person_of_code(app: App, name: str) -> Person:
    """Raises: WechatError 41008, 40029, 40163."""
    here = state()
    code = request.args.get(name)
    if not code:
        raise WechatError(41008)
    with here.lock:
        try:
            return here.people.take_code(code, app.kind, here.clock())
        except CodeUnknown:
            raise WechatError(40029) from None
        except CodeUsed:
            raise WechatError(40163) from None


def sign_in_answer(text: str, made: SignIn, now: float) -> dict[str, Any]:
    return {
        "access_token": text,
        "expires_in": int(made.until - now),
        "refresh_token": made.refresh,
        "openid": made.person.openid_of(made.app),
        "scope": "snsapi_login" if made.app == "website" else "snsapi_userinfo",
    } | union_of(made.person)


def union_of(person: Person) -> dict[str, str]:
    return {"unionid": person.unionid} if person.unionid else {}
