"""The open query by number."""

from hmac import compare_digest
from typing import Any

from booking import queries
from booking.actions import guesses
from booking.api.schemas import PublicArgs, PublicView
from booking.domain.numbers import is_number, normalized
from chassis import clock
from chassis.auth import allow_anyone
from chassis.errors import NotFound, TooMany
from chassis.rawjson import json_response
from chassis.runtime import runtime
from chassis.web import Blueprint, own_transactions

blp = Blueprint("public", "public", url_prefix="/api/booking/public", description="Open to anyone")


@blp.route("/bookings/<string:number>", methods=["GET"])
@allow_anyone
@blp.arguments(PublicArgs, location="query")
@blp.response(200, PublicView)
@own_transactions
def get_state(args: dict[str, Any], number: str) -> Any:
    """The state; with the last four digits of the phone also when and where. A number that was never given, a wrong
    check character and wrong digits answer alike; after a few wrong digits of one booking: 429."""
    wanted, given = normalized(number), args.get("phone_last4")
    if not is_number(wanted):
        raise NotFound
    database = runtime().database
    with database.transaction() as db:
        row = queries.by_number(db, wanted)
        last4 = row.pop("phone_last4")
        if given is None:
            return json_response({"number": row["number"], "state": row["state"]})
        allowed = guesses.take(db, wanted, clock.now())
    if not allowed:
        raise TooMany(retry_after=int(guesses.THEN_ONE_IN.total_seconds()))
    if not compare_digest(given, last4):
        raise NotFound
    with database.transaction() as db:
        guesses.forget(db, wanted)
    return json_response(row)
