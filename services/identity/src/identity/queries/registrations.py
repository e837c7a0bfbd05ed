"""Registrations and their papers: whose they are, and who decides them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from chassis.actor import Actor, area_of
from chassis.errors import NotFound
from chassis.paging import narrowed, paginate
from identity.models import Account, File, Institution, Organization
from identity.queries.accounts import owner_of


def registrations(db: Session, actor: Actor, args: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the registrations that the actor's institution may see and decide, oldest first."""
    org, owner, licence, letter = Organization, aliased(Account), aliased(File), aliased(File)
    statement = (
        select(
            org.id.label("org_id"), owner.id.label("account_id"), org.status, org.reason_code, org.reason,
            org.submitted_at,
            func.json_build_object(
                "name", org.name, "credit_code", org.credit_code, "address", org.address, "division_code",
                org.division_code, "contact_name", org.contact_name, "phone", org.phone,
            ).label("org"),
            func.json_build_array(_file_json(licence), _file_json(letter)).label("files"),
        )
        .join(owner, and_(owner.org_id == org.id, owner.roles.contains(["owner"])))
        .outerjoin(licence, licence.id == org.license_file_id)
        .outerjoin(letter, letter.id == org.authorization_file_id)
        .where(_decides(actor))
    )  # fmt: skip
    if "status" in args:
        statement = statement.where(org.status == args["status"])
    if args.get("division_code"):  # of a city: everything in it
        statement = statement.where(org.division_code.startswith(area_of(args["division_code"]), autoescape=True))
    shown = {"name": org.name, "credit_code": org.credit_code, "contact_name": org.contact_name, "phone": org.phone}
    statement = narrowed(statement, args, contained=shown, days={"submitted": org.submitted_at})
    if args.get("q"):
        searched = (org.name, org.credit_code)
        statement = statement.where(or_(*(one.icontains(args["q"], autoescape=True) for one in searched)))
    return paginate(
        db, statement, args, key=org.id, default=[org.submitted_at.asc()],
        sortable={
            "submitted_at": org.submitted_at, "name": org.name, "credit_code": org.credit_code, "phone": org.phone,
            "division_code": org.division_code, "contact_name": org.contact_name, "status": org.status,
        },
    )  # fmt: skip


def registration_to_decide(db: Session, actor: Actor, org_id: UUID) -> Organization:
    """Locked for the decision. Raises: NotFound outside the actor's area."""
    org = db.scalars(select(Organization).where(Organization.id == org_id, _decides(actor)).with_for_update()).first()
    if org is None:
        raise NotFound
    return org


def _decides(actor: Actor) -> Any:
    """County: its own division. City: everything below it, also where a county institution decides first. The province
    decides none."""
    if actor.tier == "county":
        return Organization.division_code == actor.division
    return Organization.division_code.like(f"{actor.area}%") if actor.tier == "city" else false()


def _file_json(file: Any) -> Any:
    return case(
        (
            file.id.is_not(None),
            func.json_build_object("file_id", file.id, "purpose", file.purpose, "name", file.title),
        ),
        else_=None,
    )


def reviewer_of(db: Session, division_code: str) -> Institution | None:
    """Returns the institution that decides a registration: the county's if there is one, else the city's."""
    city = division_code[:4] + "00"
    return db.scalars(
        select(Institution)
        .where(
            Institution.active,
            Institution.division_code.in_([division_code, city]),
            Institution.tier != "province",
        )
        .order_by((Institution.division_code == division_code).desc(), Institution.tier.desc())
        .limit(1)
    ).first()


def file_for(db: Session, actor: Actor, file_id: UUID) -> File:
    """One's own organisation's file, or that of a registration one decides. Raises: NotFound."""
    statement = select(File).where(File.id == file_id)
    if actor.kind == "applicant":
        statement = statement.where(File.org_id == actor.org_id)
    elif "registration_reviewer" in actor.roles:
        statement = statement.join(Organization, Organization.id == File.org_id).where(_decides(actor))
    elif actor.kind != "admin":
        raise NotFound
    file = db.scalars(statement).first()
    if file is None:
        raise NotFound
    return file


def own_registration(db: Session, actor: Actor) -> dict[str, Any]:
    """The registration of the actor's organisation as its list item. Raises: NotFound."""
    org = db.get(Organization, actor.org_id)
    if org is None:
        raise NotFound
    files = db.scalars(select(File).where(File.id.in_([org.license_file_id, org.authorization_file_id]))).all()
    reviewer = reviewer_of(db, org.division_code)
    return {
        "org_id": org.id, "account_id": owner_of(db, org.id).id, "status": org.status,
        "reason_code": org.reason_code, "reason": org.reason,
        "org": {
            "name": org.name, "credit_code": org.credit_code, "address": org.address, "phone": org.phone,
            "division_code": org.division_code, "contact_name": org.contact_name,
        },
        "files": [{"file_id": f.id, "purpose": f.purpose, "name": f.title} for f in files],
        "submitted_at": org.submitted_at, "decided_at": org.decided_at, "version": org.version,
        "reviewer": {"name": reviewer.name, "contact": reviewer.contact} if reviewer else None,
    }  # fmt: skip
