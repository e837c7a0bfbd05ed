"""Notification: messages, channels, the official account. Wiring only."""

from pathlib import Path

from chassis.cli import wsgi
from chassis.runtime import Service
from notification.api import BLUEPRINTS
from notification.background import SCHEDULES
from notification.consumers import EFFECTS
from notification.facts import COPIES
from notification.parts import prepare
from notification.settings import Settings

SERVICE = Service(
    name="notification",
    title="通知 Notification",
    settings=Settings,
    migrations=Path(__file__).parent / "migrations",
    blueprints=BLUEPRINTS,
    effects=EFFECTS,
    copies=COPIES,
    schedules=SCHEDULES,
    prepare=prepare,
)
create_app = wsgi(SERVICE)
