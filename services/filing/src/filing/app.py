"""Filing: 备案. Wiring only."""

from pathlib import Path

from chassis.cli import wsgi
from chassis.runtime import Service
from filing.api import BLUEPRINTS
from filing.background import JOBS, NEVER_BEGUN, SCHEDULES
from filing.consumers import EFFECTS
from filing.facts import COPIES, FACTS
from filing.parts import prepare
from filing.settings import Settings

SERVICE = Service(
    name="filing",
    title="备案 Filing",
    settings=Settings,
    migrations=Path(__file__).parent / "migrations",
    blueprints=BLUEPRINTS,
    effects=EFFECTS,
    facts=FACTS,
    copies=COPIES,
    jobs=JOBS,
    never_begun=NEVER_BEGUN,
    schedules=SCHEDULES,
    prepare=prepare,
)
create_app = wsgi(SERVICE)
