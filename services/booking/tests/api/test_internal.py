"""检定查询 of the official account: what notification asks booking."""

from collections.abc import Callable
from datetime import date
from typing import Any

import factories
from factories import approved, order

from booking.queries.shown import LATEST
from chassis.actor import Actor
from chassis.auth import ServiceTokens
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import Caller

Call = Callable[[str], Caller]


def headers(key_folder: Any, service: str = "notification") -> dict[str, str]:
    token = ServiceTokens(service, key_folder / f"{service}.key", key_folder).make("booking")
    return {"Authorization": f"Bearer {token}"}


def test_the_latest_of_an_organisation_newest_first(
    call: Call, runtime: Runtime, owner: Actor, day: date, key_folder: Any
) -> None:
    ids = approved(runtime, owner, LATEST + 1)
    booked = [call("owner").post("/api/booking/bookings", order([i], day)).json for i in ids]

    def latest(org_id: Any) -> Any:
        url = f"/internal/organizations/{org_id}/bookings"
        return call("stranger").get(url, headers=headers(key_folder)).json["items"]

    found = latest(owner.org_id)
    assert [one["number"] for one in found] == [one["number"] for one in reversed(booked)][:LATEST]
    assert found[0] == {"number": booked[-1]["number"], "state": "pending", "date": day.isoformat(), "period": "am",
                        "institution_name": "广州计量院"}  # fmt: skip
    assert latest(new_id()) == []
    assert latest(factories.GUANGZHOU) == [], "an institution's are not its own"


def test_nobody_else_may_ask(call: Call, owner: Actor, key_folder: Any) -> None:
    url = f"/internal/organizations/{owner.org_id}/bookings"
    assert call("stranger").get(url, headers=headers(key_folder, "registry")).status_code == 403
    assert call("stranger").get(url).status_code == 401
    assert call("owner").get(url).status_code == 403
