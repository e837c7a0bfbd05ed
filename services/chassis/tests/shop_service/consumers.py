"""What the shop does when others tell something. `order.failed` fails as often as `failures` says."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import inbox

failures = {"left": 0}


def on_placed(db: Session, body: dict[str, Any], _now: datetime) -> None:
    _note(db, body)


def on_priced(db: Session, body: dict[str, Any], _now: datetime) -> None:
    """Takes over the newest price only, in whatever order they come."""
    fresh = inbox.newer(db, "price", [(i["item_id"], i["version"]) for i in body["data"]["items"]])
    for item in body["data"]["items"]:
        if UUID(item["item_id"]) in fresh:
            db.execute(
                text("INSERT INTO price (item_id, amount) VALUES (:id, :amount)"
                     " ON CONFLICT (item_id) DO UPDATE SET amount = excluded.amount"),
                {"id": item["item_id"], "amount": item["amount"]},
            )  # fmt: skip


def on_failed(db: Session, body: dict[str, Any], _now: datetime) -> None:
    _note(db, body)
    if failures["left"] > 0:
        failures["left"] -= 1
        raise RuntimeError("not today")


def _note(db: Session, body: dict[str, Any]) -> None:
    data = body["data"]
    db.execute(text("INSERT INTO heard (order_id, amount, note) VALUES (:id, :amount, :note)"),
               {"id": data["order_id"], "amount": data["amount"], "note": data.get("note", "")})  # fmt: skip


EFFECTS = {"order.placed": on_placed, "order.failed": on_failed, "price.changed": on_priced}
