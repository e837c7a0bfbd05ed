"""Mapped tables of booking. The methods of Booking are its moves; each returns the step to be written about it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date as Day
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from booking.domain.errors import (
    DayPassed,
    NoProposal,
    OwnProposal,
    ProposalOpen,
    StillHere,
    TooEarly,
    WrongItemState,
)
from booking.domain.states import OPEN_ITEM, Item, State, after
from booking.tables import METADATA
from chassis.actor import Actor, actor_json
from chassis.clock import business_date
from chassis.db import TYPES
from chassis.errors import NotFound, Stale
from chassis.ids import new_id
from chassis.searching import words


class Base(DeclarativeBase):
    metadata = METADATA
    type_annotation_map = TYPES


class Org(Base):
    """Copy of an organisation, fed by identity's events."""

    __tablename__ = "org"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    division_code: Mapped[str]
    phone_last4: Mapped[str]
    words: Mapped[str] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue(), deferred=True)


class Institution(Base):
    """Copy of an institution, fed by identity's events."""

    __tablename__ = "institution"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    tier: Mapped[str]
    division_code: Mapped[str]
    active: Mapped[bool]


class Staff(Base):
    """Copy of an institution's account, fed by identity's events."""

    __tablename__ = "staff"
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID]
    username: Mapped[str]
    name: Mapped[str]
    roles: Mapped[list[str]]
    active: Mapped[bool]


class DayChange(Base):
    """Copy of a day that the administrator set, fed by identity's events."""

    __tablename__ = "day_change"
    date: Mapped[Day] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]


class Kind(Base):
    """Copy of a kind of the catalog, fed by registry's events."""

    __tablename__ = "kind"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    mode: Mapped[str | None]
    period_months: Mapped[int | None]
    term_months: Mapped[int | None]


FACTS = ("name", "model", "serial_no", "own_no", "manufacturer", "kind_code", "purpose", "division_code",
         "install_address", "venue")  # fmt: skip
SEARCHED = ("name", "model", "serial_no", "own_no", "install_address", "manufacturer")  # together, by `q`


class Instrument(Base):
    """Copy of an instrument: registry's facts, filing's decision. Whether it is in an open booking is read from the
    items of bookings, never kept here a second time."""

    __tablename__ = "instrument"
    instrument_id: Mapped[UUID] = mapped_column(primary_key=True)
    org_id: Mapped[UUID]
    institution_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    serial_no: Mapped[str] = mapped_column(default="")
    own_no: Mapped[str] = mapped_column(default="")
    manufacturer: Mapped[str] = mapped_column(default="")
    kind_code: Mapped[str] = mapped_column(default="")
    purpose: Mapped[str] = mapped_column(default="")
    division_code: Mapped[str] = mapped_column(default="")
    install_address: Mapped[str] = mapped_column(default="")
    venue: Mapped[str | None]
    units: Mapped[list[str]] = mapped_column(default=list)
    search: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="in_use")
    filing_state: Mapped[str] = mapped_column(default="none")
    approved_on: Mapped[Day | None]
    result: Mapped[str | None]
    valid_until: Mapped[Day | None]
    rotate_on: Mapped[Day | None]
    unverified_since: Mapped[Day | None]
    unit_validity: Mapped[dict[str, Any]] = mapped_column(default=dict)  # unit that passed -> its last valid day
    version: Mapped[int] = mapped_column(default=0)
    approved_version: Mapped[int] = mapped_column(default=0)  # the first of registry's that knows of the approval

    @property
    def enabled(self) -> bool:
        """Filing has approved it, and registry has told of it since: before, it may have been another. In SQL:
        view_sql.enabled."""
        return self.filing_state == "approved" and self.version >= self.approved_version

    def describe(self, item: Mapping[str, Any]) -> None:
        """Take over what registry says of it."""
        for key in (*FACTS, "status", "version", "units", "result"):
            setattr(self, key, item[key])
        for key in ("approved_on", "valid_until", "rotate_on", "unverified_since"):
            day = item.get(key)
            setattr(self, key, Day.fromisoformat(day) if day else None)
        self.unit_validity = item.get("unit_validity") or {}
        self.search = words(getattr(self, key) for key in SEARCHED)

    def snapshot(self) -> dict[str, Any]:
        """Returns the part of it that a booking keeps."""
        return {key: getattr(self, key) for key in FACTS} | {"units": self.units}


class CalendarDay(Base):
    """An institution's override of one day."""

    __tablename__ = "calendar_day"
    institution_id: Mapped[UUID] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(primary_key=True)
    date: Mapped[Day] = mapped_column(primary_key=True)
    capacity_am: Mapped[int]
    capacity_pm: Mapped[int]
    closed: Mapped[bool]


class Slot(Base):
    """The places of one period of one day; `taken` changes only by the statements of actions.places."""

    __tablename__ = "slot"
    institution_id: Mapped[UUID] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(primary_key=True)
    date: Mapped[Day] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)


class Step(Base):
    __tablename__ = "step"
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    at: Mapped[datetime]
    actor: Mapped[dict[str, Any]]
    move: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    reason: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class PendingItem(Base):
    __tablename__ = "pending_item"
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instrument.instrument_id"), primary_key=True)
    added_at: Mapped[datetime]


class BookingItem(Base):
    __tablename__ = "booking_item"
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instrument.instrument_id"), primary_key=True)
    position: Mapped[int]
    state: Mapped[str] = mapped_column(default=Item.BOOKED.value)
    conclusion: Mapped[str | None]
    received_on: Mapped[Day | None]
    reason: Mapped[str | None]
    instrument: Mapped[dict[str, Any]]


class Result(Base):
    __tablename__ = "result"
    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    instrument_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    conclusion: Mapped[str]
    verified_on: Mapped[Day]
    procedure: Mapped[str]
    verifier: Mapped[str]
    verifier_id: Mapped[UUID]
    verifier_name: Mapped[str]
    checker: Mapped[str]
    checker_id: Mapped[UUID]
    checker_name: Mapped[str]
    standard: Mapped[str | None]
    fail_items: Mapped[str | None]
    valid_until: Mapped[Day | None]
    remarks: Mapped[str | None]
    entered_by: Mapped[UUID]
    entered_name: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]  # by the verifier himself
    sent_back: Mapped[str | None]  # why the checker gave it back, until it is entered or signed anew


class ItemCertificate(Base):
    __tablename__ = "item_certificate"
    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    instrument_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    version: Mapped[int]


class Booking(Base):
    """One applicant's booking 预约 at one institution. Every change of state goes through one of its moves."""

    __tablename__ = "booking"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str]
    org_id: Mapped[UUID]
    institution_id: Mapped[UUID]
    division_code: Mapped[str]
    areas: Mapped[list[str]] = mapped_column(default=list)
    mode: Mapped[str]
    date: Mapped[Day]
    period: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.PENDING.value)
    address: Mapped[str | None]
    contact: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    phone_last4: Mapped[str]
    wrong_digits: Mapped[int] = mapped_column(default=0)  # guesses of them, see actions.guesses
    wrong_digits_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    proposed_date: Mapped[Day | None]
    proposed_period: Mapped[str | None]
    proposed_by: Mapped[str | None]
    created_at: Mapped[datetime]
    ready_to_check: Mapped[bool] = mapped_column(default=False)  # every result is there and signed
    version: Mapped[int] = mapped_column(default=1)
    place: Mapped[bytes] = mapped_column(server_default=FetchedValue(), deferred=True)
    items: Mapped[list[BookingItem]] = relationship(order_by=BookingItem.position, lazy="select")

    def check_version(self, version: int) -> None:
        """Raises: Stale where the caller read another version."""
        if self.version != version:
            raise Stale

    def items_in(self, *states: str) -> list[BookingItem]:
        return [item for item in self.items if item.state in states]

    def items_of(self, ids: Collection[UUID], *states: str) -> list[BookingItem]:
        """The items of these instruments. Raises: NotFound, WrongItemState unless each is in one of `states`."""
        found = [item for item in self.items if item.instrument_id in ids]
        if len(found) < len(set(ids)):
            raise NotFound
        wrong = [item for item in found if item.state not in states]
        if wrong:
            raise WrongItemState(name=names(wrong))
        return found

    def confirm(self, by: Actor, now: datetime) -> Step:
        """Raises: DayPassed; ProposalOpen where the applicant waits for an answer to another date."""
        after(self.state, "confirm")
        if self.date < business_date(now):
            raise DayPassed(date=self.date)
        if self.proposed_by is not None and self.proposed_by != by.kind:
            raise ProposalOpen(date=self.proposed_date)
        step = self._move("confirm", by, now)
        self._forget_proposal()  # its own: confirmed is what was asked for
        return step

    def reject(self, by: Actor, now: datetime, reason: str) -> Step:
        step = self._move("reject", by, now, reason)
        _set(self.items_in(*OPEN_ITEM), Item.CANCELLED, reason)
        return step

    def cancel(self, by: Actor, now: datetime, reason: str | None) -> Step:
        step = self._move("cancel", by, now, reason)
        _set(self.items_in(*OPEN_ITEM), Item.CANCELLED, reason)
        return step

    def lapse(self, by: Actor, now: datetime, reason: str) -> Step:
        step = self._move("lapse", by, now, reason)
        _set(self.items_in(*OPEN_ITEM), Item.CANCELLED, reason)
        return step

    def receive(self, by: Actor, now: datetime, items: Sequence[BookingItem]) -> Step:
        """Take items in; the booking is received with the first of them."""
        late = self.state == State.IN_PROGRESS
        step = self._move("receive_late" if late else "receive", by, now, detail=_concerning(items))
        _set(items, Item.RECEIVED)
        for item in items:
            item.received_on = business_date(now)
        self._forget_proposal()
        return step

    def return_(self, by: Actor, now: datetime, items: Sequence[BookingItem], reason: str) -> Step:
        """退单: these go back; the booking is returned when nothing of it is left."""
        left = [item for item in self.items_in(*OPEN_ITEM) if item not in items]
        step = self._move("return_items" if left else "return", by, now, reason, _concerning(items))
        _set(items, Item.RETURNED, reason)
        return step

    def start(self, by: Actor, now: datetime) -> Step:
        return self._move("start", by, now)

    def enter_results(self, by: Actor, now: datetime, items: Sequence[BookingItem]) -> Step:
        return self._move("enter_results", by, now, detail=_concerning(items))

    def sign(self, by: Actor, now: datetime, items: Sequence[BookingItem]) -> Step:
        return self._move("sign", by, now, detail=_concerning(items))

    def send_back(self, by: Actor, now: datetime, items: Sequence[BookingItem], reason: str) -> Step:
        return self._move("send_back", by, now, reason, _concerning(items))

    def complete(self, by: Actor, now: datetime) -> Step:
        """Marks received items as verified, and items that never came as no-shows, so that they can be booked again."""
        step = self._move("complete", by, now)
        self.ready_to_check = False
        _set(self.items_in(Item.BOOKED), Item.NO_SHOW)
        _set(self.items_in(Item.RECEIVED), Item.VERIFIED)
        return step

    def no_show(self, by: Actor, now: datetime) -> Step:
        after(self.state, "no_show")
        if self.items_in(Item.RECEIVED):
            raise StillHere
        if self.date > business_date(now):
            raise TooEarly(date=self.date)
        step = self._move("no_show", by, now)
        _set(self.items_in(*OPEN_ITEM), Item.NO_SHOW)
        return step

    def propose(self, by: Actor, now: datetime, day: Day, period: str) -> Step:
        step = self._move("propose", by, now, detail={"date": day.isoformat(), "period": period})
        self.proposed_date, self.proposed_period, self.proposed_by = day, period, by.kind
        return step

    def accept(self, by: Actor, now: datetime) -> Step:
        after(self.state, "accept")
        day, period = self._proposal_to(by)
        step = self._move("accept", by, now, detail={"date": day.isoformat(), "period": period})
        self.date, self.period = day, period
        self._forget_proposal()
        return step

    def decline(self, by: Actor, now: datetime) -> Step:
        after(self.state, "decline")
        day, period = self._proposal_to(by)
        step = self._move("decline", by, now, detail={"date": day.isoformat(), "period": period})
        self._forget_proposal()
        return step

    def end_items(self, by: Actor, now: datetime, items: Sequence[BookingItem], reason: str) -> Step:
        """The filing of these is over; the booking ends with its last item."""
        left = [item for item in self.items_in(*OPEN_ITEM) if item not in items]
        step = self._move("end_items" if left else "end", by, now, reason, _concerning(items))
        _set(items, Item.CANCELLED, reason)
        return step

    def _proposal_to(self, by: Actor) -> tuple[Day, str]:
        if self.proposed_date is None or self.proposed_period is None:
            raise NoProposal
        if self.proposed_by == by.kind:
            raise OwnProposal
        return self.proposed_date, self.proposed_period

    def _forget_proposal(self) -> None:
        self.proposed_date = self.proposed_period = self.proposed_by = None

    def _move(
        self, move: str, by: Actor, now: datetime, reason: str | None = None, detail: dict[str, Any] | None = None
    ) -> Step:
        before, self.state = self.state, after(self.state, move).value
        if reason is not None and self.state != before:
            self.reason = reason  # of the whole booking; what concerns some items stands at those
        if self.state not in (State.PENDING, State.CONFIRMED):
            self._forget_proposal()
        self.version += 1
        return Step(
            booking_id=self.id, at=now, actor=actor_json(by), move=move, from_state=before, to_state=self.state,
            reason=reason, detail=detail or {},
        )  # fmt: skip


def _set(items: Sequence[BookingItem], state: Item, reason: str | None = None) -> None:
    for item in items:
        item.state = state.value
        if reason is not None:
            item.reason = reason


def _concerning(items: Sequence[BookingItem]) -> dict[str, Any]:
    return {"instrument_ids": [str(item.instrument_id) for item in items]}


def names(items: Sequence[BookingItem]) -> str:
    """The first items in the words of a refusal."""
    shown = "、".join(f"{item.instrument['name']} {item.instrument['serial_no']}".strip() for item in items[:3])
    return f"{shown} 等 {len(items)} 台" if len(items) > 3 else shown
