"""Slots that can be booked, and the calendar behind them."""

from datetime import date, timedelta
from typing import Any

from flask import Response

from booking import queries
from booking.actions import calendars
from booking.actions.places import overrides, slots, workdays
from booking.api.schemas import CalendarArgs, CalendarRequest, CalendarReset, CalendarView, SlotArgs, Slots
from booking.domain.calendar import OPEN_DAYS, PERIODS, capacities, days, horizon
from chassis import clock, context
from chassis.auth import APPLICANT, INSTITUTION, SUPERVISOR, allow
from chassis.errors import NotFound
from chassis.rawjson import json_response
from chassis.web import Blueprint, audit_subject, current_user, db

blp = Blueprint("calendar", "calendar", url_prefix="/api/booking", description="Slots and calendars")
MAX_SHOWN = timedelta(days=calendars.MAX_DAYS - 1)


@blp.route("/slots", methods=["GET"])
@allow(APPLICANT, INSTITUTION, SUPERVISOR)
@blp.arguments(SlotArgs, location="query")
@blp.response(200, Slots)
def list_slots(args: dict[str, Any]) -> Any:
    """Capacity and free places by date and period; days without service are absent."""
    institution_id, mode = args["institution_id"], args["mode"]
    if queries.institution(db(), institution_id) is None:
        raise NotFound
    earliest, latest = horizon(clock.today())
    first, last = max(args.get("since", earliest), earliest), min(args.get("until", latest), latest)
    changed, calendar = overrides(db(), institution_id, mode, first, last), workdays(db())
    taken = {key: slot.taken for key, slot in slots(db(), institution_id, mode, first, last).items()}
    items = [
        {"date": day, "period": period, "capacity": capacity, "free": max(capacity - taken.get((day, period), 0), 0)}
        for day in days(first, last)
        for period, capacity in capacities(mode, day, changed.get(day), calendar).items()
    ]
    return json_response({"items": items})


@blp.route("/calendar", methods=["GET"])
@allow(INSTITUTION)
@blp.arguments(CalendarArgs, location="query")
@blp.response(200, CalendarView)
def get_calendar(args: dict[str, Any]) -> Any:
    """The institution's own calendar, day by day, with what is taken."""
    first = args.get("since", clock.today())
    last = min(args.get("until", first + timedelta(days=OPEN_DAYS)), first + MAX_SHOWN)
    return _calendar(args["mode"], first, last)


@blp.route("/calendar", methods=["PUT"])
@allow(INSTITUTION, roles=["booking_clerk", "institution_admin"])
@blp.arguments(CalendarRequest)
@blp.response(200, CalendarView)
def set_calendar(body: dict[str, Any]) -> Any:
    """Set capacity or closure of days. In a span of several days a capacity counts for working days."""
    user = current_user()
    if user.org_id is None:
        raise NotFound
    audit_subject(user.org_id, mode=body["mode"], since=str(body["since"]), until=str(body["until"]))
    calendars.set_days(db(), user.org_id, clock.now(), body)
    return _calendar(body["mode"], body["since"], body["until"])


@blp.route("/calendar", methods=["DELETE"])
@allow(INSTITUTION, roles=["booking_clerk", "institution_admin"])
@blp.arguments(CalendarReset)
@blp.response(200, CalendarView)
def forget_calendar(body: dict[str, Any]) -> Any:
    """Back to the default calendar: what was set for these days is removed."""
    user = current_user()
    if user.org_id is None:
        raise NotFound
    audit_subject(user.org_id, mode=body["mode"], since=str(body["since"]), until=str(body["until"]))
    calendars.forget_days(db(), user.org_id, clock.now(), body)
    return _calendar(body["mode"], body["since"], body["until"])


def _calendar(mode: str, first: date, last: date) -> Response:
    institution_id = current_user().org_id
    if institution_id is None:
        raise NotFound
    changed, calendar = overrides(db(), institution_id, mode, first, last), workdays(db())
    language = context.current().language
    found = slots(db(), institution_id, mode, first, last)
    items = []
    for day in days(first, last):
        open_ = capacities(mode, day, changed.get(day), calendar)
        items.append(
            {
                "date": day, "mode": mode, "working_day": calendar.works(day), "holiday": calendar.name(day, language),
                "closed": not open_, "changed": day in changed,
                "capacity": {period: open_.get(period, 0) for period in PERIODS},
                "taken": {p: found[(day, p)].taken if (day, p) in found else 0 for p in PERIODS},
            }
        )  # fmt: skip
    not_published = [year for year in range(first.year, last.year + 1) if not calendar.is_arranged(year)]
    return json_response({"items": items, "not_published": not_published})
