"""Staff of institutions, supervisors and administrators."""

from typing import Any
from uuid import UUID

from chassis import clock
from chassis.auth import ADMIN, INSTITUTION, allow
from chassis.paging import page_response, page_schema
from chassis.rawjson import json_response
from chassis.web import Blueprint, audit_subject, current_user, db, if_match, with_etag
from identity import queries
from identity.actions.staff import change_member
from identity.api.schemas import StaffArgs, StaffChanges, StaffView
from identity.models import Account

blp = Blueprint("staff", "staff", url_prefix="/api/identity", description="Staff, supervisors, administrators")


@blp.route("/staff", methods=["GET"])
@allow(ADMIN, INSTITUTION, roles=["institution_admin"])
@blp.arguments(StaffArgs, location="query")
@blp.response(200, page_schema(StaffView))
def list_staff(args: dict[str, Any]) -> Any:
    """The own institution's staff; for the administrator everybody who is no applicant."""
    return page_response(queries.staff(db(), current_user(), args))


@blp.route("/staff/<uuid:staff_id>", methods=["GET"])
@allow(ADMIN, INSTITUTION, roles=["institution_admin"])
@blp.response(200, StaffView)
def member(staff_id: UUID) -> Any:
    """One of them."""
    return _answer(queries.member(db(), current_user(), staff_id))


@blp.route("/staff/<uuid:staff_id>", methods=["PATCH"])
@allow(ADMIN, INSTITUTION, roles=["institution_admin"])
@blp.arguments(StaffChanges)
@blp.response(200, StaffView)
def change(body: dict[str, Any], staff_id: UUID) -> Any:
    """Change name or roles, disable or enable. Who is disabled is signed out everywhere within two seconds."""
    account = change_member(db(), current_user(), staff_id, if_match(), body, clock.now())
    audit_subject(staff_id, after=body)
    return _answer(account)


def _answer(account: Account) -> Any:
    home = account.institution or account.bureau
    body = StaffView().dump(account) | {"home_name": home.name if home else None}
    return with_etag(json_response(body), account.version)
