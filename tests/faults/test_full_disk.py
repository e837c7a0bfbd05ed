"""A full disk under the database: writes get a clear error, reads continue, and nothing is half done. When there is space
again, everything works without help."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from client import Client, wait_for
from looking import execute, superuser

from launcher.servers import Platform

SIZE = "6m"


@pytest.fixture
def small_disk(whole_platform: Platform) -> Iterator[Path]:
    """A file system of a few megabytes. The instruments move to a tablespace on it."""
    folder = Path(tempfile.mkdtemp(prefix="qj-small-"))
    folder.chmod(0o755)  # so that PostgreSQL's user can pass through
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], check=False).returncode:
        folder.rmdir()
        if os.environ.get("CI"):
            pytest.fail("CI may mount a tmpfs")
        pytest.skip("only root may mount the small file system that this test fills up")
    registry = superuser(whole_platform, whole_platform.database_urls["registry"].rpartition("/")[2])
    try:
        space = folder / "space"
        space.mkdir()
        with psycopg.connect(registry, autocommit=True) as db:
            [data] = db.execute("SHOW data_directory").fetchone() or [""]
            owner = Path(data).stat()
            os.chown(space, owner.st_uid, owner.st_gid)
            db.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
            db.execute("ALTER TABLE instrument SET TABLESPACE small")
        yield folder
    finally:
        with psycopg.connect(registry, autocommit=True) as db:
            db.execute("ALTER TABLE instrument SET TABLESPACE pg_default")
            db.execute("DROP TABLESPACE IF EXISTS small")
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def instrument(number: int) -> dict[str, Any]:
    return {
        "name": "电子计价秤", "model": "ACS-30", "serial_no": f"DISK-{number}", "manufacturer": "示例衡器有限公司",
        "kind_code": "020100", "purpose": "trade", "division_code": "440106", "install_address": "天河路 1 号",
        "type_approval_no": "PA2026F001-44", "remark": "填" * 400,
    }  # fmt: skip


def test_a_full_disk_is_told_and_survived(whole_platform: Platform, small_disk: Path) -> None:
    owner = Client(whole_platform.gateway_url).sign_in("applicant2")
    url = f"{whole_platform.gateway_url}/api/registry/instruments"
    headers = {"Authorization": f"Bearer {owner.token}"}

    def add(body: dict[str, Any]) -> requests.Response:
        return requests.post(url, json=body, headers=headers, timeout=30)

    # a new platform accepts instruments as soon as the events with the divisions have arrived
    wait_for(lambda: add(instrument(0) | {"serial_no": "FIRST"}).status_code, lambda status: status == 201)
    before = owner.get("/api/registry/instruments")["total"]
    added = 0
    _fill(small_disk)
    refusal: requests.Response | None = None
    for number in range(400):
        answer = add(instrument(number))
        if answer.status_code != 201:
            refusal = answer
            break
        added += 1
    assert refusal is not None, "the disk never filled up"
    assert (refusal.status_code, refusal.json()["code"]) == (503, "service_unavailable")
    assert int(refusal.headers["Retry-After"]) >= 1
    assert owner.get("/api/registry/instruments")["total"] == before + added, (
        "reads go on; nothing half done is counted"
    )
    (small_disk / "ballast").unlink()
    owner.post("/api/registry/instruments", instrument(1000), 201)
    assert owner.get("/api/registry/instruments")["total"] == before + added + 1
    [(rows,)] = execute(
        whole_platform.database_urls["registry"], "SELECT count(*) FROM instrument WHERE serial_no LIKE 'DISK-%%'"
    )
    assert rows == added + 1
    outcome = owner.post("/api/registry/instruments/actions/delete", {"selection": {"filter": {"q": "DISK-"}}})
    assert outcome["done"] == added + 1


def _fill(folder: Path) -> None:
    """Fills the disk except for some kilobytes."""
    free = shutil.disk_usage(folder).free
    (folder / "ballast").write_bytes(b"\0" * max(0, free - 64 * 1024))
