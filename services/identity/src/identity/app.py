"""Identity: who is who. Wiring only."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from chassis.cli import wsgi
from chassis.runtime import Runtime, Schedule, Service
from identity.api import BLUEPRINTS
from identity.consumers import EFFECTS
from identity.facts import FACTS
from identity.models import File
from identity.parts import prepare
from identity.seed import seed, tell_divisions, tell_institutions
from identity.settings import Settings


def drop_unclaimed_files(runtime: Runtime, now: datetime) -> None:
    """Uploads that no registration claimed within a day."""
    with runtime.database.transaction() as db:
        old = select(File).where(File.org_id.is_(None), File.created_at < now - timedelta(hours=24))
        for file in db.scalars(old):
            runtime.files.delete(file.name)
            db.delete(file)


SERVICE = Service(
    name="identity",
    title="身份与机构 Identity",
    settings=Settings,
    migrations=Path(__file__).parent / "migrations",
    blueprints=BLUEPRINTS,
    effects=EFFECTS,
    facts=FACTS,
    schedules=[Schedule("unclaimed_files", timedelta(hours=1), drop_unclaimed_files)],
    seed=seed,
    prepare=prepare,
    resync={"divisions": tell_divisions, "institutions": tell_institutions},
)
create_app = wsgi(SERVICE)
