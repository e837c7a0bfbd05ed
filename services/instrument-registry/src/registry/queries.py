"""Reads of the registry. Scope and question are one WHERE."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.paging import paginate
from registry.domain.rules import KindFacts, Reference
from registry.models import OPEN_FILING, Attachment, Certificate, Division, History, Import, Instrument, Kind
from registry.view_sql import in_view, live, predicates, view_column

I = Instrument  # noqa: E741
COLUMNS = (
    I.id, I.code, I.org_id, I.name, I.model, I.serial_no, I.own_no, I.manufacturer, I.kind_code, I.purpose,
    I.division_code, I.install_address, I.accuracy_class, I.measuring_range, I.resolution, I.made_on, I.in_use_on,
    I.origin, I.venue, I.department, I.keeper, I.phone, I.type_approval_no, I.last_cert_no, I.last_verified_on,
    I.declared_valid_until, I.remark, I.details, I.status, I.version, I.filing_state, I.institution_id, I.approved_on,
    I.valid_until, I.rotate_on, I.result, I.result_source, I.open_booking_id, I.created_at, I.updated_at,
)  # fmt: skip
SORTABLE = {column.key: column for column in COLUMNS if column.key not in ("details", "org_id")}
FILTERS = (
    "kind_code", "purpose", "division_code", "status", "filing_state", "institution_id", "result", "origin", "venue",
    "department", "keeper", "serial_no", "own_no", "model", "name", "manufacturer", "import_id", "org_id",
)  # fmt: skip


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The instruments that an actor may see; supervisors see what is filed in their area."""
    if actor.kind == "applicant":
        return I.org_id == actor.org_id
    if actor.kind == "institution":
        return I.participants.contains([actor.org_id])
    if actor.kind == "supervisor":
        return (I.division_code.startswith(actor.area)) & (I.filing_state != "none")
    return true()


def instruments(db: Session, actor: Actor, args: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A page of instruments with their view of today, newest first."""
    statement = filtered(select(*COLUMNS, view_column(today).label("view")), actor, args, today)
    return paginate(db, statement, args, key=I.id, sortable=SORTABLE)


def ids_by_filter(actor: Actor, args: Mapping[str, Any], today: date) -> Select[UUID]:
    return filtered(select(I.id), actor, args, today).order_by(I.id)


def filtered(statement: Select[Any], actor: Actor, args: Mapping[str, Any], today: date) -> Select[Any]:
    """Narrow a SELECT over instruments by the list's filters, within the actor's scope."""
    statement = statement.where(visible_to(actor), in_view(args.get("view") or "all", today))
    for name in FILTERS:
        if args.get(name) is not None:
            statement = statement.where(getattr(I, name) == args[name])
    if args.get("q"):
        fragment = args["q"]
        statement = statement.where(
            or_(
                *(
                    c.icontains(fragment, autoescape=True)
                    for c in (I.name, I.model, I.serial_no, I.own_no, I.install_address)
                )
            )
        )
    for name, column in (("valid_until", I.valid_until), ("approved_on", I.approved_on)):
        if args.get(f"{name}_from"):
            statement = statement.where(column >= args[f"{name}_from"])
        if args.get(f"{name}_to"):
            statement = statement.where(column <= args[f"{name}_to"])
    return statement


def instrument(db: Session, actor: Actor, instrument_id: UUID, today: date) -> dict[str, Any]:
    statement = select(*COLUMNS, view_column(today).label("view")).where(I.id == instrument_id, visible_to(actor))
    row = db.execute(statement).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)


def own_instrument(db: Session, actor: Actor, instrument_id: UUID) -> Instrument:
    """The applicant's instrument, locked for a change. Raises: NotFound."""
    row = db.scalars(select(I).where(I.id == instrument_id, I.org_id == actor.org_id).with_for_update()).first()
    if row is None:
        raise NotFound
    return row


def own_for_update(db: Session, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Instrument]:
    """The applicant's ones of `ids`, locked in the order of ids."""
    statement = select(I).where(I.id.in_(ids), I.org_id == actor.org_id).order_by(I.id).with_for_update()
    return {row.id: row for row in db.scalars(statement)}


def by_ids(db: Session, ids: Sequence[UUID]) -> dict[UUID, Instrument]:
    """For events: of any organisation, locked in the order of ids."""
    return {row.id: row for row in db.scalars(select(I).where(I.id.in_(ids)).order_by(I.id).with_for_update())}


def check_visible(db: Session, actor: Actor, instrument_id: UUID) -> None:
    if db.scalar(select(I.id).where(I.id == instrument_id, visible_to(actor))) is None:
        raise NotFound


def history(db: Session, actor: Actor, instrument_id: UUID, args: Mapping[str, Any]) -> dict[str, Any]:
    """Every change and step of one instrument, newest first."""
    check_visible(db, actor, instrument_id)
    h = History
    statement = select(h.id, h.at, h.actor, h.kind, h.reference, h.changes, h.reason).where(
        h.instrument_id == instrument_id
    )
    return paginate(db, statement, args, key=h.id, sortable={"at": h.at}, default=[h.at.desc()])


def attachments(db: Session, actor: Actor, instrument_id: UUID) -> list[dict[str, Any]]:
    check_visible(db, actor, instrument_id)
    a = Attachment
    rows = db.execute(
        select(a.id, a.title, a.kind, a.size, a.created_at).where(a.instrument_id == instrument_id).order_by(a.id)
    )
    return [dict(row) for row in rows.mappings()]


def attachment(db: Session, actor: Actor, instrument_id: UUID, attachment_id: UUID) -> Attachment:
    check_visible(db, actor, instrument_id)
    found = db.get(Attachment, attachment_id)
    if found is None or found.instrument_id != instrument_id:
        raise NotFound
    return found


def overview(db: Session, actor: Actor, today: date, args: Mapping[str, Any] | None = None) -> dict[str, int]:
    """The counts of home page and supervision; each equals the total of the list behind it."""
    named = {
        "total": I.status != "scrapped",
        "filed": (I.filing_state == "approved") & (I.status != "scrapped"),
        "returned": (I.filing_state == "returned") & (I.status != "scrapped"),
        "scrapped": I.status == "scrapped",
        "suspended": I.status == "suspended",
        "unfiled": in_view("unfiled", today),
    } | {name: live() & condition for name, condition in predicates(today).items()}
    statement = select(*(func.count().filter(condition).label(name) for name, condition in named.items()))
    statement = statement.where(visible_to(actor))
    for name in ("kind_code", "institution_id"):
        if (args or {}).get(name):
            statement = statement.where(getattr(I, name) == (args or {})[name])
    if (args or {}).get("division_code"):
        code = str((args or {})["division_code"])
        prefix = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") and len(code) == 6 else code
        statement = statement.where(I.division_code.startswith(prefix))
    return dict(db.execute(statement).mappings().one())


# -- reference -------------------------------------------------------------------------------------------------------


def catalog(db: Session) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(select(*Kind.__table__.c).order_by(Kind.code)).mappings()]


def reference(db: Session, today: date) -> Reference:
    """What the rules judge by, on a day."""
    k = Kind
    kinds = {
        row.code: KindFacts(row.name, row.supervision, row.mode, row.valid_from, row.valid_to, row.successor)
        for row in db.execute(select(k.code, k.name, k.supervision, k.mode, k.valid_from, k.valid_to, k.successor))
    }
    divisions = {row.code: row.is_leaf for row in db.execute(select(Division.code, Division.is_leaf))}
    return Reference(today, kinds, divisions)


# -- imports and certificates ----------------------------------------------------------------------------------------


def import_of(db: Session, actor: Actor, import_id: UUID) -> Import:
    found = db.scalars(select(Import).where(Import.id == import_id, Import.org_id == actor.org_id)).first()
    if found is None:
        raise NotFound
    return found


C = Certificate
CERTIFICATE_COLUMNS = (
    C.id, C.number, C.public_code, C.instrument_id, C.org_id, C.institution_id, C.booking_id, C.unit, C.kind, C.kind_code,
    C.verified_on, C.valid_until, C.rotate_on, C.result, C.snapshot, C.status, C.issued_at, C.file,
)  # fmt: skip


def certificates_visible_to(actor: Actor) -> ColumnElement[bool]:
    if actor.kind == "applicant":
        return C.org_id == actor.org_id
    if actor.kind == "institution":
        return C.institution_id == actor.org_id
    if actor.kind == "supervisor":
        return C.division_code.startswith(actor.area)
    return true()


def certificates(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of certificates whose PDF can be fetched, newest first."""
    statement = select(*CERTIFICATE_COLUMNS).where(certificates_visible_to(actor), C.file.is_not(None))
    for name in ("instrument_id", "booking_id", "kind", "status"):
        if args.get(name) is not None:
            statement = statement.where(getattr(C, name) == args[name])
    if args.get("q"):
        statement = statement.where(
            or_(
                C.number.icontains(args["q"], autoescape=True),
                C.snapshot["serial_no"].astext.icontains(args["q"], autoescape=True),
            )
        )
    if args.get("start"):
        statement = statement.where(C.verified_on >= args["start"])
    if args.get("end"):
        statement = statement.where(C.verified_on <= args["end"])
    return paginate(db, statement, args, key=C.id, sortable={"verified_on": C.verified_on, "number": C.number})


def certificate(db: Session, actor: Actor, number: str) -> dict[str, Any]:
    statement = select(*CERTIFICATE_COLUMNS).where(
        C.number == number, certificates_visible_to(actor), C.file.is_not(None)
    )
    row = db.execute(statement).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)


def public_certificate(db: Session, code: str) -> dict[str, Any] | None:
    row = db.execute(select(*CERTIFICATE_COLUMNS).where(C.public_code == code, C.file.is_not(None))).mappings().first()
    return dict(row) if row else None


def public_instrument(db: Session, code: str, today: date) -> dict[str, Any] | None:
    row = db.execute(select(*COLUMNS, view_column(today).label("view")).where(I.code == code)).mappings().first()
    return dict(row) if row else None


def ids_for_action(actor: Actor, action: str, view: str, today: date) -> Select[UUID]:
    """Every instrument on which the caller may do `action` now, as far as its own row tells."""
    statement = select(I.id).where(visible_to(actor), in_view(view, today), I.claim_id.is_(None))
    statement = statement.where(I.filing_state.not_in(OPEN_FILING))
    if action == "delete":
        statement = statement.where(I.ever_filed.is_(False), I.filing_state.not_in(["approved", "revoked"]))
    if action == "suspend":
        statement = statement.where(I.status == "in_use")
    return statement.order_by(I.id)


def ids_to_file(actor: Actor, today: date) -> Select[UUID]:
    """`all` of a submission: the view `unfiled`; returned ones must be named."""
    return select(I.id).where(visible_to(actor), in_view("unfiled", today), I.claim_id.is_(None)).order_by(I.id)
