"""The one clock. Timestamps are UTC; business dates are calendar days in Asia/Shanghai.

Doors (routes, consumers, jobs) read it and pass `now` on; actions and domain rules never read a clock themselves.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _system() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _system


def now() -> datetime:
    """The current time. [aware datetime, UTC]"""
    return _read()


def business_date(at: datetime) -> date:
    """The calendar day of `at` in Asia/Shanghai."""
    return at.astimezone(SHANGHAI).date()


def today() -> date:
    """The current business date. [Asia/Shanghai]"""
    return business_date(now())


@contextmanager
def use(read: Callable[[], datetime]) -> Iterator[None]:
    """Replace the clock of this process, for tests."""
    global _read
    before, _read = _read, read
    try:
        yield
    finally:
        _read = before
