"""The official account's callback. WeChat signs it, plain or encrypted, and waits five seconds for the answer."""

import contextvars
import hashlib
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from chassis import clock, log
from chassis.auth import allow_anyone
from chassis.calls import Refused
from chassis.errors import Forbidden, Malformed, ServiceError
from chassis.runtime import runtime
from chassis.web import Blueprint, not_audited, own_transactions
from chassis.wechat import WechatError
from notification.actions import followers, nonces, tries
from notification.actions.official import (
    BIND,
    BOUND,
    FILINGS,
    NOT_BOUND,
    OfNumber,
    OfOrganisation,
    Question,
    WhoseWechat,
    take_push,
)
from notification.api.binding import bind_link
from notification.domain import answers
from notification.domain.cipher import NotOurs, check_signature, signature
from notification.domain.pushes import first_level
from notification.parts import Parts, parts

blp = Blueprint("official", "official", description="Official account")
MAX_BYTES = 64 << 10
MAX_AGE = 600  # of a push [seconds]
WHILE_BINDING = 2.5  # of the five that WeChat waits [seconds]
_asking = ThreadPoolExecutor(4, "asking")
AWAY = "暂时查不到，请稍后再试。"


@blp.route("/wechat/callback", methods=["GET"])
@allow_anyone
def verify() -> Any:
    """WeChat's check of the address: returns the echo if the signature is right."""
    _check(request.args.get("signature", ""))
    return Response(request.args.get("echostr", "")[:200], content_type="text/plain; charset=utf-8")


@blp.route("/wechat/callback", methods=["POST"])
@allow_anyone
@not_audited
@own_transactions
def push() -> Any:
    """A message or event of a follower."""
    _check(request.args.get("signature", ""))
    encrypted = request.args.get("encrypt_type") == "aes"
    if not encrypted and parts().settings.wechat_callback_mode != "plain":
        raise Forbidden  # the signature does not cover a plain body
    xml = request.get_data(cache=True)[:MAX_BYTES].decode("utf-8", "replace")
    fields = first_level(xml)
    if encrypted:
        xml = _decrypted(fields.get("Encrypt", ""))
        fields = first_level(xml)
    if "FromUserName" not in fields:
        raise Malformed(reason="FromUserName")
    with runtime().database.transaction() as db:
        _check_nonce(db, xml)
        text = take_push(db, parts().official.appid, fields, bind_link(), clock.now())
    if isinstance(text, Question):
        text = _answer(text)
    if text is None:
        return Response("success", content_type="text/plain")
    reply = _xml({"ToUserName": fields["FromUserName"], "FromUserName": fields.get("ToUserName", ""),
                  "CreateTime": str(int(time.time())), "MsgType": "text", "Content": text})  # fmt: skip
    return Response(_encrypted(reply) if encrypted else reply, content_type="application/xml; charset=utf-8")


def _answer(question: Question) -> str:
    try:
        if isinstance(question, WhoseWechat):
            return _whose(question)
        return _organisation(question) if isinstance(question, OfOrganisation) else _booking(question)
    except ServiceError as error:  # without an answer in time, WeChat shows the account as out of order
        log.get().warning("official_query_failed", error=repr(error))
        return AWAY


def _organisation(question: OfOrganisation) -> str:
    if question.what == FILINGS:
        return answers.filings(parts().filing.get(f"/internal/organizations/{question.org_id}/filings"))
    return answers.bookings(parts().booking.get(f"/internal/organizations/{question.org_id}/bookings")["items"])


def _booking(question: OfNumber) -> str:
    """Asks booking's open query, which returns only the state, to anyone. Only a wrong number stays counted."""
    try:
        return answers.booking(parts().booking.get(f"/api/booking/public/bookings/{question.number}"))
    except Refused as error:
        if error.status == 404:
            question = replace(question, counted=False)
            return answers.UNKNOWN_NUMBER.format(number=question.number)
        raise
    finally:
        if question.counted:
            with runtime().database.transaction() as db:
                tries.give_back(db, question.openid)


def _check(given: str, *more: str) -> None:
    stamp, nonce = request.args.get("timestamp", ""), request.args.get("nonce", "")
    try:
        check_signature(given, parts().settings.wechat_callback_token, stamp, nonce, *more)
        if abs(time.time() - int(stamp)) > MAX_AGE:
            raise NotOurs("too old")
    except (NotOurs, ValueError) as error:
        raise Forbidden from error


def _check_nonce(db: Session, xml: str) -> None:
    """Accepts a repeated push, and refuses another body with the same nonce."""
    key = f"nonce:{request.args.get('timestamp', '')}:{request.args.get('nonce', '')}"[:200]
    if not nonces.is_of(db, key, hashlib.sha256(xml.encode()).digest(), clock.now()):
        raise Forbidden


def _decrypted(cipher_text: str) -> str:
    _check(request.args.get("msg_signature", ""), cipher_text)
    try:
        return parts().cipher.decrypt(cipher_text)
    except NotOurs as error:
        raise Forbidden from error


def _encrypted(reply: str) -> str:
    cipher_text, stamp, nonce = parts().cipher.encrypt(reply), str(int(time.time())), secrets.token_hex(8)
    signed = signature(parts().settings.wechat_callback_token, stamp, nonce, cipher_text)
    return _xml({"Encrypt": cipher_text, "MsgSignature": signed, "TimeStamp": stamp, "Nonce": nonce})


def _whose(question: WhoseWechat) -> str:
    """Asks WeChat and identity while WeChat waits. If that takes too long, a later loop continues."""
    asked = contextvars.copy_context()
    try:
        name = _asking.submit(asked.run, _name_of_bound, parts(), question.openid).result(timeout=WHILE_BINDING)
    except (TimeoutError, WechatError, ServiceError) as error:
        log.get().warning("binding_later", error=repr(error))
        with runtime().database.transaction() as db:
            followers.ask_later(db, question.openid, clock.now())
        return BIND.format(link=bind_link())
    return BOUND.format(name=name) if name else NOT_BOUND.format(link=bind_link())


def _name_of_bound(parts_: Parts, openid: str) -> str | None:
    unionid = parts_.official.unionid_of(openid)
    body = {"openid": openid, "unionid": unionid}
    name: str | None = parts_.identity_now.post("/internal/wechat/followers", body, idempotent=False)["name"]
    return name


def _xml(fields: dict[str, str]) -> str:
    parts_ = "".join(f"<{name}><![CDATA[{value.replace(']]>', '')}]]></{name}>" for name, value in fields.items())
    return f"<xml>{parts_}</xml>"
