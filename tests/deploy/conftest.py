"""Shared by the tests of containers: one set of generated secrets, and the two overlays as they would be applied."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from launcher.binaries import on_path

sys.path.insert(0, str(Path(__file__).parent))  # pytest's importlib mode leaves it out
sys.path.insert(0, str(Path(__file__).parents[1] / "contracts"))

from manifests import ROOT, build


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder made by deploy/docker/secrets.sh."""
    if not on_path("openssl") and not os.environ.get("CI"):
        pytest.skip("the scripts that make secrets for Docker and Kubernetes need openssl: apt-get install openssl")
    folder = tmp_path_factory.mktemp("platform") / "secrets"
    subprocess.run([ROOT / "deploy/docker/secrets.sh", folder], check=True)
    return folder


@pytest.fixture(scope="session", params=["demo", "production"])
def overlay(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Every object of one overlay."""
    return build(f"deploy/kubernetes/overlays/{request.param}")
