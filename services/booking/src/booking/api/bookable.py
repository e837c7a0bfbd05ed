"""What an applicant can book, and the list in which it collects."""

from typing import Any

from flask import Response

from booking import queries
from booking.actions import pending
from booking.api.schemas import BookableArgs, BookableView, InstrumentIds, PendingView
from chassis import clock
from chassis.auth import APPLICANT, allow
from chassis.paging import PageArgs, page_response, page_schema
from chassis.web import Blueprint, current_user, db, reader

blp = Blueprint("bookable", "bookable", url_prefix="/api/booking", description="Bookable instruments")


@blp.route("/bookable", methods=["GET"])
@allow(APPLICANT)
@blp.arguments(BookableArgs, location="query")
@blp.response(200, page_schema(BookableView))
def list_bookable(args: dict[str, Any]) -> Any:
    """Own instruments in one of the views that offer booking, and in no open booking."""
    return page_response(queries.bookable_instruments(reader(), current_user(), args, clock.today()))


@blp.route("/pending-list", methods=["GET"])
@allow(APPLICANT)
@blp.arguments(PageArgs, location="query")
@blp.response(200, page_schema(PendingView))
def list_pending(args: dict[str, Any]) -> Any:
    """待处理列表 of this account."""
    return _page(args)


@blp.route("/pending-list", methods=["POST"])
@allow(APPLICANT)
@blp.arguments(InstrumentIds)
@blp.response(200, page_schema(PendingView))
def add_pending(body: dict[str, Any]) -> Any:
    """加入待处理; twice is once."""
    pending.add(db(), current_user(), body["instrument_ids"], clock.now())
    return _page({"page_size": 100})


@blp.route("/pending-list", methods=["DELETE"])
@allow(APPLICANT)
@blp.arguments(InstrumentIds)
@blp.response(200, page_schema(PendingView))
def remove_pending(body: dict[str, Any]) -> Any:
    """Take instruments out of the list."""
    pending.remove(db(), current_user(), body["instrument_ids"])
    return _page({"page_size": 100})


def _page(args: dict[str, Any]) -> Response:
    return page_response(queries.pending_list(reader(), current_user(), args, clock.today()))
