"""How many filings are in which state: from counters that triggers keep (migration 0007)."""

from functools import cache
from typing import Any
from typing import cast as typed
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Uuid, any_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import array

from chassis.actor import Actor
from chassis.lists import Question
from chassis.reads import Read, Reader
from filing.domain.states import State
from filing.queries import areas
from filing.tables import FILING_COUNT

N = FILING_COUNT.c
_SEEN_BY = N.viewer_id == bindparam("counted_for", type_=Uuid)
_SUM = func.coalesce(cast(func.sum(N.n), BigInteger), 0)


def total(question: Question) -> Read | None:
    """The total of a list of the latest filings, of all or some states, of an area or of all that the caller sees."""
    who = typed(areas.Who, question.caller)
    by_area = set() if who.kind in ("applicant", "institution") else {"division_code"}
    if question.choice("history") or not set(question.filters) <= by_area or not who.counted:
        return None
    return _total(question.choice("state"))


@cache
def _total(states: tuple[str, ...]) -> Read:
    where = [_SEEN_BY, N.state == any_(array(states))] if states else [_SEEN_BY]
    return Read(select(_SUM.label("total")).where(*where))


def overview(reader: Reader, actor: Actor, mine: bool = False) -> dict[str, int]:
    """Counts of the latest filings by state. mine: as the institution's own lists show them."""
    if actor.kind in ("applicant", "institution"):
        return _overview(reader, actor.org_id, mine and actor.kind == "institution", actor.tier == "city")
    return _overview(reader, areas.viewer(areas.area_asked(actor, None)))


def overview_of(reader: Reader, org_id: UUID) -> dict[str, int]:
    """The same, of one organisation."""
    return _overview(reader, org_id)


def _overview(reader: Reader, viewer: UUID | None, mine: bool = False, city: bool = False) -> dict[str, int]:
    [rows] = reader.run((_by_state(mine, city), {"counted_for": viewer}))
    counts: dict[str, int] = {row["state"]: row["n"] for row in rows}
    return counts | {"total": sum(counts.values())}


@cache
def _by_state(mine: bool, city: bool) -> Read:
    where: list[ColumnElement[bool]] = [_SEEN_BY]
    if mine:
        where.append(or_(N.state != State.APPROVED.value, N.held))
        if not city:  # a city waits for others
            where.append(or_(N.state != State.AWAITING_CONFIRMATION.value, N.turn))
    n: Any = cast(func.sum(N.n), BigInteger)
    return Read(select(N.state, n.label("n")).where(*where).group_by(N.state).having(n > 0))
