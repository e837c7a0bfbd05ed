"""A booking walked through the HTTP door."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from factories import order

from chassis.testing import GUANGZHOU, Caller

Call = Callable[[str], Caller]
URL = "/api/booking"


def book(call: Call, ids: list[UUID], day: date, **changes: Any) -> Any:
    answer = call("owner").post(f"{URL}/bookings", order(ids, day, **changes))
    assert answer.status_code == 201, answer.json
    return answer.json


def move(call: Call, who: str, booking: Any, name: str, body: Any = None) -> Any:
    """On the version as it is now, where the move asks for one."""
    path = f"{URL}/bookings/{booking['id']}"
    headers = {}
    if name in ("sign", "send_back", "complete") and who != "stranger":
        headers = {"If-Match": call(who).get(path).headers.get("ETag", '"0"')}
    return call(who).post(f"{path}/{name}", body, headers=headers)


def put_results(call: Call, who: str, booking: Any, results: list[dict[str, Any]]) -> Any:
    return call(who).put(f"{URL}/bookings/{booking['id']}/results", results)


def received(call: Call, ids: list[UUID], day: date, **changes: Any) -> Any:
    booking = book(call, ids, day, **changes)
    assert move(call, "clerk", booking, "confirm").status_code == 200
    answer = move(call, "clerk", booking, "receive", {"instrument_ids": [str(i) for i in ids]})
    assert answer.status_code == 200, answer.json
    return answer.json


def free(call: Call, day: date, period: str = "am") -> int | None:
    items = call("owner").get(f"{URL}/slots?institution_id={GUANGZHOU}&mode=deliver").json["items"]
    return next((i["free"] for i in items if i["date"] == day.isoformat() and i["period"] == period), None)
