"""The views against the manual's own sentences, on any day: leap days, ends of years, and midnight in Guangdong."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from chassis.clock import business_date
from registry.domain.views import VIEWS, Facts, view

EDGES = [
    date(2024, 2, 29), date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2100, 2, 28), date(2100, 3, 1),
    date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 30), date(2000, 2, 29),
]  # fmt: skip
NEAR = (-91, -90, -32, -31, -30, -29, -12, -11, -10, -9, -2, -1, 0, 1, 2, 9, 10, 11, 29, 30, 31, 89, 90, 91, 365, 366)
TODAYS = st.sampled_from(EDGES) | st.dates(date(1999, 1, 1), date(2101, 12, 31))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Facts, date]:
    """An instrument and a day, its dates mostly where something changes."""
    today = draw(TODAYS)
    days = st.one_of(st.sampled_from(NEAR).map(lambda n: today + timedelta(days=n)), st.sampled_from(EDGES))
    return (
        Facts(
            draw(st.sampled_from(["in_use", "in_use", "in_use", "suspended", "scrapped"])),
            draw(st.sampled_from(["approved", "approved", "approved", "submitted", "revoked"])),
            draw(st.none() | days), draw(st.sampled_from([None, "pass", "pass", "fail"])), draw(st.none() | days),
            draw(st.none() | days), draw(st.none() | days),
        ),
        today,
    )  # fmt: skip


def sentences(f: Facts, today: date) -> dict[str, bool]:
    """Each view as PRODUCT and the manual say it, by counting days, without looking at the other views."""
    live = f.status == "in_use" and f.filing_state == "approved" and f.approved_on is not None
    # days since the filing was approved, or since it lost its verification
    since = max(day.toordinal() for day in (f.approved_on, f.unverified_since) if day) if f.approved_on else 0
    a = today.toordinal() - since if f.approved_on else 0
    passed = live and f.result == "pass"
    known = passed and f.valid_until is not None and f.approved_on is not None and f.approved_on <= f.valid_until
    e = f.valid_until.toordinal() - today.toordinal() if f.valid_until else 0  # days to the last valid day
    r = f.rotate_on.toordinal() - today.toordinal() if f.rotate_on else 0
    endless = passed and f.valid_until is None
    not_verified = live and f.result != "fail" and not known and not endless
    return {
        "due": (not_verified and a <= 10) or (known and 0 <= e <= 30),
        "overdue": (not_verified and 10 < a <= 30) or (known and -30 <= e < 0),
        "invalid": (not_verified and a > 30) or (known and e < -30),
        "failed": live and f.result == "fail",
        "normal": (known and e > 30) or (endless and f.rotate_on is not None and r > 90),
        "no_expiry": endless and f.rotate_on is None,
        "rotation": endless and f.rotate_on is not None and r <= 90,
        "none": not live,
    }


@given(cases())
@example((Facts("in_use", "approved", date(2024, 1, 1), "pass", date(2024, 2, 29), None), date(2024, 3, 31)))
@example((Facts("in_use", "approved", date(2026, 12, 21), None, None, None), date(2027, 1, 1)))
def test_exactly_one_sentence_is_true_and_it_is_the_view(case: tuple[Facts, date]) -> None:
    facts, today = case
    true = [name for name, holds in sentences(facts, today).items() if holds]
    assert true == [view(facts, today)]


def test_every_view_has_a_sentence() -> None:
    assert set(sentences(Facts("in_use", "approved", None, None, None, None), date(2026, 1, 1))) == set(VIEWS)


@given(st.datetimes(datetime(1999, 1, 1), datetime(2101, 1, 1)))  # noqa: DTZ001 (UTC is set below)
@example(datetime(2028, 2, 28, 16, 0))  # noqa: DTZ001
@example(datetime(2026, 12, 31, 15, 59, 59, 999999))  # noqa: DTZ001
def test_a_day_begins_at_midnight_in_guangdong_all_year_round(at: datetime) -> None:
    assert business_date(at.replace(tzinfo=UTC)) == (at + timedelta(hours=8)).date()


@given(st.sampled_from(EDGES), st.integers(0, 30))
def test_thirty_days_are_thirty_days_also_over_a_leap_day_and_a_new_year(end: date, days: int) -> None:
    facts = Facts("in_use", "approved", date(1998, 1, 1), "pass", end, None)
    assert view(facts, end - timedelta(days=days)) == "due"
    assert view(facts, end - timedelta(days=31)) == "normal"
    assert view(facts, end + timedelta(days=max(days, 1))) == "overdue"
    assert view(facts, end + timedelta(days=31)) == "invalid"
