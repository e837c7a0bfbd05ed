"""Registry and booking both have the rule of the views. The two must agree."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

import booking.domain.views as in_booking
import registry.domain.views as in_registry

TODAY = date(2026, 2, 28)
days = st.integers(-120, 120).map(lambda n: TODAY + timedelta(days=n))


@given(
    status=st.sampled_from(["in_use", "suspended", "scrapped"]),
    filing_state=st.sampled_from(["approved", "submitted", "returned", "none"]),
    approved_on=st.none() | days,
    result=st.sampled_from([None, "pass", "fail"]),
    valid_until=st.none() | days,
    rotate_on=st.none() | days,
    unverified_since=st.none() | days,
)
def test_both_give_the_same_view(**facts: object) -> None:
    first = in_registry.view(in_registry.Facts(**facts), TODAY)  # type: ignore[arg-type]
    assert first == in_booking.view(in_booking.Facts(**facts), TODAY)  # type: ignore[arg-type]
    assert (first in in_registry.BOOKABLE) == (first in in_booking.BOOKABLE)
