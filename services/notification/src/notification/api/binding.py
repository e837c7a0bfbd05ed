"""绑定账号 by user name and password: a page in WeChat's browser, which has to say first whose WeChat it is.

The page's ticket names the follower that WeChat vouched for in this very browser. So a link that is passed on binds the
WeChat of whoever opens it, never that of who sent it.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
from flask import Response, render_template, request

from chassis import clock, context
from chassis.auth import allow_anyone
from chassis.calls import Refused
from chassis.errors import ServiceError
from chassis.web import Blueprint, audit_subject
from chassis.wechat import Person, WechatError
from notification.parts import parts

blp = Blueprint("binding", __name__, description="绑定账号", template_folder="templates")

HTML = "text/html; charset=utf-8"
PAGE = {"type": "string"}
LIFETIME = timedelta(minutes=10)
AUDIENCE = "wechat-bind"
REOPEN = "请在公众号中点击【绑定账号】重新打开此页面。"
CAPTCHA = "失败次数过多，请稍后再试，或在网站上登录后扫码绑定。"


def bind_link() -> str:
    """WeChat's page that sends its browser on to ours with a code."""
    query = {
        "appid": parts().official.appid, "redirect_uri": f"{parts().settings.public_url}/wechat/bind",
        "response_type": "code", "scope": "snsapi_base", "state": "bind",
    }  # fmt: skip
    return f"{parts().settings.wechat_open_url}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"


@blp.route("/wechat/bind", methods=["GET"])
@allow_anyone
@blp.response(200, PAGE, content_type=HTML)
def ask() -> Any:
    """The form, for the follower that WeChat's code names."""
    code = request.args.get("code", "")[:200]
    if not code:
        return _page(problem=REOPEN)
    try:
        person = parts().official.person_of_website_code(code)
    except (WechatError, ServiceError):
        return _page(problem=REOPEN)
    return _page(ticket=_ticket(person))


@blp.route("/wechat/bind", methods=["POST"])
@allow_anyone
@blp.response(200, PAGE, content_type=HTML)
def bind() -> Any:
    """Bind the follower to the account of this user name and password; identity checks them."""
    given = {name: request.form.get(name, "") for name in ("ticket", "username", "password")}
    person, username, password = _person(given["ticket"]), given["username"].strip()[:50], given["password"][:128]
    if person is None:
        return _page(problem=REOPEN)
    if not username or not password or "\x00" in username + password:
        return _page(problem="请填写用户名和密码。", ticket=given["ticket"])
    asked = {"username": username, "password": password, "address": context.current().address,
             "openid": person.openid, "unionid": person.unionid}  # fmt: skip
    try:
        bound = parts().identity.post("/internal/accounts/verify", asked, idempotent=False)
    except Refused as error:
        problem = CAPTCHA if error.code == "captcha_required" else error.message("zh")
        return _page(problem=problem, ticket=given["ticket"], username=username)
    except ServiceError as error:
        return _page(problem=error.message("zh"), ticket=given["ticket"], username=username)
    audit_subject(bound["account_id"])
    return _page(done=bound["name"])


def _page(**values: str) -> Response:
    response = Response(render_template("bind.html", **({"username": ""} | values)), content_type=HTML)
    response.headers["Cache-Control"] = "no-store"
    return response


def _ticket(person: Person) -> str:
    claims = {"openid": person.openid, "unionid": person.unionid, "aud": AUDIENCE,
              "exp": int((clock.now() + LIFETIME).timestamp())}  # fmt: skip
    return jwt.encode(claims, parts().settings.wechat_callback_aes_key, algorithm="HS256")


def _person(ticket: str) -> Person | None:
    try:
        claims = jwt.decode(
            ticket, parts().settings.wechat_callback_aes_key, algorithms=["HS256"], audience=AUDIENCE,
            options={"require": ["exp", "aud", "openid"], "verify_exp": False},
        )  # fmt: skip
    except jwt.InvalidTokenError:
        return None
    if claims["exp"] < clock.now().timestamp():
        return None
    return Person(parts().official.appid, claims["openid"], claims.get("unionid"))
