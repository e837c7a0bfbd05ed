"""The command line of a service: `python -m <service>.cli serve | work | migrate | seed | replay | resync | check-copies |
openapi`."""

import argparse
import contextlib
import ctypes
import gc
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import Flask
from gunicorn.app.base import BaseApplication
from prometheus_client import multiprocess

from chassis import copies, inbox, settings, worker
from chassis.app import create_app
from chassis.db import ALL
from chassis.openapi import document
from chassis.runtime import Runtime, Service

YOUNG = 10_000  # objects that a worker makes before the collector looks at them; a batch of rows has more

M_ARENA_MAX = -8  # of glibc's malloc.h


def main(service: Service, argv: Sequence[str] | None = None) -> None:
    """Run one command of `service`. A missing setting ends it with code 2 and its name."""
    parser = argparse.ArgumentParser(prog=service.name, description=service.title)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="answer HTTP on HTTP_BIND (gunicorn)")
    work = commands.add_parser("work", help="consume events, relay the outbox, run jobs and schedules")
    work.add_argument("--only", choices=worker.PARTS)
    migrate = commands.add_parser("migrate", help="bring the database to the newest version")
    migrate.add_argument("revision", nargs="?", default="head")
    migrate.add_argument("--seed", action="store_true", help="then load reference data too, in one go")
    migrate.add_argument("--profile", choices=["demo"])
    seed = commands.add_parser("seed", help="load reference data")
    seed.add_argument("--profile", choices=["demo"])
    replay = commands.add_parser("replay", help="try dead letters again")
    replay.add_argument("event_id", nargs="?", type=UUID)
    commands.add_parser("dead-letters", help="list the events that could not be taken")
    resync = commands.add_parser("resync", help="tell the facts of this service anew, for those who keep copies")
    resync.add_argument("what", choices=sorted(service.resync) or ["nothing"], nargs="?")
    check = commands.add_parser("check-copies", help="compare what this service keeps of others with its owners")
    check.add_argument("--patience", type=float, default=copies.PAUSE, help="seconds between two looks at a difference")
    commands.add_parser("openapi", help="print the OpenAPI document")
    for name, command in service.commands.items():
        commands.add_parser(name, help=(command.__doc__ or "").partition(".")[0])
    arguments = parser.parse_args(argv)
    try:
        if own := service.commands.get(arguments.command):
            print(own(settings.load(service.settings, os.environ)))
        else:
            _COMMANDS[arguments.command](service, arguments)
    except settings.SettingsError as error:
        print(f"{service.name}: {error}", file=sys.stderr)
        sys.exit(2)


def _runtime(service: Service, pool_size: int | None = None) -> Runtime:
    return Runtime(service, settings.load(service.settings, os.environ), pool_size)


def wsgi(service: Service) -> Callable[[], Flask]:
    """The factory that gunicorn calls in each worker, after the fork."""
    return lambda: create_app(service, _runtime(service))


class _Web(BaseApplication):
    """gunicorn in this process: what is imported already is shared with the workers that it forks. Each worker makes
    its application (and its connections) after the fork."""

    def __init__(self, factory: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._factory = factory
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._factory()


def _serve(service: Service, _: argparse.Namespace) -> None:
    chosen = settings.load(service.settings, os.environ)
    if chosen.web_workers > 1 and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        # Workers share their figures in files, and the library chooses so at its import: begin anew.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=f"qj-metrics-{service.name}-")
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 (ourselves)
    options = {
        "bind": chosen.http_bind,
        "workers": chosen.web_workers,
        "threads": chosen.web_threads,
        "worker_class": "gthread",
        "control_socket_disable": True,  # its default path is shared by all instances on a machine
        "graceful_timeout": 20,
        "timeout": 60,
        "limit_request_line": 8190,  # what the gateway lets through; it answers what is longer
        "keepalive": 75,  # [seconds]; longer than the gateway keeps its connections
        "loglevel": "warning",
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108 (memory, not a temporary file)
        "proc_name": f"qj-{service.name}",
        "child_exit": _forget_figures,
    }
    gc.freeze()
    _Web(wsgi(service), options).run()


def _forget_figures(_server: Any, worker: Any) -> None:
    """Drops the gauges of a worker that ended. Its counters stay."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _work(service: Service, arguments: argparse.Namespace) -> None:
    _one_heap()
    runtime = _runtime(service, pool_size=5 + 3 * len(service.loops))
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector walks it no more each time that a batch of rows was made
    gc.set_threshold(YOUNG)
    worker.run(runtime, arguments.only)


def _one_heap() -> None:
    """Let all threads take memory from one place: glibc gives each its own, and each keeps what it needed once."""
    with contextlib.suppress(AttributeError):  # another library than glibc
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _migrate(service: Service, arguments: argparse.Namespace) -> None:
    from chassis import migrations  # alembic takes 0.15 s to import, and nothing else needs it

    chosen = settings.load(service.settings, os.environ)
    migrations.upgrade(service.migrations, chosen.database_url, arguments.revision)
    if arguments.seed:
        _seed(service, arguments)


def _seed(service: Service, arguments: argparse.Namespace) -> None:
    if service.seed is not None:
        service.seed(_runtime(service, pool_size=1), arguments.profile)


def _replay(service: Service, arguments: argparse.Namespace) -> None:
    with _runtime(service, pool_size=1).database.transaction(ALL) as db:
        print(f"{inbox.replay(db, arguments.event_id)} to try again")


def _dead_letters(service: Service, _: argparse.Namespace) -> None:
    with _runtime(service, pool_size=1).database.transaction(ALL) as db:
        for row in inbox.dead_letters(db):
            print(json.dumps(row, ensure_ascii=False, default=str))


def _resync(service: Service, arguments: argparse.Namespace) -> None:
    with _runtime(service, pool_size=1).database.transaction(ALL) as db:
        for name in [arguments.what] if arguments.what else sorted(service.resync):
            print(f"{name}: {service.resync[name](db)} told")


def _check_copies(service: Service, arguments: argparse.Namespace) -> None:
    found = copies.differences(_runtime(service, pool_size=1), pause=arguments.patience)
    for name, standing in found.items():
        print(f"{service.name}: {name}: {len(standing)} differ" if standing else f"{service.name}: {name}: agrees")
        for one in standing[: copies.SHOWN]:
            print(f"  {one}")
    sys.exit(1 if any(found.values()) else 0)


def _openapi(service: Service, _: argparse.Namespace) -> None:
    print(json.dumps(document(create_app(service, _runtime(service))), ensure_ascii=False, indent=2))


_COMMANDS: dict[str, Callable[[Service, argparse.Namespace], None]] = {
    "serve": _serve,
    "work": _work,
    "migrate": _migrate,
    "seed": _seed,
    "replay": _replay,
    "dead-letters": _dead_letters,
    "resync": _resync,
    "check-copies": _check_copies,
    "openapi": _openapi,
}
