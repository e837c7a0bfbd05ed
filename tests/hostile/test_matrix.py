"""Every route × every kind of account × own, foreign and missing object, on the running services.

The route declares which kinds of account may call it (tests/architecture checks that every route does). SEES says who sees an
object. A foreign and a missing object give the same answer: 404.
"""

import re
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from matrix_world import Caller, World, body_of, build
from service_apps import PACKAGES
from service_apps import build as build_app
from story import Story

from chassis.auth import Permission
from launcher.servers import Platform

# parameter of the object -> callers that may see it; if a rule has several, the last one counts
OFFICE = {"owner", "city-clerk", "city-verifier", "city-admin"}
SEES = {
    "instrument_id": OFFICE | {"supervisor", "admin"},
    "attachment_id": OFFICE | {"supervisor", "admin"},
    "filing_id": OFFICE | {"supervisor"},
    "booking_id": OFFICE | {"supervisor"},
    "number": OFFICE | {"supervisor", "admin"},
    "import_id": {"owner"},
    "job_id": {"owner", "admin"},
    "org_id": {"county-clerk", "city-clerk"},
    "file_id": {"owner", "county-clerk", "city-clerk", "admin"},
    "account_id": {"owner"},
    "staff_id": {"city-admin", "admin"},
    "invitation_id": {"city-admin", "admin"},
    "institution_id": {"admin"},
    "bureau_id": {"admin"},
    "code": {"admin"},
    "table": {"admin"},
    "day": {"admin"},
    "message_id": {"owner"},
    "session_id": {"owner"},
    "view_id": set(),  # belongs to one account; no account has one here
    "change_id": set(),  # of a certificate; there is none here
}
SPARED = {
    "DELETE session_id",
    "DELETE account_id",
}  # left out for the owner: they would succeed and break the rest of the matrix
NOBODY = str(uuid.UUID(int=7))
JOBS_OF = "registry"  # the service that has the job; in others it is missing


def routes() -> Iterator[tuple[str, str, str, Permission]]:
    """Yields (service, method, rule, permission) of all routes except health and metrics."""
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            app = build_app(package, Path(folder))
        for rule in app.url_map.iter_rules():
            permission = getattr(app.view_functions[rule.endpoint], "permission", None)
            if permission is not None and rule.rule not in ("/healthz", "/readyz", "/metrics"):
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    yield package, method, rule.rule, permission


ROUTES = sorted(routes(), key=lambda one: one[:3])
NAMED = [(f"{method} {rule}", service, method, rule, permission) for service, method, rule, permission in ROUTES]


@pytest.fixture(scope="module")
def world(whole_platform: Platform, told_story: Story) -> World:
    return build(whole_platform, told_story)


def filled(rule: str, objects: dict[str, str]) -> str:
    """Fills the parameters of a rule. Internal routes have other parameters: any id, and the name of a fact."""
    return re.sub(
        r"<(?:[^:<>]+:)?(\w+)>", lambda m: objects.get(m[1], NOBODY if m[1].endswith("_id") else "kind"), rule
    )


def parameters(rule: str) -> list[str]:
    return re.findall(r"<(?:[^:<>]+:)?(\w+)>", rule)


def missing(objects: dict[str, str]) -> dict[str, str]:
    return {name: "440100-2020-9999999" if name == "number" else str(uuid.uuid4()) for name in objects}


@pytest.mark.parametrize(("name", "service", "method", "rule", "permission"), NAMED, ids=[one[0] for one in NAMED])
def test_matrix(world: World, name: str, service: str, method: str, rule: str, permission: Permission) -> None:
    kinds = ("own or foreign", "missing") if parameters(rule) else ("own or foreign",)
    asked = [(caller, what) for caller in world.callers.values() for what in kinds]
    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(lambda one: ask(world, one[0], service, method, rule, permission, one[1]), asked)
    wrong = [
        f"{caller.name}, {what}: {status}, not {expected.__doc__}"
        for (caller, what), (expected, status) in zip(asked, answers, strict=True)
        if status is not None and not expected(status)
    ]
    assert not wrong, f"{name}: " + "; ".join(wrong)


def ask(
    world: World, caller: Caller, service: str, method: str, rule: str, permission: Permission, what: str
) -> tuple[Any, int | None]:
    """Returns the expected and the actual answer, or None if this case is left out."""
    objects = world.objects if what == "own or foreign" else missing(world.objects)
    path, names = filled(rule, objects), parameters(rule)
    allowed = caller.may(permission)
    if permission.services:
        expected: Any = denied
    elif not allowed:
        expected = unauthorized if not caller.token else forbidden
    elif permission.anyone:
        expected = answered
    elif names:
        last = names[-1]
        seen = caller.name in SEES[last] and not (last == "job_id" and service != JOBS_OF)
        if what == "own or foreign" and seen:
            if f"{method} {last}" in SPARED:
                return answered, None
            expected = within_reach
        else:
            expected = not_found
    elif method == "GET":
        expected = within_reach if caller.registered or service != "identity" else answered
    else:  # without an object, only callers without permission try a write: the journey shows that the others can
        return answered, None
    answer = world.ask(service, caller, method, path, body_of(method, rule, world.objects))
    return expected, answer.status_code


def unauthorized(status: int) -> bool:
    """401"""
    return status == 401


def forbidden(status: int) -> bool:
    """403"""
    return status == 403


def denied(status: int) -> bool:
    """401 or 403"""
    return status in (401, 403)


def not_found(status: int) -> bool:
    """404"""
    return status == 404


def within_reach(status: int) -> bool:
    """done, or refused because of state or form"""
    return status < 400 or status in (409, 412, 422)


def answered(status: int) -> bool:
    """an answer"""
    return status < 500
