"""Notification: messages, channels, the official account. Only wires the parts and the command publish-menu."""

from pathlib import Path

from chassis.cli import wsgi
from chassis.runtime import Service
from chassis.wechat import WechatApp
from notification.actions.official import MENU
from notification.api import BLUEPRINTS
from notification.background import LOOPS, SCHEDULES
from notification.consumers import EFFECTS
from notification.facts import COPIES
from notification.parts import prepare
from notification.settings import Settings


def publish_menu(settings: Settings) -> str:
    """Publishes the menu of the official account."""
    official = WechatApp(settings.wechat_api_url, settings.wechat_official_appid, settings.wechat_official_secret)
    official.call("/cgi-bin/menu/create", {"button": MENU})
    return "the menu is published"


SERVICE = Service(
    name="notification",
    title="通知 Notification",
    settings=Settings,
    migrations=Path(__file__).parent / "migrations",
    blueprints=BLUEPRINTS,
    effects=EFFECTS,
    copies=COPIES,
    schedules=SCHEDULES,
    loops=LOOPS,
    prepare=prepare,
    commands={"publish-menu": publish_menu},
)
create_app = wsgi(SERVICE)
