"""Business dates are days in Asia/Shanghai, whatever the clock of the machine says."""

from datetime import UTC, date, datetime

import pytest

from chassis import clock


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 1, 31, 15, 59, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 16, 0, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 2, 1, 0, 0, tzinfo=clock.SHANGHAI), date(2026, 2, 1)),
    ],
)
def test_the_day_turns_at_midnight_in_shanghai(at: datetime, day: date) -> None:
    assert clock.business_date(at) == day


def test_the_clock_can_be_set_and_goes_back() -> None:
    moment = datetime(2020, 2, 29, tzinfo=UTC)
    with clock.use(lambda: moment):
        assert clock.now() == moment
        assert clock.today() == date(2020, 2, 29)
    assert clock.now() > moment
    assert clock.now().tzinfo is UTC
