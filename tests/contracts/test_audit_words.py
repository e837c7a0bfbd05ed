"""Every audited write has a name in the portal, in both languages."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from service_apps import PACKAGES, ROOT, build

WORDS = ROOT / "clients" / "portal" / "src" / "modules" / "audit"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def audited(app: Any) -> Iterator[str]:
    """Returns the actions of a service, as the words name them."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        silent = False
        while view is not None:
            silent = silent or getattr(view, "not_audited", False)
            view = getattr(view, "__wrapped__", None)
        if rule.methods & WRITES and not silent:
            yield rule.endpoint.replace(".", "_")


def named(file: str) -> set[str]:
    actions = (WORDS / file).read_text("utf-8").partition("  actions: {")[2]
    return set(re.findall(r"(\w+): ['\"]", actions))


@pytest.mark.parametrize("file", ["words.ts", "words.en.ts"])
@pytest.mark.parametrize("package", PACKAGES)
def test_every_audited_action_has_words(package: str, file: str, tmp_path: Path) -> None:
    missing = set(audited(build(package, tmp_path))) - named(file)
    assert not missing, f"add them to `actions` of {WORDS / file}"
