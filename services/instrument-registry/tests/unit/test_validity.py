"""How long a verification is good: whole months, the end of the month, leap days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.validity import PeriodUnknown, Validity, add_months, last_valid_day, validity

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, (date(2026, 2, 28), True)),
        (date(2028, 1, 31), 1, (date(2028, 2, 29), True)),
        (date(2026, 8, 31), 6, (date(2027, 2, 28), True)),
        (date(2027, 8, 31), 6, (date(2028, 2, 29), True)),
        (date(2028, 2, 29), 12, (date(2029, 2, 28), True)),
        (date(2028, 2, 29), 48, (date(2032, 2, 29), False)),
        (date(2026, 12, 15), 1, (date(2027, 1, 15), False)),
        (date(2026, 11, 30), 13, (date(2027, 12, 30), False)),
        (date(2026, 3, 31), 1, (date(2026, 4, 30), True)),
    ],
)
def test_months_later(day: date, months: int, expected: tuple[date, bool]) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("verified", "months", "last"),
    [
        (date(2026, 11, 23), 12, date(2027, 11, 22)),
        (date(2026, 3, 1), 12, date(2027, 2, 28)),
        (date(2027, 3, 1), 12, date(2028, 2, 29)),
        (date(2026, 1, 1), 6, date(2026, 6, 30)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),  # the month's end cut it: no day is taken off
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 28)),
    ],
)
def test_the_last_valid_day(verified: date, months: int, last: date) -> None:
    assert last_valid_day(verified, months) == last


@given(DAYS, st.integers(1, 72))
def test_it_is_in_the_right_month_and_never_longer_than_the_period(verified: date, months: int) -> None:
    last = last_valid_day(verified, months)
    anniversary, cut = add_months(verified, months)
    assert last == anniversary - timedelta(days=0 if cut else 1)
    assert verified < last or (months == 1 and cut)
    assert (last - verified).days <= 31 * months


@given(DAYS, st.integers(1, 60))
def test_verified_later_is_valid_no_shorter(verified: date, months: int) -> None:
    assert last_valid_day(verified, months) <= last_valid_day(verified + timedelta(days=1), months)


ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("mode", "period", "term", "given_day", "expected"),
    [
        ("periodic", 12, None, None, Validity(valid_until=date(2027, 11, 22))),
        ("periodic", 12, None, date(2027, 6, 30), Validity(valid_until=date(2027, 6, 30))),  # shorter is taken
        ("periodic", 12, None, date(2028, 6, 30), Validity(valid_until=date(2027, 11, 22))),  # longer is not
        ("periodic", None, None, date(2027, 1, 1), Validity(valid_until=date(2027, 1, 1))),
        (None, 12, None, None, Validity(valid_until=date(2027, 11, 22))),
        ("first_only", None, None, date(2027, 1, 1), Validity()),
        ("first_only_rotation", None, 72, None, Validity(rotate_on=date(2032, 11, 23))),
        ("first_only_rotation", None, None, date(2030, 1, 1), Validity(rotate_on=date(2030, 1, 1))),
        ("first_only_rotation", None, None, None, Validity()),
    ],
)
def test_the_validity_of_a_pass(
    mode: str | None, period: int | None, term: int | None, given_day: date | None, expected: Validity
) -> None:
    assert validity(mode, period, term, ON, given_day) == expected


def test_a_kind_without_a_period_needs_the_date() -> None:
    with pytest.raises(PeriodUnknown):
        validity("periodic", None, None, ON, None)
