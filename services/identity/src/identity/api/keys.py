"""The public keys of access tokens, and the health of the whole platform."""

from typing import Any

from marshmallow import fields

from chassis.auth import allow_anyone
from chassis.rawjson import json_response
from chassis.schema import Schema
from chassis.web import Blueprint
from identity.parts import parts
from identity.platform_health import platform_health


class Jwks(Schema):
    keys = fields.List(fields.Dict(), required=True)


class PlatformHealth(Schema):
    status = fields.String(required=True)
    services = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


blp = Blueprint("keys", "keys", url_prefix="/api/identity", description="Public keys and health")


@blp.route("/.well-known/jwks.json", methods=["GET"])
@allow_anyone
@blp.response(200, Jwks)
def jwks() -> Any:
    """The keys by which every service checks access tokens."""
    response = json_response(parts().signer.jwks())
    response.headers["Cache-Control"] = "public, max-age=600"
    return response


@blp.route("/healthz", methods=["GET"])
@allow_anyone
@blp.response(200, PlatformHealth)
@blp.alt_response(503, schema=PlatformHealth)
def healthz() -> Any:
    """Whether every service is ready; asked of each at most once a second."""
    ok, services = platform_health()
    return json_response({"status": "ok" if ok else "unavailable", "services": services}, 200 if ok else 503)
