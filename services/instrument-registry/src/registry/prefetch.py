"""Prefetches one item in a thread, so that this process and the database work at the same time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


@contextmanager
def prefetch(items: Iterator[T]) -> Iterator[Iterator[T]]:
    """Yields `items`, each computed in a thread while the caller uses the one before. An exception of `items` is raised
    when the caller asks for that item. The thread has ended when the block ends."""
    with ThreadPoolExecutor(1, "prefetch") as executor:
        yield _prefetched(executor, items)


def _prefetched(executor: ThreadPoolExecutor, items: Iterator[T]) -> Iterator[T]:
    end: Any = object()
    following = executor.submit(next, items, end)
    while (item := following.result()) is not end:
        following = executor.submit(next, items, end)
        yield item
