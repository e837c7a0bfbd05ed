"""The OpenAPI document of an application, as it is published and kept in `contracts/openapi`."""

from typing import Any

from flask import Flask


def document(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get(app.config["OPENAPI_URL_PREFIX"] + "/openapi.json")
    body: dict[str, Any] = answer.get_json()
    return body
