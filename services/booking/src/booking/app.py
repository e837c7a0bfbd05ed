"""Booking: 预约与检定. Wiring only."""

from pathlib import Path

from booking.api import BLUEPRINTS
from booking.background import JOBS, SCHEDULES
from booking.consumers import EFFECTS
from booking.facts import COPIES, FACTS
from booking.settings import Settings
from chassis.cli import wsgi
from chassis.runtime import Service

SERVICE = Service(
    name="booking",
    title="预约与检定 Booking",
    settings=Settings,
    migrations=Path(__file__).parent / "migrations",
    blueprints=BLUEPRINTS,
    effects=EFFECTS,
    facts=FACTS,
    copies=COPIES,
    jobs=JOBS,
    schedules=SCHEDULES,
)
create_app = wsgi(SERVICE)
