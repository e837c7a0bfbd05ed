"""The audit trail: one line for every change that came through a door, and for every read of personal data.

The door writes a line for each write by itself (chassis.web): what it was about, how it ended (done, partly, refused,
failed, queued), why, and what it changed (chassis.audited). Actions add `record` where more is to be said. The table is
append-only; a trigger refuses everything else.
"""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields
from sqlalchemy import BigInteger, cast, column, func, or_, select, table, text
from sqlalchemy import Text as PlainText
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from chassis import audited, clock, context
from chassis.actor import SYSTEM, Actor
from chassis.events import jsonable
from chassis.paging import PageArgs, business_day, narrowed, paginate
from chassis.rawjson import dumps, json_response
from chassis.schema import Schema, Text, one_of

INSERT = text(
    "INSERT INTO audit (at, actor_id, actor_kind, actor_name, action, subject, detail, address, request_id)"
    " VALUES (:at, :actor_id, :actor_kind, :actor_name, :action, :subject, :detail, :address, :request_id)"
)
AUDIT = table(
    "audit",
    column("id", BigInteger()),
    *(column(n) for n in ("at", "actor_id", "actor_kind", "actor_name", "action", "subject")),
    column("detail", JSONB()),
    *(column(n) for n in ("address", "request_id")),
)  # fmt: skip


def record(db: Session, action: str, subject: UUID | str, detail: dict[str, Any] | None = None) -> None:
    """One line: who (from the context) did `action` to `subject`."""
    db.execute(INSERT, line(action, subject, detail))


def line(
    action: str, subject: UUID | str, detail: dict[str, Any] | None = None, by: Actor | None = None
) -> dict[str, Any]:
    """The values of one, for `INSERT`. by: who did it, where the context does not know yet."""
    now = context.current()
    known = by or now.actor
    actor = known or SYSTEM
    return {
        "at": clock.now(),
        "actor_id": actor.account_id,
        "actor_kind": actor.kind if known else "anonymous",
        "actor_name": (actor.name or actor.username) if known else "",
        "action": action,
        "subject": _storable(str(subject)[:200]),
        "detail": dumps(_storable(jsonable(detail or {}))).decode(),
        "address": now.address,
        "request_id": now.request_id,
    }


def _storable(value: Any) -> Any:
    """Without what no column holds: what was refused may be anything."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\x00", "")
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list) else value


class AuditArgs(PageArgs):
    q = Text(max=100, metadata={"description": "part of anything that a line says"})
    subject = Text(max=200, metadata={"description": "whole, also one of many that a command was about"})
    actor = fields.UUID()
    actor_kind = Text(max=20)
    actor_name = Text(max=100)
    actor_name_contains = Text(max=100)
    action = Text(max=100, metadata={"description": "one, or several by comma"})
    action_contains = Text(max=100)
    subject_contains = Text(max=200)
    address = Text(max=50)
    address_contains = Text(max=50)
    outcome = Text(max=10, validate=one_of(*audited.OUTCOMES))
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
    outcome = fields.String(required=True, metadata={"description": "done, partly, refused, failed or queued"})
    detail = fields.Dict(
        metadata={
            "description": "reason, done, refused, refusals, changes [{of, field, before, after, count, id}] and more"
        }
    )
    address = fields.String()
    request_id = fields.String()


MOST_IDS = 20  # of a line as it is listed


def search(db: Session, args: dict[str, Any]) -> Response:
    """The lines that match, newest first; dates are business days, `to` inclusive."""
    c = AUDIT.c
    outcome = func.coalesce(c.detail.op("->>")("outcome"), audited.DONE)
    named = {name: c[name] for name in ("subject", "actor_kind", "actor_name", "action", "address")}
    equal = {"actor": c.actor_id, "actor_kind": c.actor_kind, "actor_name": c.actor_name, "address": c.address,
             "outcome": outcome}  # fmt: skip
    part = {name: c[name] for name in ("subject", "actor_name", "action", "address")}
    statement = narrowed(select(*c, outcome.label("outcome")), args, equal=equal, contained=part)
    if args.get("action"):
        statement = statement.where(c.action.in_([one.strip() for one in args["action"].split(",")]))
    if args.get("subject"):
        among = func.jsonb_exists(c.detail.op("->")("ids"), args["subject"])
        statement = statement.where(or_(c.subject == args["subject"], among))
    if args.get("q"):
        said = (c.subject, c.actor_name, c.action, c.address, cast(c.detail, PlainText))
        statement = statement.where(or_(*(cast(one, PlainText).icontains(args["q"], autoescape=True) for one in said)))
    day = business_day(c.at)
    if "start" in args:
        statement = statement.where(day >= args["start"])
    if "end" in args:
        statement = statement.where(day <= args["end"])
    page = paginate(db, statement, args, key=c.id, sortable=named | {"at": c.at, "outcome": outcome})
    for row in page["items"]:
        if "ids" in row["detail"]:
            row["detail"] = row["detail"] | {"ids": row["detail"]["ids"][:MOST_IDS]}
    return json_response(page)
