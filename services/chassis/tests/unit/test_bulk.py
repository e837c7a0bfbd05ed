"""One thing done to many, each by itself."""

import pytest

from chassis import bulk
from chassis.errors import Conflict, NotFound
from chassis.ids import new_id


class Odd(Conflict):
    code = "odd"


def half(number: int) -> int:
    if number % 2:
        raise Odd
    return number // 2


def test_each_is_done_or_refused_by_itself_in_the_order_of_the_ids() -> None:
    four, three, missing, two = (new_id() for _ in range(4))
    outcome, made = bulk.each([four, three, missing, two], {two: 2, three: 3, four: 4}, half)
    assert made == [(4, 2), (2, 1)]
    assert outcome.done == [four, two]
    assert [(failure.id, failure.error.code) for failure in outcome.failed] == [(three, "odd"), (missing, "not_found")]


def test_whoever_asked_for_one_is_told_why_it_was_refused() -> None:
    one = new_id()
    bulk.single(bulk.each([one], {one: 2}, half)[0])
    with pytest.raises(Odd):
        bulk.single(bulk.each([one], {one: 1}, half)[0])
    with pytest.raises(NotFound):
        bulk.single(bulk.each([one], {}, half)[0])
