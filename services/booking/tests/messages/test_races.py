"""What happens at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from factories import approved, filing_ended, order, working_days
from sqlalchemy import text

from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.testing import Caller, deliver

Call = Callable[[str], Caller]
URL = "/api/booking"


def test_filings_that_end_while_others_cancel_and_reschedule_leave_the_places_right(
    call: Call, runtime: Runtime, owner: Actor, day: date, db: Any
) -> None:
    other = working_days()[1]
    ids = approved(runtime, owner, 24)
    bookings = [
        call("owner").post(f"{URL}/bookings", order(ids[n : n + 2], day if n % 4 else other)).json
        for n in range(0, 24, 2)
    ]
    for booking in bookings[8:]:
        target = {"date": (day if booking["date"] != day.isoformat() else other).isoformat(), "period": "am"}
        call("clerk").post(f"{URL}/bookings/{booking['id']}/reschedule", target)

    def work(n: int) -> None:
        path = f"{URL}/bookings/{bookings[n]['id']}"
        if n < 8:
            call("owner").post(f"{path}/cancel")
        else:
            call("owner").post(f"{path}/reschedule/accept")

    with ThreadPoolExecutor(13) as pool:
        ended = pool.submit(deliver, runtime, filing_ended(owner, ids[:22:2]))
        list(pool.map(work, range(12)))
        ended.result()
    held = db.execute(
        text("SELECT b.date, count(*) AS n FROM booking b JOIN booking_item i ON i.booking_id = b.id"
             " WHERE i.state = 'booked' GROUP BY b.date")
    )  # fmt: skip
    taken = {d: n for d, n in db.execute(text("SELECT date, taken FROM slot WHERE taken > 0"))}
    assert taken == {d: n for d, n in held}
    assert sum(taken.values()) == 8 - 3  # of the last four bookings, three lost one of their two


def test_two_bookings_of_one_instrument_at_once_make_one(call: Call, runtime: Runtime, owner: Actor, day: date) -> None:
    ids = approved(runtime, owner)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: call("owner").post(f"{URL}/bookings", order(ids, day)), range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {a.json["code"] for a in answers if a.status_code == 409} == {"already_booked"}
