"""The official account's callback: signed by WeChat, plain or encrypted, answered within five seconds."""

import secrets
import time
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from flask import Response, request

from chassis import clock, log
from chassis.auth import allow_anyone
from chassis.calls import Refused
from chassis.errors import Forbidden, Malformed, ServiceError
from chassis.runtime import runtime
from chassis.web import Blueprint, own_transactions
from chassis.wechat import WechatError
from notification.actions import tries
from notification.actions.official import FILINGS, OfNumber, OfOrganisation, Question, asks_to_bind, take_push
from notification.api.binding import bind_link
from notification.domain import answers
from notification.domain.cipher import NotOurs, check_signature, signature
from notification.parts import parts

blp = Blueprint("official", "official", description="Official account")
MAX_BYTES = 64 << 10
MAX_AGE = 600  # of a push [seconds]
AWAY = "暂时查不到，请稍后再试。"


@blp.route("/wechat/callback", methods=["GET"])
@allow_anyone
def verify() -> Any:
    """WeChat's check of the address: the echo, if the signature is right."""
    _check(request.args.get("signature", ""))
    return Response(request.args.get("echostr", "")[:200], content_type="text/plain; charset=utf-8")


@blp.route("/wechat/callback", methods=["POST"])
@allow_anyone
@own_transactions
def push() -> Any:
    """A message or event of a follower."""
    _check(request.args.get("signature", ""))
    encrypted = request.args.get("encrypt_type") == "aes"
    fields = _fields(request.get_data(cache=True)[:MAX_BYTES].decode("utf-8", "replace"))
    if encrypted:
        fields = _fields(_decrypted(fields.get("Encrypt", "")))
    if "FromUserName" not in fields:
        raise Malformed(reason="FromUserName")
    unionid = _unionid(fields)
    with runtime().database.transaction() as db:
        text = take_push(db, parts().official.appid, fields, unionid, bind_link(), clock.now())
    if isinstance(text, Question):
        text = _answer(text)
    if text is None:
        return Response("success", content_type="text/plain")
    reply = _xml({"ToUserName": fields["FromUserName"], "FromUserName": fields.get("ToUserName", ""),
                  "CreateTime": str(int(time.time())), "MsgType": "text", "Content": text})  # fmt: skip
    return Response(_encrypted(reply) if encrypted else reply, content_type="application/xml; charset=utf-8")


def _answer(question: Question) -> str:
    try:
        return _organisation(question) if isinstance(question, OfOrganisation) else _booking(question)
    except ServiceError as error:  # where nothing comes in time, WeChat says that the account is out of order
        log.get().warning("official_query_failed", error=repr(error))
        return AWAY


def _organisation(question: OfOrganisation) -> str:
    if question.what == FILINGS:
        return answers.filings(parts().filing.get(f"/internal/organizations/{question.org_id}/filings"))
    return answers.bookings(parts().booking.get(f"/internal/organizations/{question.org_id}/bookings")["items"])


def _booking(question: OfNumber) -> str:
    """By booking's open query, which tells anyone the state and nothing else. Only a wrong number stays counted."""
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


def _unionid(fields: dict[str, str]) -> str | None:
    """Who follows, across our apps; a push does not say it. None while WeChat does not answer: bound later."""
    if fields.get("Event", "").lower() != "subscribe" and not asks_to_bind(fields):
        return None
    try:
        return parts().official.unionid_of(fields["FromUserName"])
    except (WechatError, ServiceError) as error:
        log.get().warning("unionid_unknown", error=repr(error))
        return None


def _fields(xml: str) -> dict[str, str]:
    """The first level of a push. Raises: Malformed; document types are not read (entity bombs)."""
    if "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        raise Malformed(reason="XML")
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 (no document type)
    except ElementTree.ParseError as error:
        raise Malformed(reason="XML") from error
    return {child.tag: (child.text or "").replace("\x00", "") for child in root}


def _xml(fields: dict[str, str]) -> str:
    parts_ = "".join(f"<{name}><![CDATA[{value.replace(']]>', '')}]]></{name}>" for name, value in fields.items())
    return f"<xml>{parts_}</xml>"
