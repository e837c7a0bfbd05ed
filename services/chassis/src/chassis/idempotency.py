"""Idempotency keys: the same write sent twice is done once, and answered alike (per account and route, 24 hours).

The key is claimed in the transaction of the write itself, so that there is no moment at which one is kept without
the other. A second request with the same key waits for the first and then gets its answer.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Request, Response
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.errors import Conflict, Invalid
from chassis.rawjson import dumps

LIFETIME = timedelta(hours=24)
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    zh = "同一个 Idempotency-Key 已用于内容不同的请求。"
    en = "This Idempotency-Key was used for a request with another body."


class KeyTooLong(Invalid):
    code = "idempotency_key_invalid"
    zh = "Idempotency-Key 须为 1 至 200 个可见字符。"
    en = "An Idempotency-Key has 1 to 200 visible characters."


class InProgress(Conflict):
    code = "in_progress"
    zh = "相同的请求正在处理，请稍候。"
    en = "The same request is being worked on."


@dataclass(frozen=True)
class Key:
    account_id: UUID
    route: str
    key: str
    body_hash: bytes

    def values(self) -> dict[str, Any]:
        return {
            "account_id": self.account_id,
            "route": self.route,
            "key": self.key,
            "body_hash": self.body_hash,
        }


def of_request(request: Request, account_id: UUID) -> Key | None:
    """The key of a write, or None where the client sent none. Raises: KeyTooLong."""
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return None
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise KeyTooLong
    return Key(account_id, f"{request.method} {request.path}", key, _body_hash(request))


def claim(db: Session, key: Key, now: datetime, *, committed: bool = False) -> Response | None:
    """Claim `key`, or return the answer that was given to it. committed: the claim is committed before the work is
    done (routes with transactions of their own): a claim without an answer is then taken over after a minute.
    Raises: KeyReused, InProgress."""
    db.execute(text("DELETE FROM idempotency_key WHERE account_id = :account_id AND route = :route AND key = :key"
                    " AND created_at < :old"), key.values() | {"old": now - LIFETIME})  # fmt: skip
    claimed = db.execute(
        text("INSERT INTO idempotency_key (account_id, route, key, body_hash, created_at)"
             " VALUES (:account_id, :route, :key, :body_hash, :now) ON CONFLICT DO NOTHING RETURNING key"),
        key.values() | {"now": now},
    ).first()  # fmt: skip
    if claimed:
        return None
    row = db.execute(
        text("SELECT * FROM idempotency_key WHERE account_id = :account_id AND route = :route AND key = :key"), key.values()
    ).mappings().one()  # fmt: skip
    if bytes(row["body_hash"]) != key.body_hash:
        raise KeyReused
    if row["status"] is None:
        if committed and row["created_at"] < now - timedelta(minutes=1):
            return None
        raise InProgress(retry_after=2)
    response = Response(bytes(row["response"]), status=row["status"], headers=row["headers"])
    response.headers["Idempotent-Replay"] = "true"
    return response


def remember(db: Session, key: Key, response: Response) -> None:
    """Keep the answer to `key`; a download (a ZIP by POST) changes nothing and is made anew instead."""
    if response.direct_passthrough:
        forget(db, key)
        return
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    db.execute(
        text("UPDATE idempotency_key SET status = :status, headers = :headers, response = :response"
             " WHERE account_id = :account_id AND route = :route AND key = :key"),
        key.values() | {"status": response.status_code, "headers": dumps(headers).decode(), "response": response.get_data()},
    )  # fmt: skip


def forget(db: Session, key: Key) -> None:
    """Give a committed claim back, because the work was refused."""
    db.execute(text("DELETE FROM idempotency_key WHERE account_id = :account_id AND route = :route AND key = :key"
                    " AND status IS NULL"), key.values())  # fmt: skip


def _body_hash(request: Request) -> bytes:
    digest = hashlib.sha256()
    if request.mimetype == "multipart/form-data":  # boundaries differ from try to try, contents do not
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(f"{name}={value}\n".encode(errors="replace"))
        for name, upload in sorted(request.files.items(multi=True)):
            digest.update(f"{name}:{upload.filename}\n".encode(errors="replace"))
            while chunk := upload.stream.read(1 << 16):
                digest.update(chunk)
            upload.stream.seek(0)
    else:
        digest.update(request.get_data(cache=True))
    return digest.digest()
