"""The actor: the claims of a verified access token, or the system itself."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


def area_of(code: str) -> str:
    """Prefix of the division codes that lie in a division: 4401 for 440100, 44 for 440000, all digits else."""
    if len(code) == 6 and code.endswith("00"):
        return code[:2] if code.endswith("0000") else code[:4]
    return code


@dataclass(frozen=True)
class Actor:
    """A signed-in account. `kind`: applicant, institution, supervisor, admin; `system` for the platform itself.

    `org_id` is the organisation of an applicant, the institution of staff, the bureau of a supervisor, None for
    administrators. `division` is the six-digit code of that organisation, institution or bureau.
    """

    account_id: UUID
    kind: str
    org_id: UUID | None
    status: str = "approved"
    tier: str | None = None
    division: str | None = None
    roles: frozenset[str] = frozenset()
    session_id: UUID | None = None
    name: str = ""
    username: str = ""
    issued_at: float = field(default=0.0, compare=False)  # when the access token was made [Unix time]

    @property
    def area(self) -> str:
        """Prefix of the division codes below this actor."""
        return area_of(self.division or "")

    def to_json(self) -> dict[str, Any]:
        return {
            "account_id": str(self.account_id),
            "kind": self.kind,
            "org_id": str(self.org_id) if self.org_id else None,
            "status": self.status,
            "tier": self.tier,
            "division": self.division,
            "roles": sorted(self.roles),
            "name": self.name,
            "username": self.username,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Actor":
        return cls(
            account_id=UUID(data["account_id"]),
            kind=data["kind"],
            org_id=UUID(data["org_id"]) if data.get("org_id") else None,
            status=data.get("status", "approved"),
            tier=data.get("tier"),
            division=data.get("division"),
            roles=frozenset(data.get("roles", ())),
            name=data.get("name", ""),
            username=data.get("username", ""),
        )


def actor_json(by: Actor) -> dict[str, Any]:
    """Who, as steps, histories and events show it."""
    return {"account_id": str(by.account_id), "kind": by.kind, "name": by.name}


SYSTEM = Actor(account_id=UUID(int=0), kind="system", org_id=None, name="系统")
