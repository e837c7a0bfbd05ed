"""What travels with a piece of work."""

import re

import pytest

from chassis import context
from chassis.actor import Actor, area_of
from chassis.ids import new_id
from chassis.testing import applicant, staff, supervisor

WELL_FORMED = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_child_stays_in_the_trace_with_a_span_of_its_own() -> None:
    child = context.child_traceparent(f"00-{TRACE.upper()}-00f067aa0ba902b7-01")
    assert WELL_FORMED.fullmatch(child)
    assert child.split("-")[1] == TRACE
    assert child.split("-")[2] != "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "parent", ["", "abc", "00-x", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{'g' * 32}-00f067aa0ba902b7-01", f"{TRACE}-1"]
)  # fmt: skip
def test_without_a_good_parent_a_new_trace_begins(parent: str) -> None:
    one, two = (context.child_traceparent(parent) for _ in range(2))
    assert WELL_FORMED.fullmatch(one)
    assert one.split("-")[1] != two.split("-")[1]


def test_a_piece_of_work_ends_with_its_block() -> None:
    before = context.current()
    with context.work(context.Context(request_id="a")):
        assert context.current().request_id == "a"
        with context.work(context.Context(request_id="b")):
            assert context.current().request_id == "b"
        assert context.current().request_id == "a"
    assert context.current() == before


def test_request_ids_are_hard_to_guess_and_differ() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", context.new_request_id())
    assert context.new_request_id() != context.new_request_id()


def test_ids_are_in_the_order_of_making() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)
    assert {one.version for one in ids} == {7}


@pytest.mark.parametrize(("division", "area"), [("440000", "44"), ("440100", "4401"), ("440106", "440106"), (None, "")])
def test_the_area_of_a_division(division: str | None, area: str) -> None:
    assert Actor(new_id(), "supervisor", None, division=division).area == area


@pytest.mark.parametrize(
    ("division", "place", "inside"),
    [
        ("440000", "445224", True),
        ("440000", "450103", False),
        ("440100", "440106", True),
        ("440100", "440306", False),
        ("441900", "441900", True),
        ("440106", "440106", True),
        ("440106", "440103", False),
        ("440106", "440100", False),
    ],
)
def test_an_area_holds_the_divisions_below_it(division: str, place: str, inside: bool) -> None:
    assert place.startswith(area_of(division)) is inside


@pytest.mark.parametrize("actor", [applicant(), staff(), supervisor()])
def test_an_actor_survives_json(actor: Actor) -> None:
    again = Actor.from_json(actor.to_json())
    assert again.to_json() == actor.to_json()
    assert (again.account_id, again.org_id, again.roles) == (actor.account_id, actor.org_id, actor.roles)
