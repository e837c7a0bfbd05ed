"""Things that are made while the one before is used."""

import threading
from collections.abc import Iterator

import pytest

from chassis.ahead import ahead

SECONDS = 10


def test_they_come_in_their_order_and_end() -> None:
    with ahead(iter(range(5))) as items:
        assert list(items) == [0, 1, 2, 3, 4]
    with ahead(iter(())) as items:
        assert list(items) == []


def test_the_next_is_made_while_one_is_used_and_no_more() -> None:
    made = [threading.Event() for _ in range(4)]

    def numbers() -> Iterator[int]:
        for number, event in enumerate(made):
            event.set()
            yield number

    with ahead(numbers()) as items:
        assert next(items) == 0
        assert made[1].wait(SECONDS)
        assert next(items) == 1
        assert made[2].wait(SECONDS)
        assert not made[3].is_set()


def test_what_making_one_raises_is_raised_where_it_is_asked_for() -> None:
    def numbers() -> Iterator[int]:
        yield 0
        raise ValueError("the second")

    with ahead(numbers()) as items:
        assert next(items) == 0
        with pytest.raises(ValueError, match="the second"):
            next(items)


def test_nothing_is_made_after_the_block() -> None:
    begun, go_on = threading.Event(), threading.Event()
    done = []

    def numbers() -> Iterator[int]:
        yield 0
        begun.set()
        go_on.wait(SECONDS)
        done.append(1)
        yield 1

    with ahead(numbers()) as items:
        next(items)
        assert begun.wait(SECONDS)
        go_on.set()
    assert done == [1]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]
