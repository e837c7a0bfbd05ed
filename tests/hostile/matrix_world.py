"""Callers and objects of the matrix: everything that the journey made, and a few more objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from client import Client, wait_for
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from journey import STEPS
from story import PASSWORD, Story, png

from chassis import auth
from chassis.actor import Actor
from chassis.testing import SHENZHEN, staff, supervisor, token
from launcher.servers import Platform


@dataclass(frozen=True)
class Caller:
    name: str
    token: str = ""
    kind: str = ""  # of account; empty: no account
    roles: frozenset[str] = frozenset()
    approved: bool = True
    registered: bool = True  # identity knows the account

    def may(self, permission: auth.Permission) -> bool:
        """Says whether the declared permission admits the caller, whatever the object."""
        if permission.anyone:
            return True
        if self.kind not in permission.kinds or not (self.approved or permission.pending):
            return False
        return (
            not permission.roles or self.kind not in ("applicant", "institution") or bool(self.roles & permission.roles)
        )


@dataclass
class World:
    callers: dict[str, Caller] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)  # parameter of a rule -> the requested object
    urls: dict[str, str] = field(default_factory=dict)  # service -> its address without the gateway

    def ask(self, service: str, caller: Caller, method: str, path: str, body: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
        if method in ("PATCH", "PUT") or path.endswith(("/sign", "/send_back", "/complete")):
            headers["If-Match"] = '"999999"'  # so that not even the owner can change anything
        return requests.request(method, self.urls[service] + path, json=body, headers=headers, timeout=30)


def build(platform: Platform, story: Story) -> World:
    world = World(urls={s: f"http://127.0.0.1:{platform.port(f'{s}-serve')}" for s in platform.database_urls})
    world.callers["stranger"] = Caller("stranger")
    for name in ("applicant2", "city-clerk", "county-clerk", "province-clerk", "city-admin", "supervisor", "admin"):
        world.callers[name] = _caller(name, story.person(name))
    world.callers["city-verifier"] = _caller("city-verifier", story.people["verifier"])
    world.callers["owner"] = _caller("owner", story.clerk)
    world.callers["pending"] = _caller("pending", _pending(story))
    sign = _signer(platform)
    world.callers["shenzhen-clerk"] = _of(sign, "shenzhen-clerk", staff(SHENZHEN))
    world.callers["shenzhen-supervisor"] = _of(sign, "shenzhen-supervisor", supervisor("440300"))
    world.objects = _objects(story)
    return world


def _caller(name: str, client: Client) -> Caller:
    account = client.account
    return Caller(name, client.token, account["kind"], frozenset(account["roles"]), account["status"] == "approved")


def _pending(story: Story) -> Client:
    """Makes an applicant whose registration waits. `register` does not change the facts of the story."""
    other = Story(story.gateway, story.sandbox, seed=story.seed + 1)
    STEPS[0][1](other)
    return Client(story.gateway).sign_in(other.facts["username"], PASSWORD)


def _signer(platform: Platform) -> Any:
    """Makes tokens of accounts that the demo data lack, signed with the platform's key."""
    oldest = min((platform.run_dir / "secrets" / "token-keys").glob("*.pem"))
    key: Any = load_pem_private_key(oldest.read_bytes(), password=None)
    published = requests.get(f"{platform.gateway_url}/api/identity/.well-known/jwks.json", timeout=10).json()["keys"]
    kid = next(one["kid"] for one in published if one["x"] == auth.jwk("", key.public_key())["x"])
    return lambda actor: token(actor, key=key, kid=kid)


def _of(sign: Any, name: str, actor: Actor) -> Caller:
    return Caller(name, sign(actor), actor.kind, actor.roles, registered=False)


def _objects(story: Story) -> dict[str, str]:
    clerk, facts = story.clerk, story.facts
    instrument = facts["booked"][1]  # approved, verified, certified
    certificate = next(c for c in facts["certificates"] if c["instrument_id"] == instrument)
    attachments = f"/api/registry/instruments/{instrument}/attachments"
    uploaded = clerk.call("POST", attachments, 201, files={"file": ("铭牌.png", png())})
    export = clerk.post("/api/registry/exports", {}, 202)
    clerk.job(f"/api/registry/jobs/{export['id']}")
    county = story.person("county-clerk")
    registration = county.get("/api/identity/registrations", q=facts["org_name"])["items"][0]
    sub_user = clerk.post(
        "/api/identity/sub-users", {"phone": f"137{story.random.randrange(10**8):08d}", "name": "子用户"}, 201
    )
    head = story.person("city-admin")
    invitation = head.post(
        "/api/identity/invitations",
        {"name": "x", "phone": f"134{story.random.randrange(10**8):08d}", "roles": ["checker"]}, 201,
    )  # fmt: skip
    message = wait_for(lambda: clerk.get("/api/notification/messages")["items"], bool)[0]
    session = clerk.get("/api/identity/sessions")["items"][0]
    day_off = {"from": "2030-12-31", "to": "2030-12-31", "kind": "off", "name": "停业"}
    story.person("admin").call("PUT", "/api/identity/holidays", 200, json=day_off)
    return {
        "instrument_id": instrument,
        "attachment_id": uploaded["id"],
        "filing_id": clerk.get("/api/filing/filings", instrument_id=instrument)["items"][0]["id"],
        "booking_id": facts["booking"]["id"],
        "number": certificate["number"],
        "import_id": clerk.upload("/api/registry/imports", "again.xlsx", _workbook(), 202, dry_run="true")["id"],
        "job_id": export["id"],
        "org_id": facts["org_id"],
        "file_id": registration["files"][0]["file_id"],
        "account_id": sub_user["id"],
        "staff_id": story.people["verifier"].account["id"],
        "invitation_id": invitation["id"],
        "institution_id": "00000000-0000-7000-8000-000000440100",
        "bureau_id": "00000000-0000-7000-9000-000000440100",
        "code": "440106",
        "table": "divisions",
        "day": "2030-12-31",
        "message_id": message["id"],
        "session_id": session["id"],
    }  # fmt: skip


def _workbook() -> bytes:
    from client import DATA

    return (DATA / "instruments-mended.xlsx").read_bytes()


def body_of(method: str, rule: str, objects: Mapping[str, str]) -> Any:
    """Returns a body in the right form, so that a route does not refuse it for its form."""
    verb = rule.rsplit("/", 1)[-1]
    instruments = [objects["instrument_id"]]
    bodies: dict[str, Any] = {
        "amend": {"changes": {"model": "X"}},
        "reject": {"reason": "再审"},
        "capabilities": {"items": []},
        "copies": {"items": [{"serial_no": "copy"}]},
        "return": {"instrument_ids": instruments, "reason": "铭牌不符"},
        "receive": {"instrument_ids": instruments},
        "send_back": {"reason": "请复核"},
        "void": {"reason": "录错"},
        "corrections": {"reason": "录错"},
        "reschedule": {"date": "2030-01-02", "period": "am"},
        "results": [
            {"instrument_id": instruments[0], "conclusion": "pass", "verified_on": "2026-01-05", "procedure": "JJG 1",
             "verifier": "city-verifier", "checker": "city-checker"}
        ],
    }  # fmt: skip
    if "change_id" in rule and verb == "decline":
        return {"reason": "请复核"}
    if method == "PATCH":
        return {"remark": "x"} if "instruments" in rule else {"name": "x"}
    return bodies.get(verb, {} if method in ("POST", "PUT") else None)
