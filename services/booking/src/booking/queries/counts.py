"""The counts of bookings by state, from counters that triggers keep (migration 0008)."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Uuid, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import array

from booking.domain.states import State
from booking.tables import BOOKING_COUNT
from chassis.actor import Actor
from chassis.lists import Question
from chassis.reads import Read, Reader

N = BOOKING_COUNT.c
NOBODY = UUID(int=(1 << 128) - 1)
SEEN_BY = N.viewer_id == bindparam("viewer", type_=Uuid)
_SUM: Any = cast(func.sum(N.n), BigInteger)


def viewer(actor: Actor) -> UUID | None:
    """Returns the viewer id in the counters and the search: of an organisation, or of an area (area_viewer in chassis/sql/search.sql)."""
    if actor.kind in ("applicant", "institution"):
        return actor.org_id
    return UUID(actor.area.rjust(32, "0")) if actor.area else NOBODY


def total(question: Question) -> Read | None:
    """The total of a list of all or some states."""
    asked = question.filters or [value for name, value in question.choices if name != "state" and value]
    return None if asked or question.caller == "admin" else _total(question.choice("state"))


@cache
def _total(states: tuple[str, ...]) -> Read:
    where = [SEEN_BY, N.state == any_(array(states))] if states else [SEEN_BY]
    return Read(select(func.coalesce(_SUM, 0).label("total")).where(*where))


_BY_STATE = Read(select(N.state, _SUM.label("n")).where(SEEN_BY).group_by(N.state))


def overview(reader: Reader, actor: Actor) -> dict[str, int]:
    """Counts of the visible bookings by state."""
    [rows] = reader.run((_BY_STATE, {"viewer": viewer(actor)}))
    counts = dict.fromkeys((state.value for state in State), 0) | {row["state"]: row["n"] for row in rows}
    return counts | {"total": sum(counts.values())}
