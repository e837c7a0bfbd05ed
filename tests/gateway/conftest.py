"""One gateway for all tests that do not change it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # pytest's importlib mode leaves it out

from gateway_fakes import Gateway, gateway_with


@pytest.fixture(scope="session")
def gateway() -> Iterator[Gateway]:
    with gateway_with() as one:
        yield one
