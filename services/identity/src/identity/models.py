"""Mapped tables of identity. The methods of Organization are the moves of a registration."""

from dataclasses import dataclass
from datetime import date, datetime
from datetime import date as Day
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from chassis.db import NAMING, TYPES
from chassis.ids import new_id
from identity.domain.errors import AlreadyDecided, ApprovedStays, InvitationEnded


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES


class Division(Base):
    __tablename__ = "division"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None]
    is_leaf: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class DayChange(Base):
    """A day of the calendar as the administrator set it; without a kind it is as the calendar says again."""

    __tablename__ = "day_change"
    date: Mapped[Day] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    name: Mapped[str]
    version: Mapped[int]


class Capability(Base):
    """What an institution may verify, and when: `kind_code` "*" is every kind, `mode` deliver, onsite or any. Periods
    of one kind and mode follow one another."""

    __tablename__ = "capability"
    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"))
    kind_code: Mapped[str]
    mode: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Institution(Base):
    __tablename__ = "institution"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    alias: Mapped[str]
    tier: Mapped[str]
    division_code: Mapped[str]
    parent_id: Mapped[UUID | None]
    contact: Mapped[str | None]
    active: Mapped[bool]
    demo: Mapped[bool]
    verified: Mapped[str]
    version: Mapped[int]
    capabilities: Mapped[list[Capability]] = relationship(
        cascade="all, delete-orphan", order_by="(Capability.kind_code, Capability.mode, Capability.valid_from)"
    )


class Bureau(Base):
    __tablename__ = "bureau"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    division_code: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class Organization(Base):
    """An applicant organisation and its registration: pending -> approved | rejected -> pending …"""

    __tablename__ = "organization"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    credit_code: Mapped[str]
    address: Mapped[str]
    division_code: Mapped[str]
    contact_name: Mapped[str]
    phone: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")
    reason_code: Mapped[str | None]
    reason: Mapped[str | None]
    license_file_id: Mapped[UUID | None]
    authorization_file_id: Mapped[UUID | None]
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    def approve(self, by: UUID, now: datetime) -> None:
        self._decide("approved", (None, None), by, now)

    def reject(self, by: UUID, reason_code: str, reason: str, now: datetime) -> None:
        self._decide("rejected", (reason_code, reason), by, now)

    def resubmit(self, now: datetime) -> None:
        if self.status == "approved":
            raise ApprovedStays
        self.status, self.reason_code, self.reason, self.submitted_at = "pending", None, None, now
        self.version += 1

    def check_withdrawable(self) -> None:
        if self.status not in ("pending", "rejected"):
            raise ApprovedStays

    def _decide(self, status: str, why: tuple[str | None, str | None], by: UUID, now: datetime) -> None:
        if self.status != "pending":
            raise AlreadyDecided(state=self.status)
        self.reason_code, self.reason = why
        self.status, self.decided_at, self.decided_by = status, now, by
        self.version += 1


class Account(Base):
    __tablename__ = "account"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str]
    username_key: Mapped[str]
    phone: Mapped[str | None]
    name: Mapped[str]
    password_hash: Mapped[str]
    kind: Mapped[str]
    org_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"))
    bureau_id: Mapped[UUID | None] = mapped_column(ForeignKey("bureau.id"))
    roles: Mapped[list[str]]
    status: Mapped[str] = mapped_column(default="active")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    organization: Mapped[Organization | None] = relationship()
    institution: Mapped[Institution | None] = relationship()
    bureau: Mapped[Bureau | None] = relationship()

    def holder(self) -> "Holder":
        return Holder(
            self.id, self.username, self.name, self.kind, self.roles, self.phone, self.version, self.org_id,
            self.institution_id, self.bureau_id, self.tier, self.division_code, self.standing,
            self.organization.reason if self.organization else None,
        )  # fmt: skip

    @property
    def belongs_to(self) -> UUID | None:
        """The organisation, institution or bureau; None for administrators."""
        return self.org_id or self.institution_id or self.bureau_id

    @property
    def standing(self) -> str:
        """pending, approved, rejected or disabled, as tokens and clients see it."""
        if self.status == "disabled":
            return "disabled"
        return self.organization.status if self.organization else "approved"

    @property
    def tier(self) -> str | None:
        return self.institution.tier if self.institution else None

    @property
    def division_code(self) -> str | None:
        home = self.organization or self.institution or self.bureau
        return home.division_code if home else None


@dataclass(frozen=True)
class Holder:
    """An account as its owner and its tokens see it."""

    id: UUID
    username: str
    name: str
    kind: str
    roles: list[str]
    phone: str | None
    version: int
    org_id: UUID | None
    institution_id: UUID | None
    bureau_id: UUID | None
    tier: str | None
    division_code: str | None
    standing: str
    reason: str | None

    @property
    def belongs_to(self) -> UUID | None:
        """The organisation, institution or bureau; None for administrators."""
        return self.org_id or self.institution_id or self.bureau_id


class Session(Base):
    __tablename__ = "session"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary)
    client: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    account: Mapped[Account] = relationship()


class KnownDevice(Base):
    """A browser (by its cookie) or another client (by its name) from which the account was signed in to."""

    __tablename__ = "known_device"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    name: Mapped[str]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class UsedRefresh(Base):
    __tablename__ = "used_refresh"
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    used_at: Mapped[datetime]


class ListChoice(Base):
    """Columns and page size of a list, as the account chose them."""

    __tablename__ = "list_choice"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    columns: Mapped[list[str]]
    page_size: Mapped[int]
    list: Mapped[str] = mapped_column(primary_key=True)


class SignIn(Base):
    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    login_key: Mapped[str]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime]
    address: Mapped[str]
    way: Mapped[str]
    success: Mapped[bool]


class LoginGuard(Base):
    """Failures in a row. key: an account's id, or a name that no account has; a success forgets them."""

    __tablename__ = "login_guard"
    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class Captcha(Base):
    __tablename__ = "captcha"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    answer: Mapped[str]
    expires_at: Mapped[datetime]


class SmsCode(Base):
    __tablename__ = "sms_code"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    phone: Mapped[str]
    purpose: Mapped[str]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[str]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class File(Base):
    __tablename__ = "file"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    purpose: Mapped[str]
    org_id: Mapped[UUID | None]
    created_at: Mapped[datetime]


class WechatPerson(Base):
    __tablename__ = "wechat_person"
    appid: Mapped[str] = mapped_column(primary_key=True)
    openid: Mapped[str] = mapped_column(primary_key=True)
    unionid: Mapped[str | None]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    following: Mapped[bool] = mapped_column(default=False)


class WechatState(Base):
    __tablename__ = "wechat_state"
    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    nonce_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]


class Invitation(Base):
    """A link by SMS to become staff, supervisor or administrator: good once, for some days."""

    __tablename__ = "invitation"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str]
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"))
    bureau_id: Mapped[UUID | None] = mapped_column(ForeignKey("bureau.id"))
    roles: Mapped[list[str]]
    name: Mapped[str]
    phone: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    account_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    institution: Mapped[Institution | None] = relationship()
    bureau: Mapped[Bureau | None] = relationship()

    def check_open(self, now: datetime) -> None:
        """Raises: InvitationEnded where it was used, taken back or is too old."""
        if self.ended_at is not None or self.expires_at <= now:
            raise InvitationEnded

    def accept(self, account_id: UUID, now: datetime) -> None:
        self.check_open(now)
        self.ended_at, self.account_id = now, account_id
        self.version += 1

    def take_back(self, now: datetime) -> None:
        if self.account_id is not None:
            raise InvitationEnded
        self.ended_at = self.ended_at or now
        self.version += 1
