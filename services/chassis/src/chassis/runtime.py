"""A service as data (`Service`), and one process of it at work (`Runtime`)."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from chassis import log, outbox, telemetry
from chassis.auth import KeySet, ServiceTokens, fetch_jwks
from chassis.db import Database
from chassis.events import Contracts
from chassis.facts import Copy, Fact
from chassis.files import FileStore
from chassis.inbox import Effect
from chassis.revocations import Revocations
from chassis.settings import ServiceSettings


@dataclass(frozen=True)
class Schedule:
    """Work that is done every so often by one process of a service, whichever comes first."""

    name: str
    every: timedelta
    run: Callable[["Runtime", datetime], None]


@dataclass(frozen=True)
class Service:
    """A service as data: its name, settings, doors and background work. Each service has one, in `app.py`."""

    name: str
    title: str
    settings: type[ServiceSettings]
    migrations: Path
    blueprints: Sequence[Blueprint]
    effects: Mapping[str, Effect] = field(default_factory=dict)
    jobs: Mapping[str, Callable[["Runtime", Any], None]] = field(default_factory=dict)  # see chassis.jobs.JobHandler
    # kind -> what to give back where a job is cancelled before a worker began it
    never_begun: Mapping[str, Callable[["Runtime", UUID], None]] = field(default_factory=dict)
    schedules: Sequence[Schedule] = ()
    loops: Mapping[str, Callable[["Runtime", threading.Event], None]] = field(
        default_factory=dict
    )  # work until stopped
    seed: Callable[["Runtime", str | None], None] | None = None
    prepare: Callable[["Runtime"], None] | None = None  # add clients of systems outside to runtime.parts
    resync: Mapping[str, Callable[[Session], int]] = field(default_factory=dict)  # tell all copies anew
    facts: Mapping[str, Fact] = field(default_factory=dict)  # what it owns and others copy
    copies: Mapping[str, Copy] = field(default_factory=dict)  # what it keeps of others
    commands: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)  # settings -> what to print


class Runtime:
    """Settings, database and keys of one process. `parts`: what the service adds (clients, templates)."""

    def __init__(self, service: Service, settings: ServiceSettings, pool_size: int | None = None) -> None:
        self.service = service
        self.settings = settings
        log.configure(service.name, settings.log_level)
        telemetry.configure(service.name, settings)
        self.contracts = Contracts(settings.contracts_dir)
        self.database = Database(settings.database_url, pool_size or settings.web_threads, f"qj-{service.name}")
        self.keys = KeySet(fetch_jwks(settings.identity_url))
        self.tokens = ServiceTokens(service.name, settings.service_key_file, settings.service_public_keys_dir)
        self.revoked = Revocations(self.database)
        self.files = FileStore(settings.files_dir)
        self.parts: dict[str, Any] = {}
        outbox.use(outbox.Recorder(service.name, self.contracts))
        if service.prepare is not None:
            service.prepare(self)


def runtime() -> Runtime:
    """The runtime of the application that answers the current request."""
    found: Runtime = current_app.extensions["runtime"]
    return found
