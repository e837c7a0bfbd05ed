"""`BUS=rabbitmq` if RabbitMQ is missing: as root, apt installs it without starting a service."""

from pathlib import Path

import pytest

from launcher import backing, rabbitmq
from launcher.errors import LauncherError

APT = """#!/bin/sh
echo "$@ policy:$(cat "{policy}" 2>/dev/null | tail -n 1)" >> "{log}"
{then}
"""


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with root and apt but without RabbitMQ. Returns the folder of apt-get."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(rabbitmq, "found", lambda: False)
    monkeypatch.setattr(rabbitmq, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("BUS", "rabbitmq")
    for name in ("TIER", "BUS_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def apt(folder: Path, then: str = "exit 0") -> Path:
    program, log = folder / "apt-get", folder / "log"
    program.write_text(APT.format(policy=folder / "policy-rc.d", log=log, then=then))
    program.chmod(0o755)
    return log


def test_it_is_installed_and_nothing_is_started(missing: Path) -> None:
    log, said = apt(missing), []
    assert backing.bus_kind(said.append) == "rabbitmq"
    assert log.read_text().splitlines() == [
        "update -q policy:exit 101",
        "install -y --no-install-recommends rabbitmq-server policy:exit 101",
    ]
    assert not (missing / "policy-rc.d").exists(), "the machine's own rule is as it was"
    assert said == ["installing RabbitMQ (apt-get)"]


def test_a_policy_of_the_machine_stays(missing: Path) -> None:
    apt(missing)
    (missing / "policy-rc.d").write_text("#!/bin/sh\nexit 0\n")
    backing.bus_kind()
    assert (missing / "policy-rc.d").read_text().endswith("exit 0\n")


def test_what_apt_says_is_told_when_it_fails(missing: Path) -> None:
    apt(missing, "echo 'no such package' >&2; exit 100")
    with pytest.raises(LauncherError, match="no such package"):
        backing.bus_kind()
    assert not (missing / "policy-rc.d").exists()


def test_without_apt_it_says_what_to_do(missing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(missing))
    with pytest.raises(LauncherError, match="BUS_URL"):
        backing.bus_kind()
