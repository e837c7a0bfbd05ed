"""Background work of notification: handing over what is due."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from chassis import clock
from chassis.runtime import Runtime, Schedule
from notification.actions import deliveries, tries
from notification.models import WechatPush
from notification.parts import parts_of

A_ROUND = 200  # deliveries, then other schedules have their turn


def send_due(runtime: Runtime, _now: datetime) -> None:
    for _ in range(A_ROUND):
        with runtime.database.transaction() as db:
            claimed = deliveries.claim(db, parts_of(runtime).settings.wechat_official_appid, clock.now())
        if claimed is None:
            return
        delivery, message = claimed
        outcome, error = deliveries.hand_over(parts_of(runtime), delivery, message)
        with runtime.database.transaction() as db:
            deliveries.settle(db, delivery.id, outcome, error, clock.now())


def forget_pushes(runtime: Runtime, now: datetime) -> None:
    with runtime.database.transaction() as db:
        db.execute(delete(WechatPush).where(WechatPush.at < now - timedelta(days=2)))
        tries.forget_old(db, now)


SCHEDULES = [
    Schedule("send_due", timedelta(seconds=1), send_due),
    Schedule("forget_pushes", timedelta(hours=6), forget_pushes),
]
