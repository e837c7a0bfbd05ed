"""Chinese texts of a service are Chinese: they contain no English sentence and no internal field name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICES = Path(__file__).resolve().parents[2] / "services"
WORD = re.compile(r"[A-Za-z_]{2,}")
# names that Chinese users also write in Latin letters, and API parameters in texts for programs
NAMES = {
    "EXCEL",
    "PDF",
    "JPEG",
    "PNG",
    "UTF",
    "GB",
    "xlsx",
    "xls",
    "csv",
    "MB",
    "CSV",
    "ZIP",
    "API",
    "JSON",
    "RFC",
    "NO",
    "ID",
}
OF_THE_API = {
    "If-Match", "ETag", "Idempotency-Key", "cursor", "sort", "page", "selection", "ids", "filter", "all", "name", "phone", "license",
    "authorization", "purpose", "true", "false", "numbers", "kind", "mode", "dry_run", "mapping", "If", "Match", "Idempotency", "Key",
}  # fmt: skip
PLACES = {"invalid": 2, "FieldError": 2, "Fault": 2, "Message": 1, "Expected": 0}  # index of the Chinese argument


def chinese(path: Path) -> Iterator[tuple[int, str]]:
    """Yields every Chinese text: `zh = …` of an error, and the Chinese argument of errors created in place."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == "zh" for one in node.targets):
            yield from constants(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACES:
            place = PLACES[node.func.id]
            if len(node.args) > place:
                yield from constants(node.args[place])


def constants(node: ast.expr) -> Iterator[tuple[int, str]]:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.lineno, re.sub(r"\{\w*\}", "", part.value)


FILES = sorted(SERVICES.glob("*/src/**/*.py"))


def test_there_is_much_to_read() -> None:
    assert sum(1 for path in FILES for _ in chinese(path)) > 150


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SERVICES)))
def test_what_is_said_in_chinese_is_chinese(path: Path) -> None:
    foreign = [
        (line, word) for line, text in chinese(path) for word in WORD.findall(text) if word not in NAMES | OF_THE_API
    ]
    assert foreign == []
