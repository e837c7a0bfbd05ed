"""The list of filings, declared once."""

from collections.abc import Mapping
from typing import Any, cast

from marshmallow import fields
from sqlalchemy import Date, Select, Uuid, bindparam, func, literal_column, or_, select, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from chassis.actor import Actor, area_of
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
    contains,
    days,
    equals,
)
from chassis.lists.columns import Condition, part
from chassis.schema import Text as TextField
from chassis.schema import some_of
from filing.domain.states import OPEN, State
from filing.models import Filing, Org
from filing.queries import areas, counts
from filing.tables import FILING_PART, FILING_SEARCH

F = Filing
STATES = tuple(state.value for state in State)
OPEN_STATES = {state.value for state in OPEN}
DECIDED = set(STATES) - OPEN_STATES
_ACTOR_ORG = bindparam("actor_org", type_=Uuid)
_PART = FILING_PART.c
_Owned = aliased(Filing)


def _of_owner(column: Any) -> Any:
    return select(column).where(Org.id == F.org_id).correlate(F).scalar_subquery()


def _submitted(name: str) -> Column:
    """Of the instrument, as it was submitted."""
    return Column(name, F.snapshot[name].astext, contains(searched=True), sort=True, shown=False)


COLUMNS = (
    Column("id", F.id),
    Column("number", F.number, sort=True),
    Column("submission_id", F.submission_id, equals()),
    Column("instrument_id", F.instrument_id, equals()),
    Column("instrument", F.snapshot),
    Column("org_id", F.org_id, equals()),
    Column("org_name", _of_owner(Org.name), sort=True),
    Column("org_credit_code", _of_owner(Org.credit_code)),
    Column("kind_code", F.kind_code, equals(max=20), sort=True),
    Column("division_code", F.division_code, sort=True),
    Column("state", F.state, sort=True),
    Column("institution_id", F.institution_id, equals(), sort=True),
    Column("holder_id", F.holder_id, equals()),
    Column("previous_id", F.previous_id),
    Column("authorize_province", F.authorize_province),
    Column("reason_code", F.reason_code, equals(max=30), sort=True),
    Column("reason", F.reason, contains(), sort=True),
    Column("submitted_at", F.submitted_at, days("submitted"), sort=True),
    Column("decided_at", F.decided_at, days("decided"), sort=True),
    Column("due_on", F.due_on, days(), sort=True),
    Column("version", F.version),
    *map(_submitted, ("name", "model", "serial_no", "own_no", "manufacturer", "install_address")),
)


# -- filters with a condition of their own -----------------------------------------------------------------------------


def _number() -> TextField:
    return TextField(max=30, metadata={"description": "of a filing, or of a submission: all of its filings"})


def _owner_called(value: Any) -> Condition:
    pattern = func.search_pattern(value)
    called = Org.words.like(pattern) & func.search_words(Org.name).like(pattern)
    return F.org_id.in_(select(Org.id).where(called))


FILTERS = (
    # a filing's number begins with its submission's
    Filter("number", _number, lambda value: func.starts_with(F.number, value), is_search=True, narrowed=True),
    Filter(
        "division_code",
        lambda: TextField(max=9),
        lambda value: func.starts_with(F.division_code, value),
        value=area_of,  # of a city: everything in it
    ),
    Filter("due_before", fields.Date, lambda value: F.due_on <= value, Date()),
    Filter("org_name_contains", part, _owner_called, is_search=True),
)


def _states() -> TextField:
    help = f"one or several of {', '.join(STATES)}, by comma"
    return TextField(max=200, validate=some_of(*STATES), metadata={"description": help})


def _in_states(states: tuple[str, ...], column: Any = F.state) -> Condition | None:
    """Constants, so that the planner knows that an index of open, or of decided, ones holds them."""
    return or_(*(column == literal_column(f"'{state}'") for state in states)) if states else None


def _latest_unless(history: bool) -> Condition | None:
    return None if history else F.latest.is_(True)


CHOICES = (
    Choice("state", _states, _in_states, lambda asked: tuple(sorted({*asked.split(",")})) if asked else ()),
    Choice("history", lambda: fields.Boolean(load_default=False), _latest_unless, bool),
)


# -- who sees what -----------------------------------------------------------------------------------------------------


def caller(actor: Actor, args: Mapping[str, Any]) -> Caller:
    if actor.kind in ("applicant", "institution"):
        values = {"actor_org": actor.org_id, "viewer": actor.org_id, "counted_for": actor.org_id}
        return Caller(areas.Who(actor.kind), values)
    area = areas.area_asked(actor, args.get("division_code"))
    who = areas.Who(actor.kind, len(areas.scope_of(area)), len(area) in areas.COUNTED)
    return Caller(who, areas.values(area))


def scope(question: Question) -> Scope:
    """An institution's waiting ones oldest first, what is decided by its decision, newest first, all else newest first."""
    kind, digits, _ = cast(areas.Who, question.caller)
    states = question.choice("state")
    decided = bool(states) and set(states) <= DECIDED
    split = "state" if decided or set(states) <= OPEN_STATES else ""  # an index holds each of them in order
    if kind == "institution" and not question.is_search and not question.walked:
        in_states = _in_states(states, _PART.state)
        order = (_PART.decided_at, _PART.filing_id) if decided else (_PART.submitted_at, _PART.filing_id)
        return Scope(
            (_PART.institution_id == _ACTOR_ORG, _PART.filing_id == F.id, true() if in_states is None else in_states),
            OrderKey((_PART.place,), func.uuid_send),
            OrderKey(order, ascending=not decided),
            split=split,
        )
    by_decision = OrderKey((F.decided_at, F.id)) if decided else None
    if kind == "institution":
        return Scope(
            (F.participants.contains(array([_ACTOR_ORG])),),
            OrderKey((F.place,), func.uuid_send),
            by_decision or OrderKey((F.submitted_at, F.id), ascending=True),
        )
    if kind == "applicant":
        return Scope((F.org_id == _ACTOR_ORG,), OrderKey((F.place,), func.uuid_send), by_decision, split=split)
    wide = digits < areas.CITY
    where = (areas.lies_in(digits),) if digits else ()
    return Scope(where, None if wide else OrderKey((F.place,), func.uuid_send), by_decision, not wide, split)


def _rows_of(called: Select[Any]) -> Select[Any]:
    return select(_Owned.id).where(_Owned.org_id.in_(called))


def _is_not_the_owner(question: Question) -> bool:
    return question.caller != areas.Who("applicant")  # whose filings are all of one organisation


FILINGS = ListSpec(
    name="Filing",
    key="id",
    columns=COLUMNS,
    caller=caller,
    scope=scope,
    filters=FILTERS,
    choices=CHOICES,
    search=Search(
        FILING_SEARCH,
        "filing_id",
        help="a part of name, model, serial number, own number, address or maker, or of the number of a"
        " filing or submission; for others than the applicant also of the organisation's name or credit code",
        owners=Owners(F.org_id, Org.__table__, _rows_of, _is_not_the_owner),  # type: ignore[arg-type]  # a Table
    ),
    counter=counts.total,
)
