"""The calendar of working days: everybody reads it, the administrator adds what is not published yet."""

from datetime import date
from typing import Any

from marshmallow import fields, validate

from chassis import clock, context
from chassis.auth import ADMIN, SIGNED_IN, allow
from chassis.errors import NotFound
from chassis.rawjson import json_response
from chassis.schema import Schema, Text, one_of
from chassis.web import Blueprint, audit_subject, db
from chassis.workdays import KINDS, YEARS
from identity.actions import holidays
from identity.queries.holidays import workdays

blp = Blueprint("holidays", "holidays", url_prefix="/api/identity", description="Working days and holidays")


class HolidayArgs(Schema):
    year = fields.Integer(validate=validate.Range(min=YEARS[0], max=YEARS[-1]))


class HolidaySpan(Schema):
    since = fields.Date(required=True, data_key="from")
    until = fields.Date(required=True, data_key="to")
    kind = Text(required=True, max=10, validate=one_of(*KINDS))
    name = Text(required=True, min=1, max=50)


class HolidayView(Schema):
    date = fields.Date(required=True)
    kind = fields.String(required=True, metadata={"description": "off, or working: a weekend day that is worked"})
    name = fields.String(required=True)
    by_hand = fields.Boolean(required=True)


class HolidaysView(Schema):
    year = fields.Integer(required=True)
    arranged = fields.Boolean(required=True, metadata={"description": "false: only the statutory days are known yet"})
    items = fields.List(fields.Nested(HolidayView), required=True)


@blp.route("/holidays", methods=["GET"])
@allow(*SIGNED_IN)
@blp.arguments(HolidayArgs, location="query")
@blp.response(200, HolidaysView)
def list_holidays(args: dict[str, Any]) -> Any:
    """The days of a year (this one by default) that are not what their weekday says."""
    return _of_year(args.get("year") or clock.today().year)


@blp.route("/holidays", methods=["PUT"])
@allow(ADMIN)
@blp.arguments(HolidaySpan)
@blp.response(200, HolidaysView)
def set_holidays(body: dict[str, Any]) -> Any:
    """Make the days of a span days off, or days that are worked."""
    first, last = body["since"], body["until"]
    holidays.set_days(db(), first, last, body["kind"], body["name"])
    audit_subject(first.isoformat(), to=last.isoformat(), kind=body["kind"], name=body["name"])
    return _of_year(first.year)


@blp.route("/holidays/<string:day>", methods=["DELETE"])
@allow(ADMIN)
@blp.response(204)
def leave_holiday(day: str) -> Any:
    """Leave a day that was set to the calendar again."""
    try:
        holidays.leave(db(), date.fromisoformat(day))
    except ValueError:
        raise NotFound from None
    return "", 204


def _of_year(year: int) -> Any:
    calendar = workdays(db())
    items = [one._asdict() for one in calendar.special(year, context.current().language)]
    return json_response({"year": year, "arranged": calendar.is_arranged(year), "items": items})
