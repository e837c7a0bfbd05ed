"""Kinds of account and the roles each may hold."""

from collections.abc import Sequence

from chassis.errors import FieldError, Invalid

STAFF = (
    "registration_reviewer", "filing_clerk", "booking_clerk", "front_desk", "verifier", "checker", "institution_admin",
)  # fmt: skip
ROLES = {"institution": STAFF, "supervisor": ("supervisor",), "admin": ("admin",)}
KINDS = tuple(ROLES)  # of those who are invited; applicants register


def check_roles(kind: str, roles: Sequence[str]) -> list[str]:
    """In order and each once. Raises: Invalid for none, or one that this kind of account does not have."""
    wrong = [role for role in roles if role not in ROLES[kind]]
    if wrong or not roles:
        given, allowed = "、".join(wrong) or "（空）", "、".join(ROLES[kind])
        raise Invalid(
            errors=[FieldError("roles", "role_unknown", f"岗位“{given}”不适用，可选：{allowed}。",
                               f"No such role here: {given}. Choose from: {', '.join(ROLES[kind])}.")]
        )  # fmt: skip
    return [role for role in ROLES[kind] if role in roles]
