"""Statistics of the home page and of supervision; each number is the total of the list behind it."""

from typing import Any

from chassis import clock
from chassis.auth import ADMIN, APPLICANT, INSTITUTION, SUPERVISOR, allow
from chassis.rawjson import json_response
from chassis.web import Blueprint, current_user, reader
from registry import queries
from registry.api.schemas import BreakdownArgs, Overview, SupervisionArgs, SupervisionGroups, SupervisionView
from registry.queries import statistics

blp = Blueprint("statistics", "statistics", url_prefix="/api/registry", description="Statistics")


@blp.route("/statistics/overview", methods=["GET"])
@allow(APPLICANT, INSTITUTION, SUPERVISOR)
@blp.response(200, Overview)
def overview() -> Any:
    """Counts by view of what the caller may see."""
    return json_response(queries.overview(reader(), current_user(), clock.today()))


@blp.route("/statistics/supervision", methods=["GET"])
@allow(SUPERVISOR, ADMIN)
@blp.arguments(SupervisionArgs, location="query")
@blp.response(200, SupervisionView)
def supervision(args: dict[str, Any]) -> Any:
    """The same counts for a part of the supervisor's area, a kind or an institution, and what was verified in a month."""
    return json_response(statistics.supervision(reader(), current_user(), clock.today(), args))


@blp.route("/statistics/supervision/breakdown", methods=["GET"])
@allow(SUPERVISOR, ADMIN)
@blp.arguments(BreakdownArgs, location="query")
@blp.response(200, SupervisionGroups)
def breakdown(args: dict[str, Any]) -> Any:
    """The same for each division, kind or institution."""
    return json_response({"items": statistics.breakdown(reader(), current_user(), clock.today(), args["by"], args)})
