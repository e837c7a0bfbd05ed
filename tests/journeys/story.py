"""Shared by the steps of the journey: the story with its facts, and actions that several steps or tests use."""

import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from client import DATA, Client, Unexpected, wait_for

CITY = "00000000-0000-7000-8000-000000440100"
COUNTY = "00000000-0000-7000-8000-000000440106"
PROVINCE = "00000000-0000-7000-8000-000000440000"
PASSWORD = "Journey-2026!"
LETTER = "/api/identity/registrations/authorization-letter.pdf"
PORTAL = {"X-Client": "portal"}
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass
class Story:
    """The facts that one step passes to the next."""

    gateway: str
    sandbox: str
    seed: int
    say: Callable[[str], None] = lambda _line: None
    people: dict[str, Client] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)  # names of finished steps

    def take(self, step: Callable[["Story"], None]) -> None:
        """Runs a step of the journey, once."""
        if step.__name__ not in self.taken:
            step(self)
            self.taken.add(step.__name__)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def person(self, username: str) -> Client:
        """Returns a demo account, which signs in once."""
        if username not in self.people:
            self.people[username] = Client(self.gateway).sign_in(username)
        return self.people[username]

    @property
    def clerk(self) -> Client:
        return self.people["clerk"]

    def phone_shows(self, path: str, **params: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = requests.get(self.sandbox + path, params=params, timeout=10).json()
        return items


def today() -> str:
    return datetime.now(timezone(timedelta(hours=8))).date().isoformat()


def code_for(story: Story, visitor: Client, phone: str, purpose: str) -> str:
    """Requests an SMS code for this phone and returns it."""
    visitor.post("/api/identity/sms-codes", {"phone": phone, "purpose": purpose}, 202)

    def sent() -> list[str]:  # the phone also gets messages about its account
        return [str(sms["code"]) for sms in story.phone_shows("/outbox/sms", phone=phone) if sms["code"]]

    return str(wait_for(sent, bool)[0])


def scanned(story: Story, browser: Client, openid: str) -> dict[str, str]:
    """Scans the QR page and agrees as this person. Returns the parameters with which WeChat redirects the browser."""
    begun = browser.post("/api/identity/wechat-logins", expect=201, headers=PORTAL)
    page = begun["url"].partition("#")[0]
    agreed = {"openid": openid, "answer": "agree"}
    back = requests.post(page, data=agreed, timeout=10, allow_redirects=False).headers["Location"]
    query = parse_qs(urlsplit(back).query)
    return {"wechat_code": query["code"][0], "state": query["state"][0]}


def came_back(story: Story, browser: Client, openid: str, path: str, status: int) -> bool:
    """Says whether the platform accepted the parameters of WeChat's redirect."""
    answer = browser.ask("POST", path, json=scanned(story, browser, openid), headers=PORTAL)
    return answer is not None and answer.status_code == status


def tapped(story: Story, phone: Client, openid: str) -> bool:
    """Says whether a person who opens the mini-program is signed in."""
    made = requests.post(f"{story.sandbox}/phones/{openid}/login", params={"app": "miniprogram"}, timeout=10).json()
    answer = phone.ask("POST", "/api/identity/sessions", json={"miniprogram_code": made["code"]})
    return answer is not None and answer.status_code == 201


def signed_in_by_code(story: Story, phone: str) -> dict[str, Any]:
    """Signs in by SMS code and returns the account. If the answer was lost, the code is used up; it requests another."""
    visitor = Client(story.gateway)
    for _ in range(3):
        code = code_for(story, visitor, phone, "sign_in")
        answer = visitor.ask("POST", "/api/identity/sessions", json={"phone": phone, "sms_code": code})
        if answer is not None and answer.status_code == 201:
            account: dict[str, Any] = answer.json()["account"]
            return account
    raise Unexpected(f"{phone} could not sign in by SMS code")


def accepted(newcomer: Client, answer: dict[str, str]) -> bool:
    """Says whether the invitation is accepted, even if the answer was lost."""
    said = newcomer.ask("POST", "/api/identity/invitations/accept", json=answer)
    return said is not None and (said.status_code == 201 or said.json().get("code") == "invitation_ended")


def act(person: Client, move: str, filings: list[dict[str, Any]], **more: Any) -> None:
    body = {"selection": {"ids": [filing["id"] for filing in filings]}, **more}
    outcome = person.post(f"/api/filing/filings/actions/{move}", body)
    if outcome["failed"] or outcome["done"] != len(filings):
        raise Unexpected(f"{person.name} {move}: {outcome}")


def import_file(clerk: Client, name: str) -> Any:
    started = clerk.upload("/api/registry/imports", name, (DATA / name).read_bytes(), 202, mode="valid_rows")
    return clerk.job(f"/api/registry/imports/{started['id']}")


def free_slot(story: Story, places: int) -> dict[str, str]:
    start = datetime.now(UTC).date()
    window = {"from": start.isoformat(), "to": (start + timedelta(days=60)).isoformat()}
    slots = story.clerk.get("/api/booking/slots", institution_id=CITY, mode="deliver", **window)["items"]
    slot = next(s for s in slots if s["free"] >= places)
    return {"date": slot["date"], "period": slot["period"]}


def result(instrument_id: str, kind: dict[str, Any], conclusion: str) -> dict[str, Any]:
    line = {
        "instrument_id": instrument_id, "conclusion": conclusion, "verified_on": today(), "procedure": "JJG 539-2016",
        "verifier": "city-verifier", "checker": "city-checker", "standard": "F2 等级砝码组",
    }  # fmt: skip
    if conclusion == "fail":
        line["fail_items"] = "示值误差超差"
    elif kind["mode"] == "periodic" and kind["period_months"] is None:
        line["valid_until"] = (datetime.now(UTC).date() + timedelta(days=365)).isoformat()
    elif kind["mode"] == "first_only_rotation" and kind["term_months"] is None:
        line["valid_until"] = (datetime.now(UTC).date() + timedelta(days=365 * 6)).isoformat()
    return line


def credit_code(chance: random.Random) -> str:
    """Returns a code with a valid check character (GB 32100-2015)."""
    first = "91440106MA5" + "".join(chance.choice(CREDIT_ALPHABET) for _ in range(6))
    total = sum(pow(3, i, 31) * CREDIT_ALPHABET.index(c) for i, c in enumerate(first))
    return first + CREDIT_ALPHABET[(31 - total % 31) % 31]


def png() -> bytes:
    """A real picture of one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00\x80")) + chunk(b"IEND", b"")
    )
