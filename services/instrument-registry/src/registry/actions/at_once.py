"""Many instruments that changed, written by one statement.

The triggers that keep the counters run once a statement: a thousand UPDATEs of one row each cost a thousand times their
fixed part, one UPDATE of a thousand rows costs it once.
"""

from collections.abc import Collection

import orjson
from sqlalchemy import delete, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from registry.models import Instrument
from registry.queries import among

DERIVED = ("phase", "phase_day", "city_code", "county_code", "place")  # by the database, from what is written
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_TYPES = {column.key: column.type.compile(_DIALECT) for column in Instrument.__table__.columns}


def write_all(db: Session, instruments: Collection[Instrument]) -> None:
    """Write what was changed in each. They are locked; afterwards nothing of them is left for the session to write."""
    changed = [one for one in instruments if inspect(one).modified]
    keys = sorted({key for one in changed for key in inspect(one).committed_state} - {*DERIVED})
    if not keys:
        return
    rows = [{key: getattr(one, key) for key in ("id", *keys)} for one in changed]
    shape = ", ".join(f"{key} {_TYPES[key]}" for key in ("id", *keys))
    values = ", ".join(f"{key} = v.{key}" for key in keys)
    told = f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS v({shape})"
    statement = f"UPDATE instrument AS i SET {values} FROM {told} WHERE i.id = v.id"  # noqa: S608 (names are ours)
    with db.no_autoflush:
        db.execute(text(statement), {"rows": orjson.dumps(rows).decode()})
    for one in changed:
        for key in keys:
            set_committed_value(one, key, getattr(one, key))
        db.expire(one, DERIVED)


def delete_all(db: Session, instruments: Collection[Instrument]) -> None:
    ids = {one.id for one in instruments}
    for one in set(instruments):
        db.expunge(one)
    db.execute(delete(Instrument).where(among(ids)), execution_options={"synchronize_session": False})
