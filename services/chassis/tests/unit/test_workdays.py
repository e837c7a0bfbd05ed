"""Working days: arranged years to the day, later ones by the statutory days, and what is set by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.workdays import Change, Workdays

CALENDAR = Workdays()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),  # Monday
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 10), True),  # a Saturday that makes up for it
        (date(2026, 2, 28), True),  # a Saturday that makes up for the Spring Festival
        (date(2026, 9, 20), True),  # a Sunday that does
        (date(2027, 1, 1), False),
        (date(2027, 2, 9), False),  # for statutory days on a weekend
        (date(2027, 2, 10), False),
        (date(2027, 5, 3), False),
        (date(2027, 5, 4), False),
        (date(2027, 10, 4), False),
        (date(2027, 10, 5), False),
        (date(2027, 10, 6), True),
        (date(2028, 1, 3), False),  # New Year's Day is a Saturday
    ],
)
def test_working_days_know_holidays_and_make_up_days(day: date, works: bool) -> None:
    assert CALENDAR.works(day) is works


def test_a_year_has_its_number_of_working_days() -> None:
    """By the arrangement of 2026, and by the regulation alone for 2027."""
    for year, number in ((2026, 248), (2027, 248)):
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
        assert sum(map(CALENDAR.works, days)) == number


def test_a_year_whose_arrangement_is_not_published_says_so_until_somebody_enters_it() -> None:
    assert [CALENDAR.is_arranged(year) for year in (2025, 2026, 2027, 2028)] == [True, True, False, False]
    entered = Workdays({date(2027, 2, 11): Change("off", "春节")})
    assert entered.is_arranged(2027)


def test_what_is_set_by_hand_wins() -> None:
    entered = Workdays({date(2027, 2, 11): Change("off", "春节"), date(2027, 2, 20): Change("working", "春节调休")})
    assert (entered.works(date(2027, 2, 11)), entered.works(date(2027, 2, 20))) == (False, True)
    assert (entered.name(date(2027, 2, 11)), entered.name(date(2027, 2, 20))) == ("春节", None)
    by_hand = [(one.date.day, one.kind, one.name) for one in entered.special(2027) if one.by_hand]
    assert by_hand == [(11, "off", "春节"), (20, "working", "春节调休")]


@pytest.mark.parametrize(("language", "name"), [("zh", "春节"), ("en", "Chinese New Year (Spring Festival)")])
def test_a_day_off_is_named_in_the_users_language(language: str, name: str) -> None:
    assert CALENDAR.name(date(2026, 2, 17), language) == name


@given(st.dates(date(2020, 1, 1), date(2060, 10, 31)), st.integers(1, 20))
def test_the_nth_working_day_works_and_has_just_so_many_up_to_it(start: date, count: int) -> None:
    found = CALENDAR.after(start, count)
    days = [start + timedelta(days=n) for n in range(1, (found - start).days + 1)]
    assert CALENDAR.works(found)
    assert sum(map(CALENDAR.works, days)) == count
