"""Booking and what ends it before verification: request, confirm, reject, cancel, no-show."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking import queries
from booking.actions.places import Place, check_free, free_places, take
from booking.domain.areas import areas_of
from booking.domain.errors import AlreadyBooked, NotBookable, OtherInstitution, VenueMismatch
from booking.domain.numbers import new_number
from booking.domain.states import Item, State
from booking.domain.views import BOOKABLE, Facts, view
from booking.events import booking_event
from booking.models import Booking, BookingItem, Instrument, Org, PendingItem, Step
from chassis import outbox
from chassis.actor import Actor, actor_json
from chassis.bulk import Outcome, each
from chassis.clock import business_date
from chassis.errors import Conflict, FieldError, NotFound, invalid
from chassis.ids import new_id

NUMBER_TRIES = 3


def request_booking(db: Session, by: Actor, now: datetime, body: Mapping[str, Any]) -> Booking:
    """Raises: NotFound for an instrument of somebody else; a Conflict that names each instrument which cannot be
    booked so; Invalid, SlotFull."""
    ids = list(dict.fromkeys(body["instrument_ids"]))
    if queries.institution(db, body["institution_id"]) is None:
        raise invalid("institution_id", "unknown_institution", "没有该技术机构。", "There is no such institution.")
    place = Place(body["institution_id"], body["mode"], body["date"], body["period"])
    capacity = check_free(db, place, len(ids), now)
    found = queries.own_instruments(db, by, ids, lock=True)
    if len(found) < len(ids):
        raise NotFound
    _check_instruments([found[i] for i in ids], queries.booked_among(db, ids), place, business_date(now))
    chosen = [found[i] for i in ids]
    areas = areas_of(instrument.division_code for instrument in chosen)
    booking = _insert(db, _booking(db, by, now, body) | {"areas": areas}, chosen)
    db.add(_first_step(booking, by, now))
    db.execute(delete(PendingItem).where(PendingItem.account_id == by.account_id, PendingItem.instrument_id.in_(ids)))
    db.flush()
    outbox.record(db, booking_event("submitted", booking, by, now))
    take(db, place, len(ids), capacity)  # last: the slot's row is what everybody waits for
    return booking


def confirm(db: Session, by: Actor, ids: Sequence[UUID], now: datetime) -> Outcome:
    return _each(db, by, ids, now, "confirmed", lambda booking: booking.confirm(by, now))


def reject(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str) -> Outcome:
    return _each(db, by, ids, now, "rejected", lambda booking: booking.reject(by, now, reason))


def cancel(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str | None) -> Outcome:
    return _each(db, by, ids, now, "cancelled", lambda booking: booking.cancel(by, now, reason))


def no_show(db: Session, by: Actor, booking_id: UUID, now: datetime) -> None:
    booking = queries.for_move(db, by, booking_id)
    db.add(booking.no_show(by, now))
    db.flush()
    outbox.record(db, booking_event("no_show", booking, by, now))


def places_of(booking: Booking, items: Sequence[BookingItem] | None = None) -> list[Place]:
    """The places that the booked ones of `items` (all) hold; what was received has used its place."""
    place = Place(booking.institution_id, booking.mode, booking.date, booking.period)
    return [place for item in (booking.items if items is None else items) if item.state == Item.BOOKED]


def _each(
    db: Session, by: Actor, ids: Sequence[UUID], now: datetime, verb: str, move: Callable[[Booking], Step]
) -> Outcome:
    """Each by itself; the places that a booking held before and does not hold any more are free."""

    def make(booking: Booking) -> tuple[Step, list[Place]]:
        held = places_of(booking)
        step = move(booking)
        return step, held[len(places_of(booking)) :]

    outcome, made = each(ids, queries.many_for_move(db, by, ids), make)
    db.add_all(step for _, (step, _) in made)
    db.flush()
    outbox.record(db, *(booking_event(verb, booking, by, now, reason=step.reason) for booking, (step, _) in made))
    free_places(db, [place for _, (_, freed) in made for place in freed])
    return outcome


def _check_instruments(instruments: Sequence[Instrument], booked: set[UUID], place: Place, today: date) -> None:
    refused: list[tuple[int, Instrument, type[Conflict]]] = [
        (index, instrument, error)
        for index, instrument in enumerate(instruments)
        if (error := _refusal(instrument, booked, place, today)) is not None
    ]
    if not refused:
        return
    errors = []
    for index, instrument, kind in refused:
        one = kind(name=_name(instrument))
        errors.append(FieldError(f"instrument_ids.{index}", one.code, one.message("zh"), one.message("en")))
    _, first, error = refused[0]
    raise error(name=_name(first), errors=errors)


def _refusal(instrument: Instrument, booked: set[UUID], place: Place, today: date) -> type[Conflict] | None:
    facts = Facts(
        instrument.status, "approved" if instrument.enabled else "none", instrument.approved_on, instrument.result,
        instrument.valid_until, instrument.rotate_on, instrument.unverified_since,
    )  # fmt: skip
    if instrument.instrument_id in booked:
        return AlreadyBooked
    if view(facts, today) not in BOOKABLE:
        return NotBookable
    if instrument.institution_id != place.institution_id:
        return OtherInstitution
    if instrument.venue not in (None, place.mode):
        return VenueMismatch
    return None


def _name(instrument: Instrument) -> str:
    return f"{instrument.name} {instrument.serial_no}".strip()


def _booking(db: Session, by: Actor, now: datetime, body: Mapping[str, Any]) -> dict[str, Any]:
    org = db.get(Org, by.org_id)
    return {
        "org_id": by.org_id, "institution_id": body["institution_id"],
        "division_code": by.division or (org.division_code if org else ""), "mode": body["mode"],
        "date": body["date"], "period": body["period"], "state": State.PENDING.value,
        "address": body.get("address"), "contact": body.get("contact"),
        "phone_last4": _last4(body.get("contact")) or (org.phone_last4 if org else ""),
        "created_at": now, "version": 1,
    }  # fmt: skip


def _last4(contact: Any) -> str:
    match = re.search(r"1[0-9]{10}", str(contact or ""))
    return match.group()[-4:] if match else ""


def _insert(db: Session, values: dict[str, Any], instruments: Sequence[Instrument]) -> Booking:
    """Raises: AlreadyBooked where the index saw another booking first."""
    for _ in range(NUMBER_TRIES):
        booking = Booking(id=new_id(), number=new_number(), **values)
        booking.items = [
            BookingItem(instrument_id=i.instrument_id, position=position, instrument=i.snapshot())
            for position, i in enumerate(instruments)
        ]
        try:
            with db.begin_nested():
                db.add(booking)
                db.flush()
        except IntegrityError as error:
            constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", "")
            if constraint == "booking_item_one_open_idx":
                raise AlreadyBooked(name=_name(instruments[0])) from error
            if constraint != "booking_number_key":
                raise
        else:
            return booking
    raise RuntimeError("no free booking number was found")


def _first_step(booking: Booking, by: Actor, now: datetime) -> Step:
    return Step(booking_id=booking.id, at=now, actor=actor_json(by), move="submit", from_state=None,
                to_state=booking.state, reason=None, detail={})  # fmt: skip
