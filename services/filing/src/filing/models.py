"""Mapped tables of filing. The methods of Filing are its moves; each returns what is to be written about it."""

from collections.abc import Mapping
from datetime import date, datetime
from datetime import date as Day
from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import context
from chassis.actor import Actor, actor_json
from chassis.db import TYPES
from chassis.ids import new_id
from chassis.searching import words
from filing.domain.errors import BeingAmended, NotAuthorized, NotYourTurn, OutOfMandate
from filing.domain.states import State, after
from filing.tables import METADATA

SEARCHED = ("name", "model", "serial_no", "own_no", "install_address", "manufacturer")  # together, by `q`


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


class DayChange(Base):
    """Copy of a day that the administrator set, fed by identity's events."""

    __tablename__ = "day_change"
    date: Mapped[Day] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]


class Submission(Base):
    """The envelope of what an applicant submitted at once. The filing of each instrument has its own state."""

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
    changes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # of an amendment: field, before, after


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
    amendment: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))  # while one is being made, see actions

    def describe(self, item: Mapping[str, Any]) -> None:
        """Take over the instrument as registry serves it. item: its version and snapshot."""
        snapshot = item["snapshot"]
        self.instrument_version, self.snapshot = item["version"], snapshot
        self.kind_code, self.division_code = snapshot["kind_code"], snapshot["division_code"]
        self.search = words(snapshot[key] for key in SEARCHED)

    def begin_amendment(self, amendment: dict[str, Any]) -> None:
        """Nothing else happens to it until the amendment ends. The same one again changes nothing.
        Raises: IllegalMove, BeingAmended."""
        if self.amendment is not None and self.amendment["id"] == amendment["id"]:
            return
        self._check_move("amend")
        self.amendment = amendment

    def amend(self, by: Actor, now: datetime, item: Mapping[str, Any], reason: str | None) -> Step:
        """It keeps its number, its place and its deadline. item: also with its changes, field by field."""
        self.amendment = None
        self._check_move("amend")
        self.describe(item)
        self.version += 1
        return Step(
            filing_id=self.id, at=now, actor=actor_json(by), move="amend", from_state=self.state, to_state=self.state,
            institution_id=self.institution_id, reason=reason, changes=item["changes"], **origin(),
        )  # fmt: skip

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

    def _check_move(self, move: str) -> State:
        """The state after it. Raises: IllegalMove, BeingAmended."""
        state = after(self.state, move)
        if self.amendment is not None:
            raise BeingAmended(retry_after=2)
        return state

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
        before, self.state = self.state, self._check_move(move).value
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
