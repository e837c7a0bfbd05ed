"""Reference data of contracts/reference, and the demo accounts. Loading twice changes nothing and tells nothing."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.runtime import Runtime
from identity import events, queries
from identity.domain import credit_code
from identity.domain.passwords import Hasher
from identity.models import Account, Bureau, Capability, DayChange, Division, Institution, Organization
from identity.parts import Parts

GUANGZHOU = UUID("00000000-0000-7000-8000-000000440100")
TIANHE = UUID("00000000-0000-7000-8000-000000440106")
PROVINCE = UUID("00000000-0000-7000-8000-000000440000")
BUREAU = UUID("00000000-0000-7000-9000-000000440100")
CLERK = ["registration_reviewer", "filing_clerk", "booking_clerk", "front_desk"]
DEMO_PASSWORD = "Demo-2026!"  # noqa: S105 (published in the README; the demo profile only)


def seed(runtime: Runtime, profile: str | None) -> None:
    folder = runtime.contracts.folder.parent / "reference"
    with runtime.database.transaction() as db:
        load_divisions(db, _read(folder / "divisions.json")["divisions"])
        load_institutions(db, _read(folder / "institutions.json")["institutions"])
        _load_bureaus(db, _read(folder / "bureaus.json")["bureaus"])
        if profile == "demo":
            _demo(db, cast(Parts, runtime.parts["identity"]).hasher, clock.now())


def load_divisions(db: Session, rows: list[dict[str, Any]]) -> None:
    known = {division.code: division for division in db.scalars(select(Division))}
    for row in rows:
        if row["code"] in known:
            continue
        division = Division(
            code=row["code"], name=row["name"], level=row["level"], parent_code=row["parent_code"],
            is_leaf=row["is_leaf"], valid_from=_day(row.get("valid_from")), valid_to=_day(row.get("valid_to")),
            version=1,
        )  # fmt: skip
        db.add(division)
        outbox.record(db, events.division_changed(division))


def load_institutions(db: Session, rows: list[dict[str, Any]]) -> None:
    known = set(db.scalars(select(Institution.id)))
    for row in rows:
        if UUID(row["id"]) in known:
            continue
        institution = Institution(
            id=UUID(row["id"]), name=row["name"], alias=row.get("alias") or "", tier=row["tier"],
            division_code=row["division_code"], parent_id=UUID(row["parent_id"]) if row.get("parent_id") else None,
            contact=row.get("contact"), active=True, demo=bool(row.get("demo")), verified=str(row.get("verified", "no")),
            version=1,
            capabilities=[
                Capability(kind_code=c["kind_code"], mode=c["mode"], valid_from=_day(c["from"]), valid_to=_day(c["to"]))
                for c in row["capabilities"]
            ],
        )  # fmt: skip
        db.add(institution)
        db.flush()
        outbox.record(db, events.institution_changed(institution))


def tell_organizations(db: Session) -> int:
    rows = list(db.scalars(select(Organization).where(Organization.status == "approved")))
    for row in rows:
        row.version += 1
        outbox.record(db, events.organization_event("changed", row, queries.owner_of(db, row.id)))
    return len(rows)


def tell_divisions(db: Session) -> int:
    rows = list(db.scalars(select(Division)))
    for row in rows:
        row.version += 1
    outbox.record(db, *(events.division_changed(row) for row in rows))
    return len(rows)


def tell_holidays(db: Session) -> int:
    rows = list(db.scalars(select(DayChange)))
    for row in rows:
        row.version += 1
    outbox.record(db, *(events.holiday_changed(row) for row in rows))
    return len(rows)


def tell_institutions(db: Session) -> int:
    rows = list(db.scalars(select(Institution)))
    for row in rows:
        row.version += 1
        outbox.record(db, events.institution_changed(row))
    return len(rows)


def _load_bureaus(db: Session, rows: list[dict[str, Any]]) -> None:
    known = set(db.scalars(select(Bureau.id)))
    for row in rows:
        if UUID(row["id"]) not in known:
            db.add(Bureau(id=UUID(row["id"]), name=row["name"], division_code=row["division_code"]))
    db.flush()


def _demo(db: Session, hasher: Hasher, now: datetime) -> None:
    if db.scalars(select(Account).where(Account.username_key == "applicant")).first() is not None:
        return
    password = hasher.hash(DEMO_PASSWORD)

    def account(username: str, name: str, kind: str, roles: list[str], **home: Any) -> None:
        made = Account(username=username, username_key=username, name=name, kind=kind, roles=roles,
                       password_hash=password, created_at=now, version=1, **home)  # fmt: skip
        db.add(made)
        db.flush()
        db.refresh(made)
        outbox.record(db, events.account_changed(made, made.standing, made.tier, made.division_code))
        if made.organization is not None:
            outbox.record(db, events.organization_event("approved", made.organization, made))

    for number, (username, name, contact) in enumerate(
        (("applicant", "广州市天河区惠民市场有限公司（演示）", "陈志强"), ("applicant2", "广州市天河区康宁医院（演示）", "黄丽华")), 1
    ):  # fmt: skip
        first = f"91440106MA5DEMX0{number}"
        first_17 = (first + "0")[:17]
        org = Organization(
            name=name, credit_code=first_17 + credit_code.check_character(first_17), division_code="440106",
            address=f"广州市天河区天河路 {number} 号", contact_name=contact, phone=f"1380000000{number}", status="approved",
            submitted_at=now, decided_at=now, version=2,
        )  # fmt: skip
        db.add(org)
        db.flush()
        account(username, contact, "applicant", ["owner"], org_id=org.id, phone=org.phone)
    account("city-clerk", "王经办", "institution", CLERK, institution_id=GUANGZHOU)
    account("city-admin", "孙管理", "institution", ["institution_admin"], institution_id=GUANGZHOU)
    account("city-verifier", "李检定", "institution", ["verifier"], institution_id=GUANGZHOU)
    account("city-checker", "赵核验", "institution", ["checker"], institution_id=GUANGZHOU)
    account("county-clerk", "周经办", "institution", CLERK, institution_id=TIANHE)
    account("province-clerk", "吴经办", "institution", CLERK, institution_id=PROVINCE)
    account("supervisor", "郑监管", "supervisor", ["supervisor"], bureau_id=BUREAU)
    account("admin", "平台管理员", "admin", ["admin"])


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
