"""The Dockerfiles and scripts pass linters and are closed. All files that they copy exist and are not ignored."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from images import DOCKERFILES, ROOT, copied, environment, instructions
from service_apps import PACKAGES, service

from launcher.binaries import on_path

SCRIPTS = sorted([*ROOT.glob("deploy/docker/**/*.sh"), *ROOT.glob("deploy/kubernetes/*.sh")])
SOURCES = [
    str(path.parent.relative_to(ROOT)) for path in (*ROOT.glob("services/*/pyproject.toml"), ROOT / "deploy/sandbox/x")
]
YAML = sorted([ROOT / "docker-compose.yml", *ROOT.glob("deploy/kubernetes/**/*.yaml"), *ROOT.glob("deploy/observability/**/*.y*ml")])  # fmt: skip


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_hadolint_finds_nothing(dockerfile: Path) -> None:
    done = subprocess.run([Path(sys.executable).parent / "hadolint", dockerfile], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(
    not on_path("shellcheck") and not os.environ.get("CI"),
    reason="checks the shell scripts with shellcheck, which is not installed: apt-get install shellcheck",
)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script: Path) -> None:
    done = subprocess.run(["shellcheck", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert os.access(script, os.X_OK)


def test_yamllint_finds_nothing() -> None:
    command = [sys.executable, "-m", "yamllint", "-s", "-c", ROOT / "deploy/yamllint.yml", *YAML]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert len(YAML) > 30


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_it_runs_as_nobody_in_particular_and_says_how_it_stops(dockerfile: Path) -> None:
    words = instructions(dockerfile)
    last = [
        rest for word, rest in words[max(n for n, (word, _) in enumerate(words) if word == "FROM") :] if word == "USER"
    ]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last[-1])
    assert {"STOPSIGNAL", "HEALTHCHECK", "EXPOSE", "ENTRYPOINT"} <= {word for word, _ in words}
    for word, rest in words:
        if word == "FROM":
            assert re.search(r":\d+\.\d+\.\d+-", rest), "a tag that says the version"
        if word in ("ENTRYPOINT", "CMD"):
            assert rest.startswith("["), "no shell between a signal and the process"
        if word == "RUN" and "pip install" in rest:
            assert "pip install " not in re.sub(r"pip install (--require-hashes|--no-deps --no-index) ", "", rest)


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_copied_is_there_and_let_through(source: str) -> None:
    for dockerfile in DOCKERFILES:
        for path in copied(dockerfile, {"SOURCE": source, "MODULE": "any"}):
            assert (ROOT / path).exists(), path
            assert let_through(ROOT / path), f"{path} is excluded by .dockerignore"


def let_through(path: Path) -> bool:
    """Says whether .dockerignore admits this file, or a file in this folder, to a build. Its first line excludes all."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().split("\n") if line and not line.startswith("#")]
    assert lines[0] == "*"
    allowed = [found for line in lines if line.startswith("!") for found in ROOT.glob(line[1:])]
    return any(path == one or one in path.parents or path in one.parents for one in allowed)


def test_secrets_are_kept_out_of_every_build_and_of_git() -> None:
    assert not let_through(ROOT / "deploy/docker/secrets/values")
    for folder in ("deploy/docker/secrets", "deploy/kubernetes/secrets-qj", ".env"):
        assert subprocess.run(["git", "check-ignore", "-q", f"{folder}/x"], cwd=ROOT).returncode in (0, 128), folder


def test_the_image_listens_where_settings_say_so() -> None:
    env = environment(ROOT / "deploy/docker/service.Dockerfile")
    assert env["HTTP_BIND"] == "0.0.0.0:8000"
    assert env["WORK_BIND"] == "0.0.0.0:9000"
    for package in PACKAGES:  # every service reads what the last stage sets
        names = set(service(package).settings.__dataclass_fields__)
        assert {"http_bind", "work_bind", "contracts_dir", "files_dir"} <= names
