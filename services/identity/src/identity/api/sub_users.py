"""Sub-users 子用户 of an organisation, managed by its main account."""

from typing import Any
from uuid import UUID

from chassis import clock
from chassis.auth import APPLICANT, allow
from chassis.paging import PageArgs, page_response, page_schema
from chassis.web import Blueprint, audit_subject, current_user, db, if_match
from identity import actions, queries
from identity.actions.accounts import change_sub_user
from identity.api.schemas import SubUserChanges, SubUserRequest, SubUserView
from identity.parts import parts

blp = Blueprint("sub_users", "sub_users", url_prefix="/api/identity", description="Sub-users")


@blp.route("/sub-users", methods=["GET"])
@allow(APPLICANT, roles=["owner"])
@blp.arguments(PageArgs, location="query")
@blp.response(200, page_schema(SubUserView))
def list_sub_users(args: dict[str, Any]) -> Any:
    """The organisation's sub-users."""
    return page_response(queries.sub_users(db(), current_user(), args))


@blp.route("/sub-users", methods=["POST"])
@allow(APPLICANT, roles=["owner"])
@blp.arguments(SubUserRequest)
@blp.response(201, SubUserView)
def create_sub_user(body: dict[str, Any]) -> Any:
    """Add a sub-user, who signs in with the phone."""
    account = actions.create_sub_user(db(), parts().hasher, current_user(), body["phone"], body["name"], clock.now())
    audit_subject(account.id)
    return account


@blp.route("/sub-users/<uuid:account_id>", methods=["PATCH"])
@allow(APPLICANT, roles=["owner"])
@blp.arguments(SubUserChanges)
@blp.response(200, SubUserView)
def change(body: dict[str, Any], account_id: UUID) -> Any:
    """Rename a sub-user, disable or enable it."""
    return change_sub_user(db(), current_user(), account_id, if_match(), body, clock.now())


@blp.route("/sub-users/<uuid:account_id>", methods=["DELETE"])
@allow(APPLICANT, roles=["owner"])
@blp.response(204)
def remove(account_id: UUID) -> Any:
    """Remove a sub-user; its sessions end."""
    actions.remove_sub_user(db(), current_user(), account_id, clock.now())
    return ""
