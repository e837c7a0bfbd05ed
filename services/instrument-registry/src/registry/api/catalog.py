"""The catalog of kinds 种别, open to everyone."""

from typing import Any

from chassis.auth import allow_anyone
from chassis.rawjson import json_response
from chassis.web import Blueprint, db
from registry import queries
from registry.api.schemas import CatalogView

blp = Blueprint("catalog", "catalog", url_prefix="/api/registry", description="Catalog")


@blp.route("/catalog", methods=["GET"])
@allow_anyone
@blp.response(200, CatalogView)
def catalog() -> Any:
    """Every kind, withdrawn ones too, with how well its values are attested."""
    return json_response({"items": queries.catalog(db())})
