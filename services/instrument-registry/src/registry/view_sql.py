"""The views as SQL: ranges of days over an instrument's phase and the day that the phase counts from.

The database derives both from the row (migration 0019), and no day changes them:

| phase | of a live instrument that | its day |
| --- | --- | --- |
| unverified | has no result, or was approved after its validity had ended | approved_on, or unverified_since |
| verified | passed, with a validity | valid_until |
| rotation | passed, to be replaced one day | rotate_on |
| no_expiry | passed once and for all | – |
| failed | failed | – |
| none | is not live | – |

A view of today is then a table of ranges, the same for a row, a list and a counter. `today` is a parameter of every
statement made here.
"""

from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, case, literal_column, or_, true, type_coerce

from registry.domain import views
from registry.domain.filing_states import UNFILED
from registry.models import Instrument

TODAY = bindparam("today", type_=Date())
RANGES = views.RANGES.held  # view -> the phases it holds, each with its first and last day, counted from today
LIST_VIEWS = ("all", *sorted(RANGES), "none", "scrapped", "suspended", "unfiled")


def in_view(view: str, of: Any = Instrument) -> Any:
    """The filter of a list: every menu of 仪器管理, the two of 备案管理 that are read here, and the rest of `all`, `none`.

    of: the columns status, filing_state, phase and phase_day, of instruments or of their counts. `any`: no filter."""
    if view == "any":
        return true()
    if view == "all":
        return of.status != "scrapped"
    if view == "none":
        return and_(of.phase == "none", of.status != "scrapped")
    if view in ("scrapped", "suspended"):
        return of.status == view
    if view == "unfiled":
        return and_(of.status == "in_use", or_(*(of.filing_state == state for state in UNFILED)))
    return or_(*(_in_range(of, *each) for each in RANGES[view]))


def view_column() -> ColumnElement[Any]:
    """The row's own view."""
    whens: list[tuple[Any, Any]] = [(in_view(view), literal_column(f"'{view}'")) for view in RANGES]
    return case(*whens, else_=literal_column("'none'"))


def _in_range(of: Any, phase: str, first: int | None, last: int | None) -> ColumnElement[bool]:
    conditions = [of.phase == phase]
    if first is not None:
        conditions.append(of.phase_day >= _day(first))
    if last is not None:
        conditions.append(of.phase_day <= _day(last))
    return and_(*conditions)


def _day(offset: int) -> ColumnElement[Any]:
    return type_coerce(TODAY + literal_column(str(offset)), Date)
