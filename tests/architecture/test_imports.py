"""Imports point one way: doors -> actions, queries -> events -> models, clients -> domain (see imports.HEIGHT)."""

from pathlib import Path

import pytest
from imports import imports_of, offences
from service_apps import CHASSIS, PACKAGES


def test_every_import_points_down() -> None:
    assert offences(PACKAGES, CHASSIS) == []


def test_the_walk_reads_every_service_and_the_chassis() -> None:
    for package, folder in {**PACKAGES, "chassis": CHASSIS}.items():
        assert list(imports_of(folder, package)), package


@pytest.fixture
def planted(tmp_path: Path) -> tuple[dict[str, Path], Path]:
    """A source tree without violations: two services and a chassis."""
    for name in ("orders", "stock", "chassis"):
        (tmp_path / name).mkdir()
    write(tmp_path / "orders/api/orders.py", "from orders.actions import place\nfrom chassis.web import db")
    write(tmp_path / "orders/actions/place.py", "from orders import queries\nfrom orders.domain import rules")
    write(tmp_path / "orders/domain/rules.py", "import datetime\nfrom chassis.errors import Conflict")
    write(tmp_path / "chassis/testing/servers.py", "from launcher.servers import private_bus")
    return {"orders": tmp_path / "orders", "stock": tmp_path / "stock"}, tmp_path / "chassis"


def write(path: Path, source: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)


def test_a_clean_tree_has_no_offence(planted: tuple[dict[str, Path], Path]) -> None:
    assert offences(*planted) == []


@pytest.mark.parametrize(
    ("file", "source", "why"),
    [
        ("orders/actions/place.py", "from orders.api import orders", "actions imports api"),
        ("orders/actions/place.py", "from orders import consumers", "actions imports consumers"),
        ("orders/queries.py", "from orders.actions.place import place", "queries imports actions"),
        ("orders/models.py", "import orders.queries", "models imports queries"),
        ("orders/models.py", "from . import queries", "models imports queries"),
        ("orders/actions/place.py", "from ..api import orders", "actions imports api"),
        ("orders/actions/place.py", "def late():\n    from orders.app import SERVICE", "actions imports app"),
        ("orders/api/orders.py", "from orders.consumers import EFFECTS", "api imports consumers"),
        ("orders/domain/rules.py", "from orders.models import Order", "domain imports orders.models.Order"),
        ("orders/domain/rules.py", "from chassis.clock import now", "domain imports chassis.clock.now"),
        ("orders/domain/rules.py", "import sqlalchemy", "domain imports sqlalchemy"),
        ("orders/api/orders.py", "from stock.queries import left", "a service imports the chassis and itself, not stock"),
        ("orders/cli.py", "import launcher.servers", "a service imports the chassis and itself, not launcher"),
        ("orders/helpers.py", "import datetime", "the room helpers has no place in HEIGHT"),
        ("chassis/jobs.py", "from orders import app", "the chassis imports orders"),
        ("chassis/jobs.py", "from launcher import servers", "the chassis imports launcher"),
    ],
)  # fmt: skip
def test_a_planted_offence_is_seen(
    planted: tuple[dict[str, Path], Path], tmp_path: Path, file: str, source: str, why: str
) -> None:
    write(tmp_path / file, source)
    found = offences(*planted)
    assert [offence.split(": ", 1) for offence in found] == [[f"{file}:{found[0].split(':')[1]}", why]]
