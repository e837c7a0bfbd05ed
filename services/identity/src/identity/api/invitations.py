"""Invitations: a link by SMS, with which the invited person chooses user name and password."""

from typing import Any
from uuid import UUID

from chassis import clock, log
from chassis.auth import ADMIN, INSTITUTION, allow, allow_anyone
from chassis.errors import ServiceError
from chassis.paging import page_response, page_schema
from chassis.runtime import runtime
from chassis.sms import SmsRefused
from chassis.web import Blueprint, audit_subject, current_user, db, own_transactions, secret_answer
from identity import queries
from identity.actions import invitations
from identity.api.schemas import (
    AccountMade,
    InvitationAnswer,
    InvitationArgs,
    InvitationRequest,
    InvitationSent,
    InvitationShown,
    InvitationToken,
    InvitationView,
)
from identity.parts import parts

blp = Blueprint("invitations", "invitations", url_prefix="/api/identity", description="Invitations")


@blp.route("/invitations", methods=["GET"])
@allow(ADMIN, INSTITUTION, roles=["institution_admin"])
@blp.arguments(InvitationArgs, location="query")
@blp.response(200, page_schema(InvitationView))
def list_invitations(args: dict[str, Any]) -> Any:
    """Who was invited, newest first."""
    return page_response(queries.invitations(db(), current_user(), args, clock.now()))


@blp.route("/invitations", methods=["POST"])
@allow(ADMIN, INSTITUTION, roles=["institution_admin"])
@own_transactions
@blp.arguments(InvitationRequest)
@blp.response(201, InvitationSent)
def invite(body: dict[str, Any]) -> Any:
    """Invite staff (an institution's administrator: into the own institution), supervisors or administrators."""
    with runtime().database.transaction() as session:
        made, token = invitations.invite(session, current_user(), body, clock.now())
        audit_subject(made.id, kind=made.kind, roles=made.roles)
        answer = {"id": made.id, "expires_at": made.expires_at}
    return answer | {"sent": _send(made.phone, made.name, token)}


@blp.route("/invitations/<uuid:invitation_id>/send", methods=["POST"])
@allow(ADMIN, INSTITUTION, roles=["institution_admin"])
@own_transactions
@blp.response(200, InvitationSent)
def send_again(invitation_id: UUID) -> Any:
    """Send a new link; the old one is void."""
    with runtime().database.transaction() as session:
        made, token = invitations.invite_again(session, current_user(), invitation_id, clock.now())
        answer = {"id": made.id, "expires_at": made.expires_at}
    return answer | {"sent": _send(made.phone, made.name, token)}


@blp.route("/invitations/<uuid:invitation_id>", methods=["DELETE"])
@allow(ADMIN, INSTITUTION, roles=["institution_admin"])
@blp.response(204)
def withdraw(invitation_id: UUID) -> Any:
    """Take an invitation back."""
    invitations.take_back(db(), current_user(), invitation_id, clock.now())
    return ""


@blp.route("/invitations/lookup", methods=["POST"])
@allow_anyone
@secret_answer
@blp.arguments(InvitationToken)
@blp.response(200, InvitationShown)
def look_up(body: dict[str, Any]) -> Any:
    """What the link invites to. A POST, so that the secret of the link stays out of addresses and their logs."""
    found = invitations.look_up(db(), body["token"], clock.now())
    home = found.institution or found.bureau
    return {
        "kind": found.kind, "home_name": home.name if home else None, "roles": found.roles, "name": found.name,
        "phone": found.phone[-4:], "expires_at": found.expires_at,
    }  # fmt: skip


@blp.route("/invitations/accept", methods=["POST"])
@allow_anyone
@secret_answer
@blp.arguments(InvitationAnswer)
@blp.response(201, AccountMade)
def accept(body: dict[str, Any]) -> Any:
    """Accept with a user name and a password of one's own; then sign in."""
    account = invitations.accept(db(), parts().hasher, body["token"], body["username"], body["password"], clock.now())
    audit_subject(account.id)
    return {"account_id": account.id, "username": account.username}


def _send(phone: str, name: str, token: str) -> bool:
    """After the invitation is committed: a provider that is slow or away holds no lock, and loses nothing."""
    link = f"{parts().settings.public_url}/invitation#{token}"  # a fragment is sent to no server
    try:
        parts().sms.send(phone, "invitation", {"name": name, "link": link, "days": invitations.LIFETIME.days})
    except (ServiceError, SmsRefused) as error:
        log.get().warning("invitation_not_sent", error=repr(error))
        return False
    return True
