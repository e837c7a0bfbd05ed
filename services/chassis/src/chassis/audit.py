"""The audit trail: one line for every change that came through a door, and for every read of personal data.

The door writes a line for each successful write by itself (chassis.web); actions add `record` where more is to be
said. The table is append-only; a trigger refuses everything else.
"""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields
from sqlalchemy import BigInteger, column, select, table, text
from sqlalchemy.orm import Session

from chassis import clock, context
from chassis.actor import SYSTEM
from chassis.events import jsonable
from chassis.paging import PageArgs, business_day, narrowed, paginate
from chassis.rawjson import dumps, json_response
from chassis.schema import Schema, Text

INSERT = text(
    "INSERT INTO audit (at, actor_id, actor_kind, actor_name, action, subject, detail, address, request_id)"
    " VALUES (:at, :actor_id, :actor_kind, :actor_name, :action, :subject, :detail, :address, :request_id)"
)
AUDIT = table(
    "audit",
    column("id", BigInteger()),
    *(column(n) for n in ("at", "actor_id", "actor_kind", "actor_name", "action", "subject", "detail",
                          "address", "request_id")),
)  # fmt: skip


def record(db: Session, action: str, subject: UUID | str, detail: dict[str, Any] | None = None) -> None:
    """One line: who (from the context) did `action` to `subject`."""
    db.execute(INSERT, line(action, subject, detail))


def line(action: str, subject: UUID | str, detail: dict[str, Any] | None = None) -> dict[str, Any]:
    """The values of one, for `INSERT`."""
    now = context.current()
    actor = now.actor or SYSTEM
    return {
        "at": clock.now(),
        "actor_id": actor.account_id,
        "actor_kind": actor.kind if now.actor else "anonymous",
        "actor_name": actor.name if now.actor else "",
        "action": action,
        "subject": str(subject)[:200],
        "detail": dumps(jsonable(detail or {})).decode(),
        "address": now.address,
        "request_id": now.request_id,
    }


class AuditArgs(PageArgs):
    subject = Text(max=200)
    actor = fields.UUID()
    actor_kind = Text(max=20)
    actor_name = Text(max=100)
    action = Text(max=100)
    address = Text(max=50)
    start = fields.Date(data_key="from")
    end = fields.Date(data_key="to")


class AuditLine(Schema):
    id = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    actor_id = fields.UUID(allow_none=True)
    actor_kind = fields.String(required=True)
    actor_name = fields.String(required=True)
    action = fields.String(required=True)
    subject = fields.String(required=True)
    detail = fields.Dict()
    address = fields.String()
    request_id = fields.String()


def search(db: Session, args: dict[str, Any]) -> Response:
    """The lines that match, newest first; dates are business days, `to` inclusive."""
    c = AUDIT.c
    named = {name: c[name] for name in ("subject", "actor_kind", "actor_name", "action", "address")}
    statement = narrowed(select(*c), args, equal=named | {"actor": c.actor_id})
    day = business_day(c.at)
    if "start" in args:
        statement = statement.where(day >= args["start"])
    if "end" in args:
        statement = statement.where(day <= args["end"])
    return json_response(paginate(db, statement, args, key=c.id, sortable=named | {"at": c.at}))
