"""Whether the copies of this service agree with their owners.

Both sides are walked in the order of keys, once a night and whenever `<service> check-copies` asks. What events are
just carrying is no difference: one counts only when it stands through some rounds.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chassis import log
from chassis.calls import ServiceClient
from chassis.clock import SHANGHAI
from chassis.db import ALL
from chassis.facts import PAGE, Copy, Row, page
from chassis.metrics import COPIES_DIFFERENT
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings

ROUNDS = 4
PAUSE = 5.0  # between rounds, for the events that are on their way [seconds]
SHOWN = 100  # differences that are told one by one
HOUR = 3  # of the night in which the schedule checks [Asia/Shanghai]


@dataclass(frozen=True)
class Difference:
    """`what`: missing (in the copy), extra (the owner has no such row) or different; then `fields` has both values."""

    copy: str
    key: str
    what: str
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = "; ".join(f"{name}: {theirs!r} here {ours!r}" for name, (theirs, ours) in self.fields.items())
        return f"{self.copy} {self.key} {self.what}" + (f" ({shown})" if shown else "")


def differences(runtime: Runtime, pause: float = PAUSE, rounds: int = ROUNDS) -> dict[str, list[Difference]]:
    """Of each copy of this service, what stands through all rounds. Stops early where nothing differs any more."""
    standing: dict[str, list[Difference]] = {}
    for name, copy in runtime.service.copies.items():
        found = list(_compare(runtime, name, copy))
        for _ in range(rounds - 1):
            if not found:
                break
            time.sleep(pause)
            again = set(map(str, _compare(runtime, name, copy)))
            found = [one for one in found if str(one) in again]
        standing[name] = found
        COPIES_DIFFERENT.labels(name).set(len(found))
    return standing


def _compare(runtime: Runtime, name: str, copy: Copy) -> Iterator[Difference]:
    theirs, ours = _theirs(runtime, copy), _ours(runtime, copy)
    their, our = next(theirs, None), next(ours, None)
    while their is not None or our is not None:
        if our is None or (their is not None and their["key"] < our["key"]):
            assert their is not None
            if _needed(copy, their):
                yield Difference(name, their["key"], "missing")
            their = next(theirs, None)
        elif their is None or our["key"] < their["key"]:
            yield Difference(name, our["key"], "extra")
            our = next(ours, None)
        else:
            unlike = {f: (their[f], our[f]) for f in our if their[f] != our[f]}
            if unlike and _needed(copy, their):
                yield Difference(name, our["key"], "different", unlike)
            their, our = next(theirs, None), next(ours, None)


def _needed(copy: Copy, row: Row) -> bool:
    return all(row[name] in values for name, values in copy.needed.items())


def _theirs(runtime: Runtime, copy: Copy) -> Iterator[Row]:
    client = ServiceClient(copy.owner, _url(runtime.settings, copy.owner), runtime.tokens)
    after = ""
    while True:
        rows: list[Row] = client.get(f"/internal/facts/{copy.fact}", after=after, limit=PAGE)["items"]
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["key"]


def _url(settings: ServiceSettings, service: str) -> str:
    url: str = getattr(settings, f"{service}_url")
    return url


def _ours(runtime: Runtime, copy: Copy) -> Iterator[Row]:
    after = ""
    while True:
        with runtime.database.transaction(ALL) as db:
            rows = page(db, copy.rows, after, PAGE)
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["key"]


def check_at_night(runtime: Runtime, now: datetime) -> None:
    """The schedule: compare once a night, tell what differs in log and metric."""
    if now.astimezone(SHANGHAI).hour != HOUR:
        return
    for name, found in differences(runtime).items():
        for one in found[:SHOWN]:
            log.get().error("copy_differs", copy=name, difference=str(one))
