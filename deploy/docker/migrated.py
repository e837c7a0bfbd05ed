"""Waits until the database is at the newest migration of this image or a newer one: `migrated.py [SECONDS]`.

A newer one is fine, because old code runs on the newer schema during a roll-out and after a roll-back. It returns 0, or
after SECONDS (300) 1 with the reason. It never migrates: a job does that (`service migrate`).
"""

import importlib
import os
import sys
import time

import psycopg
from alembic.script import ScriptDirectory

from chassis import settings


def main(package: str, seconds: float) -> int:
    service = importlib.import_module(f"{package}.app").SERVICE
    known = {script.revision for script in ScriptDirectory(str(service.migrations)).walk_revisions()}
    head = ScriptDirectory(str(service.migrations)).get_current_head()
    url = settings.load(service.settings, os.environ).database_url
    deadline = time.monotonic() + seconds
    while True:
        state = revision(url)
        if state == head or (state not in known and not state.startswith("no ")):
            return 0
        if time.monotonic() > deadline:
            sys.stderr.write(f"{package}: {state}, not {head}, after {seconds:g} s\n")
            return 1
        time.sleep(min(1.0, seconds / 10))


def revision(url: str) -> str:
    """Returns the revision of the database, or "no …" with the reason."""
    try:
        with psycopg.connect(url, connect_timeout=3) as db:
            row = db.execute("SELECT version_num FROM alembic_version").fetchone()
            return row[0] if row else "no revision"
    except psycopg.errors.UndefinedTable:
        return "no migration yet"
    except psycopg.OperationalError as error:
        return f"no database ({type(error).__name__})"


if __name__ == "__main__":
    sys.exit(main(os.environ["MODULE"].removesuffix(".cli"), float(sys.argv[1]) if sys.argv[1:] else 300.0))
