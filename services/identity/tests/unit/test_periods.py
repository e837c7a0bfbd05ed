"""Periods against the plain definition: some day belongs to both."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from identity.domain.periods import Period, backwards, overlap

FIRST = date(2028, 2, 25)  # a leap year's end of February lies inside
DAYS = [FIRST + timedelta(days=n) for n in range(9)]
ends = st.one_of(st.none(), st.sampled_from(DAYS[1:-1]))
periods = st.tuples(ends, ends).filter(lambda period: not backwards(period))


def holds(period: Period, day: date) -> bool:
    return (period[0] is None or period[0] <= day) and (period[1] is None or day <= period[1])


@given(periods, periods)
def test_two_periods_overlap_when_they_share_a_day(one: Period, other: Period) -> None:
    assert overlap(one, other) == any(holds(one, day) and holds(other, day) for day in DAYS)


def test_a_period_of_one_day_is_not_backwards() -> None:
    assert not backwards((FIRST, FIRST))
    assert backwards((DAYS[1], FIRST))
