"""The shop, wired."""

from dataclasses import dataclass
from pathlib import Path

from chassis.runtime import Service
from chassis.settings import ServiceSettings
from shop_service.api import ITEMS, ORDERS
from shop_service.background import JOBS, NEVER_BEGUN
from shop_service.consumers import EFFECTS


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    greeting: str = "hello"


SERVICE = Service(
    name="shop",
    title="Shop",
    settings=Settings,
    migrations=Path(__file__).parent / "migrations",
    blueprints=(ITEMS, ORDERS),
    effects=EFFECTS,
    jobs=JOBS,
    never_begun=NEVER_BEGUN,
)
