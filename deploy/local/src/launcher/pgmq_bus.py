"""The bus without a broker: pgmq's queue schema in a database `bus` of the private PostgreSQL."""

import psycopg
from pgmq.install import get_embedded_install_sql

from launcher.postgres import make_databases

DATABASE = "bus"


def prepare(superuser_url: str, password: str) -> str:
    """Creates database, role and schema if they are missing. Returns the BUS_URL (pgmq://…)."""
    url = make_databases(superuser_url, {DATABASE: password})[DATABASE]
    with psycopg.connect(url) as db:
        if db.execute("SELECT to_regnamespace('pgmq')").fetchone() == (None,):
            db.execute(get_embedded_install_sql())
    return url.replace("postgresql://", "pgmq://", 1)
