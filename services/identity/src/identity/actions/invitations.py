"""Invitations by SMS to become staff, supervisor or administrator: a link instead of an initial password."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import Forbidden, Invalid, NotFound, invalid
from identity import events, queries
from identity.actions.registrations import check_password, check_username
from identity.domain.errors import PhoneTaken, UsernameTaken
from identity.domain.passwords import Hasher
from identity.domain.roles import check_roles
from identity.models import Account, Institution, Invitation
from identity.tokens import digest

LIFETIME = timedelta(days=7)


def invite(db: Session, by: Actor, asked: dict[str, Any], now: datetime) -> tuple[Invitation, str]:
    """An invitation and the secret of its link, which is kept nowhere. Raises: Forbidden beyond the inviter's own
    institution, Invalid, PhoneTaken."""
    kind = asked["kind"]
    if by.kind != "admin" and kind != "institution":
        raise Forbidden
    roles = check_roles(kind, asked["roles"])
    home = _home(db, by, kind, asked)
    if queries.account_by_phone(db, asked["phone"]) is not None:
        raise PhoneTaken
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        token_hash=digest(token), kind=kind, roles=roles, name=asked["name"], phone=asked["phone"],
        created_at=now, created_by=by.account_id, expires_at=now + LIFETIME, **home,
    )  # fmt: skip
    db.add(invitation)
    db.flush()
    return invitation, token


def invite_again(db: Session, by: Actor, invitation_id: UUID, now: datetime) -> tuple[Invitation, str]:
    """The same invitation with a new link and a new term; the old link is void. Raises: InvitationEnded when it was
    accepted."""
    invitation, token = queries.invitation(db, by, invitation_id), secrets.token_urlsafe(32)
    invitation.take_back(now)
    invitation.ended_at, invitation.token_hash, invitation.expires_at = None, digest(token), now + LIFETIME
    return invitation, token


def take_back(db: Session, by: Actor, invitation_id: UUID, now: datetime) -> None:
    queries.invitation(db, by, invitation_id).take_back(now)


def look_up(db: Session, token: str, now: datetime) -> Invitation:
    """Returns the invitation of a link. Raises: NotFound, InvitationEnded."""
    invitation = queries.invitation_by_token(db, digest(token))
    invitation.check_open(now)
    return invitation


def accept(db: Session, hasher: Hasher, token: str, username: str, password: str, now: datetime) -> Account:
    """The account, with a user name and password of the invited person's own choice; the phone is the one that the
    link was sent to. Raises: NotFound, InvitationEnded, UsernameTaken, PhoneTaken, Invalid."""
    invitation = look_up(db, token, now)
    if errors := check_username(username, invitation.phone) + check_password(password, username):
        raise Invalid(errors=errors)
    if queries.account_by_login(db, username) is not None:
        raise UsernameTaken
    if queries.account_by_phone(db, invitation.phone) is not None:
        raise PhoneTaken
    account = Account(
        username=username, username_key=username.casefold(), phone=invitation.phone, name=invitation.name,
        password_hash=hasher.hash(password), kind=invitation.kind, institution=invitation.institution,
        bureau=invitation.bureau, roles=invitation.roles, created_at=now,
    )  # fmt: skip
    db.add(account)
    db.flush()
    invitation.accept(account.id, now)
    outbox.record(db, events.account_changed(account, account.standing, account.tier, account.division_code))
    return account


def _home(db: Session, by: Actor, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Returns the organisation of the invited person. An institution's administrator invites into the own institution."""
    if kind == "institution":
        institution_id = asked.get("institution_id") or (by.org_id if by.kind == "institution" else None)
        if by.kind == "institution" and institution_id != by.org_id:
            raise NotFound
        institution = db.get(Institution, institution_id) if institution_id else None
        if institution is None or not institution.active:
            raise invalid(
                "institution_id",
                "institution_unknown",
                "请选择一个有效的技术机构。",
                "Choose an institution that is active.",
            )
        return {"institution": institution}
    if kind == "supervisor":
        bureau = queries.bureau_to_change(db, asked["bureau_id"]) if asked.get("bureau_id") else None
        if bureau is None or not bureau.active:
            raise invalid(
                "bureau_id", "bureau_unknown", "请选择一个有效的行政管理部门。", "Choose a bureau that is active."
            )
        return {"bureau": bureau}
    return {}
