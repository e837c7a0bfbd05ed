"""When a verification is in time: until the instrument would be 超期未检 the day after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.rounds import due_on, rate
from registry.domain.views import Facts, view

TODAY = date(2028, 2, 29)
DAYS = st.integers(-500, 500).map(lambda n: TODAY + timedelta(days=n))


@given(DAYS, st.sampled_from([None, "pass", "fail"]), st.none() | DAYS, st.none() | DAYS)
def test_it_is_in_time_until_the_view_says_overdue(
    approved_on: date, result: str | None, valid_until: date | None, rotate_on: date | None
) -> None:
    facts = Facts("in_use", "approved", approved_on, result, valid_until, rotate_on)
    day = due_on(facts)
    if day is None:
        assert view(facts, TODAY) in ("failed", "no_expiry", "rotation", "normal")
        return
    assert view(facts, day) in ("due", "normal")
    assert view(facts, day + timedelta(days=1)) == "overdue"


@pytest.mark.parametrize("state", ["none", "submitted", "revoked"])
def test_what_is_not_filed_is_not_due(state: str) -> None:
    assert due_on(Facts("in_use", state, TODAY, None, None, None)) is None


def test_a_rate_of_nothing_is_none() -> None:
    assert (rate(0, 0), rate(1, 3)) == (None, 0.3333)
