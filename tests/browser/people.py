"""Organisations and accounts for the browser tests, made through the API as the journey makes them: each test its own."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from client import Client, wait_for
from journey import credit_code, png

from launcher.servers import Platform

PASSWORD = "Shop-scale-2026"
COUNTY, CITY = "county-clerk", "city-clerk"
CITY_ID = "00000000-0000-7000-8000-000000440100"


@dataclass
class Organization:
    """An applicant: what its owner signs in with."""

    name: str
    username: str
    phone: str
    client: Client


def org_fields(chance: random.Random) -> dict[str, str]:
    return {
        "name": f"广州市天河区便民市场{chance.randrange(10**6)}号店", "credit_code": credit_code(chance),
        "address": "广州市天河区天河北路 100 号", "division_code": "440106", "contact_name": "陈志强",
    }  # fmt: skip


def new_phone(chance: random.Random) -> str:
    return f"137{chance.randrange(10**8):08d}"


def sms_code(platform: Platform, phone: str) -> str:
    """The newest code that this phone was sent."""

    def newest() -> str:
        sent = requests.get(f"{platform.sandbox_url}/outbox/sms", params={"phone": phone}, timeout=10).json()
        return str(sent[0]["code"]) if sent and sent[0]["code"] else ""

    return str(wait_for(newest, bool))


def registered(platform: Platform, approved: bool = True) -> Organization:
    """An organisation of 440106, approved by its county unless it is to wait."""
    chance = random.Random()
    visitor, org, phone = Client(platform.gateway_url), org_fields(chance), new_phone(chance)
    username = f"shop-{chance.randrange(10**9)}"
    files = {
        f"{purpose}_file_id": visitor.upload("/api/identity/files", "扫描件.png", png(), 201, purpose=purpose)[
            "file_id"
        ]
        for purpose in ("license", "authorization")
    }
    visitor.post("/api/identity/sms-codes", {"phone": phone, "purpose": "registration"}, 202)
    body = {
        "username": username,
        "password": PASSWORD,
        "phone": phone,
        "sms_code": sms_code(platform, phone),
        "org": org,
    }
    created = visitor.post("/api/identity/registrations", body | files, 201)
    if approved:
        Client(platform.gateway_url).sign_in(COUNTY).post(f"/api/identity/registrations/{created['org_id']}/approve")
    return Organization(org["name"], username, phone, Client(platform.gateway_url).sign_in(username, PASSWORD))


def instrument(chance: random.Random, **more: Any) -> dict[str, Any]:
    """What POST /registry/instruments takes: a shop scale of 440106 with its type approval."""
    return {
        "name": "电子计价秤", "model": "ACS-30", "serial_no": f"SN{chance.randrange(10**9)}", "manufacturer": "广州衡器厂",
        "kind_code": "020100", "purpose": "trade", "division_code": "440106", "install_address": "天河北路 100 号一楼",
        "type_approval_no": "2020F000-44", **more,
    }  # fmt: skip


def owns(organization: Organization, number: int = 1, **more: Any) -> list[dict[str, Any]]:
    """Instruments in its ledger."""
    chance = random.Random()
    path = "/api/registry/instruments"
    return [organization.client.post(path, instrument(chance, **more), 201) for _ in range(number)]


def eventually(ask: Callable[[], Any]) -> Any:
    """The first answer that is true: what an event brings comes a little later."""
    return wait_for(ask, bool)


def submitted(organization: Organization, number: int = 1) -> list[dict[str, Any]]:
    """Instruments whose filings the city has not touched."""
    mine = owns(organization, number)
    selection = {"ids": [one["id"] for one in mine]}
    body = {
        "selection": selection,
        "institution_id": CITY_ID,
        "accept_responsibility": True,
        "authorize_province": False,
    }
    organization.client.post("/api/filing/filings", body)
    for one in mine:
        eventually(lambda one=one: state_of(organization, one) == "submitted")
    return mine


def filed(platform: Platform, organization: Organization, number: int = 1) -> list[dict[str, Any]]:
    """Instruments whose filings the city has approved."""
    mine, city = submitted(organization, number), Client(platform.gateway_url).sign_in(CITY)
    for one in mine:
        found = eventually(lambda one=one: city.get("/api/filing/filings", instrument_id=one["id"])["items"])
        city.post("/api/filing/filings/actions/approve", {"selection": {"ids": [found[0]["id"]]}})
        eventually(lambda one=one: state_of(organization, one) == "approved")
    return mine


def state_of(organization: Organization, one: dict[str, Any]) -> str:
    return str(organization.client.get(f"/api/registry/instruments/{one['id']}")["filing_state"])
