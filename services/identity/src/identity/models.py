"""Mapped tables of identity. The methods of Organization are the moves of a registration."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from chassis.db import NAMING, TYPES
from chassis.ids import new_id
from identity.domain.errors import AlreadyDecided, ApprovedStays


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


class Capability(Base):
    __tablename__ = "capability"
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"), primary_key=True)
    kind_code: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(primary_key=True)
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
    capabilities: Mapped[list[Capability]] = relationship(cascade="all, delete-orphan")


class Bureau(Base):
    __tablename__ = "bureau"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    division_code: Mapped[str]


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
    reason: Mapped[str | None]
    license_file_id: Mapped[UUID | None]
    authorization_file_id: Mapped[UUID | None]
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    def approve(self, by: UUID, now: datetime) -> None:
        self._decide("approved", None, by, now)

    def reject(self, by: UUID, reason: str, now: datetime) -> None:
        self._decide("rejected", reason, by, now)

    def resubmit(self, now: datetime) -> None:
        if self.status == "approved":
            raise ApprovedStays
        self.status, self.reason, self.submitted_at = "pending", None, now
        self.version += 1

    def check_withdrawable(self) -> None:
        if self.status not in ("pending", "rejected"):
            raise ApprovedStays

    def _decide(self, status: str, reason: str | None, by: UUID, now: datetime) -> None:
        if self.status != "pending":
            raise AlreadyDecided(state=self.status)
        self.status, self.reason, self.decided_at, self.decided_by = status, reason, now, by
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


class UsedRefresh(Base):
    __tablename__ = "used_refresh"
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    used_at: Mapped[datetime]


class SignIn(Base):
    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    login_key: Mapped[str]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime]
    address: Mapped[str]
    way: Mapped[str]
    success: Mapped[bool]


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
