"""The short walk in Firefox, by clients/portal/scripts/firefox.mjs. Skipped if the machine has no Firefox; Chromium is the
browser of every run."""

import os
import subprocess

import pytest
from browsing import OUT, ROOT
from people import PASSWORD, Shop

from launcher import portal as portal_of
from launcher.binaries import on_path
from launcher.servers import Platform

SCRIPT = ROOT / "clients" / "portal" / "scripts" / "firefox.mjs"


def test_the_short_walk_in_firefox(portal: Platform, shop: Shop) -> None:
    names = [os.environ.get("FIREFOX"), "firefox-esr", "firefox"]
    program = next((found for name in names if name and (found := on_path(name))), None)
    if program is None:
        pytest.skip("no Firefox: apt-get install -y --no-install-recommends firefox-esr, or set FIREFOX")
    OUT.mkdir(exist_ok=True)
    shop.instruments(2)
    path = portal_of.path_with_node(print)
    assert path is not None, "the portal was built, so there is Node"
    walked = subprocess.run(
        ["node", SCRIPT, portal.gateway_url, program, shop.username, PASSWORD, OUT],
        env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert walked.returncode == 0, walked.stdout + walked.stderr
