"""Health that tells the truth: /healthz = this process lives; /readyz = its database and the bus answer."""

import os
from typing import Any

from sqlalchemy import text

from chassis import metrics
from chassis.bus import reachable
from chassis.db import ALL, Database
from chassis.runtime import Runtime


def ready(runtime: Runtime) -> tuple[bool, dict[str, str]]:
    """Whether this process can do its work, and each part's state: ok or the kind of error."""
    parts = {
        "database": _database(runtime.database),
        "bus": "ok" if reachable(runtime.settings.bus_url) else "unreachable",
    }
    return all(state == "ok" for state in parts.values()), parts


def _database(database: Database) -> str:
    try:
        with database.transaction(ALL) as db:
            db.execute(text("SET LOCAL statement_timeout = '1s'"))
            db.execute(text("SELECT 1"))
        return "ok"
    except Exception as error:
        return type(error).__name__


def metrics_text(runtime: Runtime) -> bytes:
    """Everything for Prometheus; the backlog is left out while the database is away."""

    def backlog() -> dict[str, float]:
        with runtime.database.transaction(ALL) as db:
            return {key: float(value) for key, value in db.execute(metrics.BACKLOG).mappings().one().items()}

    try:
        figures = backlog()
    except Exception:
        figures = {}
    collector: Any = metrics.Backlog(lambda: figures)
    return metrics.exposition(os.environ.get("PROMETHEUS_MULTIPROC_DIR"), collector)
