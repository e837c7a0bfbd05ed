"""Bookings: asked for by applicants, answered by institutions, moved by either."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response

from booking import queries
from booking.actions import bookings, reschedule
from booking.api.schemas import (
    BookingArgs,
    BookingDetail,
    BookingRequest,
    BookingView,
    MaybeReason,
    Overview,
    Reason,
    RescheduleRequest,
    Selected,
    SelectedMaybeReason,
    SelectedReschedule,
    SelectedWithReason,
)
from booking.domain.states import BOOKING
from chassis import bulk, clock
from chassis.auth import APPLICANT, INSTITUTION, SUPERVISOR, allow, allow_move
from chassis.paging import page_response, page_schema
from chassis.rawjson import json_response
from chassis.selections import freeze
from chassis.web import Blueprint, audit_subject, current_user, db, reader, with_etag

blp = Blueprint("bookings", "bookings", url_prefix="/api/booking", description="Bookings")
SEES = (APPLICANT, INSTITUTION, SUPERVISOR)


def answer(booking_id: UUID, status: int = 200) -> Response:
    """The booking as its caller sees it now, with its version as ETag."""
    found = queries.booking(db(), current_user(), booking_id)
    return with_etag(json_response(found, status), found["version"])


@blp.route("/bookings", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(BookingRequest)
@blp.response(201, BookingDetail)
def request_booking(body: dict[str, Any]) -> Any:
    """Book instruments at their institution: all of them, or none."""
    booking = bookings.request_booking(db(), current_user(), clock.now(), body)
    audit_subject(booking.id, number=booking.number)
    return answer(booking.id, 201)


@blp.route("/bookings", methods=["GET"])
@allow(*SEES)
@blp.arguments(BookingArgs, location="query")
@blp.response(200, page_schema(BookingView))
def list_bookings(args: dict[str, Any]) -> Any:
    """Bookings that the caller may see, newest first."""
    return page_response(queries.bookings(reader(), current_user(), args))


@blp.route("/bookings/<uuid:booking_id>", methods=["GET"])
@allow(*SEES)
@blp.response(200, BookingDetail)
def get_booking(booking_id: UUID) -> Any:
    """One booking with its results and steps."""
    return answer(booking_id)


@blp.route("/statistics/overview", methods=["GET"])
@allow(*SEES)
@blp.response(200, Overview)
def overview() -> Any:
    """Counts by state."""
    return json_response(queries.overview(reader(), current_user()))


@blp.route("/bookings/<uuid:booking_id>/cancel", methods=["POST"])
@allow_move(BOOKING, "cancel")
@blp.arguments(MaybeReason, required=False)
@blp.response(200, BookingDetail)
def cancel(body: dict[str, Any], booking_id: UUID) -> Any:
    """Cancel before receipt; the places are free at once."""
    bulk.single(bookings.cancel(db(), current_user(), [booking_id], clock.now(), (body or {}).get("reason")))
    return answer(booking_id)


@blp.route("/bookings/actions/cancel", methods=["POST"])
@allow_move(BOOKING, "cancel")
@blp.arguments(SelectedMaybeReason)
@blp.response(200, bulk.OutcomeView)
def cancel_selected(body: dict[str, Any]) -> Any:
    """Cancel many bookings before receipt, each by itself; beyond 1,000 as a job."""
    return _run("cancel", bookings.cancel, body, reason=body.get("reason"))


@blp.route("/bookings/<uuid:booking_id>/confirm", methods=["POST"])
@allow_move(BOOKING, "confirm")
@blp.response(200, BookingDetail)
def confirm(booking_id: UUID) -> Any:
    """Confirm a pending booking."""
    bulk.single(bookings.confirm(db(), current_user(), [booking_id], clock.now()))
    return answer(booking_id)


@blp.route("/bookings/actions/confirm", methods=["POST"])
@allow_move(BOOKING, "confirm")
@blp.arguments(Selected)
@blp.response(200, bulk.OutcomeView)
def confirm_selected(body: dict[str, Any]) -> Any:
    """Confirm many pending bookings, each by itself; beyond 1,000 as a job."""
    return _run("confirm", bookings.confirm, body)


@blp.route("/bookings/<uuid:booking_id>/reject", methods=["POST"])
@allow_move(BOOKING, "reject")
@blp.arguments(Reason)
@blp.response(200, BookingDetail)
def reject(body: dict[str, Any], booking_id: UUID) -> Any:
    """Reject a booking, also one that was confirmed, with the reason that the applicant is told; its places are free."""
    bulk.single(bookings.reject(db(), current_user(), [booking_id], clock.now(), body["reason"]))
    return answer(booking_id)


@blp.route("/bookings/actions/reject", methods=["POST"])
@allow_move(BOOKING, "reject")
@blp.arguments(SelectedWithReason)
@blp.response(200, bulk.OutcomeView)
def reject_selected(body: dict[str, Any]) -> Any:
    """Reject many bookings for one reason, each by itself; beyond 1,000 as a job."""
    return _run("reject", bookings.reject, body, reason=body["reason"])


@blp.route("/bookings/<uuid:booking_id>/no_show", methods=["POST"])
@allow_move(BOOKING, "no_show")
@blp.response(200, BookingDetail)
def no_show(booking_id: UUID) -> Any:
    """Nobody came by the booked day."""
    bookings.no_show(db(), current_user(), booking_id, clock.now())
    return answer(booking_id)


@blp.route("/bookings/<uuid:booking_id>/reschedule", methods=["POST"])
@allow_move(BOOKING, "propose")
@blp.arguments(RescheduleRequest)
@blp.response(200, BookingDetail)
def propose(body: dict[str, Any], booking_id: UUID) -> Any:
    """改期: propose another date to the other side."""
    day = body["date"].isoformat()
    bulk.single(reschedule.propose(db(), current_user(), [booking_id], clock.now(), day, body["period"]))
    return answer(booking_id)


@blp.route("/bookings/actions/reschedule", methods=["POST"])
@allow(INSTITUTION, roles=["booking_clerk"])
@blp.arguments(SelectedReschedule)
@blp.response(200, bulk.OutcomeView)
def propose_selected(body: dict[str, Any]) -> Any:
    """Propose one other date to many, each by itself, as where a day has to be closed; beyond 1,000 as a job."""
    return _run("propose", reschedule.propose, body, day=body["date"].isoformat(), period=body["period"])


@blp.route("/bookings/<uuid:booking_id>/reschedule/accept", methods=["POST"])
@allow_move(BOOKING, "accept")
@blp.response(200, BookingDetail)
def accept(booking_id: UUID) -> Any:
    """Agree to the other side's date."""
    reschedule.accept(db(), current_user(), booking_id, clock.now())
    return answer(booking_id)


@blp.route("/bookings/<uuid:booking_id>/reschedule/decline", methods=["POST"])
@allow_move(BOOKING, "decline")
@blp.response(200, BookingDetail)
def decline(booking_id: UUID) -> Any:
    """The date stays as it was."""
    reschedule.decline(db(), current_user(), booking_id, clock.now())
    return answer(booking_id)


def _run(move: str, action: Callable[..., bulk.Outcome], body: dict[str, Any], **params: Any) -> Any:
    user = current_user()
    ids = freeze(
        db(),
        body["selection"],
        by_filter=lambda filters: queries.ids_by_filter(user, filters),
        every=lambda: queries.ids_for_move(user, move),
    )
    return bulk.run(db(), "booking", move, action, user, ids, **params)
