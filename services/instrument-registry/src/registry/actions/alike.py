"""Many instruments that changed alike, written by one statement.

The triggers that keep counts, supervision and search run once a statement: a thousand UPDATEs of one row each cost a
thousand times their fixed part, one UPDATE of a thousand rows costs it once.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from registry.models import Instrument
from registry.queries import among

DERIVED = ("phase", "phase_day")  # by the database, from what is written


def write_alike(db: Session, changed: Sequence[Instrument], keys: Sequence[str]) -> None:
    """Write what was changed in each, at most `keys`, a statement for all with the very same values. They are locked,
    and each has its next version already, one more than the row's; afterwards nothing is left for the session to
    write."""
    groups: dict[tuple[Any, ...], list[Instrument]] = {}
    with db.no_autoflush:
        for instrument in changed:
            groups.setdefault(tuple(getattr(instrument, key) for key in keys), []).append(instrument)
        for values, alike in groups.items():
            statement = update(Instrument).where(among([one.id for one in alike]))
            statement = statement.values(**dict(zip(keys, values, strict=True)), version=Instrument.version + 1)
            db.execute(statement, execution_options={"synchronize_session": False})
            for one in alike:
                for key in (*keys, "version"):
                    set_committed_value(one, key, getattr(one, key))
                db.expire(one, DERIVED)


def delete_all(db: Session, instruments: Sequence[Instrument]) -> None:
    ids = {one.id for one in instruments}
    for one in set(instruments):
        db.expunge(one)
    db.execute(delete(Instrument).where(Instrument.id.in_(ids)), execution_options={"synchronize_session": False})
