"""The audit trail of bookings: before and after, and what was refused."""

from collections.abc import Callable
from datetime import date
from typing import Any

from factories import approved, order

from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import Caller, admin

URL = "/api/booking"


def test_a_move_says_before_and_after_and_a_refused_one_why(
    call: Callable[[str], Caller], runtime: Runtime, owner: Actor, day: date, signed_in: Any
) -> None:
    booking = call("owner").post(f"{URL}/bookings", order(approved(runtime, owner), day)).json
    assert call("clerk").post(f"{URL}/bookings/{booking['id']}/confirm").status_code == 200
    assert call("clerk").post(f"{URL}/bookings/{booking['id']}/confirm").status_code == 409
    reason = {"reason": "设备检修"}
    assert call("elsewhere").post(f"{URL}/bookings/{booking['id']}/reject", reason).status_code in (403, 404)
    lines = signed_in(admin()).get(f"{URL}/audit?subject={booking['id']}").json["items"]
    refused, again, confirmed, made = lines
    assert (made["outcome"], made["detail"]["number"]) == ("done", booking["number"])
    change = {
        "of": "booking",
        "field": "state",
        "before": "pending",
        "after": "confirmed",
        "count": 1,
        "id": booking["id"],
    }
    assert change in confirmed["detail"]["changes"]
    assert (again["outcome"], again["detail"]["code"]) == ("refused", "illegal_move")
    assert (refused["outcome"], refused["detail"]["reason"]) == ("refused", "设备检修")
    assert set(refused["detail"]["refusal"]) == {"zh", "en"}
