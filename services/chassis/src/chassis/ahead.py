"""One thing is made while the one before is used: two who would otherwise wait for each other, say this process and the
database, work at the same time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


@contextmanager
def ahead(items: Iterator[T]) -> Iterator[Iterator[T]]:
    """`items`, each made in a thread, one before it is asked for; what making it raises is raised where it is asked for.
    At the end of the block none is being made any more."""
    with ThreadPoolExecutor(1, "ahead") as maker:
        yield _taken(maker, items)


def _taken(maker: ThreadPoolExecutor, items: Iterator[T]) -> Iterator[T]:
    end: Any = object()
    coming = maker.submit(next, items, end)
    while (item := coming.result()) is not end:
        coming = maker.submit(next, items, end)
        yield item
