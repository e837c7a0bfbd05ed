"""The events of identity, from its rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis import context
from chassis.events import Event
from identity.models import Account, DayChange, Division, Holder, Institution, Organization


def organization_event(verb: str, org: Organization, owner: Account) -> Event:
    """verb: approved, rejected or changed."""
    data: dict[str, Any] = {
        "org_id": org.id, "name": org.name, "credit_code": org.credit_code, "address": org.address,
        "division_code": org.division_code, "contact_name": org.contact_name, "phone": org.phone,
        "status": org.status, "owner_account_id": owner.id,
    }  # fmt: skip
    if org.reason:
        data |= {"reason_code": org.reason_code or "other", "reason": org.reason}
    return Event(f"organization.{verb}", org.id, data, sequence=org.version)


def account_changed(account: Account, org_status: str, tier: str | None, division: str | None) -> Event:
    return Event(
        "account.changed",
        account.id,
        {
            "account_id": account.id, "org_id": account.belongs_to, "kind": account.kind, "username": account.username,
            "name": account.name, "phone": account.phone, "roles": account.roles,
            "status": "disabled" if account.status == "disabled" else org_status, "tier": tier,
            "division_code": division,
        },
        sequence=account.version,
    )  # fmt: skip


def account_disabled(account: Account, reason: str | None) -> Event:
    data = {"account_id": account.id, "org_id": account.belongs_to, "reason": reason}
    return Event("account.disabled", account.id, data, sequence=account.version)


def session_revoked(session_id: Any, account_id: Any) -> Event:
    return Event("session.revoked", session_id, {"session_id": session_id, "account_id": account_id})


def institution_changed(institution: Institution) -> Event:
    return Event(
        "institution.changed",
        institution.id,
        {
            "institution_id": institution.id, "name": institution.name, "tier": institution.tier,
            "division_code": institution.division_code, "parent_id": institution.parent_id,
            "contact": institution.contact, "active": institution.active,
            "capabilities": [
                {"kind_code": c.kind_code, "mode": c.mode, "from": c.valid_from, "to": c.valid_to}
                for c in institution.capabilities
            ],
        },
        sequence=institution.version,
    )  # fmt: skip


def division_changed(division: Division) -> Event:
    return Event(
        "division.changed",
        division.code,
        {
            "code": division.code, "name": division.name, "level": division.level, "is_leaf": division.is_leaf,
            "parent_code": division.parent_code, "valid_from": division.valid_from, "valid_to": division.valid_to,
        },
        sequence=division.version,
    )  # fmt: skip


def holiday_changed(change: DayChange) -> Event:
    day = change.date.isoformat()
    return Event(
        "holiday.changed", day, {"date": day, "kind": change.kind, "name": change.name}, sequence=change.version
    )


def wechat_event(verb: str, account: Account, unionid: str | None, openids: list[tuple[str, str]]) -> Event:
    """verb: bound or unbound. openids: (appid, openid)."""
    return Event(
        f"account.wechat_{verb}",
        account.id,
        {
            "account_id": account.id, "org_id": account.belongs_to, "unionid": unionid,
            "openids": [{"appid": appid, "openid": openid} for appid, openid in openids],
        },
        sequence=account.version,
    )  # fmt: skip


def account_security(
    account: Account | Holder, what: str, at: datetime, device: str = "", phones: Sequence[str | None] | None = None
) -> Event:
    """Something that its owner should know of, whoever did it: wechat_bound, wechat_unbound, password_changed,
    password_reset, phone_changed or new_device. phones: whom to tell by SMS; the account's own where none are given."""
    told = [phone for phone in (phones if phones is not None else [account.phone]) if phone]
    return Event(
        "account.security",
        account.id,
        {
            "account_id": account.id, "org_id": account.belongs_to, "username": account.username, "what": what,
            "at": at, "address": context.current().address, "device": device, "phones": told,
        },
    )  # fmt: skip
