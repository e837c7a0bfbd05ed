"""For notification only: 检定查询 in the official account."""

from typing import Any
from uuid import UUID

from booking import queries
from booking.api.schemas import LatestBookings
from chassis.auth import allow_service
from chassis.web import Blueprint, db

blp = Blueprint("internal", "internal", url_prefix="/internal", description="Between services")


@blp.route("/organizations/<uuid:org_id>/bookings", methods=["GET"])
@allow_service("notification")
@blp.response(200, LatestBookings)
def latest(org_id: UUID) -> Any:
    """The latest ten bookings of an organisation, newest first."""
    return {"items": queries.latest_of(db(), org_id)}
