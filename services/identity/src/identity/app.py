"""Identity: who is who. Wiring only."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from chassis import clock
from chassis.cli import wsgi
from chassis.runtime import Runtime, Schedule, Service
from identity.actions import guard, wechat_states
from identity.api import BLUEPRINTS
from identity.consumers import EFFECTS
from identity.facts import FACTS
from identity.models import File
from identity.parts import prepare
from identity.seed import seed, tell_divisions, tell_holidays, tell_institutions, tell_organizations
from identity.settings import Settings
from identity.tokens import rotate_keys


def drop_unclaimed_files(runtime: Runtime, now: datetime) -> None:
    """Uploads that no registration claimed within a day."""
    with runtime.database.transaction() as db:
        old = select(File).where(File.org_id.is_(None), File.created_at < now - timedelta(hours=24))
        for file in db.scalars(old):
            runtime.files.delete(file.name)
            db.delete(file)


def forget_old(runtime: Runtime, now: datetime) -> None:
    """Failures and WeChat states that count for nothing any more."""
    with runtime.database.transaction() as db:
        guard.forget_old(db, now)
        wechat_states.forget_old(db, now)


def rotate(settings: Settings) -> str:
    """Add a key for access tokens, and remove those that are done with. Nothing is restarted, nobody is signed out."""
    return "\n".join(rotate_keys(settings.token_keys_dir, clock.now()))


SERVICE = Service(
    name="identity",
    title="身份与机构 Identity",
    settings=Settings,
    migrations=Path(__file__).parent / "migrations",
    blueprints=BLUEPRINTS,
    effects=EFFECTS,
    facts=FACTS,
    schedules=[
        Schedule("unclaimed_files", timedelta(hours=1), drop_unclaimed_files),
        Schedule("forget_old", timedelta(hours=1), forget_old),
    ],
    seed=seed,
    prepare=prepare,
    commands={"rotate-keys": rotate},
    resync={
        "organizations": tell_organizations,
        "divisions": tell_divisions,
        "holidays": tell_holidays,
        "institutions": tell_institutions,
    },
)
create_app = wsgi(SERVICE)
