"""An image installs complete packages: every file is in its wheel, and a service runs from wheels alone."""

import os
import shutil
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from service_apps import ROOT, service, settings

from chassis.testing import servers

FOLDERS = sorted([*ROOT.glob("services/*/pyproject.toml"), ROOT / "deploy/sandbox/pyproject.toml"])
# A Python that sees the wheels and the installed libraries but not the checkout: -S skips the .pth files of editable
# installs.
ALONE = "import sys; sys.path[:0] = sys.argv.pop(1).split(':'); import runpy; runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all our packages, unpacked from wheels built as in the Dockerfile."""
    work = tmp_path_factory.mktemp("wheels")
    for file in FOLDERS:
        shutil.copytree(
            file.parent,
            work / file.parent.name,
            ignore=shutil.ignore_patterns("tests", "*.egg-info", "__pycache__", "build"),
        )
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(work / "dist")]
    subprocess.run([*command, *(str(work / file.parent.name) for file in FOLDERS)], check=True)
    for wheel in (work / "dist").glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(work / "installed")
    return work / "installed"


@pytest.mark.parametrize("folder", [file.parent.relative_to(ROOT) for file in FOLDERS], ids=str)
def test_every_file_of_the_package_is_in_its_wheel(installed: Path, folder: Path) -> None:
    listed = subprocess.run(["git", "ls-files", f"{folder}/src"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [Path(line).relative_to(folder / "src") for line in listed.stdout.splitlines()]
    assert len(files) > 10
    assert [str(file) for file in files if not (installed / file).exists()] == []


@pytest.mark.parametrize("package", ["identity", "registry"])  # these load reference data
def test_it_migrates_and_loads_from_there(installed: Path, package: str, tmp_path: Path) -> None:
    url = servers.create_database(package)
    made = settings(service(package), tmp_path)
    env = {
        name.upper(): str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in vars(made).items()
    }
    env |= {"DATABASE_URL": url, "PATH": os.environ["PATH"]}
    paths = ":".join([str(installed), *site.getsitepackages()])
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ALONE, paths, f"{package}.cli", "migrate", "--seed"],
        env=env, cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(ROOT / "services") not in done.stderr
