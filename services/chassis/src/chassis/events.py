"""Events: CloudEvents 1.0 in structured JSON, checked against the schemas in `contracts/events`.

`contracts/events/topology.json` says which service takes which types; every queue is declared from it before
anything is published, because a broker also confirms what no queue is bound to.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs

from chassis import context
from chassis.ids import new_id

MAX_ITEMS = 500  # of one batch event


class ContractError(Exception):
    """An event that does not satisfy its schema."""


@dataclass(frozen=True)
class Event:
    """Something that happened. `type` in the past tense, `subject` the aggregate's (or the batch's) id,
    `sequence` counts from 1 where the event tells one aggregate."""

    type: str
    subject: UUID | str
    data: Mapping[str, Any]
    sequence: int | None = None
    id: UUID = field(default_factory=new_id)


def envelope(event: Event, source: str, at: datetime) -> dict[str, Any]:
    """The CloudEvent of `event`, as JSON values."""
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event.id),
        "type": event.type,
        "source": source,
        "subject": str(event.subject),
        "time": at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "traceparent": context.current().traceparent or context.child_traceparent(""),
        "data": jsonable(event.data),
    }
    if context.current().request_id:
        body["requestid"] = context.current().request_id
    if event.sequence is not None:
        body["sequence"] = event.sequence
    return body


def jsonable(value: Any) -> Any:
    """UUIDs, dates and enumerations to their JSON form, all through."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if value is None or isinstance(value, bool | int | float):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(getattr(value, "value", value))


class Contracts:
    """The event schemas of one checkout or image."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "events"
        self.topology: dict[str, list[str]] = json.loads((self.folder / "topology.json").read_text("utf-8"))

    @cache  # noqa: B019 (one instance a process)
    def _validator(self, event_type: str) -> Any:
        path = self.folder / f"{event_type}.v1.schema.json"
        if not path.exists():
            raise ContractError(f"no schema for {event_type}")
        return jsonschema_rs.validator_for(json.loads(path.read_text("utf-8")), validate_formats=True)

    def check(self, body: Mapping[str, Any]) -> None:
        """Raises: ContractError naming the first places that are wrong."""
        errors = [f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in
                  self._validator(str(body.get("type"))).iter_errors(dict(body))]  # fmt: skip
        if errors:
            raise ContractError(f"{body.get('type')}: {'; '.join(errors[:5])}")
