"""Reads of filing. Scope and question are one WHERE: what the caller may not see does not exist."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from chassis.actor import Actor, area_of
from chassis.errors import NotFound
from chassis.paging import narrowed, paginate
from chassis.searching import sought
from chassis.workdays import Change, Workdays
from filing.domain.states import MOVES, OPEN, State
from filing.models import DayChange, Filing, Institution, Org, Step, Submission

F = Filing


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The filings that an actor may see."""
    if actor.kind == "applicant":
        return F.org_id == actor.org_id
    if actor.kind == "institution":
        return F.participants.contains([actor.org_id])
    if actor.kind == "supervisor":
        return F.division_code.startswith(actor.area)
    return true()


COLUMNS = (
    F.id, F.number, F.submission_id, F.instrument_id, F.snapshot.label("instrument"), F.org_id, Org.name.label("org_name"),
    Org.credit_code.label("org_credit_code"), F.kind_code, F.division_code, F.state, F.institution_id, F.holder_id, F.previous_id, F.authorize_province,
    F.reason_code, F.reason, F.submitted_at, F.decided_at, F.due_on, F.version,
)  # fmt: skip
SUBMITTED = {  # of the instrument, as it was submitted
    name: F.snapshot[name].astext
    for name in ("name", "model", "serial_no", "own_no", "manufacturer", "install_address")
}
SORTABLE: dict[str, Any] = {
    "submitted_at": F.submitted_at, "decided_at": F.decided_at, "due_on": F.due_on, "number": F.number,
    "kind_code": F.kind_code, "division_code": F.division_code, "state": F.state, "org_name": Org.name,
    "institution_id": F.institution_id, "reason_code": F.reason_code, "reason": F.reason,
} | SUBMITTED  # fmt: skip
EQUAL = {
    column.key: column
    for column in (F.kind_code, F.institution_id, F.holder_id, F.org_id, F.instrument_id, F.submission_id, F.reason_code)
}  # fmt: skip
DECIDED = {state.value for state in State} - {state.value for state in OPEN}
DAYS = {"submitted": F.submitted_at, "decided": F.decided_at, "due_on": F.due_on}
CONTAINED = SUBMITTED | {"reason": F.reason}


def filings(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of filings: an institution's waiting ones oldest first, what is decided by its decision, newest first."""
    statement = _filtered(select(*COLUMNS).outerjoin(Org, Org.id == F.org_id), actor, args)
    asked = set((args.get("state") or "").split(","))
    default: list[Any] | None = None
    if asked and asked <= DECIDED:
        default = [F.decided_at.desc(), F.id.desc()]
    elif actor.kind == "institution":
        default = [F.submitted_at.asc(), F.id.asc()]
    return paginate(db, statement, args, key=F.id, sortable=SORTABLE, default=default)


def ids_by_filter(actor: Actor, args: Mapping[str, Any]) -> Select[UUID]:
    return _filtered(select(F.id), actor, args).order_by(F.id)


def ids_for_move(actor: Actor, move: str) -> Select[UUID]:
    """Every filing on which the caller may make `move` now."""
    statement = select(F.id).where(visible_to(actor), F.latest, F.state.in_(MOVES[move][0]))
    if actor.kind == "institution":
        turn = {"revoke": F.holder_id, "recall": F.city_id}.get(move, F.institution_id)
        statement = statement.where(turn == actor.org_id)
    return statement.order_by(F.id)


def _filtered(statement: Select[Any], actor: Actor, args: Mapping[str, Any]) -> Select[Any]:
    statement = statement.where(visible_to(actor))
    if not args.get("history"):
        statement = statement.where(F.latest)
    statement = narrowed(statement, args, equal=EQUAL, contained=CONTAINED, days=DAYS)
    if args.get("division_code") is not None:  # of a city: everything in it
        statement = statement.where(F.division_code.startswith(area_of(args["division_code"]), autoescape=True))
    if args.get("state"):
        statement = statement.where(F.state.in_(args["state"].split(",")))
    if args.get("number"):  # a filing's begins with its submission's
        statement = statement.where(F.number.startswith(args["number"], autoescape=True))
    if args.get("q"):
        statement = statement.where(_searched(actor, args["q"]))
    if args.get("due_before"):
        statement = statement.where(F.due_on <= args["due_before"])
    if args.get("org_name_contains"):
        called = Org.name.icontains(args["org_name_contains"], autoescape=True)
        statement = statement.where(F.org_id.in_(select(Org.id).where(called)))
    return statement


def _searched(actor: Actor, q: str) -> ColumnElement[bool]:
    found = F.search.contains(sought(q), autoescape=True) | F.number.icontains(q, autoescape=True)
    if actor.kind == "applicant":
        return found
    called = Org.name.icontains(q, autoescape=True) | Org.credit_code.icontains(q, autoescape=True)
    return found | F.org_id.in_(select(Org.id).where(called))


def filing(db: Session, actor: Actor, filing_id: UUID) -> dict[str, Any]:
    """One filing with its steps, oldest first. Raises: NotFound."""
    contact = Org.contact_name.label("org_contact_name"), Org.phone.label("org_phone")
    statement = (
        select(*COLUMNS, *contact).outerjoin(Org, Org.id == F.org_id).where(F.id == filing_id, visible_to(actor))
    )
    row = db.execute(statement).mappings().first()
    if row is None:
        raise NotFound
    steps = db.execute(
        select(Step.at, Step.actor, Step.move, Step.from_state, Step.to_state, Step.institution_id,
               Step.reason_code, Step.reason, Step.changes).where(Step.filing_id == filing_id).order_by(Step.id)
    ).mappings()  # fmt: skip
    return dict(row) | {"steps": [dict(step) for step in steps]}


def for_move(db: Session, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Filing]:
    """The visible ones of `ids`, locked in the order of ids so that two batches never wait for each other."""
    statement = select(F).where(F.id.in_(ids), visible_to(actor)).order_by(F.id).with_for_update()
    return {filing.id: filing for filing in db.scalars(statement)}


def latest_of(db: Session, instrument_ids: Sequence[UUID]) -> dict[UUID, Filing]:
    """The latest filing of each instrument, locked."""
    statement = select(F).where(F.instrument_id.in_(instrument_ids), F.latest).order_by(F.id).with_for_update()
    return {filing.instrument_id: filing for filing in db.scalars(statement)}


def institution(db: Session, institution_id: UUID) -> Institution | None:
    return db.scalars(select(Institution).where(Institution.id == institution_id, Institution.active)).first()


def institution_named(db: Session, institution_id: UUID) -> Institution:
    """The same, also one that is not active any more."""
    return db.get_one(Institution, institution_id)


def province(db: Session) -> Institution | None:
    return db.scalars(select(Institution).where(Institution.tier == "province", Institution.active).limit(1)).first()


def overview(db: Session, actor: Actor, mine: bool = False) -> dict[str, int]:
    """Counts of the latest filings by state. mine: as the institution's own lists show them."""
    scope = visible_to(actor)
    if mine and actor.kind == "institution":
        scope &= (F.state != State.APPROVED) | (F.holder_id == actor.org_id)
        if actor.tier != "city":  # which waits for others
            scope &= (F.state != State.AWAITING_CONFIRMATION) | (F.institution_id == actor.org_id)
    return _counts(db, scope)


def overview_of(db: Session, org_id: UUID) -> dict[str, int]:
    """The same, of one organisation."""
    return _counts(db, F.org_id == org_id)


def _counts(db: Session, scope: ColumnElement[bool]) -> dict[str, int]:
    rows = db.execute(select(F.state, func.count()).where(scope, F.latest).group_by(F.state))
    counts = {state: count for state, count in rows}
    return counts | {"total": sum(counts.values())}


def submission(db: Session, submission_id: UUID) -> Submission:
    found = db.get(Submission, submission_id)
    if found is None:
        raise NotFound
    return found


def next_number(db: Session) -> int:
    return int(db.execute(select(func.nextval("submission_number"))).scalar_one())


def workdays(db: Session) -> Workdays:
    """The calendar with the days that the administrator set."""
    return Workdays({row.date: Change(row.kind, row.name) for row in db.scalars(select(DayChange))})
