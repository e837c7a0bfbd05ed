"""The open query by number."""

from hmac import compare_digest
from typing import Any

from booking import queries
from booking.api.schemas import PublicArgs, PublicView
from booking.domain.numbers import is_number, normalized
from chassis.auth import allow_anyone
from chassis.errors import NotFound
from chassis.rawjson import json_response
from chassis.web import Blueprint, db

blp = Blueprint("public", "public", url_prefix="/api/booking/public", description="Open to anyone")


@blp.route("/bookings/<string:number>", methods=["GET"])
@allow_anyone
@blp.arguments(PublicArgs, location="query")
@blp.response(200, PublicView)
def get_state(args: dict[str, Any], number: str) -> Any:
    """The state; with the last four digits of the phone also when and where. A number that was never given, a wrong
    check character and wrong digits answer alike."""
    wanted = normalized(number)
    if not is_number(wanted):
        raise NotFound
    row = queries.by_number(db(), wanted)
    last4 = row.pop("phone_last4")
    given = args.get("phone_last4")
    if given is None:
        return json_response({"number": row["number"], "state": row["state"]})
    if not compare_digest(given, last4):
        raise NotFound
    return json_response(row)
