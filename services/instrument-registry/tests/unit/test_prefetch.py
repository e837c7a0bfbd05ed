"""The next item is computed in a thread while the caller uses the current one."""

import threading
from collections.abc import Iterator

import pytest

from registry.prefetch import prefetch

SECONDS = 10


def test_items_keep_their_order() -> None:
    with prefetch(iter(range(5))) as items:
        assert list(items) == [0, 1, 2, 3, 4]
    with prefetch(iter(())) as items:
        assert list(items) == []


def test_exactly_one_item_is_prefetched() -> None:
    made = [threading.Event() for _ in range(4)]

    def numbers() -> Iterator[int]:
        for number, event in enumerate(made):
            event.set()
            yield number

    with prefetch(numbers()) as items:
        assert next(items) == 0
        assert made[1].wait(SECONDS)
        assert next(items) == 1
        assert made[2].wait(SECONDS)
        assert not made[3].is_set()


def test_an_exception_is_raised_when_its_item_is_asked_for() -> None:
    def numbers() -> Iterator[int]:
        yield 0
        raise ValueError("the second")

    with prefetch(numbers()) as items:
        assert next(items) == 0
        with pytest.raises(ValueError, match="the second"):
            next(items)


def test_the_thread_has_ended_when_the_block_ends() -> None:
    begun, go_on = threading.Event(), threading.Event()
    done = []

    def numbers() -> Iterator[int]:
        yield 0
        begun.set()
        go_on.wait(SECONDS)
        done.append(1)
        yield 1

    with prefetch(numbers()) as items:
        next(items)
        assert begun.wait(SECONDS)
        go_on.set()
    assert done == [1]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("prefetch")]
