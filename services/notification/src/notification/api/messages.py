"""Messages, preferences and the delivery log."""

from typing import Any
from uuid import UUID

from marshmallow import fields

from chassis import clock
from chassis.auth import SIGNED_IN, allow
from chassis.paging import PageArgs, page_response, page_schema
from chassis.schema import Flag, Schema, Text, between, contained, one_of
from chassis.web import Blueprint, current_user, db, not_audited
from notification import queries
from notification.actions import messages

blp = Blueprint("messages", "messages", url_prefix="/api/notification", description="Messages")


class _MessageArgs(PageArgs):
    unread = fields.Boolean()


MessageArgs: Any = type("MessageArgs", (_MessageArgs,), contained(*queries.CONTAINED) | between(*queries.DAYS))


class MessageView(Schema):
    id = fields.UUID(required=True)
    template = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    link = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    read_at = fields.DateTime(allow_none=True)


class DeliveryArgs(PageArgs):
    state = Text(max=20, validate=one_of("waiting", "sending", "sent", "delivered", "failed"))


class DeliveryView(Schema):
    id = fields.UUID(required=True)
    message_id = fields.UUID(required=True)
    title = fields.String(required=True)
    channel = fields.String(required=True)
    address = fields.String(required=True)
    state = fields.String(required=True)
    attempts = fields.Integer(required=True)
    sent_at = fields.DateTime(allow_none=True, metadata={"description": "when the provider accepted it"})
    delivered_at = fields.DateTime(allow_none=True, metadata={"description": "when it arrived, as WeChat says"})
    error = fields.String(allow_none=True)


class Preferences(Schema):
    wechat = Flag(required=True)
    sms = Flag(required=True)


@blp.route("/messages", methods=["GET"])
@allow(*SIGNED_IN, pending=True)
@blp.arguments(MessageArgs, location="query")
@blp.response(200, page_schema(MessageView))
def list_messages(args: dict[str, Any]) -> Any:
    """The account's messages, newest first."""
    return page_response(queries.messages(db(), current_user(), args))


@blp.route("/messages/<uuid:message_id>/read", methods=["POST"])
@allow(*SIGNED_IN, pending=True)
@not_audited
@blp.response(200, MessageView)
def read(message_id: UUID) -> Any:
    """Mark a message as read."""
    return messages.mark_read(db(), current_user(), message_id, clock.now())


@blp.route("/preferences", methods=["GET"])
@allow(*SIGNED_IN)
@blp.response(200, Preferences)
def get_preferences() -> Any:
    """The channels that notify this account, beside in-app."""
    return queries.preference(db(), current_user())


@blp.route("/preferences", methods=["PUT"])
@allow(*SIGNED_IN)
@blp.arguments(Preferences)
@blp.response(200, Preferences)
def put_preferences(body: dict[str, Any]) -> Any:
    """Choose the channels."""
    return messages.choose(db(), current_user(), body["wechat"], body["sms"])


@blp.route("/deliveries", methods=["GET"])
@allow(*SIGNED_IN)
@blp.arguments(DeliveryArgs, location="query")
@blp.response(200, page_schema(DeliveryView))
def list_deliveries(args: dict[str, Any]) -> Any:
    """The deliveries, with their address and state."""
    return page_response(queries.deliveries(db(), current_user(), args))
