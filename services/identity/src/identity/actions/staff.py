"""Staff, supervisors and administrators after they have accepted: name, roles, enabled or disabled."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import Stale
from identity import queries
from identity.actions.accounts import disable_account, enable_account, tell_account
from identity.actions.sessions import end_all
from identity.domain.errors import OwnAccount
from identity.domain.roles import check_roles
from identity.models import Account


def change_member(
    db: Session, by: Actor, account_id: UUID, version: int, changes: dict[str, Any], now: datetime
) -> Account:
    """Who loses or gains a role signs in anew: tokens carry the roles. Nobody changes the own ones, so that there is
    always an administrator left. Raises: NotFound, Stale, OwnAccount, Invalid."""
    account = queries.member(db, by, account_id)
    if account.version != version:
        raise Stale
    roles = check_roles(account.kind, changes.get("roles", account.roles))
    status = changes.get("status", account.status)
    if account.id == by.account_id and (roles != account.roles or status != account.status):
        raise OwnAccount
    account.name = changes.get("name", account.name)
    if roles != account.roles:
        account.roles = roles
        end_all(db, account.id, now)
    if status != account.status:
        (disable_account if status == "disabled" else enable_account)(db, account, now)
    tell_account(db, account)
    return account
