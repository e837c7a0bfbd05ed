"""Background work of notification: sends what is due.

Each channel has its own pool of senders, so a channel that hangs does not delay the others. A free sender takes the most
urgent delivery, so nothing urgent waits behind a thousand others.
"""

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from sqlalchemy import bindparam, delete, exists, or_, select, text

from chassis import clock, log, reads
from chassis.db import TIMESTAMP
from chassis.errors import ServiceError
from chassis.reads import Read
from chassis.runtime import Runtime, Schedule
from chassis.wechat import WechatError
from notification.actions import bind_states, deliveries, followers, tries
from notification.actions.official import MENU
from notification.models import Delivery, FollowerQuestion, Message, WechatPush, WechatReceipt
from notification.parts import parts_of

POOLS = {"wechat": 6, "sms": 4, "followers": 2}  # threads; `followers` asks WeChat for unionids
NO_MENU = 46003  # WeChat's error if an account has no menu
ROUND = 0.5  # between two checks for due work [seconds]
_now = bindparam("now", type_=TIMESTAMP)
_ANY = Read(
    select(
        or_(
            exists().where(text("state IN ('waiting', 'sending')"), Delivery.next_at <= _now),
            exists().select_from(WechatReceipt),
            exists().where(FollowerQuestion.next_at <= _now),
        ).label("due")
    )
)


class Senders:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._pools = {name: ThreadPoolExecutor(size, f"send-{name}") for name, size in POOLS.items()}
        self._busy: dict[str, set[Future[None]]] = {name: set() for name in POOLS}

    def __enter__(self) -> "Senders":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        for pool in self._pools.values():
            pool.shutdown(cancel_futures=True)

    def round(self) -> int:
        """Gives each free sender due work. Returns the number of tasks started and receipts recorded."""
        database, now = self._runtime.database, clock.now()
        with database.transaction() as db:
            begun = deliveries.apply_receipts(db, now)
        for channel in deliveries.CHANNELS:
            with database.transaction() as db:
                appid = parts_of(self._runtime).official.appid
                claimed = deliveries.claim(db, channel, self._free(channel), appid, now) if self._free(channel) else []
            for delivery, message in claimed:
                self._begin(channel, lambda d=delivery, m=message: self._send(d, m))  # type: ignore[misc]
            begun += len(claimed)
        if self._free("followers"):
            with database.transaction() as db:
                asked = followers.claim(db, self._free("followers"), now)
            for openid in asked:
                self._begin("followers", lambda o=openid: followers.look_up(self._runtime, o))  # type: ignore[misc]
            begun += len(asked)
        return begun

    def wait(self, first: bool = False, seconds: float | None = None) -> None:
        """Waits until all senders are free, or the first one if `first`."""
        busy = [one for pool in self._busy.values() for one in pool]
        if busy:
            wait(busy, timeout=seconds, return_when=FIRST_COMPLETED if first else "ALL_COMPLETED")

    def is_busy(self) -> bool:
        return any(not one.done() for pool in self._busy.values() for one in pool)

    def _free(self, pool: str) -> int:
        self._busy[pool] = {one for one in self._busy[pool] if not one.done()}
        return POOLS[pool] - len(self._busy[pool])

    def _begin(self, pool: str, work: Callable[[], None]) -> None:
        self._busy[pool].add(self._pools[pool].submit(work))

    def _send(self, delivery: Delivery, message: Message) -> None:
        try:
            parts = parts_of(self._runtime)
            outcome = deliveries.hand_over(parts, delivery, message, clock.now())
            with self._runtime.database.transaction() as db:
                deliveries.settle(db, delivery, outcome, parts.official.appid, clock.now())
        except Exception as error:  # its lease ends; then it is retried
            log.get().error("delivery_not_settled", delivery_id=str(delivery.id), exc_info=error)


def send_due(runtime: Runtime) -> None:
    """Sends all that is due. Returns when it is done."""
    with Senders(runtime) as senders:
        while senders.round():
            senders.wait()


def run(runtime: Runtime, stop: threading.Event) -> None:
    """Sends until `stop` is set."""
    with Senders(runtime) as senders:
        while not stop.is_set():
            try:
                [row] = reads.alone(runtime.database, _ANY, {"now": clock.now()})
                begun = senders.round() if row["due"] else 0
            except Exception as error:
                log.get().warning("senders_interrupted", error=repr(error))
                begun = 0
            if begun or senders.is_busy():
                senders.wait(first=True, seconds=ROUND)  # the first free sender takes the next delivery
            else:
                stop.wait(ROUND)


def forget_pushes(runtime: Runtime, now: datetime) -> None:
    with runtime.database.transaction() as db:
        db.execute(delete(WechatPush).where(WechatPush.at < now - timedelta(days=2)))
        tries.forget_old(db, now)
        bind_states.forget_old(db, now)
        deliveries.forget_receipts(db, now)


def keep_menu(runtime: Runtime, _now: datetime) -> None:
    """Publishes our menu if the official account has none or a different one."""
    official = parts_of(runtime).official
    try:
        if _bare(official.get("/cgi-bin/menu/get")["menu"]["button"]) == MENU:
            return
    except WechatError as error:
        if error.code != NO_MENU:
            log.get().warning("menu_unknown", error=repr(error))
            return
    except ServiceError as error:
        log.get().warning("menu_unknown", error=repr(error))
        return
    try:
        official.call("/cgi-bin/menu/create", {"button": MENU})
        log.get().info("menu_published")
    except (WechatError, ServiceError) as error:
        log.get().warning("menu_not_published", error=repr(error))


def _bare(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Removes the empty lists and ids that WeChat adds, so that buttons can be compared with ours."""
    kept = ("type", "name", "key", "url")
    return [
        {name: button[name] for name in kept if button.get(name)}
        | ({"sub_button": _bare(button["sub_button"])} if button.get("sub_button") else {})
        for button in buttons
    ]


LOOPS = {"send": run}
SCHEDULES = [
    Schedule("keep_menu", timedelta(minutes=1), keep_menu),
    Schedule("forget_pushes", timedelta(hours=6), forget_pushes),
]
