"""Registry shows the views, booking decides by them what can be booked: both find an instrument in the same phase."""

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
def test_both_find_the_same_phase(**facts: object) -> None:
    first = in_registry.phase(in_registry.Facts(**facts))  # type: ignore[arg-type]
    assert first == in_booking.phase(in_booking.Facts(**facts))  # type: ignore[arg-type]
