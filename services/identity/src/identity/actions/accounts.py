"""Accounts after they exist: profile, password, sub-users."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import outbox, revocations
from chassis.actor import Actor
from chassis.errors import Invalid, Stale
from identity import events, queries
from identity.actions.registrations import check_password
from identity.actions.sessions import end_all
from identity.actions.sms_codes import check_code
from identity.domain.errors import PhoneTaken, PhoneUnknown, UsernameTaken
from identity.domain.passwords import Hasher
from identity.models import Account


def change_profile(db: Session, by: Actor, version: int, changes: dict[str, Any], now: datetime) -> Account:
    """Name, and phone with a code sent to the new one. Raises: Stale, PhoneTaken, CodeWrong."""
    account = queries.account_of(db, by)
    if account.version != version:
        raise Stale
    if "phone" in changes:
        code = check_code(db, changes["phone"], "phone_change", changes.get("sms_code", ""), now)
        other = queries.account_by_phone(db, changes["phone"])
        if other is not None and other.id != account.id:
            raise PhoneTaken  # told to who holds that phone, and to nobody else
        code.used_at = now
        before, account.phone = account.phone, changes["phone"]
        outbox.record(db, events.account_security(account, "phone_changed", now, phones=[before, account.phone]))
    if "name" in changes:
        account.name = changes["name"]
    tell_account(db, account)
    return account


def change_password(db: Session, hasher: Hasher, by: Actor, new: str, now: datetime) -> None:
    """The old one was checked (identity.sign_in); every other session ends. Raises: Invalid."""
    account = queries.account_of(db, by)
    if errors := check_password(new, account.username, "new_password"):
        raise Invalid(errors=errors)
    account.password_hash = hasher.hash(new)
    end_all(db, account.id, now, but=by.session_id)
    outbox.record(db, events.account_security(account, "password_changed", now))


def reset_password(db: Session, hasher: Hasher, phone: str, code: str, new: str, now: datetime) -> None:
    """By an SMS code. Every session ends. Raises: Invalid for a weak password, before anything is said about the
    phone; CodeWrong; PhoneUnknown, told only to who holds that phone."""
    if errors := check_password(new, ""):
        raise Invalid(errors=errors)
    sent = check_code(db, phone, "password_reset", code, now)
    account = queries.account_by_phone(db, phone)
    if account is None:
        raise PhoneUnknown
    if errors := check_password(new, account.username):
        raise Invalid(errors=errors)
    sent.used_at = now
    account.password_hash = hasher.hash(new)
    end_all(db, account.id, now)
    outbox.record(db, events.account_security(account, "password_reset", now))


def create_sub_user(db: Session, hasher: Hasher, by: Actor, phone: str, name: str, now: datetime) -> Account:
    """A sub-user signs in with the phone, by SMS code or after a password reset; there is no initial password.
    Raises: PhoneTaken, UsernameTaken."""
    if queries.account_by_phone(db, phone) is not None:
        raise PhoneTaken
    if queries.account_by_login(db, phone) is not None:
        raise UsernameTaken
    owner = queries.account_of(db, by)
    account = Account(
        username=phone, username_key=phone, phone=phone, name=name, kind="applicant", org_id=by.org_id,
        password_hash=hasher.hash(secrets.token_urlsafe(32)), roles=["sub_user"], created_at=now,
        organization=owner.organization,
    )  # fmt: skip
    db.add(account)
    db.flush()
    outbox.record(db, events.account_changed(account, account.standing, None, account.division_code))
    return account


def change_sub_user(
    db: Session, by: Actor, account_id: UUID, version: int, changes: dict[str, Any], now: datetime
) -> Account:
    """Name, enabled or disabled. Raises: NotFound, Stale."""
    account = queries.sub_user(db, by, account_id)
    if account.version != version:
        raise Stale
    account.name = changes.get("name", account.name)
    status = changes.get("status", account.status)
    if status != account.status:
        (disable_account if status == "disabled" else enable_account)(db, account, now)
    tell_account(db, account)
    return account


def remove_sub_user(db: Session, by: Actor, account_id: UUID, now: datetime) -> None:
    account = queries.sub_user(db, by, account_id)
    disable_account(db, account, now, "removed")
    db.delete(account)


def disable_account(db: Session, account: Account, now: datetime, reason: str = "disabled") -> None:
    """No token of this account is good any more, anywhere."""
    account.status = "disabled"
    account.version += 1
    revocations.revoke(db, account.id, now)
    end_all(db, account.id, now)
    outbox.record(db, events.account_disabled(account, reason))


def enable_account(_db: Session, account: Account, _now: datetime) -> None:
    account.status = "active"


def tell_account(db: Session, account: Account) -> None:
    account.version += 1
    event = events.account_changed(account, account.standing, account.tier, account.division_code)
    outbox.record(db, event)
