"""The lists of bookable instruments and of the pending list, each declared once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import fields, validate
from sqlalchemy import ColumnElement, Date, Uuid, bindparam, exists, func, literal_column, select
from sqlalchemy.orm import Session

from booking.domain.calendar import MODES
from booking.domain.states import OPEN_ITEM
from booking.domain.views import BOOKABLE
from booking.models import FACTS, BookingItem, Institution, Instrument, Kind, PendingItem
from booking.tables import INSTRUMENT_SEARCH
from booking.view_sql import bookable, view_column
from chassis.actor import Actor, area_of
from chassis.lists import Caller, Choice, Column, Filter, ListSpec, Question, Scope, Search, contains, days, equals, own
from chassis.lists.columns import one_of_ids
from chassis.reads import Reader
from chassis.schema import Text, one_of

I = Instrument  # noqa: E741 (as in view_sql)
_TODAY = bindparam("today", type_=Date)
_ACTOR_ORG, _ACCOUNT = (bindparam(name, type_=Uuid) for name in ("viewer", "account"))
_OPEN = BookingItem.state.in_(
    [literal_column(f"'{state}'") for state in OPEN_ITEM]
)  # so that its index is known to hold
_OPEN_ITEM = (BookingItem.instrument_id == I.instrument_id, _OPEN)
_IN_OPEN_BOOKING = exists().where(*_OPEN_ITEM).correlate(I)


def _named(of: Any, key: Any, value: Any) -> Any:
    return select(of.name).where(key == value).correlate(I).scalar_subquery()


def _ids() -> fields.List[Any]:
    help = {"description": "only those of these instruments"}
    return fields.List(fields.UUID(), validate=validate.Length(max=100), metadata=help)


def _facts(searched: bool) -> tuple[Column, ...]:
    venue = Filter("venue", lambda: Text(max=10, validate=one_of(*MODES)), lambda value: I.venue == value)
    area = Filter(
        "division_code",
        lambda: Text(max=9),
        lambda value: func.starts_with(I.division_code, value),
        value=area_of,  # of a city: everything in it
    )
    filters: dict[str, Any] = {"kind_code": equals(max=20), "venue": own(venue), "division_code": own(area)}
    texts = ("name", "model", "serial_no", "own_no", "install_address")
    filters |= {name: contains(searched=True) for name in texts}
    return tuple(
        Column(name, getattr(I, name), *([filters[name]] if searched and name in filters else []), sort=name in filters)
        for name in FACTS
    )


def _columns(filtered: bool) -> tuple[Column, ...]:
    """filtered: by what the query asks."""
    by_day, by_id = ([days()], [equals()]) if filtered else ([], [])
    open_booking = select(BookingItem.booking_id).where(*_OPEN_ITEM).correlate(I).scalar_subquery()
    return (
        Column("instrument_id", I.instrument_id),
        Column("org_id", I.org_id),
        Column("institution_id", I.institution_id, *by_id, sort=True),
        Column("institution_name", _named(Institution, Institution.id, I.institution_id)),
        *_facts(filtered),
        Column("kind_name", _named(Kind, Kind.code, I.kind_code)),
        Column("units", I.units),
        Column("approved_on", I.approved_on, *by_day, sort=True),
        Column("result", I.result),
        Column("valid_until", I.valid_until, *by_day, sort=True),
        Column("view", view_column(_TODAY), sort=True),
        Column("open_booking_id", open_booking),
    )


def caller(actor: Actor, _args: Mapping[str, Any]) -> Caller:
    return Caller(values={"viewer": actor.org_id, "account": actor.account_id})


def _can_be_booked(view: Any) -> ColumnElement[bool]:
    return bookable(_TODAY, view) & ~_IN_OPEN_BOOKING


def _own(_question: Question) -> Scope:
    return Scope((I.org_id == _ACTOR_ORG,))


def _collected(_question: Question) -> Scope:
    mine = PendingItem.account_id == _ACCOUNT
    return Scope((I.org_id == _ACTOR_ORG, PendingItem.instrument_id == I.instrument_id, mine))


BOOKABLES = ListSpec(
    name="Bookable",
    key="instrument_id",
    columns=_columns(filtered=True),
    caller=caller,
    scope=_own,
    filters=(one_of_ids("ids", I.instrument_id, _ids),),
    choices=(Choice("view", lambda: Text(max=20, validate=one_of(*BOOKABLE)), _can_be_booked),),
    search=Search(
        INSTRUMENT_SEARCH,
        "instrument_id",
        help="a part of name, model, serial number, own number, address or maker",
    ),
)
PENDING = ListSpec(
    name="Pending",
    key="instrument_id",
    columns=(
        *_columns(filtered=False),
        Column("added_at", PendingItem.added_at, sort=True),
        Column("bookable", _can_be_booked(None), sort=True),
    ),
    caller=caller,
    scope=_collected,
)


def bookable_instruments(reader: Reader, actor: Actor, args: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A page of what the applicant can book today, newest first."""
    return BOOKABLES.page(reader, actor, args, today=today)


def pending_list(reader: Reader, actor: Actor, args: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A page of the account's pending list; what cannot be booked any more stays until it is removed."""
    return PENDING.page(reader, actor, args, today=today)


def own_instruments(db: Session, actor: Actor, ids: Sequence[UUID], lock: bool = False) -> dict[UUID, Instrument]:
    """The applicant's own ones of `ids`, locked in the order of ids where a booking is made of them."""
    statement = select(Instrument).where(Instrument.instrument_id.in_(ids), Instrument.org_id == actor.org_id)
    if lock:
        statement = statement.order_by(Instrument.instrument_id).with_for_update()
    return {row.instrument_id: row for row in db.scalars(statement)}


def booked_among(db: Session, ids: Sequence[UUID]) -> set[UUID]:
    """The ones of `ids` that are in an open booking."""
    statement = select(BookingItem.instrument_id).where(
        BookingItem.instrument_id.in_(ids), BookingItem.state.in_(OPEN_ITEM)
    )
    return set(db.scalars(statement))
