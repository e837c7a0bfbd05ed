"""The rules: states, numbers, calendar, views."""

from datetime import date, timedelta

import pytest

from booking.domain import numbers
from booking.domain.calendar import Override, capacities, horizon
from booking.domain.states import LABELS, MOVE_LABELS, MOVES, OPEN, State, after
from booking.domain.views import BOOKABLE, Facts, view
from chassis.errors import IllegalMove
from chassis.workdays import Workdays

BEFORE_RECEIPT = (State.PENDING, State.CONFIRMED)
AT_THE_DESK = (State.CONFIRMED, State.RECEIVED, State.IN_PROGRESS)
# Written once more by hand, so that a slip in the table is seen.
EXPECTED = {
    "confirm": ((State.PENDING,), State.CONFIRMED),
    "reject": (BEFORE_RECEIPT, State.REJECTED),
    "lapse": ((State.PENDING,), State.CANCELLED),
    "cancel": (BEFORE_RECEIPT, State.CANCELLED),
    "receive": ((State.CONFIRMED, State.RECEIVED), State.RECEIVED),
    "receive_late": ((State.IN_PROGRESS,), State.IN_PROGRESS),
    "return": (AT_THE_DESK, State.RETURNED),
    "start": ((State.RECEIVED,), State.IN_PROGRESS),
    "enter_results": ((State.IN_PROGRESS,), State.IN_PROGRESS),
    "complete": ((State.IN_PROGRESS,), State.COMPLETED),
    "no_show": (AT_THE_DESK, State.NO_SHOW),
    "end": (OPEN, State.CANCELLED),
}


@pytest.mark.parametrize("move", EXPECTED)
@pytest.mark.parametrize("state", State)
def test_a_move_leads_where_the_table_says_and_is_refused_elsewhere(state: State, move: str) -> None:
    sources, target = EXPECTED[move]
    if state in sources:
        assert after(state, move) == target
    else:
        with pytest.raises(IllegalMove):
            after(state, move)


@pytest.mark.parametrize("move", ["propose", "accept", "decline", "return_items", "end_items", "sign", "send_back"])
@pytest.mark.parametrize("state", State)
def test_some_moves_leave_the_booking_where_it_is(state: State, move: str) -> None:
    if state in MOVES[move][0]:
        assert after(state, move) == state
    else:
        with pytest.raises(IllegalMove):
            after(state, move)


def test_every_state_and_move_has_words() -> None:
    assert set(LABELS) == set(State)
    assert set(MOVE_LABELS) == set(MOVES)


def test_nothing_leaves_an_ended_booking() -> None:
    assert {s for sources, _ in MOVES.values() for s in sources} == set(OPEN)


def test_a_number_is_recognised_as_people_type_it() -> None:
    number = numbers.new_number()
    assert len(number) == 12
    assert numbers.is_number(numbers.normalized(f"{number[:4].lower()} {number[4:8]}-{number[8:]}"))


def test_every_wrong_character_and_every_swap_is_noticed() -> None:
    number = "YY2K7M4Q9P3"
    number += numbers.check_character(number[2:])
    for place in range(2, 12):
        for other in set(numbers.ALPHABET) - {number[place]}:
            assert not numbers.is_number(number[:place] + other + number[place + 1 :])
    for place in range(2, 10):
        a, b = number[place], number[place + 1]
        if a != b:
            assert not numbers.is_number(number[:place] + b + a + number[place + 2 :])


@pytest.mark.parametrize("text", ["", "YY", "YY1234567890", "XX2K7M4Q9P3X", "YY" + "2" * 11])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert not numbers.is_number(text)


def test_an_institution_overrides_the_default() -> None:
    monday, sunday = date(2026, 11, 23), date(2026, 11, 22)
    assert capacities("deliver", monday, None, Workdays()) == {"am": 60, "pm": 60}
    assert capacities("onsite", monday, None, Workdays()) == {"am": 20, "pm": 20}
    assert capacities("deliver", sunday, None, Workdays()) == {}
    assert capacities("deliver", sunday, Override(5, 0, False), Workdays()) == {"am": 5}
    assert capacities("deliver", monday, Override(5, 5, True), Workdays()) == {}


def test_sixty_days_are_open_from_tomorrow() -> None:
    assert horizon(date(2026, 11, 23)) == (date(2026, 11, 24), date(2027, 1, 22))


TODAY = date(2028, 3, 1)  # the day after a leap day


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, "due"), (10, "due"), (11, "overdue"), (30, "overdue"), (31, "invalid")],
)
def test_an_unverified_one_by_the_age_of_its_approval(age: int, expected: str) -> None:
    assert view(Facts("in_use", "approved", TODAY - timedelta(days=age), None, None, None), TODAY) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [(31, "normal"), (30, "due"), (0, "due"), (-1, "overdue"), (-30, "overdue"), (-31, "invalid")],
)
def test_a_verified_one_by_the_days_left(left: int, expected: str) -> None:
    facts = Facts("in_use", "approved", TODAY - timedelta(days=300), "pass", TODAY + timedelta(days=left), None)
    assert view(facts, TODAY) == expected


def test_a_failed_one_can_be_booked_and_a_suspended_one_cannot() -> None:
    assert view(Facts("in_use", "approved", TODAY, "fail", None, None), TODAY) in BOOKABLE
    assert view(Facts("suspended", "approved", TODAY, None, None, None), TODAY) == "none"
    assert view(Facts("in_use", "approved", TODAY, "pass", None, None), TODAY) == "no_expiry"
