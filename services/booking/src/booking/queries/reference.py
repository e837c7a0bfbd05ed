"""Copies of what others own: institutions, staff, kinds."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from booking.models import Institution, Kind, Staff
from chassis.actor import Actor


def institution(db: Session, institution_id: UUID) -> Institution | None:
    return db.scalars(select(Institution).where(Institution.id == institution_id, Institution.active)).first()


def staff_by_username(db: Session, institution_id: UUID, usernames: set[str]) -> dict[str, Staff]:
    statement = select(Staff).where(Staff.institution_id == institution_id, Staff.username.in_(usernames), Staff.active)
    return {person.username: person for person in db.scalars(statement)}


def named_in_results(db: Session, actor: Actor) -> list[dict[str, Any]]:
    """Verifiers and checkers of the caller's institution, by name."""
    statement = (
        select(Staff.username, Staff.name, Staff.roles)
        .where(
            Staff.institution_id == actor.org_id, Staff.active,
            or_(Staff.roles.contains(["verifier"]), Staff.roles.contains(["checker"])),
        )
        .order_by(Staff.name, Staff.username)
    )  # fmt: skip
    return [dict(row) for row in db.execute(statement).mappings()]


def kinds(db: Session, codes: set[str]) -> dict[str, Kind]:
    return {kind.code: kind for kind in db.scalars(select(Kind).where(Kind.code.in_(codes)))}
