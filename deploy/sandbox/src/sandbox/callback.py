"""Pushes to the platform's callback as WeChat does: signed, plain or encrypted, up to three tries of five seconds."""

import contextlib
import queue
import secrets
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from sandbox.cipher import CipherError, decrypt, encrypt, sign
from sandbox.outbox import WechatMessage, stamp
from sandbox.people import Person
from sandbox.state import State

TRIES = 3
SECONDS = 5.0
ACCOUNT = "gh_0000000000sb"  # the official account's own name in messages


@dataclass(frozen=True)
class Reply:
    """The platform's answer. status: of the last try; 0 if the platform could not be reached."""

    status: int
    attempts: int
    body: str  # as received
    xml: str  # decrypted; empty for `success` and for no answer
    content: str | None  # text of a text reply
    error: str | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "status": self.status,
            "attempts": self.attempts,
            "reply": self.content,
            "reply_xml": self.xml,
            "body": self.body,
            "error": self.error,
        }


def xml_of(fields: dict[str, str | int]) -> str:
    """Writes the flat XML of WeChat's messages, with texts in CDATA."""
    parts = []
    for name, value in fields.items():
        text = str(value) if isinstance(value, int) else "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
        parts.append(f"<{name}>{text}</{name}>")
    return "<xml>" + "".join(parts) + "</xml>"


def fields_of(xml: str) -> dict[str, str]:
    """Returns the first level of a message. Raises ElementTree.ParseError, and ValueError for a document type."""
    if "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        raise ValueError("document types are refused")
    return {child.tag: child.text or "" for child in ElementTree.fromstring(xml)}  # noqa: S314 (checked above)


def push(state: State, person: Person, fields: dict[str, str | int], mode: str | None = None) -> Reply:
    """Sends one message or event of `person` to the platform and reads the reply. A text reply appears on the phone.

    fields: MsgType and its fields. mode: plain | aes; the default is the setting.
    """
    settings = state.settings
    appid = settings.apps["official"].appid
    message = xml_of({"ToUserName": ACCOUNT, "FromUserName": person.openid, "CreateTime": int(state.clock()), **fields})
    encrypted = (mode or settings.callback_mode) == "aes"
    reply = Reply(0, 0, "", "", None, "never tried")
    for attempt in range(1, TRIES + 1):
        timestamp, nonce = str(int(state.clock())), str(secrets.randbelow(10**9))
        query = {
            "signature": sign(settings.callback_token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": person.openid,
        }
        body = message
        if encrypted:
            cipher = encrypt(settings.callback_aes_key, appid, message)
            query |= {
                "encrypt_type": "aes",
                "msg_signature": sign(settings.callback_token, timestamp, nonce, cipher),
            }
            body = xml_of({"ToUserName": ACCOUNT, "Encrypt": cipher})
        status, text, error = _call(f"{settings.callback_url}?{urlencode(query)}", body.encode())
        reply = _read(state, status, text, encrypted, attempt, error)
        if reply.status == 200 and reply.error is None:
            break
    _show(state, person, reply)
    return reply


def verify(state: State) -> dict[str, object]:
    """Does the check that WeChat does when a callback address is entered: the answer must equal the echo."""
    settings = state.settings
    timestamp, nonce, echo = str(int(state.clock())), str(secrets.randbelow(10**9)), secrets.token_hex(10)
    query = {
        "signature": sign(settings.callback_token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "echostr": echo,
    }
    status, text, error = _call(f"{settings.callback_url}?{urlencode(query)}", None)
    return {"status": status, "verified": status == 200 and text == echo, "error": error}


def _call(url: str, body: bytes | None) -> tuple[int, str, str | None]:
    """Returns HTTP status (0: not reached), text, error."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "text/xml"})  # noqa: S310 (our setting)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, answer.read(100_000).decode("utf-8", "replace"), None
    except urllib.error.HTTPError as error:
        return error.code, error.read(2000).decode("utf-8", "replace"), f"HTTP {error.code}"
    except OSError as error:
        return 0, "", f"not reached: {error}"


def _read(state: State, status: int, text: str, encrypted: bool, attempt: int, error: str | None) -> Reply:
    if status != 200 or error:
        return Reply(status, attempt, text, "", None, error)
    if text.strip() in ("", "success"):
        return Reply(status, attempt, text, "", None)
    settings = state.settings
    try:
        fields, xml = fields_of(text), text
        if encrypted:
            made = sign(settings.callback_token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
            if made != fields["MsgSignature"]:
                return Reply(status, attempt, text, "", None, "the reply's signature is wrong")
            xml = decrypt(settings.callback_aes_key, settings.apps["official"].appid, fields["Encrypt"])
            fields = fields_of(xml)
    except (ElementTree.ParseError, ValueError, KeyError, CipherError) as problem:
        return Reply(status, attempt, text, "", None, f"the reply cannot be read: {problem!r}")
    return Reply(status, attempt, text, xml, fields.get("Content"))


def _show(state: State, person: Person, reply: Reply) -> None:
    if not reply.xml:
        return
    content = {"content": reply.content} if reply.content is not None else {"xml": escape(reply.xml)}
    with state.lock:
        state.outbox.add(WechatMessage(person.openid, "reply", None, content, stamp(state.clock()), app="official"))


class LaterPushes:
    """Pushes that nobody waits for. Two threads send them; if 10,000 wait, new ones are dropped."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[State, Person, dict[str, str | int]]] = queue.Queue(10_000)
        self._started = False
        self._lock = threading.Lock()

    def put(self, state: State, person: Person, fields: dict[str, str | int]) -> None:
        with self._lock:
            if not self._started:
                for _ in range(2):
                    threading.Thread(target=self._run, daemon=True).start()
                self._started = True
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait((state, person, fields))

    def _run(self) -> None:
        while True:
            push(*self._waiting.get())
