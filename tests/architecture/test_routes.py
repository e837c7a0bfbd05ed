"""Every route says who may call it, and only the listed ones are open to anyone."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from open_routes import EVERYWHERE, open_routes
from service_apps import PACKAGES

from chassis.auth import SIGNED_IN, Permission, allow
from chassis.testing import routes_without_permission
from chassis.web import Blueprint

AppOf = Callable[[str], Flask]


def permissions(app: Flask) -> Iterator[tuple[str, Permission]]:
    """(`METHOD /rule`, permission)"""
    for rule in app.url_map.iter_rules():
        permission = getattr(app.view_functions[rule.endpoint], "permission", None)
        if permission is not None:
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield f"{method} {rule.rule}", permission


@pytest.mark.parametrize("package", PACKAGES)
def test_every_route_declares_a_permission(app_of: AppOf, package: str) -> None:
    assert routes_without_permission(app_of(package)) == []
    assert len(list(permissions(app_of(package)))) > len(EVERYWHERE)


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_open_to_anyone_is_open_by_name(app_of: AppOf, package: str) -> None:
    found = {rule for rule, permission in permissions(app_of(package)) if permission.anyone}
    assert found == open_routes(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_internal_routes_are_for_named_services_and_only_they(app_of: AppOf, package: str) -> None:
    for rule, permission in permissions(app_of(package)):
        assert bool(permission.services) == (" /internal/" in rule), rule
        assert permission.services <= set(PACKAGES) - {package}, rule


@pytest.mark.parametrize("package", PACKAGES)
def test_permissions_name_kinds_of_account_that_exist(app_of: AppOf, package: str) -> None:
    for rule, permission in permissions(app_of(package)):
        ways = [permission.anyone, bool(permission.services), bool(permission.kinds)]
        assert sum(ways) == 1, f"{rule}: one of anyone, services, kinds"
        assert permission.kinds <= set(SIGNED_IN), rule


def test_a_route_without_a_permission_does_not_even_register() -> None:
    blueprint = Blueprint("orders", "orders")
    with pytest.raises(TypeError, match="no permission declared"):
        blueprint.route("/orders", methods=["GET"])(lambda: "")


def test_the_walk_sees_a_route_that_went_around_the_blueprint() -> None:
    app = Flask("orders", static_folder=None)
    app.add_url_rule("/open", "open", lambda: "")
    app.add_url_rule("/closed", "closed", allow("admin")(lambda: ""))
    assert routes_without_permission(app) == ["/open (open)"]
