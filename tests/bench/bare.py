"""The bare means for lists: hand-written SQL through psycopg, orjson, Flask, two gunicorn workers and nginx, without
sign-in, tenancy, permissions or validation. Its speed is the limit of our stack.

Run by gunicorn, it answers /list?state= and /one/<id> from the table `bench.instrument` of BARE_DATABASE_URL.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask
import orjson
import psycopg
import psycopg_pool
import requests

from launcher import binaries
from launcher.ports import free_port

COLUMNS = (
    "id", "code", "name", "model", "serial_no", "own_no", "manufacturer", "kind_code", "purpose", "division_code",
    "install_address", "accuracy_class", "measuring_range", "made_on", "department", "filing_state", "approved_on",
    "valid_until", "created_at", "updated_at",
)  # fmt: skip
_PAGE = f"SELECT {', '.join(COLUMNS)} FROM bench.instrument WHERE filing_state = %s ORDER BY id DESC LIMIT 100"
_COUNT = "SELECT n FROM bench.counter WHERE filing_state = %s"
_ONE = f"SELECT {', '.join(COLUMNS)} FROM bench.instrument WHERE id = %s"


def prepare(database_url: str, org_id: str) -> None:
    """Copies the organisation's instruments into a table without row-level security, with a matching index."""
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("SET qj.everything = 'on'")
        db.execute("DROP SCHEMA IF EXISTS bench CASCADE")
        db.execute("CREATE SCHEMA bench")
        db.execute(f"CREATE TABLE bench.instrument AS SELECT {', '.join(COLUMNS)} FROM instrument"
                   " WHERE org_id = %s", (org_id,))  # fmt: skip
        db.execute("ALTER TABLE bench.instrument ADD PRIMARY KEY (id)")
        db.execute("CREATE INDEX ON bench.instrument (filing_state, id)")
        db.execute("CREATE TABLE bench.counter AS SELECT filing_state, count(*) AS n FROM bench.instrument GROUP BY 1")
        db.execute("ALTER TABLE bench.counter ADD PRIMARY KEY (filing_state)")
        db.execute("VACUUM ANALYZE bench.instrument")
        db.execute("ANALYZE bench.counter")


def app() -> flask.Flask:
    web = flask.Flask("bare")
    pool = psycopg_pool.ConnectionPool(os.environ["BARE_DATABASE_URL"], min_size=4, max_size=8)

    def answer(value: Any) -> flask.Response:
        return flask.Response(orjson.dumps(value), content_type="application/json")

    @web.get("/list")
    def page() -> flask.Response:
        state = (flask.request.args["state"],)
        with pool.connection() as db:
            rows = db.execute(_PAGE, state).fetchall()
            total = db.execute(_COUNT, state).fetchone()
        return answer({"total": total[0] if total else 0, "items": [dict(zip(COLUMNS, r, strict=True)) for r in rows]})

    @web.get("/one/<uuid:instrument_id>")
    def one(instrument_id: Any) -> flask.Response:
        with pool.connection() as db:
            row = db.execute(_ONE, (instrument_id,)).fetchone()
        return answer(dict(zip(COLUMNS, row, strict=True)) if row else {})

    return web


@contextmanager
def served(database_url: str) -> Iterator[str]:
    """Runs the program above under two gunicorn workers behind nginx. Yields its URL."""
    port, gateway_port = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="qj-bare-") as folder:
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", "2", "-k", "gthread", "--threads", "4",
             "--no-control-socket", "--log-level", "warning", "bare:app()"],
            cwd=Path(__file__).parent,
            env={**os.environ, "BARE_DATABASE_URL": database_url},
        )  # fmt: skip
        gateway = subprocess.Popen(_nginx(Path(folder), gateway_port, port))
        try:
            url = f"http://127.0.0.1:{gateway_port}"
            _wait(url)
            yield url
        finally:
            for process in (gateway, web):
                process.terminate()
                process.wait()


def _nginx(folder: Path, port: int, upstream: int) -> list[str]:
    found = binaries.find("nginx")
    if found is None:
        raise FileNotFoundError("nginx")
    temp = "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root; " if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}worker_processes 2; pid {folder}/pid; error_log stderr crit; events {{ worker_connections 1024; }}"
        f" http {{ access_log off; client_body_temp_path {folder}/body; {temp}"
        f" upstream app {{ server 127.0.0.1:{upstream}; keepalive 32; }}"
        f" server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://app; proxy_http_version 1.1;"
        f' proxy_set_header Connection ""; proxy_buffers 16 16k; }} }} }}'
    )
    return [
        found.path("nginx"),
        "-e",
        "stderr",
        "-p",
        str(folder),
        "-c",
        str(folder / "nginx.conf"),
        "-g",
        "daemon off;",
    ]


def _wait(url: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if requests.get(f"{url}/list?state=none", timeout=2).ok:
                return
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)
