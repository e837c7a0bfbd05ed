"""The moves of institutions, supervisors and applicants on many filings at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor, actor_json, area_of
from chassis.bulk import Outcome, each
from chassis.errors import NotFound
from filing import queries
from filing.domain.errors import AmendedSince, NotACounty, OutOfArea, OutOfMandate
from filing.events import filing_events
from filing.models import Filing, Institution, Step

Move = Callable[[Filing], Step]


def check_seen(db: Session, by: Actor, versions: Mapping[UUID, int]) -> None:
    """Checks that nobody decides on a filing that changed since he saw it. versions: of the filings as read. Raises: AmendedSince."""
    found = queries.for_move(db, by, list(versions)) if versions else {}
    for filing in found.values():
        if filing.version != versions[filing.id]:
            raise AmendedSince(number=filing.number)


def withdraw(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str | None = None) -> Outcome:
    return _each(db, by, ids, now, "withdraw", lambda filing: filing.withdraw(by, now, reason))


def approve(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str | None = None) -> Outcome:
    return _each(db, by, ids, now, "approve", lambda filing: filing.approve(by, now, reason))


def return_(
    db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str, reason_code: str = "other"
) -> Outcome:
    return _each(db, by, ids, now, "return", lambda filing: filing.return_(by, now, reason_code, reason))


def dispatch(
    db: Session, by: Actor, ids: Sequence[UUID], now: datetime, institution_id: UUID | str, reason: str | None = None
) -> Outcome:
    """To a county institution of the same city, whose area holds each. Raises: NotACounty."""
    target = _county_below(db, by, UUID(str(institution_id)))

    def move(filing: Filing) -> Step:
        if not filing.division_code.startswith(area_of(target.division_code)):
            raise OutOfArea(division=filing.division_code)
        return filing.dispatch(by, now, target.id, reason)

    return _each(db, by, ids, now, "dispatch", move)


def forward(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str | None = None) -> Outcome:
    province = queries.province(db)
    if province is None:
        raise NotFound
    return _each(db, by, ids, now, "forward", lambda filing: filing.forward(by, now, province.id, reason))


def confirm(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str | None = None) -> Outcome:
    return _each(db, by, ids, now, "confirm", lambda filing: filing.confirm(by, now, reason))


def recall(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str | None = None) -> Outcome:
    return _each(db, by, ids, now, "recall", lambda filing: filing.recall(by, now, reason))


def decline(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str) -> Outcome:
    return _each(db, by, ids, now, "decline", lambda filing: filing.decline(by, now, reason))


def revoke(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, reason: str) -> Outcome:
    if by.kind not in ("institution", "supervisor"):
        raise OutOfMandate
    return _each(db, by, ids, now, "revoke", lambda filing: filing.revoke(by, now, reason))


def for_instruments(
    db: Session, by: Actor, instrument_ids: Sequence[UUID], now: datetime, move: str, make: Move
) -> Outcome:
    """A move that another service's event asks for, on the latest filing of each instrument. One that is not
    possible any more (it was made before, or the filing went on) is left alone."""
    found = {filing.id: filing for filing in queries.latest_of(db, instrument_ids).values()}
    return _make(db, list(found), found, by, now, move, make)


def _each(db: Session, by: Actor, ids: Sequence[UUID], now: datetime, move: str, make: Move) -> Outcome:
    return _make(db, ids, queries.for_move(db, by, ids), by, now, move, make)


def _make(
    db: Session, ids: Sequence[UUID], found: Mapping[UUID, Filing], by: Actor, now: datetime, move: str, make: Move
) -> Outcome:
    outcome, made = each(ids, found, make)
    db.add_all(step for _, step in made)
    db.flush()
    outbox.record(db, *filing_events(move, [filing for filing, _ in made], actor_json(by), now))
    return outcome


def _county_below(db: Session, by: Actor, institution_id: UUID) -> Institution:
    target = queries.institution(db, institution_id)
    if target is None or target.tier != "county" or not target.division_code.startswith(by.area):
        raise NotACounty
    return target
