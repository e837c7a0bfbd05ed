"""Bookings as they are shown: a page with their items, one with its results and steps, what the open query shows."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, bindparam, func, literal, select, true
from sqlalchemy import Text as TextType
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from booking.domain.states import State
from booking.models import Booking, BookingItem, Institution, ItemCertificate, Result, Step
from booking.queries.bookings import BOOKINGS, as_asked
from booking.queries.scope import visible_to
from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.reads import Read, Reader, Within

B = Booking
LATEST = 10  # bookings that 检定查询 shows


def bookings(reader: Reader, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of bookings with their items, newest first."""
    page = BOOKINGS.page(reader, actor, as_asked(args))
    _attach_items(reader, actor, page["items"])
    return page


def booking(db: Session, actor: Actor, booking_id: UUID) -> dict[str, Any]:
    """One booking with its items, results and steps, oldest first. Raises: NotFound."""
    columns: list[Any] = [column.label(name) for name, column in BOOKINGS.shown.items()]
    row = db.execute(select(*columns).where(B.id == booking_id, visible_to(actor))).mappings().first()
    if row is None:
        raise NotFound
    found = dict(row)
    _attach_items(Within(db), actor, [found])
    if _sees_results(actor, found):
        _attach_results(db, found)
    steps = db.execute(
        select(Step.at, Step.actor, Step.move, Step.from_state, Step.to_state, Step.reason, Step.detail)
        .where(Step.booking_id == booking_id)
        .order_by(Step.id)
    ).mappings()
    return found | {"steps": [dict(step) for step in steps]}


def _attach_items(reader: Reader, actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    by_id = {row["id"]: row for row in rows}
    for row in rows:
        row["items"] = []
    values = {"ids": list(by_id), "area": f"{actor.area or 'none'}%"}
    [items] = reader.run((_items(actor.kind == "supervisor"), values)) if rows else [[]]
    for item in items:
        row = by_id[item.pop("booking_id")]
        if not _sees_results(actor, row):
            item["conclusion"] = None
        row["items"].append(item)


@cache
def _items(of_area: bool) -> Read:
    """of_area: a supervisor sees what is used in the area, also of a booking that holds more."""
    certificates = (
        select(func.string_agg(ItemCertificate.number, aggregate_order_by(literal("、"), ItemCertificate.unit)))
        .where(
            ItemCertificate.booking_id == BookingItem.booking_id,
            ItemCertificate.instrument_id == BookingItem.instrument_id,
        )
        .correlate(BookingItem)
        .scalar_subquery()
    )
    used_in: ColumnElement[str] = BookingItem.instrument["division_code"].astext
    return Read(
        select(
            BookingItem.booking_id, BookingItem.instrument_id, BookingItem.state, BookingItem.conclusion,
            BookingItem.received_on, BookingItem.reason, certificates.label("certificate_number"),
            BookingItem.instrument,
        )
        .where(
            BookingItem.booking_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
            used_in.like(bindparam("area", type_=TextType)) if of_area else true(),
        )
        .order_by(BookingItem.booking_id, BookingItem.position)
    )  # fmt: skip


def _sees_results(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Results that nobody has checked yet stay inside the institution."""
    return actor.kind == "institution" or row["state"] == State.COMPLETED


RESULT_COLUMNS = (
    Result.unit, Result.conclusion, Result.verified_on, Result.procedure, Result.verifier, Result.verifier_name,
    Result.checker, Result.checker_name, Result.standard, Result.fail_items, Result.valid_until, Result.remarks,
    Result.entered_name.label("entered_by_name"), Result.entered_at, Result.signed_at, Result.sent_back,
)  # fmt: skip


def _attach_results(db: Session, row: dict[str, Any]) -> None:
    found: dict[UUID, list[dict[str, Any]]] = {}
    statement = select(Result.instrument_id, *RESULT_COLUMNS).where(Result.booking_id == row["id"])
    for result in db.execute(statement.order_by(Result.instrument_id, Result.unit)).mappings():
        values = dict(result)
        found.setdefault(values.pop("instrument_id"), []).append(values)
    for item in row["items"]:
        item["results"] = found.get(item["instrument_id"], [])


def by_number(db: Session, number: str) -> dict[str, Any]:
    """Returns the answer of the public query. Raises: NotFound."""
    statement = select(
        B.number, B.state, B.mode, B.date, B.period, Institution.name.label("institution_name"), B.phone_last4,
        select(func.count()).where(BookingItem.booking_id == B.id).correlate(B).scalar_subquery().label("items"),
    ).outerjoin(Institution, Institution.id == B.institution_id)  # fmt: skip
    row = db.execute(statement.where(B.number == number)).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)


def latest_of(db: Session, org_id: UUID) -> list[dict[str, Any]]:
    """The latest bookings of an organisation, newest first."""
    statement = (
        select(B.number, B.state, B.date, B.period, Institution.name.label("institution_name"))
        .outerjoin(Institution, Institution.id == B.institution_id)
        .where(B.org_id == org_id)
        .order_by(B.id.desc())
        .limit(LATEST)
    )
    return [dict(row) for row in db.execute(statement).mappings()]
