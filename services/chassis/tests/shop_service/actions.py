"""What can be done in the shop."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.events import Event
from chassis.ids import new_id


def placed(order_id: UUID, amount: int = 1, version: int = 1) -> Event:
    return Event("order.placed", order_id, {"order_id": order_id, "amount": amount}, sequence=version)


def add_item(db: Session, by: Actor, name: str, amount: int) -> UUID:
    item = new_id()
    db.execute(text("INSERT INTO item (id, org_id, name) VALUES (:id, :org, :name)"),
               {"id": item, "org": by.org_id, "name": name})  # fmt: skip
    outbox.record(db, placed(item, amount))
    return item
