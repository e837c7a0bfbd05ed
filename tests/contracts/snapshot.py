"""Writes the OpenAPI document of each service to contracts/openapi/<service>.json.

.venv/bin/python tests/contracts/snapshot.py [--check]
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from service_apps import PACKAGES, ROOT, build

from chassis.openapi import document

FOLDER = ROOT / "contracts" / "openapi"


def path_of(package: str) -> Path:
    return FOLDER / f"{package}.json"


def text_of(body: dict[str, Any]) -> str:
    """Returns the sorted text, so that only differences of content show."""
    return json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def current(package: str) -> dict[str, Any]:
    """Returns the document that this checkout publishes."""
    with tempfile.TemporaryDirectory() as folder:
        return document(build(package, Path(folder)))


def main() -> int:
    parser = argparse.ArgumentParser(description="OpenAPI snapshots of the services")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 if a snapshot is stale")
    check = parser.parse_args().check
    FOLDER.mkdir(exist_ok=True)
    stale = 0
    for package in PACKAGES:
        text, path = text_of(current(package)), path_of(package)
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale += 1
        if check:
            print(f"stale: {path.relative_to(ROOT)}")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(ROOT)}")
    print(f"{len(PACKAGES)} services, {stale} {'stale' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
