"""What the tests of filings and bookings begin with, made through the API: an organisation of its own for each test,
its instruments, filings and bookings, and the institution's answers."""

import random
from dataclasses import dataclass, field
from typing import Any

from client import Client, wait_for
from journey import CITY, COUNTY, PASSWORD, Story, register
from playwright.sync_api import Page

from launcher.servers import Platform

__all__ = ["CITY", "COUNTY", "PASSWORD", "Client", "Office", "search", "wait_for"]
SCALE = {
    "model": "ACS-30", "manufacturer": "上海友声衡器有限公司", "kind_code": "020100", "purpose": "trade",
    "division_code": "440106", "install_address": "天河北路 100 号", "type_approval_no": "2020F123-44",
}  # fmt: skip


def search(page: Page, text: str) -> None:
    """In the list's own search box."""
    page.get_by_placeholder("名称、型号、编号、地点").fill(text)
    page.get_by_role("button", name="搜索", exact=True).click()


@dataclass
class Office:
    """One new applicant, and the demo institutions at its hand."""

    platform: Platform
    story: Story = field(init=False)

    def __post_init__(self) -> None:
        self.story = Story(self.platform.gateway_url, self.platform.sandbox_url, random.randrange(10**9))

    def registered(self) -> "Office":
        register(self.story)
        return self

    def approved(self) -> "Office":
        self.registered()
        self.person("county-clerk").post(f"/api/identity/registrations/{self.story.facts['org_id']}/approve")
        self.story.people["clerk"] = Client(self.story.gateway).sign_in(self.username, PASSWORD)
        return self

    @property
    def username(self) -> str:
        return str(self.story.facts["username"])

    @property
    def applicant(self) -> Client:
        return self.story.clerk

    def person(self, name: str) -> Client:
        return self.story.person(name)

    def instruments(self, count: int, **changes: Any) -> list[dict[str, Any]]:
        return [self._instrument(n, changes) for n in range(count)]

    def _instrument(self, n: int, changes: dict[str, Any]) -> dict[str, Any]:
        serial = f"{self.story.random.randrange(10**8):08d}"
        body = {"name": f"电子计价秤{n + 1}", "serial_no": serial, **SCALE, **changes}
        made: dict[str, Any] = self.applicant.post("/api/registry/instruments", body, 201)
        return made

    def filed(self, instruments: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Submitted to the city; in the order of `instruments`."""
        body = {
            "selection": {"ids": [one["id"] for one in instruments]}, "institution_id": CITY,
            "accept_responsibility": True, "authorize_province": True,
        }  # fmt: skip
        answer = self.applicant.post("/api/filing/filings", body)
        assert answer["failed"] == [], answer
        found = {row["instrument_id"]: row for row in self.filings("submitted")}
        return [found[one["id"]] for one in instruments]

    def filings(self, state: str) -> list[dict[str, Any]]:
        return self.applicant.everything("/api/filing/filings", state=state)

    def decide(self, who: str, move: str, filings: list[dict[str, Any]], **more: Any) -> None:
        body = {"selection": {"ids": [one["id"] for one in filings]}, **more}
        answer = self.person(who).post(f"/api/filing/filings/actions/{move}", body)
        assert (answer["done"], answer["failed"]) == (len(filings), []), answer

    def bookable(self, count: int, **changes: Any) -> list[dict[str, Any]]:
        """Instruments whose filing is approved, and which booking has heard of."""
        made = self.instruments(count, **changes)
        self.decide("city-clerk", "approve", self.filed(made))
        ids = {one["id"] for one in made}
        wait_for(
            lambda: self.applicant.everything("/api/booking/bookable"),
            lambda rows: ids <= {row["instrument_id"] for row in rows},
        )
        return made

    def booked(self, instruments: list[dict[str, Any]]) -> dict[str, Any]:
        slots = self.applicant.get("/api/booking/slots", institution_id=CITY, mode="deliver")["items"]
        slot = next(slot for slot in slots if slot["free"] >= len(instruments))
        body = {
            "instrument_ids": [one["id"] for one in instruments], "institution_id": CITY, "mode": "deliver",
            "date": slot["date"], "period": slot["period"],
        }  # fmt: skip
        made: dict[str, Any] = self.applicant.post("/api/booking/bookings", body, 201)
        return made

    def moved(self, who: str, booking: dict[str, Any], move: str, body: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = self.person(who).post(f"/api/booking/bookings/{booking['id']}/{move}", body)
        return answer
