"""Mapped tables of the registry. The methods of Instrument are its moves."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    FetchedValue,
    LargeBinary,
    column,
    table,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.db import TYPES
from chassis.ids import new_id
from registry.domain.errors import BookingOpen, FilingOpen, NotDeletable, WrongStatus
from registry.domain.filing_states import OPEN_FILING
from registry.tables import METADATA

STATUS_LABELS = {"in_use": "在用", "suspended": "停用", "scrapped": "已报废"}


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


class Division(Base):
    """Copy of a division, fed by identity's events."""

    __tablename__ = "division"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[str]
    is_leaf: Mapped[bool]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Kind(Base):
    """A kind of the catalog 种别."""

    __tablename__ = "kind"
    code: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str]
    name: Mapped[str]
    supervision: Mapped[str]
    mode: Mapped[str | None]
    period_months: Mapped[int | None]
    term_months: Mapped[int | None]
    purposes: Mapped[list[str]] = mapped_column(default=list)
    scope_note: Mapped[str] = mapped_column(default="")
    details_schema: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(default=False)
    verified: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[str]


class CatalogVersion(Base):
    """An official list that an administrator loaded."""

    __tablename__ = "catalog_version"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[str]
    title: Mapped[str]
    valid_from: Mapped[date]
    added: Mapped[int]
    changed: Mapped[int]
    withdrawn: Mapped[int]
    loaded_by: Mapped[str]
    loaded_at: Mapped[datetime]


class KindRevision(Base):
    """The rules of a kind from a day on, if a version of the catalog changed it."""

    __tablename__ = "kind_revision"
    code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[str]
    facts: Mapped[dict[str, Any]]
    applied: Mapped[bool]


class Instrument(Base):
    """A measuring instrument of one organisation."""

    __tablename__ = "instrument"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    org_id: Mapped[UUID]
    code: Mapped[str]
    name: Mapped[str]
    model: Mapped[str]
    serial_no: Mapped[str]
    own_no: Mapped[str] = mapped_column(default="")
    identity_key: Mapped[bytes] = mapped_column(LargeBinary)
    manufacturer: Mapped[str]
    kind_code: Mapped[str]
    purpose: Mapped[str]
    division_code: Mapped[str]
    install_address: Mapped[str]
    accuracy_class: Mapped[str] = mapped_column(default="")
    measuring_range: Mapped[str] = mapped_column(default="")
    resolution: Mapped[str] = mapped_column(default="")
    made_on: Mapped[date | None]
    in_use_on: Mapped[date | None]
    origin: Mapped[str | None]
    venue: Mapped[str | None]
    department: Mapped[str] = mapped_column(default="")
    keeper: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    type_approval_no: Mapped[str] = mapped_column(default="")
    last_cert_no: Mapped[str] = mapped_column(default="")
    last_verified_on: Mapped[date | None]
    declared_valid_until: Mapped[date | None]
    remark: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(default="in_use")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    import_id: Mapped[UUID | None]
    filing_state: Mapped[str] = mapped_column(default="none")
    filing_id: Mapped[UUID | None]
    institution_id: Mapped[UUID | None]
    participants: Mapped[list[UUID]] = mapped_column(default=list)
    approved_on: Mapped[date | None]
    ever_filed: Mapped[bool] = mapped_column(default=False)
    claim_id: Mapped[UUID | None]
    claim_until: Mapped[datetime | None]
    result: Mapped[str | None]
    result_source: Mapped[str | None]
    valid_until: Mapped[date | None]
    rotate_on: Mapped[date | None]
    unverified_since: Mapped[date | None]  # it lost its verification: see registry.domain.units
    units_changed: Mapped[dict[str, Any]] = mapped_column(default=dict)  # unit -> when
    unit_validity: Mapped[dict[str, Any]] = mapped_column(default=dict)  # unit that passed -> its last valid day
    open_booking_id: Mapped[UUID | None]
    # derived by the database, see registry.view_sql and migrations 0015 and 0016
    place: Mapped[bytes] = mapped_column(server_default=FetchedValue(), deferred=True)
    city_code: Mapped[str] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue(), deferred=True)
    county_code: Mapped[str] = mapped_column(
        server_default=FetchedValue(), server_onupdate=FetchedValue(), deferred=True
    )
    phase: Mapped[str] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue(), deferred=True)
    phase_day: Mapped[date | None] = mapped_column(
        server_default=FetchedValue(), server_onupdate=FetchedValue(), deferred=True
    )

    @property
    def units(self) -> list[str]:
        """The measuring units: the nozzles of a dispenser, else one without a name."""
        nozzles = self.details.get("nozzles") or []
        return [str(nozzle["nozzle_no"]) for nozzle in nozzles] or [""]

    def let_take_part(self, *institutions: UUID) -> None:
        """Lets institutions see the instrument that took part in its filing or verified it."""
        new = [one for one in dict.fromkeys(institutions) if one not in self.participants]
        if new:
            self.participants = [*self.participants, *new]

    def suspend(self) -> None:
        self._check_free("停用", "in_use")
        self.status = "suspended"

    def resume(self, now_invalid: bool) -> bool:
        """Back in use; True where the filing is over with it (it was revoked, or is invalid today)."""
        self._check_free("启用", "suspended")
        self.status = "in_use"
        if self.filing_state == "revoked" or (self.filing_state == "approved" and now_invalid):
            self.filing_state = "lapsed"
            return True
        return False

    def scrap(self) -> None:
        self._check_free("报废", "in_use", "suspended")
        self.status = "scrapped"

    def check_deletable(self) -> None:
        self.check_no_open_filing()
        if self.ever_filed or self.filing_state in ("approved", "revoked"):
            raise NotDeletable

    def check_no_open_filing(self) -> None:
        if self.filing_state in OPEN_FILING or self.claim_id is not None:
            raise FilingOpen

    def _check_free(self, move: str, *statuses: str) -> None:
        if self.status not in statuses:
            raise WrongStatus(status=STATUS_LABELS[self.status], move=move)
        self.check_no_open_filing()
        if self.open_booking_id is not None:
            raise BookingOpen


def check_not_scrapped(status: str) -> None:
    if status == "scrapped":
        raise WrongStatus(status=STATUS_LABELS[status], move="修改")


class Verification(Base):
    """One instrument in one completed booking, all its units together."""

    __tablename__ = "verification"
    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    instrument_id: Mapped[UUID] = mapped_column(primary_key=True)
    org_id: Mapped[UUID]
    institution_id: Mapped[UUID]
    division_code: Mapped[str]
    kind_code: Mapped[str]
    verified_on: Mapped[date]
    passed: Mapped[bool]
    first: Mapped[bool]
    due_on: Mapped[date | None]
    days: Mapped[int | None]


class History(Base):
    __tablename__ = "history"
    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[UUID]
    at: Mapped[datetime]
    actor: Mapped[dict[str, Any]]
    kind: Mapped[str]
    reference: Mapped[str | None]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    reason: Mapped[str | None]
    request_id: Mapped[str] = mapped_column(default="")


class Claim(Base):
    """The answer to a submission that claimed instruments, for when it asks again."""

    __tablename__ = "claim"
    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    claimed: Mapped[int | None]
    failed: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default=FetchedValue())
    made_at: Mapped[datetime]


class Attachment(Base):
    __tablename__ = "attachment"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    instrument_id: Mapped[UUID]
    file: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    created_at: Mapped[datetime]


class Import(Base):
    __tablename__ = "import"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    org_id: Mapped[UUID]
    file: Mapped[str]
    title: Mapped[str]
    sha256: Mapped[str]
    kind: Mapped[str]
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    headers: Mapped[list[dict[str, Any]] | None]
    mode: Mapped[str]
    dry_run: Mapped[bool]
    checked: Mapped[bool] = mapped_column(default=False)
    total: Mapped[int] = mapped_column(default=0)
    valid: Mapped[int] = mapped_column(default=0)
    invalid: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)


IMPORT_ERROR = table(
    "import_error",
    *(
        column(n)
        for n in (
            "import_id",
            "seq",
            "row",
            "column",
            "field",
            "code",
            "value",
            "message",
            "message_en",
            "expected",
            "suggestion",
        )
    ),
)


class Certificate(Base):
    __tablename__ = "certificate"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str]
    public_code: Mapped[str]
    org_id: Mapped[UUID]
    institution_id: Mapped[UUID]
    instrument_id: Mapped[UUID]
    booking_id: Mapped[UUID]
    unit: Mapped[str]
    kind: Mapped[str]
    kind_code: Mapped[str]
    division_code: Mapped[str]
    verified_on: Mapped[date]
    valid_until: Mapped[date | None]
    rotate_on: Mapped[date | None]
    result: Mapped[dict[str, Any]]
    snapshot: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="in_force")
    supersedes_id: Mapped[UUID | None]
    issued_at: Mapped[datetime]
    file: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[dict[str, Any] | None]
    ended_reason: Mapped[str | None]
    print_error: Mapped[dict[str, Any] | None]  # code and words of what kept it from being printed
    print_tried_at: Mapped[datetime | None]
    # derived by the database: order and areas, see migration 0017; what stands on it, from the snapshot
    place: Mapped[bytes] = mapped_column(server_default=FetchedValue(), deferred=True)
    city_code: Mapped[str] = mapped_column(server_default=FetchedValue(), deferred=True)
    county_code: Mapped[str] = mapped_column(server_default=FetchedValue(), deferred=True)
    name: Mapped[str | None] = mapped_column(server_default=FetchedValue(), deferred=True)
    serial_no: Mapped[str | None] = mapped_column(server_default=FetchedValue(), deferred=True)


class SavedView(Base):
    """Filter, columns and order of a list under a name."""

    __tablename__ = "saved_view"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    name: Mapped[str]
    filter: Mapped[dict[str, Any]]
    columns: Mapped[list[str]]
    sort: Mapped[str]
    created_at: Mapped[datetime]
    list: Mapped[str]


class CertificateChange(Base):
    """A correction or a void that one person proposed, for another to confirm."""

    __tablename__ = "certificate_change"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    certificate_id: Mapped[UUID]
    institution_id: Mapped[UUID]
    number: Mapped[str]
    kind: Mapped[str]
    changes: Mapped[dict[str, Any]]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    proposed_by: Mapped[dict[str, Any]]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[dict[str, Any] | None]
    decided_at: Mapped[datetime | None]
    decided_reason: Mapped[str | None]
    new_number: Mapped[str | None]
