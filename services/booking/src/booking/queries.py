"""Reads of booking. Scope and question are one WHERE: what the caller may not see does not exist."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, literal, literal_column, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, selectinload

from booking.domain.results import is_owed
from booking.domain.states import MOVES, OPEN_ITEM, Item, State
from booking.models import (
    FACTS,
    SEARCHED,
    Booking,
    BookingItem,
    Institution,
    Instrument,
    ItemCertificate,
    Kind,
    Org,
    PendingItem,
    Result,
    Staff,
    Step,
)
from booking.view_sql import bookable, view_column
from chassis.actor import Actor, area_of
from chassis.errors import NotFound
from chassis.paging import narrowed, paginate
from chassis.searching import sought

B = Booking


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The bookings that an actor may see."""
    if actor.kind == "applicant":
        return B.org_id == actor.org_id
    if actor.kind == "institution":
        return B.institution_id == actor.org_id
    if actor.kind == "supervisor":
        return B.areas.contains([actor.area or "none"])
    return true()


# -- what can be booked ----------------------------------------------------------------------------------------------

_TEXTS = ("name", "model", "serial_no", "own_no", "install_address")
BOOKABLE_CONTAINED = {name: getattr(Instrument, name) for name in _TEXTS}
BOOKABLE_EQUAL = {name: getattr(Instrument, name) for name in ("institution_id", "kind_code", "venue")}
BOOKABLE_DAYS = {name: getattr(Instrument, name) for name in ("valid_until", "approved_on")}
BOOKABLE_SORT = BOOKABLE_CONTAINED | BOOKABLE_EQUAL | BOOKABLE_DAYS | {"division_code": Instrument.division_code}


def in_open_booking() -> ColumnElement[bool]:
    return exists().where(BookingItem.instrument_id == Instrument.instrument_id, BookingItem.state.in_(OPEN_ITEM))


def _instruments(today: date) -> Select[Any]:
    open_booking = (
        select(BookingItem.booking_id)
        .where(BookingItem.instrument_id == Instrument.instrument_id, BookingItem.state.in_(OPEN_ITEM))
        .correlate(Instrument)
        .scalar_subquery()
    )
    return (
        select(
            Instrument.instrument_id, Instrument.org_id, Instrument.institution_id,
            Institution.name.label("institution_name"), *(getattr(Instrument, key) for key in FACTS),
            Kind.name.label("kind_name"), Instrument.units, Instrument.approved_on, Instrument.result,
            Instrument.valid_until, view_column(today).label("view"), open_booking.label("open_booking_id"),
        )
        .outerjoin(Institution, Institution.id == Instrument.institution_id)
        .outerjoin(Kind, Kind.code == Instrument.kind_code)
    )  # fmt: skip


def bookable_instruments(db: Session, actor: Actor, args: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A page of what the applicant can book today, newest first."""
    statement = _instruments(today).where(
        Instrument.org_id == actor.org_id, bookable(today, args.get("view")), ~in_open_booking()
    )
    statement = narrowed(statement, args, equal=BOOKABLE_EQUAL, contained=BOOKABLE_CONTAINED, days=BOOKABLE_DAYS)
    if args.get("division_code") is not None:  # of a city: everything in it
        statement = statement.where(
            Instrument.division_code.startswith(area_of(args["division_code"]), autoescape=True)
        )
    if args.get("ids") is not None:
        statement = statement.where(Instrument.instrument_id.in_(args["ids"]))
    if args.get("q"):
        statement = statement.where(Instrument.search.contains(sought(args["q"]), autoescape=True))
    sortable = BOOKABLE_SORT | {"view": view_column(today)}
    return paginate(db, statement, args, key=Instrument.instrument_id, sortable=sortable)


def pending_list(db: Session, actor: Actor, args: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A page of the account's pending list; what cannot be booked any more stays until it is removed."""
    can = bookable(today) & ~in_open_booking()
    statement = (
        _instruments(today)
        .add_columns(PendingItem.added_at, can.label("bookable"))
        .join(PendingItem, PendingItem.instrument_id == Instrument.instrument_id)
        .where(PendingItem.account_id == actor.account_id, Instrument.org_id == actor.org_id)
    )
    sortable = BOOKABLE_SORT | {"view": view_column(today), "added_at": PendingItem.added_at, "bookable": can}
    return paginate(db, statement, args, key=Instrument.instrument_id, sortable=sortable)


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


# -- bookings --------------------------------------------------------------------------------------------------------

COLUMNS = (
    B.id, B.number, B.org_id, Org.name.label("org_name"), B.institution_id, Institution.name.label("institution_name"),
    B.mode, B.date, B.period, B.state, B.address, B.contact, B.reason, B.proposed_date, B.proposed_period,
    B.proposed_by, B.created_at, B.ready_to_check, B.version,
)  # fmt: skip
EQUAL = {column.key: column for column in (B.mode, B.institution_id, B.org_id, B.period)}
DAYS = {"date": B.date, "created": B.created_at}
_items = select(BookingItem.booking_id).where(BookingItem.booking_id == B.id).correlate(B)
LATEST = 10  # bookings that 检定查询 shows
COUNT = _items.with_only_columns(func.count()).scalar_subquery()
INSTRUMENTS = _items.with_only_columns(  # what each is called and numbered, in the order of the booking
    func.string_agg(
        func.concat_ws(" ", *(BookingItem.instrument[key].astext for key in ("name", "model", "serial_no"))),
        aggregate_order_by(literal("\n"), BookingItem.position),
    )
).scalar_subquery()
AMOUNTS = {"count": COUNT}
CONTAINED = {"org_name": Org.name, "reason": B.reason, "instruments": INSTRUMENTS}
SORTABLE: dict[str, Any] = {
    "created_at": B.created_at, "date": B.date, "number": B.number, "state": B.state, "mode": B.mode, "period": B.period,
    "org_name": Org.name, "institution_name": Institution.name, "reason": B.reason,
    "count": COUNT, "instruments": INSTRUMENTS,
}  # fmt: skip


def _bookings() -> Select[Any]:
    return (
        select(*COLUMNS).outerjoin(Org, Org.id == B.org_id).outerjoin(Institution, Institution.id == B.institution_id)
    )


def bookings(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of bookings with their items, newest first."""
    statement = _filtered(_bookings(), actor, args)
    page = paginate(db, statement, args, key=B.id, sortable=SORTABLE)
    _attach_items(db, actor, page["items"])
    return page


def ids_by_filter(actor: Actor, args: Mapping[str, Any]) -> Select[UUID]:
    return _filtered(select(B.id), actor, args).order_by(B.id)


def ids_for_move(actor: Actor, move: str) -> Select[UUID]:
    """Every booking on which the caller may make `move` now."""
    return select(B.id).where(visible_to(actor), B.state.in_(MOVES[move][0])).order_by(B.id)


def _filtered(statement: Select[Any], actor: Actor, args: Mapping[str, Any]) -> Select[Any]:
    statement = statement.where(visible_to(actor))
    statement = narrowed(statement, args, equal=EQUAL, contained=CONTAINED, days=DAYS, amounts=AMOUNTS)
    if args.get("state"):
        statement = statement.where(B.state.in_(args["state"].split(",")))
    if args.get("instrument_id"):
        holds = BookingItem.instrument_id == args["instrument_id"]
        statement = statement.where(exists().where(BookingItem.booking_id == B.id, holds))
    if args.get("to_sign"):
        mine = exists().where(
            Result.booking_id == B.id, Result.verifier_id == actor.account_id, Result.signed_at.is_(None)
        )
        statement = statement.where(B.state == State.IN_PROGRESS, mine)
    if args.get("to_check"):
        mine = exists().where(Result.booking_id == B.id, Result.checker_id == actor.account_id)
        statement = statement.where(B.ready_to_check, mine)
    if args.get("q"):
        statement = statement.where(_searched(actor, args["q"]))
    return statement


def _searched(actor: Actor, q: str) -> ColumnElement[bool]:
    """A part of the number, of what is booked, or for others than the applicant of who booked it."""
    told = func.concat_ws("\n", *(BookingItem.instrument[key].astext for key in SEARCHED))
    words = func.lower(func.normalize(told, literal_column("NFKC")))
    holds = words.contains(sought(q), autoescape=True)
    found: ColumnElement[bool] = exists().where(BookingItem.booking_id == B.id, holds)
    number = q.upper().replace(" ", "").replace("-", "")
    if number:
        found |= B.number.contains(number, autoescape=True)
    if actor.kind != "applicant":
        found |= B.org_id.in_(select(Org.id).where(Org.name.icontains(q, autoescape=True)))
    return found


def booking(db: Session, actor: Actor, booking_id: UUID) -> dict[str, Any]:
    """One booking with its items, results and steps, oldest first. Raises: NotFound."""
    row = db.execute(_bookings().where(B.id == booking_id, visible_to(actor))).mappings().first()
    if row is None:
        raise NotFound
    found = dict(row)
    _attach_items(db, actor, [found])
    if _sees_results(actor, found):
        _attach_results(db, found)
    steps = db.execute(
        select(Step.at, Step.actor, Step.move, Step.from_state, Step.to_state, Step.reason, Step.detail)
        .where(Step.booking_id == booking_id)
        .order_by(Step.id)
    ).mappings()
    return found | {"steps": [dict(step) for step in steps]}


def _attach_items(db: Session, actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    certificates = (
        select(func.string_agg(ItemCertificate.number, aggregate_order_by(literal("、"), ItemCertificate.unit)))
        .where(
            ItemCertificate.booking_id == BookingItem.booking_id,
            ItemCertificate.instrument_id == BookingItem.instrument_id,
        )
        .correlate(BookingItem)
        .scalar_subquery()
    )
    statement = (
        select(
            BookingItem.booking_id, BookingItem.instrument_id, BookingItem.state, BookingItem.conclusion,
            BookingItem.received_on, BookingItem.reason, certificates.label("certificate_number"),
            BookingItem.instrument,
        )
        .where(BookingItem.booking_id.in_([row["id"] for row in rows]), _items_visible_to(actor))
        .order_by(BookingItem.booking_id, BookingItem.position)
    )  # fmt: skip
    by_id = {row["id"]: row for row in rows}
    for row in rows:
        row["items"] = []
    for item in db.execute(statement).mappings() if rows else ():
        values = dict(item)
        row = by_id[values.pop("booking_id")]
        if not _sees_results(actor, row):
            values["conclusion"] = None
        row["items"].append(values)


def _items_visible_to(actor: Actor) -> ColumnElement[bool]:
    """A supervisor sees what is used in the area, also of a booking that holds more."""
    if actor.kind == "supervisor":
        used_in: ColumnElement[str] = BookingItem.instrument["division_code"].astext
        return used_in.startswith(actor.area or "none")
    return true()


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


def for_move(db: Session, actor: Actor, booking_id: UUID) -> Booking:
    """The booking, locked. Raises: NotFound."""
    found = db.scalars(select(B).where(B.id == booking_id, visible_to(actor)).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def many_for_move(db: Session, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Booking]:
    """The visible ones of `ids` with their items, locked in the order of ids so that two batches never wait for each
    other."""
    statement = select(B).where(B.id.in_(ids), visible_to(actor)).order_by(B.id).with_for_update()
    return {booking.id: booking for booking in db.scalars(statement.options(selectinload(B.items)))}


def booked_on(db: Session, institution_id: UUID, mode: str, places: set[tuple[date, str]]) -> Sequence[Any]:
    """The bookings that hold places in these periods, with how many each."""
    held = BookingItem.state == Item.BOOKED
    statement = (
        select(B.id, B.number, B.date, B.period, B.state, Org.name.label("org_name"), func.count().label("count"))
        .join(BookingItem, (BookingItem.booking_id == B.id) & held)
        .outerjoin(Org, Org.id == B.org_id)
        .where(B.institution_id == institution_id, B.mode == mode, tuple_(B.date, B.period).in_(places))
        .group_by(B.id, Org.name)
        .order_by(B.date, B.period, B.id)
    )
    return db.execute(statement).all()


def by_number(db: Session, number: str) -> dict[str, Any]:
    """What the open query shows. Raises: NotFound."""
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


def overview(db: Session, actor: Actor) -> dict[str, int]:
    """Counts of the visible bookings by state."""
    rows = db.execute(select(B.state, func.count()).where(visible_to(actor)).group_by(B.state))
    counts = dict.fromkeys((state.value for state in State), 0) | {state: count for state, count in rows}
    return counts | {"total": sum(counts.values())}


# -- reference -------------------------------------------------------------------------------------------------------


def institution(db: Session, institution_id: UUID) -> Institution | None:
    return db.scalars(select(Institution).where(Institution.id == institution_id, Institution.active)).first()


def staff_by_username(db: Session, institution_id: UUID, usernames: set[str]) -> dict[str, Staff]:
    statement = select(Staff).where(Staff.institution_id == institution_id, Staff.username.in_(usernames), Staff.active)
    return {person.username: person for person in db.scalars(statement)}


def named_in_results(db: Session, actor: Actor) -> list[dict[str, Any]]:
    """Verifiers and checkers of the caller's institution, by name."""
    statement = (
        select(Staff.username, Staff.name, Staff.roles)
        .where(
            Staff.institution_id == actor.org_id, Staff.active,
            or_(Staff.roles.contains(["verifier"]), Staff.roles.contains(["checker"])),
        )
        .order_by(Staff.name, Staff.username)
    )  # fmt: skip
    return [dict(row) for row in db.execute(statement).mappings()]


def kinds(db: Session, codes: set[str]) -> dict[str, Kind]:
    return {kind.code: kind for kind in db.scalars(select(Kind).where(Kind.code.in_(codes)))}


def results_of(db: Session, booking_id: UUID) -> dict[UUID, list[Result]]:
    """Instrument -> its results, in the order of units."""
    found: dict[UUID, list[Result]] = {}
    statement = select(Result).where(Result.booking_id == booking_id).order_by(Result.unit)
    for result in db.scalars(statement.execution_options(populate_existing=True)):
        found.setdefault(result.instrument_id, []).append(result)
    return found


def units_of(db: Session, items: Sequence[BookingItem]) -> dict[UUID, list[str]]:
    """The measuring units of each item's instrument: as they are now, or as booked where the copy is out of sight.
    An instrument without named units is one unit, ''."""
    ids = [item.instrument_id for item in items]
    rows = db.execute(select(Instrument.instrument_id, Instrument.units).where(Instrument.instrument_id.in_(ids)))
    now = {instrument_id: units for instrument_id, units in rows}
    return {i.instrument_id: list(now.get(i.instrument_id) or i.instrument["units"] or [""]) for i in items}


def owed_units(db: Session, items: Sequence[BookingItem], today: date) -> dict[UUID, list[str]]:
    """The units that a booking must have results of: all but those that passed before and are not due themselves, as
    after the repair of another one."""
    ids = [item.instrument_id for item in items]
    rows = db.execute(
        select(Instrument.instrument_id, Instrument.unit_validity).where(Instrument.instrument_id.in_(ids))
    )
    passed = {instrument_id: validity for instrument_id, validity in rows}
    return {
        instrument_id: [unit for unit in units if is_owed(passed.get(instrument_id) or {}, unit, today)]
        for instrument_id, units in units_of(db, items).items()
    }
