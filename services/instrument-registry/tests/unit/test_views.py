"""The views of 仪器管理: exactly one for each instrument on each day, at every boundary."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.views import DUE_DAYS, RANGES, VIEWS, WINDOW_DAYS, Facts, view

TODAY = date(2026, 11, 23)
APPROVED = Facts("in_use", "approved", TODAY - timedelta(days=400), None, None, None)


def ahead(days: int) -> date:
    return TODAY + timedelta(days=days)


def verified(e: int, approved_on: date = APPROVED.approved_on or TODAY) -> Facts:
    return replace(APPROVED, result="pass", valid_until=ahead(e), approved_on=approved_on)


@pytest.mark.parametrize(
    ("a", "expected"),
    [(0, "due"), (10, "due"), (11, "overdue"), (30, "overdue"), (31, "invalid"), (400, "invalid"), (-1, "due")],
)
def test_never_verified_days_since_approval_decide(a: int, expected: str) -> None:
    assert view(replace(APPROVED, approved_on=ahead(-a)), TODAY) == expected


@pytest.mark.parametrize(
    ("e", "expected"),
    [(31, "normal"), (30, "due"), (1, "due"), (0, "due"), (-1, "overdue"), (-30, "overdue"), (-31, "invalid"), (365, "normal")],
)  # fmt: skip
def test_verified_days_to_the_last_valid_day_decide(e: int, expected: str) -> None:
    assert view(verified(e), TODAY) == expected


@given(
    st.integers(-800, 800), st.one_of(st.none(), st.integers(-800, 800)), st.one_of(st.none(), st.integers(-800, 800))
)
def test_a_failure_wins_over_every_date(a: int, e: int | None, r: int | None) -> None:
    facts = Facts(
        "in_use", "approved", ahead(a), "fail", None if e is None else ahead(e), None if r is None else ahead(r)
    )
    assert view(facts, TODAY) == "failed"


@pytest.mark.parametrize(
    ("a", "e", "expected"),
    [
        (5, -6, "due"),  # approved anew after the old certificate had ended: as if never verified
        (5, -5, "overdue"),  # approved on its last valid day: the certificate still counts
        (15, -16, "overdue"),
        (40, -41, "invalid"),
        (40, -40, "invalid"),
        (40, -20, "overdue"),
    ],
)
def test_approved_later_than_the_end_of_the_certificate_counts_as_never_verified(a: int, e: int, expected: str) -> None:
    assert view(verified(e, approved_on=ahead(-a)), TODAY) == expected


@pytest.mark.parametrize(
    ("rotate_in", "expected"),
    [(None, "no_expiry"), (91, "normal"), (90, "rotation"), (0, "rotation"), (-5, "rotation")],
)
def test_without_an_end_only_rotation_matters(rotate_in: int | None, expected: str) -> None:
    rotate_on = None if rotate_in is None else ahead(rotate_in)
    assert view(replace(APPROVED, result="pass", rotate_on=rotate_on), TODAY) == expected


@pytest.mark.parametrize("status", ["suspended", "scrapped"])
def test_what_is_not_in_use_is_in_no_view(status: str) -> None:
    assert view(replace(APPROVED, status=status), TODAY) == "none"


@pytest.mark.parametrize("state", ["none", "submitted", "returned", "revoked", "withdrawn", "lapsed", "closed"])
def test_what_is_not_approved_is_in_no_view(state: str) -> None:
    assert view(replace(APPROVED, filing_state=state), TODAY) == "none"
    assert view(replace(APPROVED, approved_on=None), TODAY) == "none"


OFFSETS = st.one_of(st.none(), st.integers(-120, 120))


@given(st.integers(-120, 120), st.sampled_from([None, "pass", "fail"]), OFFSETS, OFFSETS)
def test_every_instrument_is_in_exactly_one_view(a: int, result: str | None, e: int | None, r: int | None) -> None:
    facts = Facts(
        "in_use", "approved", ahead(-a), result, None if e is None else ahead(e), None if r is None else ahead(r)
    )
    assert view(facts, TODAY) in set(VIEWS) - {"none"}


@given(st.integers(0, 600))
def test_a_verified_one_goes_through_the_views_in_order_as_days_pass(days: int) -> None:
    order = ["normal", "due", "overdue", "invalid"]
    facts = verified(100)
    today, tomorrow = (view(facts, TODAY + timedelta(days=days + n)) for n in (0, 1))
    assert order.index(tomorrow) - order.index(today) in (0, 1)


def test_the_figures_are_those_of_the_rules() -> None:
    assert (DUE_DAYS, WINDOW_DAYS, RANGES.last("rotation", "rotation")) == (10, 30, 90)
