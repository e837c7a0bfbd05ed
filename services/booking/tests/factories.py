"""What the tests of booking tell it: the world around, and instruments whose filing is approved."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from booking.domain.calendar import days, horizon
from chassis import clock
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing import GUANGZHOU, SHENZHEN, cloud_event, deliver, staff, tell_organization
from chassis.workdays import Workdays

__all__ = ["GUANGZHOU", "SHENZHEN"]
ACTOR = {"account_id": "01920000-0000-7000-8000-000000000009", "kind": "institution", "name": "王经办"}
KINDS = [("020100", "periodic", 12, None), ("990000", "periodic", None, None), ("990001", "first_only", None, None)]


@dataclass
class World:
    clerk: Actor
    verifier: Actor
    checker: Actor
    both: Actor


def working_days() -> list[date]:
    """The days that can be booked by default."""
    return [day for day in days(*horizon(clock.today())) if Workdays().works(day)]


def tell_world(runtime: Runtime, owner: Actor) -> World:
    for institution_id, name in ((GUANGZHOU, "广州计量院"), (SHENZHEN, "深圳计量院")):
        data = {
            "institution_id": institution_id, "name": name, "tier": "city", "division_code": str(institution_id)[-6:],
            "parent_id": None, "contact": None, "active": True, "capabilities": [],
        }  # fmt: skip
        deliver(runtime, cloud_event("institution.changed", "identity", data, subject=institution_id, sequence=1))
    kinds = [
        {
            "code": code, "name": code, "category": "衡器", "supervision": "P+V", "mode": mode,
            "period_months": period, "term_months": term, "valid_from": None, "valid_to": None, "successor": None,
        }
        for code, mode, period, term in KINDS
    ]  # fmt: skip
    deliver(runtime, cloud_event("catalog.changed", "registry", {"version": "test", "kinds": kinds}))
    tell_organization(runtime, owner)
    world = World(
        clerk=staff(username="clerk"),
        verifier=staff(roles=("verifier",), username="verifier", name="李检定"),
        checker=staff(roles=("checker",), username="checker", name="赵核验"),
        both=staff(roles=("verifier", "checker"), username="both", name="周全"),
    )
    for person in (world.clerk, world.verifier, world.checker, world.both):
        tell_staff(runtime, person)
    return world


def tell_staff(runtime: Runtime, person: Actor, sequence: int = 1) -> None:
    data = {
        "account_id": person.account_id, "org_id": person.org_id, "kind": "institution", "username": person.username,
        "name": person.name, "phone": None, "roles": sorted(person.roles), "status": "approved",
        "tier": person.tier, "division_code": person.division,
    }  # fmt: skip
    deliver(runtime, cloud_event("account.changed", "identity", data, subject=person.account_id, sequence=sequence))


def facts(serial_no: str = "A0001", **changes: Any) -> dict[str, Any]:
    return {
        "name": "电子计价秤", "model": "ACS-30", "serial_no": serial_no, "own_no": "", "manufacturer": "香山",
        "kind_code": "020100", "purpose": "trade", "division_code": "440106", "install_address": "天河路 1 号",
        "venue": None,
    } | changes  # fmt: skip


def approval(
    owner: Actor, ids: list[UUID], version: int = 1, instrument_version: int = 1, holder_id: UUID = GUANGZHOU
) -> dict[str, Any]:
    """filing.approved of instruments."""
    items = [
        {
            "filing_id": new_id(), "instrument_id": i, "version": version, "instrument_version": instrument_version,
            "state": "approved", "snapshot": facts(f"S{n:04d}") | {"declared_valid_until": None, "units": []},
        }
        for n, i in enumerate(ids)
    ]  # fmt: skip
    more = {"institution_id": holder_id, "holder_id": holder_id, "approved_on": clock.today()}
    return cloud_event("filing.approved", "filing", filing_data(owner, items) | more)


def filing_ended(owner: Actor, ids: list[UUID], version: int = 2, verb: str = "revoked") -> dict[str, Any]:
    items = [
        {"filing_id": new_id(), "instrument_id": i, "version": version, "instrument_version": 1, "state": verb}
        for i in ids
    ]
    return cloud_event(f"filing.{verb}", "filing", filing_data(owner, items))


def filing_data(owner: Actor, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "org_id": owner.org_id, "submission_id": None, "institution_id": GUANGZHOU, "holder_id": GUANGZHOU,
        "actor": ACTOR, "at": clock.now(), "reason_code": None, "reason": None, "items": items,
    }  # fmt: skip


def changed(owner: Actor, ids: list[UUID], version: int, **changes: Any) -> dict[str, Any]:
    """instrument.changed about instruments that are approved today."""
    known = {
        "status": "in_use", "units": [], "approved_on": clock.today(), "valid_until": None, "rotate_on": None,
        "result": None,
    }  # fmt: skip
    items = [facts(f"S{n:04d}") | known | changes | {"instrument_id": i, "version": version} for n, i in enumerate(ids)]
    return cloud_event("instrument.changed", "registry", {"org_id": owner.org_id, "items": items})


def certificate(
    owner: Actor, instrument_id: UUID, version: int, booking_id: UUID | str | None = None,
    units: tuple[str, ...] = ("",), verb: str = "issued", **more: Any,
) -> dict[str, Any]:  # fmt: skip
    today = clock.today()
    items = [
        {
            "instrument_id": instrument_id, "version": version, "certificate_id": new_id(),
            "number": f"440100-2026-{n:07d}", "unit": unit, "kind": "certificate", "verified_on": today,
            "valid_until": today + timedelta(days=364), "result": "pass",
            "instrument_valid_until": today + timedelta(days=364), "rotate_on": None, "public_code": f"c{n}",
        } | more
        for n, unit in enumerate(units, start=1)
    ]  # fmt: skip
    data = {"org_id": owner.org_id, "institution_id": GUANGZHOU, "booking_id": booking_id, "items": items}
    return cloud_event(f"certificate.{verb}", "registry", data)


def approved(runtime: Runtime, owner: Actor, count: int = 1, holder_id: UUID = GUANGZHOU, **changes: Any) -> list[UUID]:
    """Tell of `count` instruments whose filing was approved; their ids. changes: of the instruments."""
    ids = [new_id() for _ in range(count)]
    deliver(runtime, approval(owner, ids, holder_id=holder_id))
    deliver(runtime, changed(owner, ids, 2, **changes))
    return ids


def order(ids: list[UUID], day: date, **changes: Any) -> dict[str, Any]:
    """The body of a booking."""
    return {
        "instrument_ids": [str(i) for i in ids], "institution_id": str(GUANGZHOU), "mode": "deliver",
        "date": day.isoformat(), "period": "am",
    } | changes  # fmt: skip


def result(instrument_id: UUID, **changes: Any) -> dict[str, Any]:
    return {
        "instrument_id": str(instrument_id), "conclusion": "pass", "verified_on": clock.today().isoformat(),
        "procedure": "JJG 539-2016", "verifier": "verifier", "checker": "checker", "standard": "F2 砝码",
    } | changes  # fmt: skip
