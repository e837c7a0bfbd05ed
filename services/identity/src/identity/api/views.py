"""Rows to the shapes that the API promises."""

from typing import Any

from identity.models import Holder


def account_view(account: Holder) -> dict[str, Any]:
    return {
        "id": account.id, "username": account.username, "name": account.name, "kind": account.kind,
        "org_id": account.org_id or account.bureau_id, "institution_id": account.institution_id,
        "tier": account.tier, "division_code": account.division_code, "roles": account.roles,
        "status": account.standing, "phone": account.phone,
        "reason": account.reason, "version": account.version,
    }  # fmt: skip
