"""逐行导入: one row of a file that the client parsed, by the very validator of the import."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.clock import business_date
from chassis.errors import FieldError, Invalid
from registry import queries
from registry.actions import instruments
from registry.domain.fields import BY_KEY, LAYOUTS, REASON_HEADER, ROW_KEY
from registry.models import Instrument
from registry.workbooks.judge import judge_one

LAYOUT = LAYOUTS["instruments"]
_KNOWN = {*LAYOUT.headers, *(field.key for field in LAYOUT.fields), REASON_HEADER, ROW_KEY.header, ROW_KEY.key}


def add_row(db: Session, by: Actor, now: datetime, cells: Mapping[str, Any]) -> tuple[Instrument, bool]:
    """The instrument of the row, and whether it is new: the same row sent again is the same instrument.
    cells: header or key of a field -> what was typed. Raises: Invalid with every fault, SameInstrument."""
    unknown = [
        FieldError(
            name, "header_unknown", f"不认识的表头：{name}（请下载模板对照）", f"Not a header of the template: {name}"
        )
        for name in cells
        if name not in _KNOWN
    ]
    row, values = judge_one(1, cells, queries.reference(db, business_date(now)))
    wrong = [FieldError(fault.field, fault.code, fault.zh, fault.en) for _, _, fault in row.errors]
    if unknown or wrong:
        raise Invalid(errors=[*unknown, *wrong])
    given = {key: values[key] for key in BY_KEY}
    held = db.scalars(
        select(Instrument).where(Instrument.org_id == by.org_id, Instrument.identity_key == row.identity_key)
    ).first()
    if held is not None and all(getattr(held, key) == value for key, value in given.items()):
        return held, False
    return instruments.add(db, by, now, given), True
