"""Fixtures of the registry's tests."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chassis import testing
from chassis.runtime import Runtime, Service
from chassis.testing import Caller
from chassis.testing.snapshots import Snapshots
from registry.app import SERVICE

sys.path.append(str(Path(__file__).parent))  # pytest imports test files by path: their helpers need one
from factories import Importing

pytest_plugins = ["chassis.testing.plugin"]


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICE


@pytest.fixture(scope="session")
def extra_settings() -> dict[str, Any]:
    return {"filing_url": "http://127.0.0.1:1", "booking_url": "http://127.0.0.1:1"}


@pytest.fixture
def seeded(runtime: Runtime, snapshots: Snapshots) -> Runtime:
    """With the catalog, the divisions and institutions, as identity's events would have told them."""

    def seed() -> None:
        assert SERVICE.seed is not None
        SERVICE.seed(runtime, None)
        testing.tell_reference(runtime)

    snapshots.put("reference", seed)
    return runtime


@pytest.fixture
def clerk(signed_in: Callable[[Any], Caller]) -> Caller:
    return signed_in(testing.applicant())


@pytest.fixture
def importing(clerk: Caller, seeded: Runtime) -> Importing:
    return Importing(clerk, seeded)
