"""The registry's side of filing: claims for a submission, and the state learned from filing's events."""

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.bulk import each
from chassis.clock import business_date
from registry import events, queries
from registry.actions.at_once import write_all
from registry.actions.certificates import declared_of, standing_ones
from registry.actions.histories import Line, tell
from registry.domain.errors import AlreadyFiled, FilingRevoked, Incomplete, NotInCatalog, OutOfArea, WrongStatus
from registry.domain.filing_states import OPEN_FILING
from registry.domain.rules import DECLARED, Reference, declared_faults, missing_for_filing
from registry.models import STATUS_LABELS, Attachment, Certificate, Claim, Instrument

CLAIM = timedelta(minutes=15)
CHUNK = 1000


def claim(
    db: Session, submission_id: UUID, by: Actor, ids: Callable[[], Sequence[UUID]], area: str, now: datetime
) -> Claim:
    """Lock the fileable ones of `ids` for a submission to an institution of `area` (the prefix of its divisions), and
    keep what was refused and why. The same submission again changes nothing and is answered the same."""
    db.execute(insert(Claim).values(submission_id=submission_id, made_at=now).on_conflict_do_nothing())
    made = db.get_one(Claim, submission_id, with_for_update=True)
    if made.claimed is not None:
        return made
    reference = queries.reference(db, business_date(now))
    refused: list[dict[str, Any]] = []
    claimed: list[UUID] = []
    wanted = ids()
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        found = queries.own_for_update(db, by, chunk)
        with_file = set(db.scalars(select(Attachment.instrument_id).where(Attachment.instrument_id.in_(chunk))))
        check = partial(_check_fileable, reference=reference, with_file=with_file, area=area)
        outcome, _ = each(chunk, found, check)
        refused += [failure.to_json() | {"id": str(failure.id)} for failure in outcome.failed]
        claimed += outcome.done
    for start in range(0, len(claimed), CHUNK):
        db.execute(
            update(Instrument)
            .where(Instrument.id.in_(claimed[start : start + CHUNK]))
            .values(claim_id=submission_id, claim_until=now + CLAIM)
        )
    made.claimed, made.failed = len(claimed), refused
    db.flush()
    return made


def _check_fileable(instrument: Instrument, reference: Reference, with_file: Set[UUID], area: str) -> None:
    if instrument.status != "in_use":
        raise WrongStatus(status=STATUS_LABELS[instrument.status], move="备案")
    if instrument.filing_state == "revoked":
        raise FilingRevoked
    if instrument.filing_state in (*OPEN_FILING, "approved") or instrument.claim_id is not None:
        raise AlreadyFiled
    check_complete(instrument, reference, instrument.id in with_file, area)


def check_complete(instrument: Instrument, reference: Reference, has_file: bool, area: str) -> None:
    """Checks that an instrument is complete enough to be filed. Raises: OutOfArea, NotInCatalog, Incomplete."""
    if not instrument.division_code.startswith(area):
        raise OutOfArea(division=instrument.division_code)
    kind = reference.kinds.get(instrument.kind_code)
    if kind is None or not kind.in_force(reference.today) or kind.supervision == "P":
        raise NotInCatalog(kind=instrument.kind_code)
    given = {"type_approval_no": instrument.type_approval_no, "details": instrument.details}
    missing = missing_for_filing(given, kind, has_file)
    missing += [fault.zh for fault in declared_faults({key: getattr(instrument, key) for key in DECLARED}, kind)]
    if missing:
        raise Incomplete(what="；".join(missing))


def claimed_page(db: Session, submission_id: UUID, after: UUID | None, size: int) -> dict[str, Any]:
    """The claimed instruments of a submission with their snapshots, in the order of ids."""
    statement = select(Instrument).where(Instrument.claim_id == submission_id)
    if after is not None:
        statement = statement.where(Instrument.id > after)
    rows = list(db.scalars(statement.order_by(Instrument.id).limit(size + 1)))
    items = [
        {"instrument_id": row.id, "version": row.version, "snapshot": events.filing_snapshot(row)}
        for row in rows[:size]
    ]
    return {"items": items, "next_cursor": rows[size - 1].id if len(rows) > size else None}


def expired_claims(db: Session, now: datetime) -> list[UUID]:
    return list(db.scalars(select(Instrument.claim_id).where(Instrument.claim_until < now).distinct().limit(100)))


def release(db: Session, submission_id: UUID, ids: Sequence[UUID] | None = None, after: UUID | None = None) -> None:
    """Free what a submission claimed and does not file: some, those after an id, or all that is left."""
    statement = update(Instrument).where(Instrument.claim_id == submission_id)
    if ids is not None:
        statement = statement.where(Instrument.id.in_(ids))
    if after is not None:
        statement = statement.where(Instrument.id > after)
    db.execute(statement.values(claim_id=None, claim_until=None))


def forget_claims(db: Session, now: datetime) -> None:
    """The answers to submissions that nobody asks for again."""
    db.execute(delete(Claim).where(Claim.made_at < now - timedelta(days=2)))


def take_over(db: Session, body: Mapping[str, Any], fresh: set[UUID], now: datetime) -> None:
    """Take over what a filing event says. History and participants count each item also where a newer event
    came first; the state changes only for the `fresh` ones."""
    data, kind = body["data"], body["type"]
    items = {UUID(item["instrument_id"]): item for item in data["items"]}
    found = queries.by_ids(db, sorted(items))
    at = datetime.fromisoformat(data["at"])
    lines, approved = [], []
    for instrument_id, instrument in found.items():
        item = items[instrument_id]
        lines.append(Line(instrument_id, reason=data["reason"], reference=item["filing_id"]))
        instrument.let_take_part(UUID(data["institution_id"]), UUID(data["holder_id"] or data["institution_id"]))
        if item["state"] == "approved":  # once is for good, also where what followed was heard of first
            instrument.ever_filed = True
        if instrument_id in fresh:
            _apply(db, instrument, item, data)
            if item["state"] == "approved":
                instrument.version += 1
                instrument.updated_at = now
                approved.append(instrument)
    tell(db, data["actor"], at, kind, lines)
    write_all(db, found.values())
    outbox.record(db, *events.instruments_changed(approved))


def _is_certified(db: Session, instrument_id: UUID) -> bool:
    """A certificate, even of a unit that was changed since, counts more than what its owner declares."""
    found = select(Certificate.id).where(Certificate.instrument_id == instrument_id, standing_ones())
    return db.scalar(select(found.exists())) is True


def _apply(db: Session, instrument: Instrument, item: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    instrument.filing_state = item["state"]
    instrument.filing_id = UUID(item["filing_id"])
    instrument.claim_id = instrument.claim_until = None
    instrument.institution_id = UUID(data["holder_id"] or data["institution_id"])
    if item["state"] == "approved":
        instrument.approved_on = date.fromisoformat(data["approved_on"])
        instrument.unverified_since = None
        if instrument.result_source in (None, "declared"):  # this approval confirms what is declared now
            declared = declared_of(db, instrument)
            if declared and _is_certified(db, instrument.id):
                declared = None
            source = "declared" if declared else None
            instrument.result, instrument.result_source = ("pass" if declared else None), source
            instrument.valid_until = declared
    elif item["state"] != "revoked":
        instrument.approved_on = None
