"""Mapped tables of filing. The methods of Filing are its moves; each returns what is to be written about it."""

from datetime import date, datetime
from datetime import date as Day
from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import context
from chassis.actor import Actor, actor_json
from chassis.db import TYPES
from chassis.ids import new_id
from filing.domain.errors import NotAuthorized, NotYourTurn, OutOfMandate
from filing.domain.states import State, after
from filing.tables import METADATA


class Base(DeclarativeBase):
    metadata = METADATA
    type_annotation_map = TYPES


class Org(Base):
    """Copy of an organisation, fed by identity's events."""

    __tablename__ = "org"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    division_code: Mapped[str]
    credit_code: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue(), deferred=True)


class Institution(Base):
    """Copy of an institution, fed by identity's events."""

    __tablename__ = "institution"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    tier: Mapped[str]
    division_code: Mapped[str]
    active: Mapped[bool]
    capabilities: Mapped[list[dict[str, Any]]]


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


class Submission(Base):
    """What an applicant sent in one go: an envelope; each instrument's filing has its own state."""

    __tablename__ = "submission"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str | None]  # from when registry gave the first instrument
    org_id: Mapped[UUID]
    actor: Mapped[dict[str, Any] | None]
    institution_id: Mapped[UUID]
    authorize_province: Mapped[bool]
    selection: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="claiming")
    submitted_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    cursor: Mapped[UUID | None]


class Step(Base):
    __tablename__ = "step"
    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[UUID] = mapped_column(ForeignKey("filing.id"))
    at: Mapped[datetime]
    actor: Mapped[dict[str, Any]]
    move: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    institution_id: Mapped[UUID]
    reason_code: Mapped[str | None]
    reason: Mapped[str | None]
    address: Mapped[str] = mapped_column(default="")
    request_id: Mapped[str] = mapped_column(default="")


class Filing(Base):
    """One instrument's filing 备案. Every change of state goes through one of its moves."""

    __tablename__ = "filing"
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 (as SQLAlchemy has it)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    instrument_id: Mapped[UUID]
    instrument_version: Mapped[int]
    org_id: Mapped[UUID]
    kind_code: Mapped[str]
    division_code: Mapped[str]
    snapshot: Mapped[dict[str, Any]]
    search: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.SUBMITTED.value)
    city_id: Mapped[UUID]
    institution_id: Mapped[UUID]
    holder_id: Mapped[UUID | None]
    participants: Mapped[list[UUID]]
    authorize_province: Mapped[bool]
    previous_id: Mapped[UUID | None] = mapped_column(ForeignKey("filing.id"))
    latest: Mapped[bool] = mapped_column(default=True)
    reason_code: Mapped[str | None]
    reason: Mapped[str | None]
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    due_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    # generated: what lists are ordered by and looked for in (migration 0007)
    place: Mapped[bytes] = mapped_column(server_default=FetchedValue(), deferred=True)
    city_code: Mapped[str] = mapped_column(server_default=FetchedValue(), deferred=True)
    county_code: Mapped[str] = mapped_column(server_default=FetchedValue(), deferred=True)

    def withdraw(self, by: Actor, now: datetime, reason: str | None = None) -> Step:
        return self._move("withdraw", by, now, None, reason)

    def approve(self, by: Actor, now: datetime, reason: str | None = None) -> Step:
        self._check_turn(by)
        return self._hold(self._move("approve", by, now, None, reason))

    def return_(self, by: Actor, now: datetime, reason_code: str, reason: str) -> Step:
        self._check_turn(by)
        return self._move("return", by, now, reason_code, reason)

    def dispatch(self, by: Actor, now: datetime, to: UUID, reason: str | None = None) -> Step:
        self._check_turn(by)
        return self._hand_to("dispatch", by, now, to, reason)

    def forward(self, by: Actor, now: datetime, to: UUID, reason: str | None = None) -> Step:
        """To the province, where the applicant authorised it; by forwarding the city states that it cannot verify."""
        self._check_turn(by)
        if not self.authorize_province:
            raise NotAuthorized
        return self._hand_to("forward", by, now, to, reason)

    def confirm(self, by: Actor, now: datetime, reason: str | None = None) -> Step:
        self._check_turn(by)
        return self._hold(self._move("confirm", by, now, None, reason))

    def recall(self, by: Actor, now: datetime, reason: str | None = None) -> Step:
        """The city takes back what it dispatched or forwarded, while it is not confirmed."""
        if by.org_id != self.city_id:
            raise NotYourTurn(institution="其他机构")
        return self._hand_to("recall", by, now, self.city_id, reason)

    def decline(self, by: Actor, now: datetime, reason: str) -> Step:
        self._check_turn(by)
        return self._hand_to("decline", by, now, self.city_id, reason)

    def revoke(self, by: Actor, now: datetime, reason: str) -> Step:
        if by.kind == "institution" and by.org_id != self.holder_id:
            raise OutOfMandate
        return self._move("revoke", by, now, None, reason)

    def send_back(self, by: Actor, now: datetime, reason: str) -> Step:
        return self._move("send_back", by, now, "front_desk", reason)

    def lapse(self, by: Actor, now: datetime) -> Step:
        return self._move("lapse", by, now)

    def close(self, by: Actor, now: datetime) -> Step:
        return self._move("close", by, now)

    def bury(self, by: Actor, now: datetime) -> Step:
        """Its instrument was deleted: only the history shows it."""
        step = self._move("close", by, now, "deleted", "仪器已删除")
        self.latest = False
        return step

    def _check_turn(self, by: Actor) -> None:
        if by.org_id != self.institution_id:
            raise NotYourTurn(institution="其他机构")

    def _hold(self, step: Step) -> Step:
        self.holder_id = self.institution_id
        return step

    def _hand_to(self, move: str, by: Actor, now: datetime, to: UUID, reason: str | None = None) -> Step:
        step = self._move(move, by, now, None, reason)
        self.institution_id = step.institution_id = to
        if to not in self.participants:
            self.participants = [*self.participants, to]
        return step

    def _move(
        self, move: str, by: Actor, now: datetime, reason_code: str | None = None, reason: str | None = None
    ) -> Step:
        before, self.state = self.state, after(self.state, move).value
        self.reason_code, self.reason = reason_code, reason
        self.decided_at = now
        self.version += 1
        return Step(
            filing_id=self.id, at=now, actor=actor_json(by), move=move, from_state=before, to_state=self.state,
            institution_id=self.institution_id, reason_code=reason_code, reason=reason, **origin(),
        )  # fmt: skip


def origin() -> dict[str, str]:
    """From where a step was made: the client's address, and the request whose audit line has the rest."""
    now = context.current()
    return {"address": now.address, "request_id": now.request_id}
