"""The list of bookings, declared once."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields
from sqlalchemy import Select, Uuid, any_, bindparam, exists, func, literal, literal_column, or_, select
from sqlalchemy import Text as TextType
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from booking.domain.calendar import MODES, PERIODS
from booking.domain.numbers import begins_a_number, normalized
from booking.domain.states import State
from booking.models import Booking, BookingItem, Institution, Org, Result
from booking.queries import counts
from booking.tables import BOOKING_AREA, BOOKING_SEARCH
from chassis.actor import Actor
from chassis.lists import (
    Caller,
    Choice,
    Column,
    Filter,
    ListSpec,
    OrderKey,
    Owners,
    Question,
    Scope,
    Search,
    amounts,
    contains,
    days,
    equals,
    own,
)
from chassis.lists.columns import Condition, part
from chassis.problems import Message
from chassis.schema import Text, one_of

B = Booking
_AREA = BOOKING_AREA.c
_Owned = aliased(Booking)
_ACTOR_ORG, _ACCOUNT = (bindparam(name, type_=Uuid) for name in ("actor_org", "account"))
_ACTOR_AREA = bindparam("actor_area", type_=TextType)
STATES = tuple(state.value for state in State)
_STATES = Message(
    "not_an_option", f"只能填写：{'、'.join(STATES)}，多个用逗号分隔。", f"One or several of: {', '.join(STATES)}."
)

_items = select(BookingItem.booking_id).where(BookingItem.booking_id == B.id).correlate(B)
_COUNT = _items.with_only_columns(func.count()).scalar_subquery()
_INSTRUMENTS = _items.with_only_columns(  # what each is called and numbered, in the order of the booking
    func.string_agg(
        func.concat_ws(" ", *(BookingItem.instrument[key].astext for key in ("name", "model", "serial_no"))),
        aggregate_order_by(literal("\n"), BookingItem.position),
    )
).scalar_subquery()


def _name(of: Any, key: Any) -> Any:
    return select(of.name).where(of.id == key).correlate(B).scalar_subquery()


def _one_of(*values: str, max: int) -> Any:
    return lambda: Text(max=max, validate=one_of(*values))


def _org_called(value: Any) -> Condition:
    return B.org_id.in_(select(Org.id).where(Org.words.like(func.search_pattern(value))))


def _holds(value: Any) -> Condition:
    return B.id.in_(select(BookingItem.booking_id).where(BookingItem.instrument_id == value))


COLUMNS = (
    Column("id", B.id),
    Column("number", B.number, sort=True),
    Column("org_id", B.org_id, equals()),
    Column(
        "org_name", _name(Org, B.org_id), own(Filter("org_name_contains", part, _org_called, is_search=True)), sort=True
    ),
    Column("institution_id", B.institution_id, equals()),
    Column("institution_name", _name(Institution, B.institution_id), sort=True),
    Column("mode", B.mode, own(Filter("mode", _one_of(*MODES, max=10), lambda value: B.mode == value)), sort=True),
    Column("date", B.date, days(), sort=True),
    Column(
        "period", B.period, own(Filter("period", _one_of(*PERIODS, max=2), lambda value: B.period == value)), sort=True
    ),
    Column("state", B.state, sort=True),
    Column("address", B.address),
    Column("contact", B.contact),
    Column("reason", B.reason, contains(), sort=True),
    Column("proposed_date", B.proposed_date),
    Column("proposed_period", B.proposed_period),
    Column("proposed_by", B.proposed_by),
    Column("created_at", B.created_at, days("created"), sort=True),
    Column("ready_to_check", B.ready_to_check),
    Column("version", B.version),
    Column("count", _COUNT, amounts(), sort=True, shown=False),
    Column("instruments", _INSTRUMENTS, contains(searched=True), sort=True, shown=False),
)
FILTERS = (Filter("instrument_id", fields.UUID, _holds, Uuid()),)


# -- choices -----------------------------------------------------------------------------------------------------------


def _check_states(text: str) -> None:
    if not set(text.split(",")) <= set(STATES):
        raise ValidationError(_STATES)


def _states() -> Text:
    return Text(max=120, validate=_check_states, metadata={"description": "one, or several with commas"})


def _in_states(states: tuple[str, ...], column: Any = B.state) -> Condition | None:
    return or_(*(column == literal_column(f"'{state}'") for state in states)) if states else None


def _to_sign(asked: bool) -> Condition | None:
    mine = exists().where(Result.booking_id == B.id, Result.verifier_id == _ACCOUNT, Result.signed_at.is_(None))
    return (B.state == literal_column(f"'{State.IN_PROGRESS}'")) & mine if asked else None


def _to_check(asked: bool) -> Condition | None:
    return (
        B.ready_to_check & exists().where(Result.booking_id == B.id, Result.checker_id == _ACCOUNT) if asked else None
    )


def _flag(help: str) -> Any:
    return lambda: fields.Boolean(metadata={"description": help})


CHOICES = (
    Choice("state", _states, _in_states, lambda asked: tuple(sorted({*asked.split(",")})) if asked else ()),
    Choice("to_sign", _flag("results wait for the caller's signature as verifier"), _to_sign, bool),
    Choice("to_check", _flag("complete and signed, and the caller is the checker"), _to_check, bool),
)


# -- who sees what -----------------------------------------------------------------------------------------------------


def caller(actor: Actor, _args: Mapping[str, Any]) -> Caller:
    province = actor.kind == "supervisor" and len(actor.area or "") == 2
    values = {
        "actor_org": actor.org_id, "actor_area": actor.area or "none", "account": actor.account_id,
        "viewer": counts.viewer(actor),
    }  # fmt: skip
    return Caller("province" if province else actor.kind, values)


def scope(question: Question) -> Scope:
    """Newest first."""
    made = OrderKey((B.place,), func.uuid_send)
    who = question.caller
    if who == "applicant":
        return Scope((B.org_id == _ACTOR_ORG,), made)
    if who == "institution":
        return Scope((B.institution_id == _ACTOR_ORG,), made)
    if who not in ("supervisor", "province"):
        return Scope((), has_viewer=False)
    if question.is_search or question.walked:
        return Scope((any_(B.areas) == _ACTOR_AREA,), made, has_viewer=who != "province")  # which nearly all lie in
    in_states = _in_states(question.choice("state"), _AREA.state)
    lies_in = (_AREA.area == _ACTOR_AREA, _AREA.booking_id == B.id)
    where = lies_in if in_states is None else (*lies_in, in_states)
    return Scope(where, OrderKey((_AREA.place,), func.uuid_send))


def _rows_of(called: Select[Any]) -> Select[Any]:
    return select(_Owned.id).where(_Owned.org_id.in_(called))


def _is_not_the_owner(question: Question) -> bool:
    return question.caller != "applicant"


BOOKINGS = ListSpec(
    name="Booking",
    key="id",
    columns=COLUMNS,
    caller=caller,
    scope=scope,
    filters=FILTERS,
    choices=CHOICES,
    search=Search(
        BOOKING_SEARCH,
        "booking_id",
        help="a part of the number, or of name, model, serial number, own number, address or maker of what"
        " is booked; for others than the applicant also of the organisation's name",
        owners=Owners(B.org_id, Org.__table__, _rows_of, _is_not_the_owner),  # type: ignore[arg-type]  # a Table
    ),
    counter=counts.total,
)


def as_asked(args: Mapping[str, Any]) -> Mapping[str, Any]:
    """A number, whole or its beginning, is found as people type it, with hyphens and spaces."""
    number = normalized(args.get("q") or "")
    return {**args, "q": number} if begins_a_number(number) else args
