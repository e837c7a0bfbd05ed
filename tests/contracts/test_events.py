"""Events: each type has a schema and an example, one producer, and the consumers in topology.json."""

import ast
import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from service_apps import PACKAGES, ROOT, service

from chassis.events import ContractError, Contracts
from chassis.revocations import on_account_disabled, on_session_revoked

FOLDER = ROOT / "contracts" / "events"
SCHEMAS = {path.name.removesuffix(".v1.schema.json"): path for path in sorted(FOLDER.glob("*.schema.json"))}
CONTRACTS = Contracts(ROOT / "contracts")
REVOCATIONS = {"session.revoked": on_session_revoked, "account.disabled": on_account_disabled}
Json = dict[str, Any]


def schema(event_type: str) -> Json:
    body: Json = json.loads(SCHEMAS[event_type].read_text("utf-8"))
    return body


def example(event_type: str) -> Json:
    body: Json = json.loads((FOLDER / f"{event_type}.v1.example.json").read_text("utf-8"))
    return body


def source(event_type: str) -> str:
    name: str = schema(event_type)["properties"]["source"]["const"]
    return name


# -- schemas and examples --------------------------------------------------------------------------------------


def test_every_schema_has_its_example_and_nothing_else_lies_there() -> None:
    expected = {f"{name}.v1.{kind}.json" for name in SCHEMAS for kind in ("schema", "example")} | {"topology.json"}
    assert {path.name for path in FOLDER.iterdir()} == expected


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_the_schema_is_a_schema_and_names_its_type_and_its_one_source(event_type: str) -> None:
    body = schema(event_type)
    jsonschema_rs.meta.validate(body)
    assert body["properties"]["type"] == {"const": event_type}
    assert source(event_type) in PACKAGES
    assert body["description"]


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_the_example_satisfies_its_schema(event_type: str) -> None:
    CONTRACTS.check(example(event_type))


def test_examples_have_ids_of_their_own() -> None:
    ids = [example(event_type)["id"] for event_type in SCHEMAS]
    assert len(set(ids)) == len(ids)


# -- what a schema refuses -------------------------------------------------------------------------------------

Path_ = tuple[str | int, ...]


def required_fields(part: Json, path: Path_ = ()) -> Iterator[Path_]:
    """Yields the path of every required field; of a list, that of its first item."""
    for name in part.get("required", ()):
        yield (*path, name)
    for name, inner in part.get("properties", {}).items():
        if name in part.get("required", ()):
            yield from required_fields(inner, (*path, name))
    if "items" in part:
        yield from required_fields(part["items"], (*path, 0))


def without(body: Json, path: Path_) -> Json:
    changed = copy.deepcopy(body)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return changed


def filled(body: Any, path: Path_) -> bool:
    """Says whether the example has a value at `path`."""
    for step in path:
        if isinstance(body, list) and not body:
            return False
        body = body[step]
    return True


DROPS = [(name, path) for name in SCHEMAS for path in required_fields(schema(name))]


@pytest.mark.parametrize(("event_type", "path"), DROPS, ids=lambda value: value if isinstance(value, str) else ".".join(map(str, value)))  # fmt: skip
def test_a_missing_field_is_refused(event_type: str, path: Path_) -> None:
    body = example(event_type)
    assert filled(body, path), "the example does not show this field: a list of it is empty"
    with pytest.raises(ContractError):
        CONTRACTS.check(without(body, path))


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_every_type_has_required_data(event_type: str) -> None:
    assert any(name == event_type and path[0] == "data" and len(path) > 1 for name, path in DROPS)


@pytest.mark.parametrize("event_type", SCHEMAS)
@pytest.mark.parametrize(
    ("field", "wrong"),
    [("specversion", "0.3"), ("id", "1"), ("source", "someone"), ("time", "yesterday"), ("traceparent", ""), ("data", [])],
)  # fmt: skip
def test_a_wrong_envelope_is_refused(event_type: str, field: str, wrong: Any) -> None:
    with pytest.raises(ContractError):
        CONTRACTS.check(example(event_type) | {field: wrong})


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_a_batch_holds_at_least_one_and_at_most_500_items(event_type: str) -> None:
    body = example(event_type)
    items = body["data"].get("items")
    if items is None:
        assert "items" not in schema(event_type)["properties"]["data"]["properties"]
        return
    wrongs: list[list[Json]] = [[], items[:1] * 501]
    for wrong in wrongs:
        with pytest.raises(ContractError):
            CONTRACTS.check(body | {"data": body["data"] | {"items": wrong}})


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ContractError, match="no schema"):
        CONTRACTS.check(example("filing.approved") | {"type": "filing.forgotten"})


# -- who takes what --------------------------------------------------------------------------------------------


def test_the_topology_names_every_service_and_only_known_types_once() -> None:
    assert set(CONTRACTS.topology) == set(PACKAGES)
    for package, types in CONTRACTS.topology.items():
        assert set(types) <= set(SCHEMAS), package
        assert types == sorted(set(types)), package


@pytest.mark.parametrize("event_type", SCHEMAS)
def test_somebody_takes_every_type(event_type: str) -> None:
    """Without a queue, one broker refuses an event and another drops it."""
    assert any(event_type in types for types in CONTRACTS.topology.values())


@pytest.mark.parametrize("package", PACKAGES)
def test_a_service_has_an_effect_for_each_type_of_its_queue_and_no_other(package: str) -> None:
    effects = {**REVOCATIONS, **service(package).effects}
    assert sorted(effects) == CONTRACTS.topology[package]


# -- who sends what --------------------------------------------------------------------------------------------

NOT_MADE_YET: set[str] = set()  # types that no service makes yet; remove a type when its service makes it


def types_made(folder: Path) -> set[str]:
    """Returns the event types in a service's code: whole names, and names built like f"filing.{word}" if the code also contains
    the word. Code that never runs counts too."""
    whole: set[str] = set()
    patterns: set[str] = set()
    for file in folder.rglob("*.py"):
        if file.name == "consumers.py" or "consumers" in file.parts:
            continue  # there, types are consumed
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                patterns.add(_pattern(node))
    made = whole & set(SCHEMAS)
    for event_type in SCHEMAS:
        for pattern in patterns:
            match = re.fullmatch(pattern, event_type)
            if match and "\\." in pattern and set(match.groups()) <= whole:
                made.add(event_type)
    return made


def _pattern(text: ast.JoinedStr) -> str:
    return "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else "([a-z_]+)" for part in text.values
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_a_service_makes_all_types_that_are_its_own(package: str) -> None:
    own = {event_type for event_type in SCHEMAS if source(event_type) == package}
    assert own - types_made(PACKAGES[package]) == own & NOT_MADE_YET


@pytest.mark.parametrize("package", PACKAGES)
def test_no_service_hands_out_a_type_of_another(package: str) -> None:
    """Reads the first argument of every Event(…) that is a constant."""
    for file in PACKAGES[package].rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Event"):
                continue
            given = next((word.value for word in node.keywords if word.arg == "type"), None) or node.args[0]
            if isinstance(given, ast.Constant):
                assert source(str(given.value)) == package, f"{file}:{node.lineno}"
            elif isinstance(given, ast.JoinedStr):
                found = {name for name in SCHEMAS if re.fullmatch(_pattern(given), name)}
                assert found, f"{file}:{node.lineno}"
                assert {source(name) for name in found} == {package}, f"{file}:{node.lineno}"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_schema_refuses_a_type_from_anybody_but_its_source(package: str) -> None:
    """The outbox checks an event against its schema, which names the only source."""
    for event_type in SCHEMAS:
        if source(event_type) != package:
            with pytest.raises(ContractError):
                CONTRACTS.check(example(event_type) | {"source": package})
