"""Reads of certificates: listed only when their PDF can be fetched."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Text, Uuid, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import Session, aliased

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.lists.fast import COUNTED, Listing, OrderKey
from chassis.paging import narrowed, paginate
from chassis.reads import Read, Reader
from registry.models import Certificate, CertificateChange, Instrument
from registry.queries import areas
from registry.tables import CERTIFICATE_SEARCH
from registry.view_sql import TODAY

C = Certificate
_PRESENT = func.jsonb_build_object(
    "nozzles", Instrument.details["nozzles"], "changed", Instrument.units_changed, type_=JSONB
)
_Old, _New = aliased(Certificate), aliased(Certificate)
COLUMNS = {
    column.key: column
    for column in (
        C.id, C.number, C.public_code, C.instrument_id, C.org_id, C.institution_id, C.booking_id, C.unit, C.kind,
        C.kind_code, C.division_code, C.verified_on, C.valid_until, C.rotate_on, C.result, C.snapshot, C.status, C.issued_at,
        C.file, C.ended_at, C.ended_reason,
    )
} | {
    "supersedes": select(_Old.number).where(_Old.id == C.supersedes_id).scalar_subquery(),
    # of one nozzle among others: what the dispenser has now, and since when
    "present": case((C.unit != "", select(_PRESENT).where(Instrument.id == C.instrument_id).scalar_subquery())),
    "superseded_by": select(_New.number).where(_New.supersedes_id == C.id).scalar_subquery(),
}  # fmt: skip
_PERSONS = {name: C.result[f"{name}_name"].astext for name in ("verifier", "checker")}
_EXPIRED = and_(C.status == "in_force", C.valid_until < TODAY)
SORTABLE: dict[str, Any] = {
    column.key: column
    for column in (C.number, C.name, C.serial_no, C.unit, C.kind, C.kind_code, C.verified_on, C.valid_until, C.issued_at,
                   C.institution_id)
} | {"status": case((_EXPIRED, "expired"), else_=C.status)} | _PERSONS  # fmt: skip
FILTERS = {
    name: COLUMNS[name] for name in ("instrument_id", "booking_id", "kind", "kind_code", "institution_id", "unit", "number")
} | {"name": C.name, "serial_no": C.serial_no} | _PERSONS  # fmt: skip
RANGES = {
    "start": (C.verified_on, True), "end": (C.verified_on, False),
    "verified_on_from": (C.verified_on, True), "verified_on_to": (C.verified_on, False),
    "valid_until_from": (C.valid_until, True), "valid_until_to": (C.valid_until, False),
}  # fmt: skip
_STATUS: dict[str, ColumnElement[bool]] = {
    "expired": _EXPIRED,
    "in_force": and_(C.status == "in_force", or_(C.valid_until.is_(None), C.valid_until >= TODAY)),
    "superseded": C.status == "superseded",
    "void": C.status == "void",
}
STATUSES = tuple(_STATUS)
_CHANGEABLE = or_(C.file.is_not(None), C.print_error.is_not(None))  # what cannot be printed can be corrected
LISTED_WAITING = 100
LISTED = 10_000  # of a list that no counter knows are counted at most
ACTOR_ORG, VIEWER = bindparam("actor_org", type_=Uuid), bindparam("viewer", type_=Uuid)


class Question(NamedTuple):
    """Everything that the statement of a list depends on. The values come with each call."""

    kind: str  # of account
    digits: int  # of the area that a supervisor looks at
    status: str
    names: tuple[str, ...]  # of the filters
    walked: bool = False  # a search among the newest of its scope


def _visible_to(kind: str, digits: int) -> list[ColumnElement[bool]]:
    return [*_of(kind, digits), C.file.is_not(None)]


def _of(kind: str, digits: int) -> list[ColumnElement[bool]]:
    scope: dict[str, list[ColumnElement[bool]]] = {
        "applicant": [C.org_id == ACTOR_ORG],
        "institution": [C.institution_id == ACTOR_ORG],
        "supervisor": [areas.lies_in(C, digits)],
    }
    return scope.get(kind, [])


def _is_wide(question: Question) -> bool:
    return question.kind == "admin" or (question.kind == "supervisor" and question.digits < areas.CITY)


def _conditions(question: Question) -> list[ColumnElement[bool]]:
    found = _visible_to(question.kind, question.digits)
    if question.status:
        found.append(_STATUS[question.status])
    for name in question.names:
        if name == "q":
            found.append(_searched(question))
        elif name in RANGES:
            column, after = RANGES[name]
            bound = bindparam(name, type_=Date)
            found.append(column >= bound if after else column <= bound)
        else:
            found.append(FILTERS[name] == bindparam(name, type_=FILTERS[name].type))
    return found


def _searched(question: Question) -> ColumnElement[bool]:
    """As in registry.queries."""
    s = CERTIFICATE_SEARCH.c
    pattern = func.search_pattern(bindparam("q", type_=Text))
    if question.walked:  # see there
        return select(s.words.like(pattern)).where(s.certificate_id == C.id).scalar_subquery()
    matching = select(s.certificate_id).where(s.words.like(pattern))
    return C.id.in_(matching if _is_wide(question) else matching.where(s.viewers.contains(array([VIEWER]))))


def _question(actor: Actor, args: Mapping[str, Any]) -> Question:
    names = tuple(name for name in (*FILTERS, *RANGES, "q") if args.get(name) is not None)
    return Question(actor.kind, _digits(actor), args.get("status") or "", names)


def _digits(actor: Actor) -> int:
    return len(actor.area) if actor.kind == "supervisor" else 0


def _values(actor: Actor, args: Mapping[str, Any], today: date) -> dict[str, Any]:
    given = {name: args[name] for name in (*FILTERS, *RANGES) if args.get(name) is not None}
    return given | _scope(actor) | {"today": today, "q": str(args.get("q") or "")}


def _scope(actor: Actor) -> dict[str, Any]:
    if actor.kind == "supervisor":
        return areas.area_values(actor.area) | {"viewer": areas.viewer(actor.area)}
    return {"actor_org": actor.org_id, "viewer": actor.org_id}


def _is_search(question: Question) -> bool:
    return "q" in question.names and not question.walked


LISTING = Listing(
    COLUMNS, "id", SORTABLE, _conditions, _is_search,
    lambda question: OrderKey((C.id,)) if _is_wide(question) else OrderKey((C.place,), func.uuid_send),
    lambda question: COUNTED if _is_search(question) else LISTED,
    lambda question: (question._replace(walked=True), question._replace(status="", names=())),
)  # fmt: skip


def page(reader: Reader, actor: Actor, args: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A page of certificates, newest first."""
    return LISTING.page(reader, _question(actor, args), args, _values(actor, args, today))


def one(reader: Reader, actor: Actor, number: str, today: date) -> dict[str, Any]:
    """Raises: NotFound."""
    args = {"number": number}
    [rows] = reader.run((_one(_question(actor, args)), _values(actor, args, today)))
    if not rows:
        raise NotFound
    return rows[0]


@cache
def _one(question: Question) -> Read:
    return Read(LISTING.select(question))


def numbers(db: Session, actor: Actor, args: Mapping[str, Any], today: date, limit: int) -> list[str]:
    """The numbers of what a list with these filters shows, newest first, at most `limit`."""
    question = _question(actor, args)
    statement = (
        select(C.number).where(*_conditions(question)).order_by(LISTING.made(question).column.desc()).limit(limit)
    )
    return list(db.scalars(statement.params(**_values(actor, args, today))))


def by_numbers(db: Session, actor: Actor, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """In the order of `numbers`. Raises: NotFound where one is not there, or not the caller's."""
    statement = select(*(column.label(name) for name, column in COLUMNS.items())).where(
        C.number.in_(numbers), *_visible_to(actor.kind, _digits(actor))
    )
    found = {row["number"]: dict(row) for row in db.execute(statement, _scope(actor)).mappings()}
    if any(number not in found for number in numbers):
        raise NotFound
    return [found[number] for number in numbers]


def waiting(db: Session, actor: Actor) -> list[Any]:
    """The caller's certificates that could not be printed, the oldest first, at most `LISTED_WAITING`."""
    statement = select(C.number, C.instrument_id, C.verified_on, C.issued_at, C.snapshot, C.print_error).where(
        *_of(actor.kind, _digits(actor)), C.file.is_(None), C.ended_at.is_(None), C.print_error.is_not(None)
    )
    return list(db.execute(statement.order_by(C.id).limit(LISTED_WAITING), _scope(actor)))


def own_instrument_id(db: Session, actor: Actor, number: str) -> UUID:
    """Returns the instrument of the institution's own certificate. Raises: NotFound."""
    found = db.scalar(select(C.instrument_id).where(C.number == number, C.institution_id == actor.org_id, _CHANGEABLE))
    if found is None:
        raise NotFound
    return found


def own_for_update(db: Session, actor: Actor, number: str) -> Certificate:
    """The institution's own certificate, locked. Raises: NotFound."""
    statement = select(C).where(C.number == number, C.institution_id == actor.org_id, _CHANGEABLE)
    found = db.scalars(statement.with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def public(db: Session, code: str) -> dict[str, Any] | None:
    statement = select(*(column.label(name) for name, column in COLUMNS.items())).where(
        C.public_code == code, C.file.is_not(None)
    )
    row = db.execute(statement).mappings().first()
    return dict(row) if row else None


_CHANGE = tuple(getattr(CertificateChange, name) for name in (
    "id", "number", "kind", "changes", "reason", "state", "proposed_by", "proposed_at", "decided_by", "decided_at",
    "decided_reason", "new_number",
))  # fmt: skip


def changes(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of what was proposed in the institution."""
    statement = select(*_CHANGE).where(CertificateChange.institution_id == actor.org_id)
    if args.get("to_confirm"):
        proposer = CertificateChange.proposed_by["account_id"].astext
        statement = statement.where(CertificateChange.state == "open", proposer != str(actor.account_id))
    equal = {"state": CertificateChange.state, "number": CertificateChange.number}
    return paginate(db, narrowed(statement, args, equal=equal), args, key=CertificateChange.id, sortable={})


def change_row(change: CertificateChange) -> dict[str, Any]:
    return {column.key: getattr(change, column.key) for column in _CHANGE}
