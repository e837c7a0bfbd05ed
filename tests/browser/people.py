"""Data for a test, made through the API as in the journey: an organisation, its instruments, and the work of its
institutions on them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from client import Client, wait_for
from story import CITY, COUNTY, LETTER, credit_code, png

from launcher.servers import Platform

__all__ = [
    "CITY",
    "COUNTY",
    "PASSWORD",
    "Client",
    "Shop",
    "eventually",
    "new_phone",
    "org_fields",
    "registered",
    "sms_code",
    "wait_for",
]
PASSWORD = "Shop-scale-2026"
SCALE = {
    "name": "电子计价秤", "model": "ACS-30", "manufacturer": "广州衡器厂", "kind_code": "020100", "purpose": "trade",
    "division_code": "440106", "install_address": "天河北路 100 号一楼", "type_approval_no": "2020F000-44",
}  # fmt: skip


def business_day(later: int = 0) -> str:
    """Returns today in Shanghai, or this many days later."""
    return (datetime.now(UTC) + timedelta(hours=8, days=later)).date().isoformat()


def org_fields(chance: random.Random) -> dict[str, str]:
    return {
        "name": f"广州市天河区便民市场{chance.randrange(10**6)}号店", "credit_code": credit_code(chance),
        "address": "广州市天河区天河北路 100 号", "division_code": "440106", "contact_name": "陈志强",
    }  # fmt: skip


def new_phone(chance: random.Random) -> str:
    return f"137{chance.randrange(10**8):08d}"


def eventually(ask: Callable[[], Any]) -> Any:
    """Returns the first true answer. The effect of an event comes a little later."""
    return wait_for(ask, bool)


def sms_code(platform: Platform, phone: str) -> str:
    """Returns the newest code sent to this phone."""

    def newest() -> str:
        sent = requests.get(f"{platform.sandbox_url}/outbox/sms", params={"phone": phone}, timeout=10).json()
        return next(
            (str(sms["code"]) for sms in sent if sms["code"]), ""
        )  # the phone also gets messages about its account

    return str(eventually(newest))


@dataclass
class Shop:
    """An applicant of 440106 with its owner signed in, and the institutions of its area."""

    platform: Platform
    name: str
    org_id: str
    username: str
    phone: str
    client: Client
    chance: random.Random = field(default_factory=random.Random)

    def person(self, name: str) -> Client:
        """Returns a person of the demo institutions."""
        return Client(self.platform.gateway_url).sign_in(name)

    def instruments(self, count: int = 1, **changes: Any) -> list[dict[str, Any]]:
        return [self._instrument(changes) for _ in range(count)]

    def _instrument(self, changes: dict[str, Any]) -> dict[str, Any]:
        body = SCALE | {"serial_no": f"{self.chance.randrange(10**9):09d}"} | changes
        made: dict[str, Any] = self.client.post("/api/registry/instruments", body, 201)
        return made

    def instrument(self, one: dict[str, Any]) -> dict[str, Any]:
        """Returns its current state."""
        now: dict[str, Any] = self.client.get(f"/api/registry/instruments/{one['id']}")
        return now

    def submitted(self, instruments: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Submits them to the city. Returns the filings in the order of `instruments` when the registry has received them."""
        body = {
            "selection": {"ids": [one["id"] for one in instruments]}, "institution_id": CITY,
            "accept_responsibility": True, "authorize_province": True,
        }  # fmt: skip
        answer = self.client.post("/api/filing/filings", body)
        assert answer["failed"] == [], answer
        self._heard(instruments, "submitted")
        found = {row["instrument_id"]: row for row in self.filings("submitted")}
        return [found[one["id"]] for one in instruments]

    def _heard(self, instruments: list[dict[str, Any]], state: str) -> None:
        eventually(lambda: {self.instrument(one)["filing_state"] for one in instruments} == {state})

    def filings(self, state: str) -> list[dict[str, Any]]:
        return self.client.everything("/api/filing/filings", state=state)

    def decide(self, who: str, move: str, filings: list[dict[str, Any]], **more: Any) -> None:
        body = {"selection": {"ids": [one["id"] for one in filings]}, **more}
        answer = self.person(who).post(f"/api/filing/filings/actions/{move}", body)
        assert (answer["done"], answer["failed"]) == (len(filings), []), answer

    def filed(self, count: int = 1, **changes: Any) -> list[dict[str, Any]]:
        """Returns instruments with an approved filing, which registry and booking have received."""
        made = self.instruments(count, **changes)
        self.decide("city-clerk", "approve", self.submitted(made))
        self._heard(made, "approved")
        ids = {one["id"] for one in made}
        wait_for(
            lambda: self.client.everything("/api/booking/bookable"),
            lambda rows: ids <= {row["instrument_id"] for row in rows},
        )
        return made

    def booked(self, instruments: list[dict[str, Any]]) -> dict[str, Any]:
        slots = self.client.get("/api/booking/slots", institution_id=CITY, mode="deliver")["items"]
        slot = next(slot for slot in slots if slot["free"] >= len(instruments))
        body = {
            "instrument_ids": [one["id"] for one in instruments], "institution_id": CITY, "mode": "deliver",
            "date": slot["date"], "period": slot["period"],
        }  # fmt: skip
        made: dict[str, Any] = self.client.post("/api/booking/bookings", body, 201)
        return made

    def certified(self, instruments: list[dict[str, Any]], units: list[str]) -> list[dict[str, Any]]:
        """Files, books and verifies instruments in each of `units` ("" for the whole). Returns them and their certificates."""
        booking = self.booked(instruments)
        for move in ("confirm", "receive", "start"):
            self.moved("city-clerk", booking, move)
        line = {
            "conclusion": "pass", "verified_on": business_day(), "procedure": "JJG 443-2015", "verifier": "city-verifier",
            "checker": "city-checker",
        }  # fmt: skip
        results = [line | {"instrument_id": one["id"], "unit": unit} for one in instruments for unit in units]
        path = f"/api/booking/bookings/{booking['id']}"
        entered = self.person("city-verifier").put(f"{path}/results", results)
        self.person("city-checker").act(f"{path}/complete", entered["version"])
        wait_for(
            lambda: self.client.get("/api/registry/certificates", booking_id=booking["id"])["total"],
            lambda total: total == len(results),
            120,
        )
        return self.client.everything("/api/registry/certificates", booking_id=booking["id"])

    def moved(self, who: str, booking: dict[str, Any], move: str, body: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = self.person(who).post(f"/api/booking/bookings/{booking['id']}/{move}", body)
        return answer


def registered(platform: Platform, approved: bool = True) -> Shop:
    """Registers a new organisation. Its county approves it if `approved`."""
    chance = random.Random()
    visitor, org, phone = Client(platform.gateway_url), org_fields(chance), new_phone(chance)
    username = f"shop-{chance.randrange(10**9)}"
    papers = {"license": ("营业执照.png", png()), "authorization": ("法人授权书.pdf", visitor.post(LETTER, org))}
    files = {
        f"{purpose}_file_id": visitor.upload("/api/identity/files", *paper, 201, purpose=purpose)["file_id"]
        for purpose, paper in papers.items()
    }
    visitor.post("/api/identity/sms-codes", {"phone": phone, "purpose": "registration"}, 202)
    said = {"username": username, "password": PASSWORD, "phone": phone, "sms_code": sms_code(platform, phone)}
    org_id = visitor.post("/api/identity/registrations", said | {"org": org} | files, 201)["org_id"]
    if approved:
        Client(platform.gateway_url).sign_in("county-clerk").post(f"/api/identity/registrations/{org_id}/approve")
    owner = Client(platform.gateway_url).sign_in(username, PASSWORD)
    return Shop(platform, org["name"], org_id, username, phone, owner)
