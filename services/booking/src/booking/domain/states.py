"""The states of a booking and of its items, and the moves between them, in one table."""

from enum import StrEnum

from chassis.errors import IllegalMove


class State(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    RETURNED = "returned"
    NO_SHOW = "no_show"


class Item(StrEnum):
    BOOKED = "booked"
    RECEIVED = "received"
    RETURNED = "returned"
    VERIFIED = "verified"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


OPEN = (State.PENDING, State.CONFIRMED, State.RECEIVED, State.IN_PROGRESS)
OPEN_ITEM = (Item.BOOKED, Item.RECEIVED)  # they hold their instrument: it is in no other booking
BEFORE_RECEIPT = (State.PENDING, State.CONFIRMED)
AT_THE_DESK = (State.CONFIRMED, State.RECEIVED, State.IN_PROGRESS)

# move -> (from which states, to which state; None: the booking stays where it is)
MOVES: dict[str, tuple[tuple[State, ...], State | None]] = {
    "confirm": ((State.PENDING,), State.CONFIRMED),
    "reject": (BEFORE_RECEIPT, State.REJECTED),  # a confirmed one, too: something came in between
    "cancel": (BEFORE_RECEIPT, State.CANCELLED),
    "lapse": ((State.PENDING,), State.CANCELLED),  # its day passed unanswered
    "receive": ((State.CONFIRMED, State.RECEIVED), State.RECEIVED),
    "receive_late": ((State.IN_PROGRESS,), None),  # more items come while the first are being verified
    "return_items": (AT_THE_DESK, None),
    "return": (AT_THE_DESK, State.RETURNED),  # the last item went back
    "start": ((State.RECEIVED,), State.IN_PROGRESS),
    "enter_results": ((State.IN_PROGRESS,), None),
    "sign": ((State.IN_PROGRESS,), None),
    "send_back": ((State.IN_PROGRESS,), None),
    "complete": ((State.IN_PROGRESS,), State.COMPLETED),
    "no_show": (AT_THE_DESK, State.NO_SHOW),  # after the first receipt only where everything received went back
    "propose": (BEFORE_RECEIPT, None),
    "accept": (BEFORE_RECEIPT, None),
    "decline": (BEFORE_RECEIPT, None),
    "end_items": (OPEN, None),  # the filing of some items ended
    "end": (OPEN, State.CANCELLED),  # and nothing is left
}

LABELS = {
    State.PENDING: "预约中", State.CONFIRMED: "已确认", State.REJECTED: "被拒绝", State.CANCELLED: "已取消",
    State.RECEIVED: "已接收", State.IN_PROGRESS: "检定中", State.COMPLETED: "完检", State.RETURNED: "被退回",
    State.NO_SHOW: "未到检",
}  # fmt: skip
MOVE_LABELS = {
    "confirm": "确认", "reject": "拒绝", "cancel": "取消", "lapse": "逾期结束", "receive": "接收", "receive_late": "接收",
    "return_items": "退单", "return": "退单", "start": "开始检定", "enter_results": "录入结果", "sign": "检定员确认", "send_back": "退回检定员", "complete": "完检",
    "no_show": "登记未到检", "propose": "申请改期", "accept": "同意改期", "decline": "不同意改期",
    "end_items": "备案失效取消", "end": "备案失效取消",
}  # fmt: skip


def after(state: str, move: str) -> State:
    """The state after `move`. Raises: IllegalMove."""
    sources, target = MOVES[move]
    if state not in sources:
        raise IllegalMove(state=LABELS[State(state)], move=MOVE_LABELS[move])
    return target or State(state)
