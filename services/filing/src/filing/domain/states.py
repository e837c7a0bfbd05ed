"""The states of a filing and the moves between them, in one table."""

from datetime import date
from enum import StrEnum

from chassis.errors import IllegalMove
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


OPEN = (State.SUBMITTED, State.AWAITING_CONFIRMATION, State.PENDING_REASSIGNMENT)
WITH_THE_CITY = (State.SUBMITTED, State.PENDING_REASSIGNMENT)

# move -> (from which states, to which state)
MOVES: dict[str, tuple[tuple[State, ...], State]] = {
    "withdraw": ((State.SUBMITTED,), State.WITHDRAWN),
    "amend": ((State.SUBMITTED,), State.SUBMITTED),  # the applicant changes what nobody has touched
    "approve": (WITH_THE_CITY, State.APPROVED),
    "return": (WITH_THE_CITY, State.RETURNED),
    "dispatch": (WITH_THE_CITY, State.AWAITING_CONFIRMATION),
    "forward": (WITH_THE_CITY, State.AWAITING_CONFIRMATION),
    "confirm": ((State.AWAITING_CONFIRMATION,), State.APPROVED),
    "recall": ((State.AWAITING_CONFIRMATION,), State.PENDING_REASSIGNMENT),  # the receiver does not answer
    "decline": ((State.AWAITING_CONFIRMATION,), State.PENDING_REASSIGNMENT),
    "revoke": ((State.APPROVED,), State.REVOKED),
    "send_back": ((State.APPROVED,), State.RETURNED),  # 退单: the front desk found it different from its filing
    "lapse": ((State.APPROVED, State.REVOKED), State.LAPSED),
    "close": (tuple(State), State.CLOSED),
}

LABELS = {
    State.SUBMITTED: "已提交", State.AWAITING_CONFIRMATION: "待确认", State.PENDING_REASSIGNMENT: "待处理",
    State.APPROVED: "已审核", State.RETURNED: "被退回", State.REVOKED: "被撤销", State.WITHDRAWN: "已撤回",
    State.LAPSED: "已失效", State.CLOSED: "已关闭",
}  # fmt: skip
MOVE_LABELS = {
    "withdraw": "撤销备案", "amend": "修改", "approve": "通过", "return": "退回", "dispatch": "分派", "forward": "转送省院",
    "confirm": "确认", "recall": "收回", "decline": "无能力退回", "revoke": "撤销", "send_back": "退单", "lapse": "失效", "close": "关闭",
}  # fmt: skip


def after(state: str, move: str) -> State:
    """The state after `move`. Raises: IllegalMove."""
    sources, target = MOVES[move]
    if state not in sources:
        raise IllegalMove(state=LABELS[State(state)], move=MOVE_LABELS[move])
    return target


WORKING_DAYS_TO_DECIDE = 5  # ours; an institution's own deadline


def due_on(submitted_on: date, calendar: Workdays) -> date:
    """The last day to decide: the fifth working day after the day of submission. [Asia/Shanghai]"""
    return calendar.after(submitted_on, WORKING_DAYS_TO_DECIDE)
