"""Names and sizes of files, which files read the environment, and that no file names a particular machine."""

import ast
import dataclasses
import re
import subprocess
from pathlib import Path

import pytest
from service_apps import CHASSIS, PACKAGES, ROOT, service

LONGEST = 450  # lines
VAGUE = {"utils", "util", "common", "helpers", "misc", "base_service"}
FOLDERS = {**PACKAGES, "chassis": CHASSIS}
# Only these read the environment: the loading of settings, and code that runs before settings exist.
READS_THE_ENVIRONMENT = {
    "chassis/cli.py",
    "chassis/health.py",  # PROMETHEUS_MULTIPROC_DIR; the library reads it from the environment too
    "chassis/rules.py",  # CONTRACTS_DIR: a domain reads its tables at import, before settings exist
    "chassis/testing/plugin.py",
    "chassis/testing/servers.py",
}
MACHINES = re.compile(
    r"(?<![\w.}/-])/(?:home|root|Users|work)/\w"  # a personal folder
    r"|\b(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\b"  # a private network
    r"|\bhttps?://[\w.-]*\b(?:mirror|mirrors|nexus|artifactory|proxy)\b[\w.-]*"  # a private package host
)
NOT_TEXT = {".otf", ".xlsx", ".png", ".jpg", ".pdf", ".ico", ".woff2"}


@pytest.mark.parametrize("package", FOLDERS)
def test_files_are_named_for_what_they_do_and_stay_short(package: str) -> None:
    for file in FOLDERS[package].rglob("*.py"):
        assert file.stem not in VAGUE, file
        assert len(file.read_text("utf-8").splitlines()) <= LONGEST, file


@pytest.mark.parametrize("package", FOLDERS)
def test_only_settings_read_the_environment(package: str) -> None:
    folder = FOLDERS[package]
    readers = {f"{package}/{file.relative_to(folder)}" for file in folder.rglob("*.py") if reads_environment(file)}
    assert readers <= READS_THE_ENVIRONMENT


def reads_environment(file: Path) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "getenvb"))
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and {a.name for a in node.names} & {"environ", "getenv"})
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
    )  # fmt: skip


@pytest.mark.parametrize("source", ["import os\nx = os.environ", "from os import getenv", "import os\nos.getenv('A')"])
def test_a_reader_of_the_environment_is_seen(tmp_path: Path, source: str) -> None:
    (tmp_path / "reader.py").write_text(source)
    assert reads_environment(tmp_path / "reader.py")


@pytest.mark.parametrize("package", PACKAGES)
def test_each_service_has_settings_with_exactly_one_database(package: str) -> None:
    chosen = service(package).settings
    assert chosen.__module__ == f"{package}.settings"
    names = {field.name for field in dataclasses.fields(chosen)}
    assert {name for name in names if "database" in name or name.endswith("_dsn")} == {"database_url"}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_secret_has_a_default(package: str) -> None:
    for field in dataclasses.fields(service(package).settings):
        if re.search(r"secret|token|password$|aes_key|_key_file", field.name):
            assert field.default is dataclasses.MISSING, field.name


def committed() -> list[Path]:
    """Returns the files of the repository, including new ones that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False
    )  # fmt: skip
    if listed.returncode:  # an unpacked archive has no git
        names = [
            str(path.relative_to(ROOT))
            for top in ("services", "deploy", "gateway", "contracts")
            for path in (ROOT / top).rglob("*")
        ]
    else:
        names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_nothing_names_one_particular_machine() -> None:
    offenders = []
    for file in committed():
        if file.suffix in NOT_TEXT or "tests" in file.parts or "__pycache__" in file.parts:
            continue
        for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1):
            if found := MACHINES.search(line):
                offenders.append(f"{file.relative_to(ROOT)}:{number}: {found[0]}")
    assert offenders == []


@pytest.mark.parametrize(
    "line", ["x = '/root/thing'", "cd /home/li/qj", "host 192.168.1.4", "https://mirrors.example.cn/pypi"]
)
def test_the_name_of_a_machine_is_seen(line: str) -> None:
    assert MACHINES.search(line)
