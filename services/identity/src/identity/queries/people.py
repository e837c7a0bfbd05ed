"""Staff, supervisors and administrators, and the invitations to become one.

An institution's administrator sees the own institution's, the platform's administrator everybody's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SQLColumnExpression, Text, case, cast, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.paging import narrowed, paginate
from identity.models import Account, Bureau, Institution, Invitation

_HOME = func.coalesce(Institution.name, Bureau.name)


def staff(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of accounts that are no applicants', newest first."""
    a = Account
    statement = (
        select(
            a.id, a.kind, a.username, a.name, a.phone, a.roles, a.status, a.institution_id, a.bureau_id, a.created_at,
            a.version, _HOME.label("home_name"),
        )
        .outerjoin(Institution, Institution.id == a.institution_id)
        .outerjoin(Bureau, Bureau.id == a.bureau_id)
        .where(a.kind != "applicant", _theirs(actor, a.institution_id))
    )  # fmt: skip
    for name in ("kind", "status", "institution_id", "bureau_id"):
        if name in args:
            statement = statement.where(getattr(a, name) == args[name])
    if "role" in args:
        statement = statement.where(a.roles.contains([args["role"]]))
    if args.get("q"):
        searched = (a.name, a.username, a.phone)
        statement = statement.where(or_(*(one.icontains(args["q"], autoescape=True) for one in searched)))
    shown = {"name": a.name, "username": a.username, "phone": a.phone, "home_name": _HOME}
    statement = narrowed(statement, args, contained=shown, days={"created": a.created_at})
    return paginate(db, statement, args, key=a.id, sortable=shown | {"status": a.status, "created_at": a.created_at})


def member(db: Session, actor: Actor, account_id: UUID) -> Account:
    """One of them, locked. Raises: NotFound outside the actor's reach."""
    account = db.scalars(
        select(Account)
        .options(joinedload(Account.institution), joinedload(Account.bureau))
        .where(Account.id == account_id, Account.kind != "applicant", _theirs(actor, Account.institution_id))
        .with_for_update(of=Account)
    ).first()
    if account is None:
        raise NotFound
    return account


def invitations(db: Session, actor: Actor, args: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    i = Invitation
    state = case(
        (i.account_id.is_not(None), "accepted"), (i.ended_at.is_not(None), "withdrawn"), (i.expires_at <= now, "expired"),
        else_="open",
    )  # fmt: skip
    statement = (
        select(
            i.id, i.kind, i.institution_id, i.bureau_id, i.roles, i.name, i.phone, i.created_at, i.expires_at,
            i.account_id, state.label("state"), _HOME.label("home_name"),
        )
        .outerjoin(Institution, Institution.id == i.institution_id)
        .outerjoin(Bureau, Bureau.id == i.bureau_id)
        .where(_theirs(actor, i.institution_id))
    )  # fmt: skip
    if "role" in args:
        statement = statement.where(i.roles.contains([args["role"]]))
    if "state" in args:
        statement = statement.where(cast(state, Text) == args["state"])
    shown = {"name": i.name, "phone": i.phone, "home_name": _HOME}
    statement = narrowed(statement, args, contained=shown, days={"expires": i.expires_at})
    sortable = shown | {"state": cast(state, Text), "created_at": i.created_at, "expires_at": i.expires_at}
    return paginate(db, statement, args, key=i.id, sortable=sortable)


def invitation(db: Session, actor: Actor, invitation_id: UUID) -> Invitation:
    """Locked. Raises: NotFound outside the actor's reach."""
    found = db.scalars(
        select(Invitation)
        .where(Invitation.id == invitation_id, _theirs(actor, Invitation.institution_id))
        .with_for_update()
    ).first()
    if found is None:
        raise NotFound
    return found


def invitation_by_token(db: Session, token_hash: bytes) -> Invitation:
    """Locked. Raises: NotFound."""
    found = db.scalars(select(Invitation).where(Invitation.token_hash == token_hash).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def bureaus(db: Session) -> list[dict[str, Any]]:
    b = Bureau
    rows = db.execute(select(b.id, b.name, b.division_code, b.active, b.version).order_by(b.division_code, b.id))
    return [dict(row) for row in rows.mappings()]


def _theirs(actor: Actor, institution_id: SQLColumnExpression[Any]) -> SQLColumnExpression[bool]:
    return true() if actor.kind == "admin" else institution_id == actor.org_id
