"""The public keys of access tokens, and the health of the whole platform."""

from typing import Any

from chassis.auth import allow_anyone
from chassis.rawjson import json_response
from chassis.web import Blueprint
from identity.parts import parts
from identity.platform_health import platform_health

blp = Blueprint("keys", "keys", url_prefix="/api/identity", description="Public keys and health")


@blp.route("/.well-known/jwks.json", methods=["GET"])
@allow_anyone
def jwks() -> Any:
    """The keys by which every service checks access tokens."""
    response = json_response(parts().signer.jwks())
    response.headers["Cache-Control"] = "public, max-age=600"
    return response


@blp.route("/healthz", methods=["GET"])
@allow_anyone
def healthz() -> Any:
    """Whether every service is ready; asked of each at most once a second."""
    ok, services = platform_health()
    return json_response({"status": "ok" if ok else "unavailable", "services": services}, 200 if ok else 503)
