"""Signing in with WeChat on the website: the address of WeChat's QR page, and the proof that one comes back from there."""

from typing import Any
from urllib.parse import urlencode

from flask import request

from chassis import clock
from chassis.auth import allow_anyone
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.web import Blueprint, db, not_audited, secret_answer
from identity.actions import wechat_states
from identity.api.schemas import WechatLogin
from identity.counted import counted
from identity.domain.errors import WechatStateWrong
from identity.parts import parts

blp = Blueprint("wechat_login", "wechat_login", url_prefix="/api/identity", description="WeChat on the website")

COOKIE = "qj_wechat"
COOKIE_PATH = "/api/identity"


@blp.route("/wechat-logins", methods=["POST"])
@allow_anyone
@not_audited
@secret_answer
@blp.response(201, WechatLogin)
def begin() -> Any:
    """Begin a sign-in or a binding by QR code. WeChat sends the browser back to `redirect_uri` with `code` and `state`;
    both then go to `POST /sessions` or `POST /me/wechat`, from the same browser, within ten minutes, once."""
    state, nonce = wechat_states.new_state(db(), clock.now())
    appid, back = parts().website.appid, f"{parts().settings.public_url}/wechat-login"
    query = {"appid": appid, "redirect_uri": back, "response_type": "code", "scope": "snsapi_login", "state": state}
    seconds = int(wechat_states.LIFETIME.total_seconds())
    body = {
        "url": f"{parts().settings.wechat_open_url}/connect/qrconnect?{urlencode(query)}#wechat_redirect",
        "appid": appid, "scope": "snsapi_login", "redirect_uri": back, "state": state, "expires_in": seconds,
    }  # fmt: skip
    response = json_response(body, 201)
    response.set_cookie(
        COOKIE, nonce, max_age=seconds, path=COOKIE_PATH, httponly=True, samesite="Strict",
        secure=parts().settings.secure_cookies,
    )  # fmt: skip
    return response


def check_came_back(body: dict[str, Any], portal: bool) -> None:
    """For a browser: that this very browser was sent to WeChat. Clients without cookies cannot be led anywhere by a link,
    and have no state. Raises: WechatStateWrong."""
    if portal:
        state, nonce = body.get("state") or "", request.cookies.get(COOKIE, "")
        counted(
            runtime().database, WechatStateWrong,
            lambda session: wechat_states.use_state(session, state, nonce, clock.now()),
        )  # fmt: skip
