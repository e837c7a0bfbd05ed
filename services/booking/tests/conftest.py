"""Fixtures of booking's tests."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from booking.app import SERVICE
from chassis.actor import Actor
from chassis.runtime import Runtime, Service
from chassis.testing import Caller, applicant, staff

sys.path.append(str(Path(__file__).parent))  # pytest imports test files by path: their helpers need one
import factories
from factories import World

pytest_plugins = ["chassis.testing.plugin"]


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture(scope="session")
def extra_settings() -> dict[str, Any]:
    return {"registry_url": "http://127.0.0.1:1", "filing_url": "http://127.0.0.1:1"}


@pytest.fixture
def owner() -> Actor:
    return applicant()


@pytest.fixture
def world(runtime: Runtime, owner: Actor) -> World:
    """An institution with its staff, a kind, an approved organisation."""
    return factories.tell_world(runtime, owner)


@pytest.fixture
def call(signed_in: Callable[[Actor | None], Caller], world: World, owner: Actor) -> Callable[[str], Caller]:
    """`call("clerk")`: a client of the application signed in as one of the world's people."""
    people = {
        "owner": owner, "clerk": world.clerk, "verifier": world.verifier, "checker": world.checker,
        "both": world.both, "stranger": None, "other": applicant(), "elsewhere": staff(factories.SHENZHEN),
    }  # fmt: skip
    return lambda name: signed_in(people[name])


@pytest.fixture
def day() -> date:
    return factories.working_days()[0]
