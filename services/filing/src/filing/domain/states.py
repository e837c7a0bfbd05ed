"""The states of a filing; contracts/reference/filing-states.json has the moves between them, and who may make them."""

from datetime import date
from enum import StrEnum

from chassis.rules import States, Table
from chassis.workdays import Workdays


class State(StrEnum):
    SUBMITTED = "submitted"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    PENDING_REASSIGNMENT = "pending_reassignment"
    APPROVED = "approved"
    RETURNED = "returned"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    CLOSED = "closed"


FILING = States(Table("filing-states"), State)
MOVES, MOVE_LABELS, LABELS, after = FILING.moves, FILING.move_labels, FILING.labels, FILING.after
OPEN = FILING.marked("open")


WORKING_DAYS_TO_DECIDE = 5  # ours; an institution's own deadline


def due_on(submitted_on: date, calendar: Workdays) -> date:
    """The last day to decide: the fifth working day after the day of submission. [Asia/Shanghai]"""
    return calendar.after(submitted_on, WORKING_DAYS_TO_DECIDE)
