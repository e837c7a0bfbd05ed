"""The registry: catalog, instruments, imports, certificates, statistics. Wiring only."""

from pathlib import Path
from typing import cast

from chassis.calls import ServiceClient
from chassis.cli import wsgi
from chassis.runtime import Runtime, Service
from registry.api import BLUEPRINTS
from registry.background import JOBS, SCHEDULES
from registry.consumers import EFFECTS
from registry.facts import COPIES, FACTS
from registry.seed import seed, tell_catalog, tell_instruments
from registry.settings import Settings


def prepare(runtime: Runtime) -> None:
    settings = cast(Settings, runtime.settings)
    runtime.parts["filing"] = ServiceClient("filing", settings.filing_url, runtime.tokens)


SERVICE = Service(
    name="registry",
    title="仪器台账 Instrument registry",
    settings=Settings,
    migrations=Path(__file__).parent / "migrations",
    blueprints=BLUEPRINTS,
    effects=EFFECTS,
    facts=FACTS,
    copies=COPIES,
    jobs=JOBS,
    schedules=SCHEDULES,
    seed=seed,
    prepare=prepare,
    resync={"catalog": tell_catalog, "instruments": tell_instruments},
)
create_app = wsgi(SERVICE)
