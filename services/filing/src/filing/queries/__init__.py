"""Reads of filing. Scope and question are one WHERE: what the caller may not see does not exist."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.reads import Reader
from chassis.workdays import Change, Workdays
from filing.domain.states import MOVES
from filing.models import DayChange, Filing, Institution, Org, Step, Submission
from filing.queries.filings import FILINGS

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


def filings(reader: Reader, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of filings."""
    return FILINGS.page(reader, actor, args)


def ids_by_filter(actor: Actor, args: Mapping[str, Any]) -> Select[UUID]:
    return FILINGS.ids(actor, args)


def ids_for_move(actor: Actor, move: str) -> Select[UUID]:
    """Every filing on which the caller may make `move` now."""
    statement = select(F.id).where(visible_to(actor), F.latest, F.state.in_(MOVES[move][0]))
    if actor.kind == "institution":
        turn = {"revoke": F.holder_id, "recall": F.city_id}.get(move, F.institution_id)
        statement = statement.where(turn == actor.org_id)
    return statement.order_by(F.id)


def filing(db: Session, actor: Actor, filing_id: UUID) -> dict[str, Any]:
    """One filing with its steps, oldest first. Raises: NotFound."""
    shown = {**FILINGS.shown, "org_contact_name": Org.contact_name, "org_phone": Org.phone}
    columns: list[Any] = [column.label(name) for name, column in shown.items()]
    statement = select(*columns).outerjoin(Org, Org.id == F.org_id).where(F.id == filing_id, visible_to(actor))
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
