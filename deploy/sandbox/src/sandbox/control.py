"""Routes for tests and people: use the phones, and read what they received. No provider has these routes."""

import re
import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox.callback import Reply, push, verify
from sandbox.people import Person, Taken
from sandbox.settings import APPS
from sandbox.state import Fault, state

blueprint = Blueprint("control", __name__)

OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")
PHONE = re.compile(r"1\d{10}")


class ControlError(Exception):
    """A wrong request to the stand-in itself: HTTP status, code, message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message)
        self.status, self.code, self.message = status, code, message

    def answer(self) -> Response:
        response = jsonify(code=self.code, message=self.message)
        response.status_code = self.status
        return response


def given() -> dict[str, Any]:
    """Returns the JSON body, or the fields of a form. Raises ControlError 400."""
    if request.form:
        return dict(request.form)
    body = request.get_json(force=True, silent=True) if request.get_data() else {}
    if not isinstance(body, dict):
        raise ControlError(400, "malformed", "a JSON object is wanted")
    return body


def person_at(openid: str) -> Person:
    """Raises: ControlError 404."""
    here = state()
    with here.lock:
        person = here.people.find(openid)
    if person is None:
        raise ControlError(404, "not_found", "nobody has this openid or phone; make one by POST /phones")
    return person


@blueprint.get("/outbox/sms")
def sms_outbox() -> Response:
    here = state()
    with here.lock:
        return jsonify(here.outbox.sms(request.args.get("phone"), limit()))


@blueprint.get("/outbox/wechat")
def wechat_outbox() -> Response:
    """Any openid of a person gives all messages of that person, in all apps."""
    here = state()
    openid = request.args.get("openid")
    with here.lock:
        person = here.people.find(openid) if openid else None
        openids = set(person.openids.values()) if person else {openid} if openid else None
        return jsonify(here.outbox.wechat(openids, limit()))


@blueprint.delete("/outbox")
def clear_outbox() -> tuple[str, int]:
    here = state()
    with here.lock:
        here.outbox.clear()
    return "", 204


def limit() -> int:
    return max(1, min(request.args.get("limit", 200, int), 10_000))


@blueprint.post("/phones")
def make_phone() -> AnyResponse:
    """Make a person, or change the one with this openid. All fields are optional. unionid null: no Open Platform account."""
    here, body = state(), given()
    openid = str(body.get("openid") or "o" + secrets.token_hex(13))
    phone = str(body["phone"]) if body.get("phone") else None
    if not OPENID.fullmatch(openid):
        raise ControlError(422, "openid_invalid", "openid: 1 to 64 letters, digits, - or _")
    if phone is not None and not PHONE.fullmatch(phone):
        raise ControlError(422, "phone_invalid", "phone: 11 digits")
    unionid = body.get("unionid", f"u{openid}")
    person = Person(
        openid=openid,
        unionid=str(unionid) if unionid else None,
        phone=phone,
        nickname=str(body.get("nickname") or f"用户{openid[-4:]}"),
        following=body.get("following", True) is True,
        blocking=body.get("blocking") is True,
        risky=body.get("risky") is True,
        followed_at=int(here.clock()),
    )
    with here.lock:
        try:
            kept = here.people.put(person)
        except Taken as error:
            raise ControlError(409, "taken", f"another person has this {error}") from None
    if request.form:
        return redirect(url_for("pages.phone", key=kept.openid), code=303)
    response = jsonify(view(kept))
    response.status_code = 201
    return response


def view(person: Person) -> dict[str, Any]:
    return {
        "openid": person.openid,
        "unionid": person.unionid,
        "phone": person.phone,
        "nickname": person.nickname,
        "following": person.following,
        "openids": person.openids,
    }


@blueprint.get("/phones")
def list_phones() -> Response:
    here = state()
    with here.lock:
        return jsonify([view(person) for person in here.people.all()[: limit()]])


@blueprint.post("/phones/<openid>/login")
def login(openid: str) -> Response:
    """Returns the code that the app gets if this person taps "agree"."""
    here = state()
    app = request.args.get("app", "website")
    if app not in APPS:
        raise ControlError(422, "app_unknown", f"app: {', '.join(APPS)}")
    person = person_at(openid)
    with here.lock:
        return jsonify(code=here.people.give_code(person, app, here.clock()))


@blueprint.post("/phones/<openid>/phone-code")
def phone_code(openid: str) -> Response:
    """Returns the code of the mini-program's phone button."""
    here = state()
    person = person_at(openid)
    if not person.phone:
        raise ControlError(409, "no_phone", "this person has no phone number")
    with here.lock:
        return jsonify(code=here.people.give_code(person, "phone", here.clock()))


@blueprint.post("/phones/<openid>/consent")
def consent(openid: str) -> Response:
    """`{app: official|miniprogram, template_id, times?}`: this person accepts that many messages (0: refuses)."""
    here, body = state(), given()
    person = person_at(openid)
    app, template = body.get("app", "miniprogram"), body.get("template_id")
    times = body.get("times", 1)
    if app not in ("official", "miniprogram") or not template or not isinstance(times, int) or times < 0:
        raise ControlError(422, "consent_invalid", "{app: official|miniprogram, template_id, times >= 0}")
    with here.lock:
        left = person.consents.get((app, str(template)), 0) + times if times else 0
        person.consents[(app, str(template))] = left
    return jsonify(left=left)


@blueprint.post("/phones/<openid>/<any(follow,unfollow,scan,click,view,text):event>")
def act(openid: str, event: str) -> AnyResponse:
    """Do something in the official account, and return the platform's reply.

    follow {scene | ticket}?, scan {scene | ticket}, click {key}, view {url}, text {content, msg_id?}; any of them
    with mode (plain | aes) and repeat (the same message again, 1 to 5 times).
    """
    here, body = state(), given()
    person = person_at(openid)
    fields = message_fields(person, event, body)
    repeat = int(body.get("repeat", 1)) if str(body.get("repeat", 1)) in "12345" else 1
    mode = body.get("mode") if body.get("mode") in ("plain", "aes") else None
    reply: Reply | None = None
    for _ in range(repeat):
        reply = push(here, person, fields, mode)
    if request.form:
        return redirect(url_for("pages.phone", key=person.openid), code=303)
    return jsonify(reply.as_json() if reply else {})


def message_fields(person: Person, event: str, body: dict[str, Any]) -> dict[str, str | int]:
    """Returns the message of an act, and applies its effect to the person. Raises ControlError 422."""
    here = state()
    if event == "text":
        content = wanted(body, "content")
        msg_id = body.get("msg_id") or here.next_msgid()
        return {"MsgType": "text", "Content": content, "MsgId": int(msg_id)}
    if event == "unfollow":
        person.following = False
        return {"MsgType": "event", "Event": "unsubscribe", "EventKey": ""}
    if event in ("click", "view"):
        key = wanted(body, "key" if event == "click" else "url")
        return {"MsgType": "event", "Event": event.upper(), "EventKey": key}
    scene, ticket = scene_of(body)
    if event == "scan" and not ticket:
        raise ControlError(422, "scene_missing", "scan wants scene or ticket")
    if event == "scan" and person.following:
        return {"MsgType": "event", "Event": "SCAN", "EventKey": scene, "Ticket": ticket}
    with here.lock:
        person.following, person.followed_at, person.scene = True, int(here.clock()), scene
    fields: dict[str, str | int] = {"MsgType": "event", "Event": "subscribe", "EventKey": ""}
    return fields | ({"EventKey": f"qrscene_{scene}", "Ticket": ticket} if ticket else {})


def wanted(body: dict[str, Any], name: str) -> str:
    """Raises: ControlError 422."""
    if not body.get(name):
        raise ControlError(422, f"{name}_missing", f"this act wants {name}")
    return str(body[name])


def scene_of(body: dict[str, Any]) -> tuple[str, str]:
    """Returns (scene, ticket) of a QR code; both are empty if none is named. Raises ControlError 404 for an expired ticket."""
    here = state()
    with here.lock:
        now = here.clock()
        if body.get("ticket"):
            found = here.tickets.get(str(body["ticket"]))
            if found is None or found.until < now:
                raise ControlError(404, "ticket_unknown", "no such QR code, or it is too old")
            return found.scene, str(body["ticket"])
        scene = str(body.get("scene") or "")
        live = [text for text, ticket in here.tickets.items() if ticket.scene == scene and ticket.until >= now]
    return scene, (live[-1] if live else "gQ" + scene) if scene else ""


@blueprint.post("/callback/verify")
def verify_callback() -> Response:
    """Does the check that WeChat does when the callback address is entered."""
    return jsonify(verify(state()))


@blueprint.post("/faults")
def add_fault() -> tuple[Response, int]:
    """`{path, errcode | status, delay_seconds?, times?}`: sets what the next calls of that path answer."""
    here, body = state(), given()
    try:
        fault = Fault(
            path=str(body["path"]),
            errcode=int(body["errcode"]) if "errcode" in body else None,
            status=int(body["status"]) if "status" in body else None,
            delay_seconds=min(float(body.get("delay_seconds", 0)), 60.0),
            times=int(body.get("times", 1)),
        )
    except (KeyError, ValueError, TypeError):
        raise ControlError(422, "fault_invalid", "{path, errcode | status, delay_seconds?, times?}") from None
    with here.lock:
        here.faults = [*here.faults, fault][-100:]
    return jsonify(fault), 201


@blueprint.delete("/faults")
def clear_faults() -> tuple[str, int]:
    here = state()
    with here.lock:
        here.faults = []
    return "", 204


@blueprint.post("/tokens/expire")
def expire_tokens() -> tuple[str, int]:
    """End all access tokens now. The next call with one gets 42001."""
    here = state()
    with here.lock:
        here.tokens.expire(here.clock())
    return "", 204
