"""Two blueprints: items in the door's transaction, orders in transactions of their own."""

import threading
from typing import Any
from uuid import UUID

from marshmallow import fields
from sqlalchemy import Uuid, column, select, table, text

from chassis import web
from chassis.auth import SIGNED_IN, allow, allow_anyone, allow_service
from chassis.errors import NotFound
from chassis.paging import PageArgs, page_schema, paginate
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.schema import Schema, Text
from shop_service import actions

ITEM = table("item", column("id", Uuid()), column("org_id"), column("name"), column("version"))
ITEMS = web.Blueprint("items", "items", url_prefix="/api/shop", description="Items")
ORDERS = web.Blueprint("orders", "orders", url_prefix="/api/shop", description="Orders")


class ItemIn(Schema):
    name = Text(max=20, min=1, required=True)
    amount = fields.Integer(load_default=1)


class ItemView(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    version = fields.Integer(required=True)


class Listing(PageArgs):
    name = Text()


@ITEMS.route("/items", methods=["POST"])
@allow("applicant", pending=True)
@ITEMS.arguments(ItemIn)
@ITEMS.response(201, ItemView)
def add_item(body: dict[str, Any]) -> Any:
    """Add an item."""
    item = actions.add_item(web.db(), web.current_user(), body["name"], body["amount"])
    web.audit_subject(item, name=body["name"])
    response = json_response({"id": item, "name": body["name"], "version": 1}, 201)
    response.headers["Location"] = f"/api/shop/items/{item}"
    return web.with_etag(response, 1)


@ITEMS.route("/items", methods=["GET"])
@allow(*SIGNED_IN)
@ITEMS.arguments(Listing, location="query")
@ITEMS.response(200, page_schema(ItemView))
def list_items(args: dict[str, Any]) -> Any:
    """The items that the caller may see."""
    statement = select(ITEM.c.id, ITEM.c.name, ITEM.c.version)
    page = paginate(web.db(), statement, args, key=ITEM.c.id, sortable={"name": ITEM.c.name})
    return json_response(page)


@ITEMS.route("/items/<uuid:item_id>", methods=["PATCH"])
@allow("applicant", roles=["owner"])
@ITEMS.arguments(ItemIn)
@ITEMS.response(200, ItemView)
def rename_item(body: dict[str, Any], item_id: UUID) -> Any:
    """Rename an item."""
    row = web.db().execute(text("SELECT version FROM item WHERE id = :id FOR UPDATE"), {"id": item_id}).first()
    if row is None:
        raise NotFound
    web.check_version(row.version, web.if_match())
    web.db().execute(text("UPDATE item SET name = :n, version = version + 1 WHERE id = :id"),
                     {"id": item_id, "n": body["name"]})  # fmt: skip
    return web.with_etag(json_response({"id": item_id, **body, "version": row.version + 1}), row.version + 1)


@ITEMS.route("/greeting", methods=["GET"])
@allow_anyone
def greeting() -> Any:
    """A word for strangers."""
    return json_response({"greeting": "hello"})


@ITEMS.route("/broken", methods=["POST"])
@allow("applicant")
def broken() -> Any:
    """Writes, then fails."""
    actions.add_item(web.db(), web.current_user(), "half", 1)
    raise RuntimeError("the 13800138000 of it all")


@ORDERS.route("/orders", methods=["POST"])
@allow("applicant")
@web.own_transactions
def order() -> Any:
    """Needs two transactions; `release` lets a test hold it between them."""
    with runtime().database.transaction() as db:
        actions.add_item(db, web.current_user(), "ordered", 1)
    started.set()
    release.wait(5)
    return json_response({"ok": True}, 202)


@ORDERS.route("/internal/orders", methods=["GET"])
@allow_service("depot")
def internal_orders() -> Any:
    """For the depot."""
    return json_response({"items": []})


started, release = threading.Event(), threading.Event()
release.set()
