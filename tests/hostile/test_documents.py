"""Runs Schemathesis with all checks on every service's OpenAPI document: whatever a client sends, the document declares the
answer, and it is never a 500. As an applicant; in CI also as a clerk and an administrator.

Runs are deterministic, so that a failure repeats. HOSTILE_EXAMPLES=100 tries more, HOSTILE_SEED=… others.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from client import Client

from launcher.servers import Platform

SERVICES = ("identity", "registry", "filing", "booking", "notification")
ACCOUNTS = ("applicant", "city-clerk", "admin") if os.environ.get("CI") else ("applicant",)
# A valid request may still be refused: because of existing data (404, 409), the caller (401, 403), a rule (422), or the way
# it is sent. One route redirects the browser (302).
CONFIGURATION = """
base-url = "{url}"
headers = {{ Authorization = "Bearer {token}" }}
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "302", "401", "403", "404", "409", "412", "413", "415", "422", "428", "429"]
"""
Runs = dict[tuple[str, str], "Future[subprocess.CompletedProcess[str]]"]


@pytest.fixture(scope="module")
def runs(whole_platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Runs two services at a time; each test waits for its own. All sign in first, each in its own session: after thousands of
    wrong old passwords for these accounts, identity asks for a captcha."""
    folder = tmp_path_factory.mktemp("schemathesis")
    pairs = [(service, account) for service in SERVICES for account in ACCOUNTS]
    tokens = {pair: Client(whole_platform.gateway_url).sign_in(pair[1]).token for pair in pairs}
    with ThreadPoolExecutor(2) as pool:
        yield {pair: pool.submit(run, whole_platform, folder / "-".join(pair), pair[0], tokens[pair]) for pair in pairs}


def run(platform: Platform, folder: Path, service: str, token: str) -> "subprocess.CompletedProcess[str]":
    folder.mkdir()
    url = f"http://127.0.0.1:{platform.port(f'{service}-serve')}"
    (folder / "configuration.toml").write_text(CONFIGURATION.format(url=url, token=token))
    seed = os.environ.get("HOSTILE_SEED")
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", "configuration.toml", "run",
        f"{url}/api/{service}/openapi.json", "--checks", "all", "--phases", "examples,coverage,fuzzing",
        "--max-examples", os.environ.get("HOSTILE_EXAMPLES", "4"), "--continue-on-failure", "--no-color",
        *(["--seed", seed] if seed else ["--generation-deterministic"]),
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=900)


@pytest.mark.timeout(1000)
@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_one_that_the_document_names(runs: Runs, service: str, account: str) -> None:
    done = runs[service, account].result()
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]


@pytest.mark.parametrize("service", SERVICES)
def test_the_log_tells_of_no_error_that_was_not_foreseen(whole_platform: Platform, runs: Runs, service: str) -> None:
    for account in ACCOUNTS:
        runs[service, account].result()
    log = (whole_platform.run_dir / "logs" / f"{service}-serve.log").read_text("utf-8")
    bad = [line for line in log.splitlines() if '"unhandled"' in line or '"database_error"' in line]
    assert not bad, bad[0][:3000]
