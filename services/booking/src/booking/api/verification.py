"""What happens at the institution: the front desk, the results, the check."""

from typing import Any
from uuid import UUID

from booking import queries
from booking.actions import desk, verification
from booking.api.bookings import answer
from booking.api.schemas import (
    MAX_RESULTS,
    BookingDetail,
    ReceiveRequest,
    ResultRequest,
    ReturnRequest,
    SendBackRequest,
    StaffList,
)
from booking.domain.states import BOOKING
from chassis import clock
from chassis.auth import INSTITUTION, allow, allow_move
from chassis.errors import invalid
from chassis.rawjson import json_response
from chassis.web import Blueprint, audit_subject, current_user, db, if_match

blp = Blueprint("verification", "verification", url_prefix="/api/booking", description="Reception and verification")


@blp.route("/bookings/<uuid:booking_id>/receive", methods=["POST"])
@allow_move(BOOKING, "receive")
@blp.arguments(ReceiveRequest, required=False)
@blp.response(200, BookingDetail)
def receive(body: dict[str, Any], booking_id: UUID) -> Any:
    """Take items in: those named, or all that are expected."""
    desk.receive(db(), current_user(), booking_id, clock.now(), (body or {}).get("instrument_ids"))
    return answer(booking_id)


@blp.route("/bookings/<uuid:booking_id>/return", methods=["POST"])
@allow_move(BOOKING, "return_items")
@blp.arguments(ReturnRequest)
@blp.response(200, BookingDetail)
def return_(body: dict[str, Any], booking_id: UUID) -> Any:
    """退单: send back the items at fault, and with them their filings."""
    desk.return_items(db(), current_user(), booking_id, clock.now(), body["instrument_ids"], body["reason"])
    return answer(booking_id)


@blp.route("/bookings/<uuid:booking_id>/start", methods=["POST"])
@allow_move(BOOKING, "start")
@blp.response(200, BookingDetail)
def start(booking_id: UUID) -> Any:
    """Begin the verification of what was received."""
    verification.start(db(), current_user(), booking_id, clock.now())
    return answer(booking_id)


@blp.route("/bookings/<uuid:booking_id>/results", methods=["PUT"])
@allow_move(BOOKING, "enter_results")
@blp.arguments(ResultRequest(many=True))
@blp.response(200, BookingDetail)
def enter_results(body: list[dict[str, Any]], booking_id: UUID) -> Any:
    """Results of some or all units; sent again they replace. Those that a verifier enters of himself are signed by it."""
    if not 1 <= len(body) <= MAX_RESULTS:
        raise invalid("", "wrong_length", f"须为 1 至 {MAX_RESULTS} 项。", f"Between 1 and {MAX_RESULTS} items.")
    verification.enter_results(db(), current_user(), booking_id, clock.now(), body)
    return answer(booking_id)


@blp.route("/bookings/<uuid:booking_id>/sign", methods=["POST"])
@allow_move(BOOKING, "sign")
@blp.response(200, BookingDetail)
def sign(booking_id: UUID) -> Any:
    """The verifier answers for the results that name him and that somebody else entered; If-Match is required."""
    verification.sign(db(), current_user(), booking_id, clock.now(), if_match())
    return answer(booking_id)


@blp.route("/bookings/<uuid:booking_id>/send_back", methods=["POST"])
@allow_move(BOOKING, "send_back")
@blp.arguments(SendBackRequest)
@blp.response(200, BookingDetail)
def send_back(body: dict[str, Any], booking_id: UUID) -> Any:
    """The checker gives results back to the verifier, of some instruments or all; If-Match is required."""
    ids, reason = body.get("instrument_ids"), body["reason"]
    audit_subject(booking_id, reason=reason)
    verification.send_back(db(), current_user(), booking_id, clock.now(), if_match(), ids, reason)
    return answer(booking_id)


@blp.route("/bookings/<uuid:booking_id>/complete", methods=["POST"])
@allow_move(BOOKING, "complete")
@blp.response(200, BookingDetail)
def complete(booking_id: UUID) -> Any:
    """The checker's act on the version that he read; If-Match is required. Certificates follow."""
    verification.complete(db(), current_user(), booking_id, clock.now(), if_match())
    return answer(booking_id)


@blp.route("/staff", methods=["GET"])
@allow(INSTITUTION)
@blp.response(200, StaffList)
def list_staff() -> Any:
    """The own institution's verifiers and checkers: whom results may name."""
    return json_response({"items": queries.named_in_results(db(), current_user())})
