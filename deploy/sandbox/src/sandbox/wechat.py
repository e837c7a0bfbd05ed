"""WeChat's server API with an access token: menu, scene codes, users, messages, phone numbers."""

import io
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any

import segno
from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from sandbox import templates_of
from sandbox.answers import ok, read_json
from sandbox.callback import LaterPushes
from sandbox.errors import WechatError
from sandbox.menu import check_menu
from sandbox.outbox import WechatMessage, stamp
from sandbox.people import CodeUnknown, CodeUsed, Person
from sandbox.state import Ticket, bound, state

blueprint = Blueprint("wechat", __name__)
later = LaterPushes()

LIMITS = {"thing": 20, "character_string": 32, "phrase": 5, "name": 20, "number": 32, "letter": 32, "const": 20}
MOST_SCENE_SECONDS = 2_592_000


def needs_token(app: str) -> None:
    """Raises WechatError unless the query has a valid token of this app."""
    here = state()
    with here.lock:
        here.tokens.check(request.args.get("access_token"), app, here.clock())


@blueprint.post("/cgi-bin/stable_token")
def stable_token() -> Response:
    here, body = state(), read_json()
    if body.get("grant_type") != "client_credential":
        raise WechatError(40002)
    if not body.get("appid"):
        raise WechatError(41002)
    if not body.get("secret"):
        raise WechatError(41004)
    app = here.settings.app_by_id(body["appid"])
    if app is None or app.kind == "website":  # a website app has no server API
        raise WechatError(40013)
    if body["secret"] != app.secret:
        raise WechatError(40125)
    with here.lock:
        now = here.clock()
        issued = here.tokens.stable(app.kind, body.get("force_refresh") is True, now)
        return ok({"access_token": issued.text, "expires_in": int(issued.until - now)})


@blueprint.post("/cgi-bin/menu/create")
def create_menu() -> Response:
    needs_token("official")
    body = read_json()
    check_menu(body)
    state().menu = body
    return ok()


@blueprint.get("/cgi-bin/menu/get")
def get_menu() -> Response:
    needs_token("official")
    menu = state().menu
    if menu is None:
        raise WechatError(46003)
    return ok({"menu": menu})


@blueprint.get("/cgi-bin/menu/delete")
def delete_menu() -> Response:
    needs_token("official")
    state().menu = None
    return ok()


@blueprint.post("/cgi-bin/qrcode/create")
def create_scene() -> Response:
    """Makes a scene code. It expires after `expire_seconds` (default 60); with QR_LIMIT_STR_SCENE it never does."""
    needs_token("official")
    here, body = state(), read_json()
    action = body.get("action_name")
    info = body.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    text = scene.get("scene_str") if isinstance(scene, dict) else None
    seconds = body.get("expire_seconds", 60)
    if action not in ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE") or not isinstance(text, str):
        raise WechatError(40053)
    if not 1 <= len(text) <= 64 or not isinstance(seconds, int) or not 1 <= seconds <= MOST_SCENE_SECONDS:
        raise WechatError(40053)
    ticket = "gQ" + secrets.token_urlsafe(48)
    url = f"{request.host_url}q/{ticket}"
    forever = action == "QR_LIMIT_STR_SCENE"
    with here.lock:
        until = float("inf") if forever else here.clock() + seconds
        here.tickets[ticket] = Ticket(text, until, url)
        bound(here.tickets)
    return ok({"ticket": ticket, "url": url} | ({} if forever else {"expire_seconds": seconds}))


@blueprint.get("/cgi-bin/showqrcode")
def show_scene() -> Response:
    here = state()
    found = here.tickets.get(request.args.get("ticket", ""))
    if found is None or found.until < here.clock():
        raise NotFound
    out = io.BytesIO()
    segno.make(found.url, error="m").save(out, kind="png", scale=8, border=4)
    return Response(out.getvalue(), mimetype="image/png")


@blueprint.get("/cgi-bin/user/info")
def user_info() -> Response:
    needs_token("official")
    person = addressee("official", request.args.get("openid"))
    if not person.following:
        return ok({"subscribe": 0, "openid": person.openid})
    answer: dict[str, Any] = {
        "subscribe": 1,
        "openid": person.openid,
        "nickname": "",
        "language": request.args.get("lang", "zh_CN"),
        "subscribe_time": person.followed_at,
        "subscribe_scene": "ADD_SCENE_QR_CODE" if person.scene else "ADD_SCENE_SEARCH",
        "qr_scene_str": person.scene,
    }
    return ok(answer | ({"unionid": person.unionid} if person.unionid else {}))


@blueprint.post("/cgi-bin/message/template/send")
def send_template() -> Response:
    """A template message. The phone shows it stripped and cut; then TEMPLATESENDJOBFINISH is pushed."""
    needs_token("official")
    here, body = state(), read_json()
    person = addressee("official", body.get("touser"))
    template = template_of(body)
    if not person.following:
        raise WechatError(43004)
    data = data_of(body)
    client_id = body.get("client_msg_id")
    with here.lock:
        now = here.clock()
        if isinstance(client_id, str):
            at, known = here.client_messages.get((person.openid, client_id), (0.0, 0))
            if at > now - 600:
                return ok({"msgid": known})
        msgid = here.next_msgid()
        if isinstance(client_id, str):
            here.client_messages[(person.openid, client_id)] = (now, msgid)
            bound(here.client_messages)
        if not person.blocking:
            shown = {name: shorten(name, text) for name, text in data.items() if name not in templates_of.IGNORED}
            here.outbox.add(
                WechatMessage(
                    person.openid, "template", template, shown, stamp(now), "official", body.get("url"), page_of(body)
                )
            )
    status = "failed:user block" if person.blocking else "success"
    fields: dict[str, str | int] = {
        "MsgType": "event",
        "Event": "TEMPLATESENDJOBFINISH",
        "MsgID": msgid,
        "Status": status,
    }
    later.put(here, person, fields)
    return ok({"msgid": msgid})


@blueprint.post("/cgi-bin/message/subscribe/bizsend")
def send_subscription() -> Response:
    needs_token("official")
    return send_with_consent("official", "subscription")


@blueprint.post("/cgi-bin/message/subscribe/send")
def send_miniprogram() -> Response:
    needs_token("miniprogram")
    page = read_json().get("page")
    if page is not None and (not isinstance(page, str) or not page or "://" in page):
        raise WechatError(41030)
    return send_with_consent("miniprogram", "miniprogram")


@blueprint.post("/wxa/business/getuserphonenumber")
def phone_number() -> Response:
    needs_token("miniprogram")
    here = state()
    with here.lock:
        now = here.clock()
        try:
            person = here.people.take_code(read_json().get("code"), "phone", now)
        except (CodeUnknown, CodeUsed):
            raise WechatError(40029) from None
    info = {
        "phoneNumber": person.phone,
        "purePhoneNumber": person.phone,
        "countryCode": "86",
        "watermark": {"timestamp": int(now), "appid": here.settings.apps["miniprogram"].appid},
    }
    return ok({"phone_info": info})


def send_with_consent(app: str, kind: str) -> Response:
    """One consent allows one message. Raises WechatError 40003, 40037, 47003, 43101."""
    here, body = state(), read_json()
    person = addressee(app, body.get("touser"))
    template = template_of(body)
    data = data_of(body)
    for name, text in data.items():
        if not text or len(text) > limit_of(name) or "\n" in text:
            raise WechatError(47003, f"data.{name}.value invalid")
    with here.lock:
        left = person.consents.get((app, template), 0)
        if left < 1:
            raise WechatError(43101)
        person.consents[(app, template)] = left - 1
        here.outbox.add(
            WechatMessage(person.openid_of(app), kind, template, data, stamp(here.clock()), app, page=page_of(body))
        )
    return ok()


def addressee(app: str, openid: object) -> Person:
    """Raises: WechatError 40003."""
    here = state()
    with here.lock:
        person = here.people.of_app(app, openid)
    if person is None:
        raise WechatError(40003)
    return person


def template_of(body: Mapping[str, Any]) -> str:
    """Raises WechatError 40037 if this account does not have the template."""
    template = body.get("template_id")
    templates_of.keywords_of(template)
    return str(template)


def data_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Returns field name -> text. Raises WechatError 47003 unless it is {name: {"value": text}} with the template's keywords,
    each of the right type."""
    data = body.get("data")
    if not isinstance(data, dict) or not data:
        raise WechatError(47003, "data is empty")
    found = {}
    for name, item in data.items():
        value = item.get("value") if isinstance(item, dict) else None
        if not isinstance(value, str | int | float):
            raise WechatError(47003, f"data.{name}.value is empty")
        found[name] = str(value)
    templates_of.check(template_of(body), found)
    return found


def limit_of(name: str) -> int:
    """Returns the maximum length of a field, by its type (the name without its number)."""
    return LIMITS.get(name.rstrip("0123456789"), 20)


def shorten(name: str, text: str) -> str:
    """Returns the value as WeChat shows it: one line, no emoji, cut."""
    one_line = " ".join(text.split())
    kept = (c for c in one_line if c < "\u3400" or unicodedata.category(c) != "So")
    return "".join(kept)[: limit_of(name)]


def page_of(body: Mapping[str, Any]) -> str | None:
    """Returns the page of the mini-program that the message opens."""
    inside = body.get("miniprogram")
    page = body.get("page") or (inside.get("pagepath") if isinstance(inside, dict) else None)
    return str(page) if page else None
