"""The table of moves: every move from every state, both ways."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import IllegalMove, ServiceError
from chassis.testing import staff
from chassis.workdays import Workdays
from filing.domain.states import LABELS, MOVE_LABELS, MOVES, OPEN, State, after, due_on
from filing.models import Filing

# Written once more by hand, so that a slip in the table is seen: move -> {from: to}
EXPECTED = {
    "withdraw": {"submitted": "withdrawn"},
    "amend": {"submitted": "submitted"},
    "approve": {"submitted": "approved", "pending_reassignment": "approved"},
    "return": {"submitted": "returned", "pending_reassignment": "returned"},
    "dispatch": {"submitted": "awaiting_confirmation", "pending_reassignment": "awaiting_confirmation"},
    "forward": {"submitted": "awaiting_confirmation", "pending_reassignment": "awaiting_confirmation"},
    "confirm": {"awaiting_confirmation": "approved"},
    "recall": {"awaiting_confirmation": "pending_reassignment"},
    "decline": {"awaiting_confirmation": "pending_reassignment"},
    "revoke": {"approved": "revoked"},
    "send_back": {"approved": "returned"},
    "lapse": {"approved": "lapsed", "revoked": "lapsed"},
    "close": {state.value: "closed" for state in State},
}


@pytest.mark.parametrize("state", [state.value for state in State])
@pytest.mark.parametrize("move", EXPECTED)
def test_every_move_from_every_state(move: str, state: str) -> None:
    if state in EXPECTED[move]:
        assert after(state, move) == EXPECTED[move][state]
    else:
        with pytest.raises(IllegalMove) as caught:
            after(state, move)
        assert LABELS[State(state)] in caught.value.message("zh")
        assert MOVE_LABELS[move] in caught.value.message("zh")


CITY, COUNTY = UUID(int=1), UUID(int=2)
HANDS: dict[str, Callable[..., Any]] = {  # move -> how somebody whose turn it is makes it
    "withdraw": lambda f, by, now: f.withdraw(by, now),
    "amend": lambda f, by, now: f.begin_amendment({"id": "1"}),
    "approve": lambda f, by, now: f.approve(by, now),
    "return": lambda f, by, now: f.return_(by, now, "other", "x"),
    "dispatch": lambda f, by, now: f.dispatch(by, now, COUNTY),
    "forward": lambda f, by, now: f.forward(by, now, COUNTY),
    "confirm": lambda f, by, now: f.confirm(by, now),
    "recall": lambda f, by, now: f.recall(by, now),
    "decline": lambda f, by, now: f.decline(by, now, "x"),
    "revoke": lambda f, by, now: f.revoke(by, now, "x"),
    "send_back": lambda f, by, now: f.send_back(by, now, "x"),
    "lapse": lambda f, by, now: f.lapse(by, now),
    "close": lambda f, by, now: f.close(by, now),
}


@pytest.mark.parametrize("state", [state.value for state in State])
@pytest.mark.parametrize("turn", [CITY, COUNTY])
@pytest.mark.parametrize("move", EXPECTED)
def test_a_refused_move_writes_nothing(move: str, turn: UUID, state: str) -> None:
    filing = Filing(
        id=CITY, state=state, city_id=CITY, institution_id=turn, holder_id=None, participants=[CITY], version=3,
        authorize_province=False, reason=None, reason_code=None, decided_at=None,
    )  # fmt: skip
    before = {column.key: getattr(filing, column.key) for column in Filing.__table__.columns}
    try:
        HANDS[move](filing, staff(CITY), datetime(2026, 11, 28, tzinfo=UTC))
    except ServiceError:
        assert {column.key: getattr(filing, column.key) for column in Filing.__table__.columns} == before
    else:
        assert filing.state == EXPECTED[move][state]


def test_the_table_has_no_move_beyond_these_and_words_for_all() -> None:
    assert set(MOVES) == set(EXPECTED) == set(MOVE_LABELS)
    assert set(LABELS) == set(State)


def test_what_is_open_can_still_be_decided_and_what_is_over_cannot() -> None:
    deciding = {"approve", "return", "dispatch", "forward", "confirm", "recall", "decline"}
    for state in State:
        moves = {move for move in deciding if state.value in EXPECTED[move]}
        assert bool(moves) is (state in OPEN), state


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),  # Monday -> Monday
        (date(2026, 11, 28), date(2026, 12, 4)),  # Saturday -> Friday
        (date(2026, 11, 29), date(2026, 12, 4)),  # Sunday -> Friday
        (date(2026, 2, 12), date(2026, 2, 26)),  # over the Spring Festival
        (date(2026, 9, 30), date(2026, 10, 13)),  # over National Day, with a Saturday that is worked
        (date(2026, 4, 30), date(2026, 5, 11)),  # over Labour Day
        (date(2026, 9, 18), date(2026, 9, 24)),  # a Sunday is worked, Mid-Autumn is off
        (date(2026, 12, 30), date(2027, 1, 7)),  # over the year's end: New Year's Day is off
        (date(2028, 2, 25), date(2028, 3, 3)),  # over a leap day
    ],
)
def test_five_working_days_to_decide(submitted: date, due: date) -> None:
    assert due_on(submitted, Workdays()) == due
