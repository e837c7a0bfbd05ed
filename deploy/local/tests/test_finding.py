import socket
from pathlib import Path

import pytest

from launcher import backing, binaries, nginx, paths, ports
from launcher.errors import LauncherError


@pytest.fixture(autouse=True)
def nothing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TIER", "HIDE", "BUS", "BUS_URL", "PORT_RANGE"):
        monkeypatch.delenv(name, raising=False)


def program(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True)
    (folder / name).touch(mode=0o755)
    return folder


def test_the_newest_installed_version_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "9" / "bin", "postgres")
    newest = program(tmp_path / "15" / "bin", "postgres")
    monkeypatch.setattr(binaries, "INSTALLED", {"postgres": [f"{tmp_path}/*/bin"]})
    found = binaries.find("postgres", carried_only=False)
    assert found == binaries.Binaries(newest, "installed")


def test_a_wheel_serves_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "INSTALLED", {})
    monkeypatch.setenv("PATH", "/nowhere")
    for name in ("postgres", "nginx"):
        found = binaries.find(name, carried_only=False)
        assert found is not None
        assert found.tier == "carried"
    assert binaries.find("rabbitmq-server", carried_only=False) is None


def test_the_carried_tier_can_be_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIER", "carried")
    found = binaries.find("postgres")
    assert found is not None
    assert found.tier == "carried"
    assert backing.bus_kind() == "pgmq"
    monkeypatch.setenv("BUS", "rabbitmq")
    with pytest.raises(LauncherError, match="contradicts"):
        backing.bus_kind()


def test_a_hidden_program_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broker = program(tmp_path / "sbin", "rabbitmq-server")
    monkeypatch.setattr(binaries, "INSTALLED", {"rabbitmq-server": [str(broker)]})
    assert binaries.find("rabbitmq-server") == binaries.Binaries(broker, "installed")
    monkeypatch.setenv("HIDE", "rabbitmq nginx")
    assert binaries.find("rabbitmq-server") is None
    assert backing.bus_kind() == "pgmq"
    found = binaries.find("nginx")
    assert found is not None
    assert found.tier == "carried"


def test_nor_is_a_hidden_program_that_path_has(monkeypatch: pytest.MonkeyPatch) -> None:
    assert binaries.on_path("sh")
    monkeypatch.setenv("HIDE", "sh")
    assert binaries.on_path("sh") is None


def test_a_bus_given_by_url_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUS_URL", "amqp://somewhere")
    assert backing.bus_kind() == "given"


def test_an_unknown_bus_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUS_URL", raising=False)
    monkeypatch.setenv("BUS", "kafka")
    with pytest.raises(LauncherError, match="BUS=kafka"):
        backing.bus_kind()


def test_missing_rabbitmq_is_told_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.rabbitmq.found", lambda: False)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.delenv("TIER", raising=False)
    monkeypatch.delenv("BUS_URL", raising=False)
    monkeypatch.setenv("BUS", "rabbitmq")
    with pytest.raises(LauncherError, match="apt-get install"):
        backing.bus_kind()


def test_a_taken_port_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setenv("GATEWAY_PORT", str(taken))
        with pytest.raises(LauncherError, match="GATEWAY_PORT"):
            ports.fixed_port("GATEWAY_PORT", 8080)


def test_a_word_is_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_PORT", "eighty")
    with pytest.raises(LauncherError, match="eighty"):
        ports.fixed_port("GATEWAY_PORT", 8080)


def test_ports_are_kept_while_they_are_free(tmp_path: Path) -> None:
    first = ports.Ports(tmp_path / "ports.json")
    one, two = first.of("one"), first.of("two")
    assert one != two
    with socket.socket() as other:
        other.bind(("127.0.0.1", two))
        other.listen()
        again = ports.Ports(tmp_path / "ports.json")
        assert again.of("one") == one
        assert again.of("two") != two


def test_a_port_range_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT_RANGE", "23000-23050")
    assert 23000 <= ports.free_port() <= 23050


def test_a_closed_home_is_seen(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert not paths.everyone_reaches(tmp_path / "data")
    place = paths.reachable(tmp_path / "data")
    try:
        assert place != tmp_path / "data"
        assert paths.everyone_reaches(place.parent)
    finally:
        paths.forget(tmp_path / "data")
    assert not place.parent.exists()


def test_the_template_takes_every_value() -> None:
    assert nginx.render("listen ${LISTEN}; $uri", {"LISTEN": "127.0.0.1:1"}) == "listen 127.0.0.1:1; $uri"


def test_a_template_name_without_value_is_refused() -> None:
    with pytest.raises(LauncherError, match="NOBODY"):
        nginx.render("${NOBODY}", {})


@pytest.mark.parametrize("value", ["1; evil on", "{", "a b", "$host", "a\nb"])
def test_a_value_cannot_end_its_directive(value: str) -> None:
    with pytest.raises(LauncherError, match="RATE"):
        nginx.render("rate=${RATE};", {"RATE": value})
