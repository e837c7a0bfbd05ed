"""The published OpenAPI documents equal the snapshots, and are complete and consistent."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from open_routes import EVERYWHERE, as_openapi, open_routes
from service_apps import PACKAGES
from snapshot import FOLDER, current, path_of, text_of

METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "trace"}
Json = dict[str, Any]


@cache
def published(package: str) -> Json:
    return current(package)


def operations(package: str) -> Iterator[tuple[str, Json]]:
    """(`METHOD path`, operation)"""
    for path, item in published(package)["paths"].items():
        for method in METHODS & set(item):
            yield f"{method.upper()} {path}", item[method]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_snapshot_is_what_the_code_publishes(package: str) -> None:
    path = path_of(package)
    assert path.exists(), "run: make contracts"
    assert path.read_text("utf-8") == text_of(published(package)), "the snapshot is stale; run: make contracts"


def test_there_is_a_snapshot_for_each_service_and_no_other() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{package}.json" for package in PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_it_is_openapi_3_1_of_this_service(package: str) -> None:
    body = published(package)
    assert body["openapi"] == "3.1.0"
    assert body["info"]["title"]
    assert body["info"]["version"] == "v1"
    assert set(body) <= {"openapi", "info", "paths", "components", "tags", "servers", "security"}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_operation_says_what_it_is(package: str) -> None:
    silent = [name for name, one in operations(package) if not (one.get("summary") or one.get("description"))]
    assert set(silent) <= EVERYWHERE


@pytest.mark.parametrize("package", PACKAGES)
def test_every_operation_that_is_not_public_asks_for_the_bearer(package: str) -> None:
    assert published(package)["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    public = {as_openapi(route) for route in open_routes(package)}
    for name, one in operations(package):
        expected: list[Json] | None = None if name in public else [{"bearer": []}]
        assert one.get("security") == expected, name


@pytest.mark.parametrize("package", PACKAGES)
def test_operation_ids_are_unique(package: str) -> None:
    ids = [one["operationId"] for _, one in operations(package) if "operationId" in one]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_operation_has_a_success(package: str) -> None:
    for name, one in operations(package):
        codes = set(one["responses"])
        assert any(code.startswith(("2", "3")) or code == "default" for code in codes), name
        for code, response in one["responses"].items():
            assert "description" in response or "$ref" in response, f"{name} {code}"


@pytest.mark.parametrize("package", PACKAGES)
def test_path_parameters_are_those_of_the_path(package: str) -> None:
    for path, item in published(package)["paths"].items():
        assert path.startswith("/"), path
        for method in METHODS & set(item):
            given = [*item.get("parameters", []), *item[method].get("parameters", [])]
            named = {(one["name"], one["in"]) for one in given if "$ref" not in one}
            assert len(named) == len([one for one in given if "$ref" not in one]), f"{method} {path}: one twice"
            in_path = {name for name, where in named if where == "path"}
            assert in_path == set(re.findall(r"{(\w+)}", path)), f"{method} {path}"


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def resolves(body: Json, reference: str) -> bool:
    place: Any = body
    for step in reference.removeprefix("#/").split("/"):
        step = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(place, dict) or step not in place:
            return False
        place = place[step]
    return reference.startswith("#/")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_reference_resolves(package: str) -> None:
    body = published(package)
    found = set(references(body))
    assert found
    assert {reference for reference in found if not resolves(body, reference)} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_schema_is_json_schema(package: str) -> None:
    """OpenAPI 3.1's schemas are JSON Schema 2020-12."""
    for name, one in published(package)["components"]["schemas"].items():
        jsonschema_rs.meta.validate(one | {"$schema": "https://json-schema.org/draft/2020-12/schema"})
        assert "nullable" not in json.dumps(one), f"{name}: null as in OpenAPI 3.0"


def test_a_reference_to_nothing_is_seen() -> None:
    body = {"paths": {"/x": {"$ref": "#/components/a~1b"}}, "components": {"a/b": {}}}
    assert resolves(body, "#/components/a~1b")
    assert not resolves(body, "#/components/c")
    assert not resolves(body, "other.json#/a")
