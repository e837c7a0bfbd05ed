"""Helpers for the tests of services: accounts, tokens, events, and the questions every service is asked."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from marshmallow import RAISE, Schema
from sqlalchemy import text

from chassis import auth, clock, jobs
from chassis.actor import Actor
from chassis.events import Event, envelope
from chassis.ids import new_id
from chassis.inbox import Inbox
from chassis.runtime import Runtime
from chassis.worker import effects_of

KEY = ec.generate_private_key(ec.SECP256R1())
KID = "test"

GUANGZHOU = UUID("00000000-0000-7000-8000-000000440100")
TIANHE = UUID("00000000-0000-7000-8000-000000440106")
SHENZHEN = UUID("00000000-0000-7000-8000-000000440300")
PROVINCE = UUID("00000000-0000-7000-8000-000000440000")
BUREAU = UUID("00000000-0000-7000-9000-000000440100")
CLERK_ROLES = ("registration_reviewer", "filing_clerk", "booking_clerk", "front_desk")


def applicant(org_id: UUID | None = None, division: str = "440106", **changes: Any) -> Actor:
    values: dict[str, Any] = {
        "roles": frozenset({"owner"}),
        "name": "测试企业",
        "username": "applicant",
    } | changes
    return Actor(new_id(), "applicant", org_id or new_id(), division=division, session_id=new_id(), **values)


def staff(
    institution_id: UUID = GUANGZHOU,
    roles: tuple[str, ...] = CLERK_ROLES,
    username: str = "clerk",
    **changes: Any,
) -> Actor:
    division = str(institution_id)[-6:]
    tier = "province" if division.endswith("0000") else "city" if division.endswith("00") else "county"
    values: dict[str, Any] = {
        "name": "经办员",
        "username": username,
        "tier": tier,
        "division": division,
    } | changes
    return Actor(new_id(), "institution", institution_id, roles=frozenset(roles), session_id=new_id(), **values)


def supervisor(division: str = "440100") -> Actor:
    return Actor(new_id(), "supervisor", BUREAU, tier="city", division=division, roles=frozenset({"supervisor"}),
                 session_id=new_id(), name="监管员")  # fmt: skip


def admin() -> Actor:
    return Actor(new_id(), "admin", None, roles=frozenset({"admin"}), session_id=new_id(), name="管理员")


def token(actor: Actor, *, key: ec.EllipticCurvePrivateKey = KEY, kid: str = KID, **changes: Any) -> str:
    """An access token of `actor`, as identity would make it."""
    at = clock.now().timestamp()
    claims = {
        "sub": str(actor.account_id), "org": str(actor.org_id) if actor.org_id else None, "kind": actor.kind,
        "status": actor.status, "tier": actor.tier, "division": actor.division, "roles": sorted(actor.roles),
        "sid": str(actor.session_id or new_id()), "name": actor.name, "username": actor.username,
        "iat": at, "exp": int(at) + 900, "iss": auth.ISSUER, "aud": auth.AUDIENCE,
    } | changes  # fmt: skip
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": kid})


def jwks() -> dict[str, Any]:
    return {"keys": [auth.jwk(KID, KEY.public_key())]}


class Caller:
    """A client of one application, signed in as one actor: `call.get(path)`, `call.post(path, body)`."""

    def __init__(self, app: Flask, actor: Actor | None) -> None:
        self._client = app.test_client()
        self.app = app
        self.actor = actor

    def _send(self, method: str, path: str, body: Any = None, **kwargs: Any) -> Any:
        headers = dict(kwargs.pop("headers", {}))
        if self.actor is not None:
            headers["Authorization"] = f"Bearer {token(self.actor)}"
        if body is not None:
            kwargs["json"] = body
        return self._client.open(path, method=method, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> Any:
        return self._send("GET", path, **kwargs)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        return self._send("POST", path, body, **kwargs)

    def put(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        return self._send("PUT", path, body, **kwargs)

    def patch(self, path: str, body: Any = None, version: int | None = None, **kwargs: Any) -> Any:
        if version is not None:
            kwargs["headers"] = {"If-Match": f'"{version}"'} | dict(kwargs.get("headers", {}))
        return self._send("PATCH", path, body, **kwargs)

    def delete(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        return self._send("DELETE", path, body, **kwargs)


def cloud_event(
    event_type: str,
    source: str,
    data: Mapping[str, Any],
    *,
    subject: UUID | str | None = None,
    sequence: int | None = None,
) -> dict[str, Any]:
    """An event as it arrives from the bus."""
    return envelope(Event(event_type, subject or new_id(), data, sequence), source, clock.now())


def deliver(runtime: Runtime, body: Mapping[str, Any]) -> None:
    """Give one event to the service's inbox, as its consumer does, and fail if its effect failed."""
    Inbox(runtime.database, runtime.contracts, effects_of(runtime)).receive(dict(body))
    with runtime.database.transaction() as db:
        row = db.execute(text("SELECT state, error FROM inbox WHERE event_id = :id"), {"id": body["id"]}).first()
    if row is None or row.state != "done":
        raise AssertionError(f"{body['type']}: {row.error if row else 'not in the inbox'}")


def recorded(runtime: Runtime, event_type: str | None = None) -> list[dict[str, Any]]:
    """The events in the outbox, oldest first, of one type or all."""
    with runtime.database.transaction() as db:
        bodies = list(db.execute(text("SELECT body FROM outbox ORDER BY id")).scalars())
    return [body for body in bodies if event_type in (None, body["type"])]


def run_jobs(runtime: Runtime) -> int:
    """Run every job that waits; returns how many."""
    count = 0
    while jobs.run_one(runtime, runtime.service.jobs):
        count += 1
    return count


def assert_satisfies(schema: type[Schema], body: Any) -> None:
    """A page built without marshmallow must satisfy the schema that is published for it."""
    fields = schema(unknown=RAISE)
    errors = fields.validate({key: value for key, value in body.items() if value is not None or _nullable(fields, key)})
    assert not errors, errors


def _nullable(schema: Schema, key: str) -> bool:
    field = schema.fields.get(key)
    return field is None or bool(field.allow_none)


def routes_without_permission(app: Flask) -> list[str]:
    """Every route of `app` that declares nothing; flask-smorest's own document is open by intent."""
    return [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "permission", None) is None
        and not rule.endpoint.startswith("api-docs")
    ]


def tell_reference(runtime: Runtime) -> None:
    """Give the service the divisions and institutions of contracts/reference, as identity's events tell them."""
    folder = runtime.contracts.folder.parent / "reference"
    types = effects_of(runtime)
    if "division.changed" in types:
        for row in json.loads((folder / "divisions.json").read_text("utf-8"))["divisions"]:
            if not row["code"].startswith(("4400", "4401", "4403", "4419", "4420")):
                continue  # enough for tests, and quicker
            keys = ("code", "name", "level", "parent_code", "is_leaf", "valid_from", "valid_to")
            data = {key: row.get(key) for key in keys}
            deliver(runtime, cloud_event("division.changed", "identity", data, subject=row["code"], sequence=1))
    if "institution.changed" in types:
        for row in json.loads((folder / "institutions.json").read_text("utf-8"))["institutions"]:
            shown = ("name", "tier", "division_code", "parent_id", "contact", "capabilities")
            data = {key: row.get(key) for key in shown} | {"institution_id": row["id"], "active": True}
            deliver(runtime, cloud_event("institution.changed", "identity", data, subject=row["id"], sequence=1))


def tell_organization(runtime: Runtime, actor: Actor, name: str = "测试企业有限公司") -> None:
    """Give the service an approved organisation, that of `actor`."""
    data = {
        "org_id": actor.org_id, "name": name, "credit_code": "91440106MA5DEMX01G", "address": "天河路 1 号",
        "division_code": actor.division, "contact_name": "陈志强", "phone": "13800138000", "status": "approved",
        "owner_account_id": actor.account_id,
    }  # fmt: skip
    body = cloud_event("organization.approved", "identity", data, subject=actor.org_id, sequence=2)
    deliver(runtime, body)
