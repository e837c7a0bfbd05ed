"""复制: more instruments like one that is there, each with numbers of its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ServiceError
from registry import queries
from registry.actions.instruments import add
from registry.domain.details import OWN as OWN_DETAILS
from registry.domain.fields import BY_KEY, OWN
from registry.models import Instrument


def copy(
    db: Session, by: Actor, instrument_id: UUID, wanted: Sequence[dict[str, Any]], now: datetime
) -> list[Instrument | ServiceError]:
    """For each of `wanted` (its numbers, and what else differs) the new instrument, or why there is none.
    Raises: NotFound."""
    source = queries.own_instrument(db, by, instrument_id)
    alike = {key: getattr(source, key) for key in BY_KEY if key not in OWN}
    details = {name: value for name, value in source.details.items() if name not in OWN_DETAILS}
    made: list[Instrument | ServiceError] = []
    for values in wanted:
        try:
            with db.begin_nested():
                made.append(add(db, by, now, alike | {"details": details} | values))
        except ServiceError as error:
            made.append(error)
    return made
