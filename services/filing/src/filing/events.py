"""The events of filing: one for up to 500 filings of one organisation that made the same move together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis.clock import business_date
from chassis.events import MAX_ITEMS, Event
from chassis.ids import new_id
from filing.models import Filing

TYPES = {
    "submit": "filing.submitted", "withdraw": "filing.withdrawn", "amend": "filing.amended",
    "approve": "filing.approved", "return": "filing.returned", "dispatch": "filing.dispatched", "forward": "filing.forwarded",
    "confirm": "filing.approved", "recall": "filing.recalled", "decline": "filing.declined", "revoke": "filing.revoked",
    "send_back": "filing.returned", "lapse": "filing.closed", "close": "filing.closed",
}  # fmt: skip


def filing_events(
    move: str, filings: Sequence[Filing], actor: dict[str, Any], at: datetime, **more: Any
) -> list[Event]:
    """Batches by organisation and by who acts next. `more` goes into each event's data."""
    groups: dict[tuple[Any, ...], list[Filing]] = {}
    for filing in filings:
        groups.setdefault((filing.org_id, filing.institution_id, filing.holder_id, filing.submission_id), []).append(
            filing
        )
    return [
        _event(move, batch[start : start + MAX_ITEMS], actor, at, more)
        for batch in groups.values()
        for start in range(0, len(batch), MAX_ITEMS)
    ]


def _event(move: str, batch: Sequence[Filing], actor: dict[str, Any], at: datetime, more: dict[str, Any]) -> Event:
    first, kind = batch[0], TYPES[move]
    data: dict[str, Any] = {
        "org_id": first.org_id, "submission_id": first.submission_id, "institution_id": first.institution_id,
        "holder_id": first.holder_id, "actor": actor, "at": at, "reason_code": first.reason_code,
        "reason": first.reason, "items": [_item(filing, kind) for filing in batch], **more,
    }  # fmt: skip
    if kind == "filing.approved":
        data["approved_on"] = business_date(at)
    return Event(kind, new_id(), data)


def _item(filing: Filing, kind: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "filing_id": filing.id, "instrument_id": filing.instrument_id, "version": filing.version,
        "instrument_version": filing.instrument_version, "state": filing.state,
    }  # fmt: skip
    if kind == "filing.approved":
        item["snapshot"] = filing.snapshot
    return item
