"""Corrections and voids take two persons, as the results did: one proposes, a checker other than that one confirms."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.events import jsonable
from registry.actions import certificates
from registry.actions.histories import actor_json
from registry.domain.certificates import CHANGE, ChangeState
from registry.domain.errors import ChangeOpen, OwnChange
from registry.models import Certificate, CertificateChange

DATES = ("verified_on", "valid_until")
Print = Callable[[Certificate], Any]


def propose_correction(
    db: Session, by: Actor, number: str, changes: Mapping[str, Any], reason: str, now: datetime, today: date, check: Print
) -> CertificateChange:  # fmt: skip
    """check: prints and keeps nothing. Raises: NotFound, CertificateEnded, Invalid, CharacterMissing, ChangeOpen."""
    _, old = certificates.locked(db, by, number)
    check(certificates.replacement(db, old, changes, old.number, now, today))
    return _propose(db, by, old, "correction", changes, reason, now)


def propose_void(db: Session, by: Actor, number: str, reason: str, now: datetime) -> CertificateChange:
    """Raises: NotFound, CertificateEnded, ChangeOpen."""
    _, old = certificates.locked(db, by, number)
    return _propose(db, by, old, "void", {}, reason, now)


def confirm(
    db: Session, by: Actor, change_id: UUID, now: datetime, today: date, print_pdf: Callable[[Certificate], str]
) -> Certificate:
    """Make the change. Raises: NotFound, IllegalMove, OwnChange, CertificateEnded, Invalid."""
    change = _open(db, by, change_id, "confirm")
    if change.proposed_by["account_id"] == str(by.account_id):
        raise OwnChange
    _decide(change, "confirm", by, now, None)
    if change.kind == "void":
        return certificates.void(db, by, change.number, change.reason, now)
    changes = {k: date.fromisoformat(v) if k in DATES and v else v for k, v in change.changes.items()}
    persons = f"更正：{change.proposed_by['name']}，核准：{by.name}"
    new = certificates.correct(db, by, change.number, changes, change.reason, now, today, print_pdf, persons)
    change.new_number = new.number
    db.flush()
    return new


def decline(db: Session, by: Actor, change_id: UUID, now: datetime, reason: str) -> CertificateChange:
    """By whoever may propose or confirm, also the one who proposed it. Raises: NotFound, IllegalMove."""
    change = _open(db, by, change_id, "decline")
    _decide(change, "decline", by, now, reason)
    db.flush()
    return change


def _propose(
    db: Session, by: Actor, old: Certificate, kind: str, changes: Mapping[str, Any], reason: str, now: datetime
) -> CertificateChange:
    change = CertificateChange(
        certificate_id=old.id, institution_id=old.institution_id, number=old.number, kind=kind,
        changes=jsonable(dict(changes)), reason=reason, state=ChangeState.OPEN.value, proposed_by=actor_json(by), proposed_at=now,
    )  # fmt: skip
    try:
        with db.begin_nested():
            db.add(change)
            db.flush()
    except IntegrityError as error:
        raise ChangeOpen(number=old.number) from error
    return change


def _open(db: Session, by: Actor, change_id: UUID, move: str) -> CertificateChange:
    statement = select(CertificateChange).where(
        CertificateChange.id == change_id, CertificateChange.institution_id == by.org_id
    )
    change = db.scalars(statement.with_for_update()).first()
    if change is None:
        raise NotFound
    CHANGE.after(change.state, move)
    return change


def _decide(change: CertificateChange, move: str, by: Actor, now: datetime, reason: str | None) -> None:
    change.state = CHANGE.after(change.state, move).value
    change.decided_by, change.decided_at, change.decided_reason = actor_json(by), now, reason
