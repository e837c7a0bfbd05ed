"""What the documents point at is there, and the README says the same in both languages."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()
)  # fmt: skip
TARGETS = set(re.findall(r"^([a-z -]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def named() -> set[str]:
    return {name for line in TARGETS for name in line.split()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text("utf-8"))
    missing = [link for link in links if not (document.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_exists(document: Path) -> None:
    commands = re.findall(r"(?:^    |`)make ([a-z -]+)", document.read_text("utf-8"), re.MULTILINE)
    assert {word for command in commands for word in command.split() if len(word) > 1} <= named() | {"s"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_that_is_named_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    paths = re.findall(r"`((?:services|tests|deploy|contracts|gateway|clients)/[\w./-]+)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_readme_has_the_same_parts_in_both_languages() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    for pattern in (r"^## ", r"^    \S", r"^\|", r"^```"):
        counts = [len(re.findall(pattern, text, re.MULTILINE)) for text in (english, chinese)]
        assert counts[0] == counts[1], pattern


MAPPED = re.compile(r"`(?:(?P<file>[\w/-]*test_\w+\.py))?(?:::(?P<test>test_\w+))`|`(?P<whole>[\w/-]*test_\w+\.py)`")
READMES = [path for path in DOCUMENTS if path.name == "README.md" and path.parent.parent.name == "services"]


@pytest.mark.parametrize("document", READMES, ids=lambda path: path.parent.name)
def test_every_test_that_a_line_of_the_manual_is_mapped_to_exists(document: Path) -> None:
    """`api/test_x.py::test_y` lies below the service's own tests, the root, or another service's; `::test_z` goes on in
    the file named before."""
    missing, current = [], ""
    for found in MAPPED.finditer(document.read_text("utf-8")):
        current = found["whole"] or found["file"] or current
        places = [document.parent / "tests" / current, ROOT / current, *ROOT.glob(f"services/*/tests/{current}")]
        texts = [place.read_text("utf-8") for place in places if place.is_file()]
        if not any(not found["test"] or f"def {found['test']}(" in text for text in texts):
            missing.append(f"{current}::{found['test']}")
    assert missing == []
